"""docs/mutation-testing.md holds a whole run, in which every survivor is judged."""

import tomllib

import pytest

from tests.mutation import DOCUMENT, NOT_JUDGED, ROOT, Row, Survivor, rows, survivors

TEXT = DOCUMENT.read_text()


def test_the_files_are_those_that_are_mutated() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
    mutated = {path.removesuffix(".py").replace("/", ".") for path in config["only_mutate"]}
    assert {f"src.{row.module}" for row in rows(TEXT)} == mutated


@pytest.mark.parametrize("row", rows(TEXT), ids=lambda row: row.module)
def test_every_mutant_has_one_fate(row: Row) -> None:
    assert row.mutants == row.killed + row.stopped + row.survived + row.not_run
    found = [one for one in survivors(TEXT) if one.place.startswith(f"{row.module}.")]
    assert len(found) == row.survived


def test_every_survivor_is_judged() -> None:
    assert [one for one in survivors(TEXT) if one.judgement == NOT_JUDGED] == []


def test_a_report_is_read_back() -> None:
    text = "| `a.b` | 5 | 1 | 1 | 1 | 2 |\n- *a.b.C.d*: `x | y` became `x — y` — the — same\n"
    assert rows(text) == [Row("a.b", 5, 1, 1, 1, 2)]
    assert survivors(text) == [Survivor("a.b.C.d", "`x | y` became `x — y`", "the — same")]
