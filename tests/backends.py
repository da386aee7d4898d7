"""A pytest plugin: which tests run on which database, and how they fared there.

A test belongs to the backends whose marker it carries; the fixtures `url`, `<backend>_url` and
`<backend>_databases` bring the marker along. Counts per backend are printed at the end of a run.
With `--promise=sqlite,postgres` a run fails when a test of these backends was skipped without the
marker `may_skip`, and when a run of everything ran nothing on one of them. `--try=mysql` promises
the same where there is such a server; where there is none, the end of the run says so.

What is said of a run, the process says that was started: with `-n 2` it hears of each test from
another one, by what stands in the test's report.
"""

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import UNAVAILABLE, variable

BACKENDS = ("sqlite", "postgres")
"""What the fixture `url` stands for."""

SERVERS = ("postgres", "mariadb", "mysql", "clickhouse")
"""What the fixtures `server` and `server_url` stand for: servers that have a plugin."""

DATABASES = ("sqlite", "postgres", "mariadb", "mariadb11", "mysql", "clickhouse")
"""What a test may belong to."""

NO_DATABASE = "no database"
OUTCOMES = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")

_ALWAYS_SELECTED = "not guide"  # by pyproject.toml

_DATABASES = "databases"
"""Of a test's report: on which it runs."""

_MAY_SKIP = "may skip"
"""Of a test's report: whether the marker `may_skip` lets it."""

missing = pytest.StashKey[dict[str, str]]()
"""Why there was no server, by database."""


def _named(config: pytest.Config, option: str) -> list[str]:
    value: str = config.getoption(option)
    return [name for name in value.split(",") if name]


def _unavailable(name: str) -> str | None:
    """Answer why there is no such server, if the environment says that there is none."""
    told = os.environ.get(variable(name), "")
    return told.removeprefix(UNAVAILABLE) if told.startswith(UNAVAILABLE) else None


def promised(config: pytest.Config) -> list[str]:
    """Name the backends that this run promised to test."""
    tried = (name for name in _named(config, "try") if _unavailable(name) is None)
    return [*_named(config, "promise"), *tried]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer `--promise` and `--try`."""
    for option, meaning in (
        ("--promise", "backends, separated by commas, of which no test may be skipped"),
        ("--try", "the same, but that there may be no server for one of them"),
    ):
        parser.addoption(option, default="", metavar="BACKENDS", help=meaning)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a promise that nobody can keep."""
    for option in ("promise", "try"):
        unknown = set(_named(config, option)) - set(DATABASES)
        if unknown:
            raise pytest.UsageError(f"--{option}: unknown backends {', '.join(sorted(unknown))}")
    reasons = {name: _unavailable(name) for name in _named(config, "try")}
    config.stash[missing] = {name: reason for name, reason in reasons.items() if reason is not None}


@pytest.hookimpl(tryfirst=True)  # before -m selects by marker
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test by the databases it uses."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        for name in DATABASES:
            if f"{name}_url" in fixtures or f"{name}_databases" in fixtures:
                item.add_marker(name)
        marked = [name for name in DATABASES if item.get_closest_marker(name)]
        may_skip = item.get_closest_marker("may_skip") is not None
        item.user_properties += [(_DATABASES, marked), (_MAY_SKIP, may_skip)]


type Report = pytest.TestReport | pytest.CollectReport


def reports(config: pytest.Config, outcome: str) -> list[Report]:
    """Answer the reports of what ended in that way, wherever it ran."""
    terminal = config.pluginmanager.getplugin("terminalreporter")
    return list(terminal.stats.get(outcome, ())) if terminal else []


def told(report: Report, name: str) -> Any:
    """Answer what the report says; None of a module that was never collected."""
    return dict(getattr(report, "user_properties", ())).get(name)


def _backends(report: Report) -> list[str]:
    """Name the backends of a test; a module that was never collected may be for any."""
    found: list[str] | None = told(report, _DATABASES)
    return list(DATABASES) if found is None else found


def _counts(config: pytest.Config) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*BACKENDS, NO_DATABASE)}
    for outcome in OUTCOMES:
        for report in reports(config, outcome):
            group = " + ".join(_backends(report)) or NO_DATABASE
            counts.setdefault(group, Counter())[outcome] += 1
    return counts


def _is_everything(config: pytest.Config) -> bool:
    option = config.option
    selects = option.markexpr not in {"", _ALWAYS_SELECTED}
    return not (option.file_or_dir or option.keyword or selects or option.collectonly)


def _broken_promises(config: pytest.Config) -> Iterator[str]:
    kept = promised(config)
    for report in reports(config, "skipped"):
        if not told(report, _MAY_SKIP):
            for name in set(kept) & set(_backends(report)):
                yield f"{name} was promised, but this was skipped: {report.nodeid}"
    counts = _counts(config)
    for name in kept if _is_everything(config) else ():
        if not counts.get(name, {"passed": 0})["passed"]:
            yield f"{name} was promised, but no test passed on it"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run that broke a promise."""
    if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) and any(
        _broken_promises(session.config)
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the counts of each backend, and the promises that were broken."""
    terminalreporter.section("by backend", sep="-")
    for name, count in _counts(config).items():
        numbers = ", ".join(
            f"{count[outcome]} {outcome}"
            for outcome in OUTCOMES
            if count[outcome] or outcome in ("passed", "failed", "skipped")
        )
        terminalreporter.write_line(f"{name:<12} {numbers}")
    for name, reason in config.stash[missing].items():
        terminalreporter.write_line(f"!! nothing ran on {name}: {reason}", yellow=True, bold=True)
    for broken in _broken_promises(config):
        terminalreporter.write_line(f"!! {broken}", red=True, bold=True)
