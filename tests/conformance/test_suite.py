"""Every case of the conformance suite, on each of our backends."""

import pytest

import dotorm_clickhouse
import dotorm_postgres
import dotorm_sqlite
from dotorm.testing.report import Outcome, Report
from dotorm.testing.suite import all_cases
from dotorm.testing.table import page

FEATURES = {
    "sqlite": (dotorm_sqlite.BACKEND.features, 5),
    "memory": (dotorm_sqlite.BACKEND.features, 1),
    "postgres": (dotorm_postgres.BACKEND.features, 10),
    "clickhouse": (dotorm_clickhouse.BACKEND.features, 10),
}
"""What is declared, and how many connections there can be."""


def applicable(where: str) -> list[str]:
    """The cases that say something about a backend."""
    return [case.id for case in all_cases() if case.inapplicable(*FEATURES[where]) is None]


def outcome(report: Report, case: str) -> Outcome:
    """What became of a case."""
    profile, _, name = case.partition(".")
    (found,) = [each for each in report.cases if (each.profile, each.name) == (profile, name)]
    return found


def check(report: Report, case: str) -> None:
    """Fail with what the case failed with."""
    found = outcome(report, case)
    if found.status not in {"passed", "refused"}:
        pytest.fail(f"{found.status}: {found.reason}", pytrace=False)


@pytest.mark.sqlite
@pytest.mark.parametrize("case", applicable("sqlite"))
def test_sqlite(sqlite_report: Report, case: str) -> None:
    check(sqlite_report, case)


@pytest.mark.sqlite
@pytest.mark.parametrize("case", applicable("memory"))
def test_sqlite_in_memory(memory_report: Report, case: str) -> None:
    check(memory_report, case)


@pytest.mark.postgres
@pytest.mark.parametrize("case", applicable("postgres"))
def test_postgres(postgres_report: Report, case: str) -> None:
    check(postgres_report, case)


@pytest.mark.clickhouse
@pytest.mark.parametrize("case", applicable("clickhouse"))
def test_clickhouse(clickhouse_report: Report, case: str) -> None:
    check(clickhouse_report, case)


@pytest.mark.sqlite
@pytest.mark.postgres
@pytest.mark.clickhouse
def test_the_table_in_the_documents_is_what_was_found(
    sqlite_report: Report, postgres_report: Report, clickhouse_report: Report, document: object
) -> None:
    found = page([sqlite_report, postgres_report, clickhouse_report])
    assert document.read_text() == found, "run scripts/backends-table"


def test_every_feature_is_shown_and_every_flag_refused() -> None:
    from dotorm.testing.cases import FEATURES, FLAGS

    kinds = {"shows": set(), "refuses": set(), "honest": set()}
    for case in all_cases():
        kinds[case.kind].update(case.needs if case.kind == "shows" else [case.off])
    assert kinds["shows"] == set(FEATURES)
    assert kinds["refuses"] == kinds["honest"] == set(FLAGS)
