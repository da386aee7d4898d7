"""Reports as a table."""

from dataclasses import replace
from pathlib import Path

import pytest

from dotorm import field_types
from dotorm.field_types import Field
from dotorm.testing.report import Outcome, Report
from dotorm.testing.suite.examples import EXAMPLES
from dotorm.testing.table import main, table, types_table

CASE = Outcome(name="x", profile="bulk", bound_to=("upsert",), status="passed", notes=("y",))
FEATURES = {"upsert": True, "isolation_levels": ["a", "b"], "max_parameters": 32766}
REPORT = Report(
    backend="one", distribution="dotorm-one", versions={}, features=FEATURES, cases=[CASE]
)


def cells(report: Report, row: str) -> list[str]:
    (line,) = [line for line in table([report]).splitlines() if line.startswith(f"| {row} ")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_what_passed_is_yes_and_what_is_off_is_no() -> None:
    assert cells(REPORT, "`upsert`")[0] == "yes"
    assert cells(REPORT, "`streaming`")[0] == "no"
    assert cells(REPORT, "`isolation_levels`")[0] == "a, b"
    assert cells(REPORT, "`max_parameters`")[0] == "32,766"
    assert cells(REPORT, "*bulk* cases")[0] == "pass"
    assert cells(REPORT, "*olap* cases")[0] == "none apply"


def test_what_failed_is_shown_as_such() -> None:
    failed = replace(REPORT, cases=[CASE, replace(CASE, status="failed", reason="why")])
    assert cells(failed, "`upsert`")[0] == cells(failed, "*bulk* cases")[0] == "**1 failed**"


def test_every_feature_says_what_it_means() -> None:
    assert (
        cells(REPORT, "`savepoints`")[1] == "A transaction can be rolled back to a point inside it"
    )
    assert all(cell for line in table([REPORT]).splitlines() for cell in line.split("|")[1:-1])
    assert "|  |" not in table([REPORT])


def kept(**outcome: object) -> str:
    """What the table says of a field whose case came to that."""
    case = Outcome(**{"name": "float", "profile": "types", "bound_to": ("core",), **outcome})
    lines = types_table([replace(REPORT, cases=[case])]).splitlines()
    (line,) = [line for line in lines if line.startswith("| `Float()` ")]
    return line.split("|")[2].strip()


def test_a_field_is_exact_but_for_what_was_noted() -> None:
    assert kept(status="passed") == "exact"
    notes = ("refuses NaN", "reads -0.0 as 0.0")
    assert kept(status="passed", notes=notes) == "exact; refuses NaN; reads -0.0 as 0.0"
    assert kept(status="passed", notes=("refuses the field",)) == "refused"
    assert kept(status="not applicable", reason="needs arrays") == "refused"
    assert kept(status="failed") == "**failed**"
    assert kept(status="passed", name="other") == "?"


def test_every_field_class_has_a_row() -> None:
    titles = " ".join(example.title for example in EXAMPLES)
    plain = [kind for kind in vars(field_types).values() if isinstance(kind, type)]
    plain = [kind.__name__ for kind in plain if issubclass(kind, Field) and kind is not Field]
    relations = {"Many2many", "Many2one", "One2many", "One2one", "Ref", "Relation"}
    assert [name for name in plain if f"{name}(" not in titles and name not in relations] == []
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)


def test_the_command_reads_reports_and_writes_the_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    REPORT.write(tmp_path / "one.json")
    assert Report.read(tmp_path / "one.json") == REPORT
    into = ["--into", str(tmp_path / "t.md"), "--types-into", str(tmp_path / "types.md")]
    main([str(tmp_path / "one.json"), str(tmp_path / "one.json"), *into])
    assert "| field | one | one |" in (tmp_path / "types.md").read_text()
    assert capsys.readouterr().out == ""
    main([str(tmp_path / "one.json")])
    assert capsys.readouterr().out.startswith("# What each backend can do")
    assert "| feature | one | one |" in (tmp_path / "t.md").read_text()
