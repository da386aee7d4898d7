"""A pytest plugin: the conformance suite on the database that ``--dotorm-url`` names.

It is asked for by name (``-p dotorm.testing.plugin``, or ``pytest_plugins`` in a ``conftest.py``),
so that it costs nothing to those who merely have DotORM installed.
"""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from dotorm.testing.cases import Case

__all__ = ["dotorm_url", "tell"]

# The cases speak by assert, and pytest shows the values only of what it has rewritten.
pytest.register_assert_rewrite("dotorm.testing.suite")

_PROPERTY = "dotorm"
_CASE = "dotorm_case"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the options."""
    group = parser.getgroup("dotorm", "conformance of a DotORM backend")
    group.addoption(
        "--dotorm-url", metavar="URL", help="the database that the conformance suite runs on"
    )
    group.addoption(
        "--dotorm-profile",
        metavar="NAMES",
        type=_profiles,
        help="run the cases of these profiles alone, separated by commas",
    )
    group.addoption(
        "--dotorm-report", metavar="FILE", help="write what became of each case to a JSON file"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Listen to what becomes of the cases, if it is to be written."""
    file = config.getoption("dotorm_report")
    if file and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Reporter(file))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cases of other profiles, if some were chosen; tests that are no cases stay."""
    wanted = config.getoption("dotorm_profile")
    left = [item for item in items if wanted and _profile_of(item) not in (None, *wanted)]
    if left:
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


@pytest.fixture
def dotorm_url(pytestconfig: pytest.Config) -> str:
    """The URL of the database; override it to give each case an empty one."""
    url: str | None = pytestconfig.getoption("dotorm_url")
    if not url:
        text = "which database? give --dotorm-url=URL, or override the fixture dotorm_url"
        pytest.exit(text, pytest.ExitCode.USAGE_ERROR)
    return url


def tell(request: pytest.FixtureRequest, case: Case, url: str) -> dict[str, Any]:
    """Remember for the report which case a test runs, and where; the answer takes its notes."""
    from dotorm.testing.runner import PASSED  # noqa: PLC0415 - the suite is imported when it runs

    facts: dict[str, Any] = {"name": case.name, "profile": case.profile, "bound_to": case.bound_to}
    request.node.user_properties.append((_PROPERTY, (url, PASSED[case.kind], facts)))
    return facts


def _profiles(text: str) -> list[str]:
    from dotorm.testing.cases import PROFILES  # noqa: PLC0415 - as above

    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in PROFILES:
            raise ArgumentTypeError(f"{name!r} is none of {', '.join(PROFILES)}")
    return names


def _profile_of(item: pytest.Item) -> str | None:
    """The profile of a case; None for a test that is none."""
    case: Case | None = item.callspec.params.get(_CASE) if hasattr(item, "callspec") else None
    return None if case is None else case.profile


class _Reporter:
    """Writes the report at the end of a run."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._url: str | None = None
        self._cases: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what became of a case."""
        told: Any = dict(report.user_properties).get(_PROPERTY)
        if told is None or report.when != "call":
            return
        url, passed, facts = told
        self._url = self._url or url
        self._cases.append({**facts, **_became(report, passed)})

    def pytest_sessionfinish(self) -> None:
        """Write the file, if any case ran."""
        from dotorm.testing.report import Outcome, Report, describe  # noqa: PLC0415 - as above

        if self._url is not None:
            outcomes = [Outcome(**case) for case in self._cases]
            Report(**describe(self._url), cases=outcomes).write(self._file)


def _became(report: pytest.TestReport, passed: str) -> dict[str, str]:
    if report.outcome == "passed":
        return {"status": passed}
    if report.outcome == "skipped":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
        return {"status": "not applicable", "reason": reason.removeprefix("Skipped: ")}
    return {"status": "failed", "reason": report.longreprtext}
