"""A backend that declares what is not true is found out, whichever flag it is."""

import datetime as dt
import decimal
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest

import dotorm_postgres
from dotorm.components.dialect import Dialect
from dotorm.databases.abstract import PoolSettings
from dotorm.exceptions import NotSupported
from dotorm.plugins import register_backend
from dotorm.testing.cases import FLAGS
from dotorm.testing.report import Outcome, Report
from dotorm.testing.runner import run_suite, with_feature
from dotorm.testing.suite import all_cases
from dotorm_sqlite import BACKEND, SqliteDialect
from dotorm_sqlite.ddl import SqliteDDL


def told(backend, where: Path | str, *about: str, **declared) -> Report:
    """What the suite says, of some features or of all, about a backend that declares other ones."""
    register_backend(replace(with_feature(backend, **declared), schemes=("lies",)))
    cases = [case for case in all_cases() if not about or set(about) & set(case.bound_to)]
    _, _, place = (
        where.partition(":") if isinstance(where, str) else ("", "", f"///{where}/lies.db")
    )
    return run_suite(f"lies:{place}", cases)


@pytest.mark.sqlite
@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_that_lies_turns_the_suite_red(tmp_path: Path, flag: str) -> None:
    lie = {flag: not getattr(BACKEND.features, flag)}
    needed = {"arrays": True} if flag == "null_arrays" else {}
    assert told(BACKEND, tmp_path, flag, **lie, **needed).failed


@pytest.mark.sqlite
@pytest.mark.parametrize("flag", FLAGS)
def test_a_flag_that_tells_the_truth_does_not(tmp_path: Path, flag: str) -> None:
    assert not told(BACKEND, tmp_path, flag).failed


@pytest.mark.sqlite
def test_an_isolation_level_that_is_none_turns_the_suite_red(tmp_path: Path) -> None:
    async def connect(settings: PoolSettings):
        connection = await BACKEND.connect(settings)
        begin = connection.begin

        async def picky(*, isolation, readonly):
            if isolation not in (None, "serializable"):
                raise ValueError(isolation)
            await begin(isolation=isolation, readonly=readonly)

        connection.begin = picky
        return connection

    levels = frozenset({"serializable", "snapshot"})
    backend = replace(BACKEND, connect=connect)
    report = told(backend, tmp_path, "isolation_levels", isolation_levels=levels)
    assert [outcome.name for outcome in report.failed] == [
        "each_isolation_level_declared_can_be_had"
    ]


class PlainDialect(SqliteDialect):
    """SQLite without its own way of binding lists."""

    write_in = Dialect.write_in


def plain():
    """The backend with that dialect."""
    dialect = PlainDialect()
    return replace(BACKEND, dialect=dialect, ddl=SqliteDDL(dialect))


@pytest.mark.sqlite
def test_more_values_than_a_statement_takes_turn_the_suite_red(tmp_path: Path) -> None:
    async def connect(settings: PoolSettings):
        connection = await BACKEND.connect(settings)
        limit = connection._database.setlimit, sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 1000
        await connection._raw._execute(*limit)  # in the thread that the connection belongs to
        return connection

    narrow = replace(plain(), connect=connect)
    assert told(narrow, tmp_path, "max_parameters", max_parameters=1001).failed
    assert not told(narrow, tmp_path, "max_parameters", max_parameters=1000).failed


def test_longer_names_than_there_can_be_turn_the_suite_red(postgres_url: str) -> None:
    postgres = dotorm_postgres.BACKEND
    assert told(postgres, postgres_url, "max_identifier_bytes", max_identifier_bytes=64).failed
    assert not told(postgres, postgres_url, "max_identifier_bytes").failed


@pytest.mark.parametrize("flag", ["row_locks", "alter_constraints", "arrays"])
def test_a_flag_that_hides_an_ability_turns_the_suite_red(postgres_url: str, flag: str) -> None:
    assert told(dotorm_postgres.BACKEND, postgres_url, flag, **{flag: False}).failed


@pytest.mark.sqlite
def test_a_backend_that_declares_nothing_is_asked_for_nothing_more(tmp_path: Path) -> None:
    nothing = dict.fromkeys(FLAGS, False) | {"isolation_levels": frozenset()}
    report = told(plain(), tmp_path, **nothing, max_parameters=100)
    assert [
        outcome.name for outcome in report.failed if not outcome.name.endswith("_off_for_a_reason")
    ] == []
    assert report.count("passed", "core") > 60


@pytest.mark.sqlite
@pytest.mark.slow
@pytest.mark.parametrize(
    "flags",
    [
        # This backend answers the keys of many rows by RETURNING.
        pytest.param(("returning", "bulk_keys"), id="returning"),
        pytest.param(("savepoints",), id="savepoints"),
        pytest.param(("upsert",), id="upsert"),
    ],
)
def test_nothing_else_depends_on_a_flag_that_is_off(tmp_path: Path, flags: tuple[str, ...]) -> None:
    report = told(BACKEND, tmp_path, **dict.fromkeys(flags, False))
    assert {outcome.name for outcome in report.failed} == {f"{flags[0]}_is_off_for_a_reason"}


def of_types(dialect: SqliteDialect, where: Path, name: str) -> Outcome:
    """What becomes of a field's case when the backend has that dialect."""
    backend = replace(BACKEND, dialect=dialect, ddl=SqliteDDL(dialect), schemes=("lies",))
    register_backend(backend)
    cases = [case for case in all_cases() if case.id == f"types.{name}"]
    (outcome,) = run_suite(f"lies:///{where}/lies.db", cases).cases
    return outcome


class Rounding(SqliteDialect):
    """Keeps decimals as floats, and moments without their microseconds."""

    decoders: ClassVar = {
        **SqliteDialect.decoders,
        "decimal": lambda text: decimal.Decimal(str(float(text))),
        "datetime": lambda text: dt.datetime.fromisoformat(text).replace(microsecond=0),
    }


class Refusing(SqliteDialect):
    """Has no integers of 16 bits, and takes no empty bytes."""

    def column_type(self, field: Any) -> str:
        if field.kind == "small_integer":
            raise NotSupported("small integers", self.name)
        return super().column_type(field)

    def encoder(self, field: Any) -> Any:
        if field.kind != "binary":
            return super().encoder(field)
        return lambda value: value or field.refuse(value, "it is empty")


class Nameless(SqliteDialect):
    """Takes no empty bytes either, and says so when the driver is asked."""

    encoders: ClassVar = {**SqliteDialect.encoders, "binary": lambda value: value or object()}


@pytest.mark.sqlite
@pytest.mark.parametrize("name", ["decimal_38_10", "datetime"])
def test_a_value_that_comes_back_as_another_turns_the_suite_red(tmp_path: Path, name: str) -> None:
    outcome = of_types(Rounding(), tmp_path, name)
    assert outcome.status == "failed"
    assert "came back as" in outcome.reason


@pytest.mark.sqlite
def test_what_is_refused_is_noted(tmp_path: Path) -> None:
    assert of_types(Refusing(), tmp_path, "smallinteger").notes == ("refuses the field",)
    assert of_types(Refusing(), tmp_path, "binary").notes == ("refuses empty",)


@pytest.mark.sqlite
def test_a_refusal_without_a_name_turns_the_suite_red(tmp_path: Path) -> None:
    outcome = of_types(Nameless(), tmp_path, "binary")
    assert outcome.status == "failed"
    assert r"does not say 'Thing\\.value'" in outcome.reason
