"""The conformance suite runs once on each of our databases; tests ask what became of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

import pytest

from dotorm.testing.report import Report
from dotorm.testing.runner import run_suite
from tests.databases import Databases

type Reports = Callable[[str], Report]
"""Answers what became of the suite in a place: memory, or what is named after a database."""


@pytest.fixture(scope="session")
def reports(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reports:
    """What became of the suite in each place: it runs there when it is first asked for."""

    def empty_database(place: str) -> AbstractContextManager[str]:
        if place == "memory":
            return nullcontext("sqlite://")
        if place == "sqlite":
            return nullcontext(f"sqlite:///{tmp_path_factory.mktemp('conformance')}/suite.db")
        databases: Databases = request.getfixturevalue(f"{place}_databases")
        return databases.fresh()

    @cache
    def report(place: str) -> Report:
        with empty_database(place) as url:
            return run_suite(url)

    return report


@pytest.fixture
def document(request: pytest.FixtureRequest) -> Path:
    """Where a table is committed, by its file's name."""
    return Path(__file__).parents[2] / "docs" / request.param
