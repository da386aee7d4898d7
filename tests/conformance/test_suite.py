"""Every case of the conformance suite, on each of our backends."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import dotorm_clickhouse
import dotorm_mysql
import dotorm_mysql.mariadb
import dotorm_postgres
import dotorm_sqlite
from dotorm.testing.report import Outcome, Report
from dotorm.testing.runner import inapplicable
from dotorm.testing.suite import all_cases
from dotorm.testing.table import page, types_page
from tests.conformance.conftest import Reports
from tests.conformance.counts import COUNTS

pytestmark = pytest.mark.xdist_group("conformance")  # each process would run the suite itself

PLACES = {
    "sqlite": (dotorm_sqlite.BACKEND, 5),
    "memory": (dotorm_sqlite.BACKEND, 1),
    "postgres": (dotorm_postgres.BACKEND, 10),
    "mariadb": (dotorm_mysql.mariadb.BACKEND, 10),
    "mariadb11": (dotorm_mysql.mariadb.BACKEND, 10),
    "mysql": (dotorm_mysql.BACKEND, 10),
    "clickhouse": (dotorm_clickhouse.BACKEND, 10),
}
"""The backend in each place, and how many connections there can be."""

SHOWN = [place for place in PLACES if place not in {"memory", "mariadb11"}]
"""Whose column the table in the documents has."""


def marks(*places: str) -> list[pytest.MarkDecorator]:
    """The marks of a test that needs these places."""
    return [getattr(pytest.mark, place) for place in places if place != "memory"] or [
        pytest.mark.sqlite
    ]


def applicable() -> list[object]:
    """The cases that say something about a backend, with their places."""
    return [
        pytest.param(place, case.id, marks=marks(place), id=f"{place}-{case.id}")
        for place, (backend, connections) in PLACES.items()
        for case in all_cases()
        if inapplicable(case, backend.features, connections) is None
    ]


def outcome(report: Report, case: str) -> Outcome:
    """What became of a case."""
    profile, _, name = case.partition(".")
    (found,) = [each for each in report.cases if (each.profile, each.name) == (profile, name)]
    return found


@pytest.mark.parametrize(("place", "case"), applicable())
def test_what_is_declared_is_true(
    reports: Reports, place: str, case: str, record_property: Callable[[str, object], None]
) -> None:
    report = reports(place)
    counts = map(report.count, ("passed", "refused", "failed"))
    record_property(COUNTS, [place, *counts])
    found = outcome(report, case)
    if found.status not in {"passed", "refused"}:
        pytest.fail(f"{found.status}: {found.reason}", pytrace=False)


@pytest.mark.may_skip("there may be no MySQL to ask")
@pytest.mark.parametrize("places", [pytest.param(SHOWN, marks=marks(*SHOWN))], ids=["all"])
@pytest.mark.parametrize(
    ("document", "written"),
    [("backends-table.md", page), ("types-table.md", types_page)],
    indirect=["document"],
)
def test_the_tables_in_the_documents_are_what_was_found(
    reports: Reports,
    places: list[str],
    document: Path,
    written: Callable[[Sequence[Report]], str],
) -> None:
    found = written([reports(place) for place in places])
    assert document.read_text() == found, "run scripts/backends-table"


def test_every_feature_is_shown_and_every_flag_refused() -> None:
    from dotorm.testing.cases import FEATURES, FLAGS

    kinds = {"shows": set(), "refuses": set(), "honest": set()}
    for case in all_cases():
        kinds[case.kind].update(case.needs if case.kind == "shows" else [case.off])
    assert kinds["shows"] == set(FEATURES)
    assert kinds["refuses"] == kinds["honest"] == set(FLAGS)
