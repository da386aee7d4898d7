"""``python -m dotorm.testing.table REPORT… [--into FILE]``: reports as a table of backends."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dotorm.components.features import Features
from dotorm.testing.cases import FEATURES, FLAGS, PROFILES
from dotorm.testing.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ABOUT", "main", "page", "table"]

_INTRODUCTION = """\
# What each backend can do

Written by `python -m dotorm.testing.table` from what the conformance suite found; do not edit.

A feature is *yes* where every case that is bound to it passed, and *no* where the backend declares
it off, refuses it with `NotSupported` before anything is sent, and could not do it if it were on.
"""


def table(reports: Sequence[Report]) -> str:
    """The reports as a table in markdown, a column for each."""
    meanings = dict(_meanings())
    rows: list[Sequence[str]] = [
        ("feature", *(report.backend for report in reports), "what it means"),
        ("---",) * (len(reports) + 2),
    ]
    rows += [
        (f"`{name}`", *(_feature(report, name) for report in reports), meanings.get(name, ""))
        for name in FEATURES
    ]
    rows += [
        (f"*{name}* cases", *(_profile(report, name) for report in reports), ABOUT[name])
        for name in PROFILES
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


ABOUT = {
    "core": "records, values, filters, names, raw SQL, the pool",
    "relational": "relations, paths, constraints",
    "transactional": "transactions, savepoints, isolation, locks",
    "ddl": "tables made and completed",
    "bulk": "many records at once, upsert, streams",
    "olap": "groups, totals, ranks and pages of many records, window functions",
}
"""What the cases of each profile are about."""


def page(reports: Sequence[Report]) -> str:
    """The document that shows the table."""
    return f"{_INTRODUCTION}\n{table(reports)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read reports, write the table."""
    parser = argparse.ArgumentParser(prog="python -m dotorm.testing.table", description=__doc__)
    parser.add_argument("reports", nargs="+", metavar="REPORT", help="what --dotorm-report wrote")
    parser.add_argument("--into", metavar="FILE", help="write the document there")
    options = parser.parse_args(arguments)
    text = page([Report.read(file) for file in options.reports])
    if options.into:
        Path(options.into).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


def _feature(report: Report, name: str) -> str:
    failed = [outcome for outcome in report.failed if name in outcome.bound_to]
    if failed:
        return f"**{len(failed)} failed**"
    value = report.features.get(name)
    if name in FLAGS:
        return "yes" if value else "no"
    return _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return f"{value:,}" if isinstance(value, int) else "?"


def _profile(report: Report, profile: str) -> str:
    failed = report.count("failed", profile)
    passed = report.count("passed", profile) + report.count("refused", profile)
    if failed:
        return f"**{failed} failed**"
    return "pass" if passed else "none apply"


def _meanings() -> Iterable[tuple[str, str]]:
    """What the docstring of `Features` says of each."""
    for line in (Features.__doc__ or "").splitlines():
        match = re.match(r"\s+(\w+): (.+)", line)
        if match and match[1] in FEATURES:
            yield match[1], match[2].removesuffix(".")


if __name__ == "__main__":
    sys.exit(main())
