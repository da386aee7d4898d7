"""How a stranger runs the suite."""

import os
import subprocess
import sys
from collections import Counter
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from dotorm.exceptions import ConfigurationError
from dotorm.testing import table
from dotorm.testing.cases import PROFILES, case, cases_of
from dotorm.testing.report import Report
from dotorm.testing.suite import all_cases

SUITE = ("-p", "dotorm.testing.plugin", "--pyargs", "dotorm.testing.conformance")


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder that knows nothing of this repository's configuration."""
    without = "-p no:cacheprovider -p no:randomly -p no:asyncio"  # the suite needs but pytest
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTEST_ADDOPTS": f"{without} -W error"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.sqlite
@pytest.mark.slow
def test_one_command_runs_it_and_writes_a_report(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/suite.db"
    done = run(tmp_path, "-m", "dotorm.testing", url, "-q", "--dotorm-report=report.json")
    assert done.returncode == 0, done.stdout + done.stderr
    report = Report.read(tmp_path / "report.json")
    assert (report.backend, report.distribution, report.failed) == ("sqlite", "dotorm-sqlite", [])
    assert {"python", "dotorm-core", "dotorm-sqlite", "aiosqlite", "server"} <= set(report.versions)
    assert report.features["isolation_levels"] == ["serializable"]
    assert report.count("passed") > 120
    assert report.count("refused") > 3
    reasons = {each.reason for each in report.cases if each.status == "not applicable"}
    assert "needs row_locks, which is declared off" in reasons
    assert "upsert is declared on" in reasons


OWN = """
import pytest
from dotorm.testing.conformance import *

@pytest.fixture
def dotorm_url(tmp_path):
    return f"sqlite:///{tmp_path}/own.db"
"""


@pytest.mark.sqlite
def test_a_fixture_of_ones_own_gives_each_case_a_database(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["dotorm.testing.plugin"]\n')
    (tmp_path / "test_own.py").write_text(OWN)
    done = run(tmp_path, "-m", "pytest", "-q", "-k", "counted")
    assert done.returncode == 0, done.stdout + done.stderr
    cases = [case for case in all_cases() if "counted" in case.name]
    assert f"{len(cases)} passed" in done.stdout


LIAR = """
from dataclasses import replace
import dotorm, dotorm_sqlite
from dotorm.testing.runner import with_feature

liar = with_feature(dotorm_sqlite.BACKEND, row_locks=True)
dotorm.register_backend(replace(liar, schemes=("liar",)))
"""


@pytest.mark.sqlite
def test_what_fails_is_shown_and_written(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(LIAR)
    arguments = ("--dotorm-url=liar://", "--dotorm-report=report.json", "-k", "can_be_locked")
    done = run(tmp_path, "-m", "pytest", *SUITE, "-q", *arguments)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "a_record_can_be_locked" in done.stdout
    failed = Report.read(tmp_path / "report.json").failed
    assert [each.name for each in failed] == [
        "a_record_can_be_locked",
        "a_record_found_by_a_path_can_be_locked",
    ]
    assert "DatabaseError" in failed[0].reason


def test_without_a_database_it_says_what_to_give(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "pytest", *SUITE, "-q")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "give --dotorm-url=URL" in done.stdout + done.stderr
    done = run(tmp_path, "-m", "dotorm.testing")
    assert (done.returncode, done.stderr[:31]) == (2, "usage: python -m dotorm.testing")


@pytest.mark.sqlite
def test_the_command_minds_no_tests_that_are_there_already(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "tests").mkdir()
    for conftest in (tmp_path / "conftest.py", tmp_path / "tests" / "conftest.py"):
        conftest.write_text("import no_such_module\n")
    done = run(tmp_path, "-m", "dotorm.testing", "sqlite://", "-q", "-k", "counted")
    assert done.returncode == 0, done.stdout + done.stderr


STRAY = """
import dotorm.testing.suite.records as records

async def stray(stage):
    pass

stray.__module__ = records.__name__
records.stray = stray
"""


def test_a_case_that_is_bound_to_nothing_cannot_be_collected(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(STRAY)
    done = run(tmp_path, "-m", "pytest", *SUITE, "-q", "--dotorm-url=sqlite://")
    assert done.returncode == pytest.ExitCode.INTERRUPTED, done.stdout + done.stderr
    assert "dotorm.testing.suite.records.stray is bound to nothing" in done.stdout


async def shown(stage):
    pass


@pytest.mark.parametrize(
    ("bound_to", "profile", "message"),
    [
        ((), "core", "is bound to nothing"),
        (("upsrt",), "core", "bound to upsrt, which is no feature"),
        (("core", "upsert"), "core", "to 'core' and to features"),
        ((shown,), "core", "is bound to nothing"),
        (("core",), "other", "'other' is none of core, relational"),
    ],
)
def test_a_wrong_binding_is_refused(bound_to, profile, message) -> None:
    with pytest.raises(ConfigurationError, match=message):
        case(*bound_to, profile=profile)(shown)


def test_two_cases_of_one_name_are_refused() -> None:
    modules = [type(sys)("one"), type(sys)("two")]
    for module in modules:
        module.same = case("core", profile="core")(shown)
    with pytest.raises(ConfigurationError, match=r"two cases are called core\.shown"):
        cases_of(modules)


def test_who_only_installs_the_core_pays_nothing(tmp_path: Path) -> None:
    assert not [e for e in entry_points(group="pytest11") if e.value.startswith("dotorm")]
    code = "import dotorm, sys; print([m for m in sys.modules if 'pytest' in m or 'testing' in m])"
    done = run(tmp_path, "-c", code)
    assert done.stdout == "[]\n"


@pytest.mark.sqlite
def test_profiles_can_be_chosen(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["dotorm.testing.plugin"]\n')
    (tmp_path / "test_own.py").write_text(f"{OWN}\ndef test_of_ones_own(): pass\n")
    chosen = ("--dotorm-profile=olap, ddl", "--dotorm-report=report.json")
    done = run(tmp_path, "-m", "pytest", "-q", "-rA", *chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "test_of_ones_own" in done.stdout
    report = Report.read(tmp_path / "report.json")
    cases = [case for case in all_cases() if case.profile in {"olap", "ddl"}]
    assert {(each.profile, each.name) for each in report.cases} == {
        (each.profile, each.name) for each in cases
    }
    assert f"{len(all_cases()) - len(cases)} deselected" in done.stdout


def test_a_profile_that_there_is_not_is_told(tmp_path: Path) -> None:
    done = run(tmp_path, "-m", "pytest", *SUITE, "--dotorm-profile=oltp")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "'oltp' is none of core, relational, transactional" in done.stdout + done.stderr


def test_the_documents_say_what_each_profile_is_about() -> None:
    page = Path(__file__).parents[2] / "docs" / "testing.md"
    rows = [f"| `{name}` | {meaning} |" for name, meaning in table.ABOUT.items()]
    assert "\n".join(rows) in page.read_text()


def test_every_profile_has_cases_that_show_something() -> None:
    shown = Counter(case.profile for case in all_cases() if case.kind == "shows")
    assert shown.keys() == set(PROFILES)
    assert min(shown.values()) >= 5
