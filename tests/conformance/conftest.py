"""The conformance suite runs once on each of our databases; tests ask what became of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dotorm.testing.report import Report
from dotorm.testing.runner import run_suite
from tests.databases import ClickHouseDatabases, PostgresDatabases


@pytest.fixture(scope="session")
def sqlite_report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What became of the suite on an SQLite file."""
    return run_suite(f"sqlite:///{tmp_path_factory.mktemp('conformance')}/suite.db")


@pytest.fixture(scope="session")
def memory_report() -> Report:
    """What became of the suite on SQLite in memory."""
    return run_suite("sqlite://")


@pytest.fixture(scope="session")
def postgres_report(postgres_databases: PostgresDatabases) -> Iterator[Report]:
    """What became of the suite on PostgreSQL."""
    with postgres_databases.fresh() as url:
        yield run_suite(url)


@pytest.fixture(scope="session")
def clickhouse_report(clickhouse_databases: ClickHouseDatabases) -> Iterator[Report]:
    """What became of the suite on ClickHouse."""
    with clickhouse_databases.fresh() as url:
        yield run_suite(url)


@pytest.fixture
def document() -> Path:
    """Where the table of backends is committed."""
    return Path(__file__).parents[2] / "docs/backends-table.md"
