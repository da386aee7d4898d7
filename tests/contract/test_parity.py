"""Knowing one plugin is knowing all: the same files, the same names, one way to import the core."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[2] / "packages"
DRIVERS = {
    "sqlite": {"aiosqlite", "sqlite3"},
    "postgres": {"asyncpg"},
    "clickhouse": {"asynch"},
    "mysql": {"aiomysql", "asyncmy", "pymysql"},
}
WITHOUT_TRANSACTIONS = {"clickhouse"}
OWN = {
    "clickhouse": {
        *("ClickHouseOptions", "Distributed", "Memory", "MergeTree", "ReplacingMergeTree"),
        *("AggregatingMergeTree", "CollapsingMergeTree", "SummingMergeTree"),
        "VersionedCollapsingMergeTree",
    }
}
"""What only one plugin has, for its own kind of database."""
MODULES = (
    *("__init__", "backend", "connection", "ddl", "dialect", "errors"),
    *("pool", "session", "settings", "transaction"),
)
OF_TRANSACTIONS = {"ContainerTransaction", "TransactionSession"}
SUPPRESSION = re.compile(r"# (?:noqa|type: ignore|pyright: ignore)")
REASON = re.compile(r"# (?:noqa: [A-Z0-9, ]+ - |(?:type|pyright): ?ignore\[[\w, -]+\] # )\S")


def sources(name: str) -> list[Path]:
    """The modules of a plugin."""
    return sorted((PACKAGES / f"dotorm-{name}" / "src" / f"dotorm_{name}").glob("*.py"))


def imports(name: str) -> Iterator[tuple[str, str]]:
    """What a plugin imports of the core: names and their modules."""
    for path in sources(name):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dotorm."):
                yield from ((alias.name, node.module or "") for alias in node.names)


def names(name: str, part: str) -> set[str]:
    """The public names of a plugin's module that it must have in common with the others."""
    public = set(import_module(f"dotorm_{name}{part}").__all__)
    assert name not in WITHOUT_TRANSACTIONS or not public & OF_TRANSACTIONS
    return public - OF_TRANSACTIONS - OWN.get(name, set())


@pytest.mark.parametrize("name", DRIVERS)
def test_the_files(name: str) -> None:
    left_out = {"transaction"} if name in WITHOUT_TRANSACTIONS else set()
    assert set(MODULES) - {path.stem for path in sources(name)} == left_out


@pytest.mark.parametrize("part", ["", ".backend", ".pool", ".session", ".settings", ".transaction"])
def test_the_names(part: str) -> None:
    found = {
        tuple(sorted(re.sub(f"(?i){name}", "X", public) for public in names(name, part)))
        for name in set(DRIVERS) - (WITHOUT_TRANSACTIONS if part == ".transaction" else set())
    }
    assert len(found) == 1


def test_the_core_is_imported_in_one_way() -> None:
    found: dict[str, set[str]] = {}
    for name, module in (pair for plugin in DRIVERS for pair in imports(plugin)):
        found.setdefault(name, set()).add(module)
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


@pytest.mark.parametrize("name", DRIVERS)
def test_importing_a_plugin_imports_no_driver(name: str) -> None:
    code = f"import sys, dotorm_{name}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not DRIVERS[name] & set(done.stdout.split())


@pytest.mark.parametrize("name", DRIVERS)
def test_every_suppression_has_its_reason(name: str) -> None:
    lines = [line for path in sources(name) for line in path.read_text().splitlines()]
    assert [line for line in lines if SUPPRESSION.search(line) and not REASON.search(line)] == []


@pytest.mark.parametrize("name", DRIVERS)
def test_the_core_it_needs(name: str) -> None:
    project = tomllib.loads((PACKAGES / f"dotorm-{name}" / "pyproject.toml").read_text())
    assert "dotorm-core>=0.1,<0.2" in project["project"]["dependencies"]
