"""The checklist in the docs names tests that exist, and misses nothing public."""

import ast
import inspect
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest

import dotorm.fields
from dotorm import DotModel, Field, FilterParser
from dotorm.builder import Builder, RequestBuilder
from dotorm.components.expressions import OPERATORS
from dotorm.containers import Container
from tests.contract.seed.test_import_paths import PATHS

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent
CHECKLIST = (ROOT / "docs" / "seed-checklist.md").read_text("utf-8")
CODE = re.compile(r"`([^`]+)`")
NAMED = set(CODE.findall(CHECKLIST))
TESTS = sorted(name for name in NAMED if "::" in name)
PRIVATE = ("__create_table__", "_records_list_get_relation")


def _file(test: str) -> Path:
    path = test.partition("::")[0]
    return (ROOT if "/" in path else HERE) / path


@cache
def _functions(path: Path) -> set[str]:
    found = ast.walk(ast.parse(path.read_text("utf-8")))
    return {node.name for node in found if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def _rows(*first: str) -> dict[str, list[str]]:
    """The lines of tables whose first cell names one of these, as cells."""
    rows = [line.strip("|\n ").split("|") for line in CHECKLIST.splitlines() if line[:1] == "|"]
    found = {name: row for row in rows for name in CODE.findall(row[0])}
    return {name: found[name] for name in first}


def _methods(face: type) -> list[str]:
    """The public methods, properties and slots of a class."""
    found = [name for name, _ in inspect.getmembers(face) if not name.startswith("_")]
    return found + [name for name in PRIVATE if hasattr(face, name)]


def _missing(names: Iterable[str]) -> set[str]:
    return set(names) - NAMED


@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_is_named_exists(test: str) -> None:
    assert test.partition("::")[2] in _functions(_file(test))


@pytest.mark.parametrize("face", [DotModel, Builder, RequestBuilder, FilterParser], ids=repr)
def test_every_public_method_is_named(face: type) -> None:
    assert _missing(f"{face.__name__}.{name}" for name in _methods(face)) == set()


def test_every_method_of_the_container_is_named() -> None:
    methods = [name for name in _methods(Container) if name != "backend"]

    assert _missing(f"ContainerPostgres.{name}" for name in methods) == set()


@pytest.mark.parametrize("name", _methods(DotModel))
def test_a_method_has_the_parameters_that_are_named(name: str) -> None:
    parameters = inspect.signature(getattr(DotModel, name)).parameters
    row = _rows(f"DotModel.{name}")[f"DotModel.{name}"]
    named = CODE.findall(row[1])

    assert named == [parameter for parameter in parameters if parameter in named]


def test_every_field_and_parameter_is_named() -> None:
    _, *parameters = inspect.signature(Field.__init__).parameters.values()

    assert _missing(name for name in dotorm.fields.__all__ if name != "Field") == set()
    assert _missing(p.name for p in parameters if p.kind is p.KEYWORD_ONLY) == set()


def test_every_operator_is_named() -> None:
    assert _missing(OPERATORS) == set()


def test_every_import_path_is_named() -> None:
    rows = CHECKLIST.partition("## Import paths")[2].partition("## Behaviour")[0]
    parts = {f"{group[0]}.{part}" for group in _path_rows(rows) for part in group[1:]}
    parts |= {name for group in _path_rows(rows) for name in group}

    assert {module for module, _ in PATHS} <= parts


def _path_rows(text: str) -> list[list[str]]:
    return [CODE.findall(line.split("|")[1]) for line in text.splitlines() if line[:1] == "|"]
