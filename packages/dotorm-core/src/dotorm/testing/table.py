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
from dotorm.testing.suite.examples import EXAMPLES
from dotorm.testing.suite.types import NO_FIELD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dotorm.testing.suite.examples import Example

__all__ = ["ABOUT", "main", "page", "table", "types_page", "types_table"]

_INTRODUCTION = """\
# What each backend can do

Written by `python -m dotorm.testing.table` from what the conformance suite found; do not edit.

A feature is *yes* where every case that is bound to it passed, and *no* where the backend declares
it off, refuses it with `NotSupported` before anything is sent, and could not do it if it were on.
"""

_ABOUT_TYPES = """\
# What each field keeps

Written by `python -m dotorm.testing.table` from what the conformance suite found; do not edit.

Every value was written by `create`, `create_bulk` and both forms of `update_bulk`, read by `get`,
`search` and `stream`, and looked for with `=`; so was NULL. It is *exact* where it came back each
time as the same value of the same type, to the last bit, digit, byte and microsecond. What a
backend *refuses* is an `InvalidValue` that names model and field, before anything is sent; where
the field itself is *refused*, `create_and_update_tables` raises `NotSupported`. Nothing else comes
back, with one exception that the table names: 0.0 for -0.0, which are equal.

A moment is read in UTC, a `Decimal` with all its places and 0 without a sign, JSON as JSON has it
(no tuples). A reference keeps what the key keeps that it refers to.
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
    "types": "what each type of field keeps, to the last bit, and what it refuses",
}
"""What the cases of each profile are about."""


def page(reports: Sequence[Report]) -> str:
    """The document that shows the table."""
    return f"{_INTRODUCTION}\n{table(reports)}"


def types_table(reports: Sequence[Report]) -> str:
    """What each field keeps as a table in markdown, a column for each report."""
    rows: list[Sequence[str]] = [
        ("field", *(report.backend for report in reports), "values"),
        ("---",) * (len(reports) + 2),
    ]
    rows += [
        (
            f"`{example.title}`",
            *(_kept(report, example) for report in reports),
            "; ".join(example.values),
        )
        for example in EXAMPLES
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def types_page(reports: Sequence[Report]) -> str:
    """The document that shows what each field keeps."""
    return f"{_ABOUT_TYPES}\n{types_table(reports)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read reports, write the tables."""
    parser = argparse.ArgumentParser(prog="python -m dotorm.testing.table", description=__doc__)
    parser.add_argument("reports", nargs="+", metavar="REPORT", help="what --dotorm-report wrote")
    parser.add_argument("--into", metavar="FILE", help="write the document there")
    parser.add_argument(
        "--types-into", metavar="FILE", help="write the one about fields there, too"
    )
    options = parser.parse_args(arguments)
    reports = [Report.read(file) for file in options.reports]
    if options.into:
        Path(options.into).write_text(page(reports), encoding="utf-8")
    else:
        sys.stdout.write(page(reports))
    if options.types_into:
        Path(options.types_into).write_text(types_page(reports), encoding="utf-8")
    return 0


def _feature(report: Report, name: str) -> str:
    failed = [outcome for outcome in report.failed if name in outcome.bound_to]
    if failed:
        return f"**{len(failed)} failed**"
    value = report.features.get(name)
    if name in FLAGS:
        return "yes" if value else "no"
    return _shown(value)


def _kept(report: Report, example: Example) -> str:
    """What became of a field's values; without the feature that it needs there is no field."""
    found = [each for each in report.cases if (each.profile, each.name) == ("types", example.name)]
    if len(found) != 1 or found[0].status == "failed":
        return "**failed**" if found else "?"
    if found[0].status == "not applicable" or NO_FIELD in found[0].notes:
        return "refused"
    return "; ".join(("exact", *found[0].notes))


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
