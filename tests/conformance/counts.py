"""A pytest plugin: what became of the conformance suite in each place, told at the end of a run."""

import pytest

from tests.backends import OUTCOMES, reports, told

COUNTS = "conformance"
"""Of a test's report: a place, and how many cases passed there, were refused, and failed."""


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the counts of each place."""
    all_told = (told(report, COUNTS) for outcome in OUTCOMES for report in reports(config, outcome))
    found = {place: counts for place, *counts in filter(None, all_told)}
    if not found:
        return
    terminalreporter.section("conformance", sep="-")
    terminalreporter.write_line(f"{'':<12} passed  refused as declared  failed")
    for place, (passed, refused, failed) in found.items():
        terminalreporter.write_line(f"{place:<12} {passed:>6}  {refused:>19}  {failed:>6}")
