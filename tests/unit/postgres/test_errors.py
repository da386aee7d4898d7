"""Every complaint of the server and of the driver becomes one of ours."""

import asyncpg
import pytest

from dotorm import exceptions as ours
from dotorm_postgres.errors import translate


def error(state, message="no", **fields):
    """What asyncpg makes of the server's words."""
    names = {"detail": "D", "hint": "H", "table": "t", "column": "c", "constraint": "n"}
    words = {names[name]: text for name, text in fields.items()}
    return asyncpg.PostgresError.new({"S": "ERROR", "C": state, "M": message, **words})


STATES = {
    "08006": ours.ConnectionFailed,
    "22001": ours.InvalidValue,
    "22012": ours.DatabaseError,
    "22021": ours.InvalidValue,
    "23000": ours.IntegrityError,
    "23001": ours.ForeignKeyViolation,
    "23502": ours.NotNullViolation,
    "23503": ours.ForeignKeyViolation,
    "23505": ours.UniqueViolation,
    "23514": ours.CheckViolation,
    "23P01": ours.IntegrityError,
    "25006": ours.DatabaseError,
    "25P02": ours.DatabaseError,
    "25P03": ours.ConnectionFailed,
    "25P04": ours.Timeout,
    "28000": ours.AccessDenied,
    "28P01": ours.AccessDenied,
    "3D000": ours.AccessDenied,
    "40001": ours.SerializationFailure,
    "40P01": ours.SerializationFailure,
    "42P01": ours.SchemaMismatch,
    "42703": ours.SchemaMismatch,
    "42601": ours.DatabaseError,
    "53300": ours.ConnectionFailed,
    "57014": ours.Timeout,
    "57P01": ours.ConnectionFailed,
    "57P03": ours.ConnectionFailed,
    "57P05": ours.ConnectionFailed,
    "XX000": ours.DatabaseError,
}


@pytest.mark.parametrize(("state", "kind"), STATES.items(), ids=STATES)
def test_states(state, kind):
    assert type(translate(error(state))) is kind


REMEDIES = {
    "25P02": "nested transaction",
    "26000": "statement_cache_size=0",
    "28P01": "check user and password",
    "42P05": "statement_cache_size=0",
    "08P01": "for the role",
    "53300": "max_size",
}


@pytest.mark.parametrize(("state", "remedy"), REMEDIES.items(), ids=REMEDIES)
def test_what_to_do(state, remedy):
    assert remedy in str(translate(error(state)))


def test_what_the_server_says_is_kept():
    found = translate(error("42703", 'column "nam" does not exist', hint='Perhaps "name".'))
    assert str(found).startswith('column "nam" does not exist: Perhaps "name".: db.create_and')


COLUMNS = {
    "Key (email)=(a@b) already exists.": ("email",),
    "Key (a, b)=(1, 2) already exists.": ("a", "b"),
    'Key ("Mixed, Case", "a""b", ä)=(1, 2, 3) already exists.': ("Mixed, Case", 'a"b', "ä"),
    "Key (lower(email::text))=(a) already exists.": (),
    "Schlüssel »(email)=(a@b)« existiert bereits.": ("email",),
    None: (),
}


@pytest.mark.parametrize(("detail", "columns"), COLUMNS.items(), ids=map(str, COLUMNS))
def test_columns_of_a_unique_violation(detail, columns):
    fields = {"detail": detail} if detail else {}
    found = translate(error("23505", table="users", constraint="users_key", **fields))
    assert (found.table, found.columns, found.constraint) == ("users", columns, "users_key")


def test_columns_of_a_missing_value():
    found = translate(error("23502", table="users", column="name"))
    assert (found.table, found.columns, found.constraint) == ("users", ("name",), None)


def test_columns_of_a_foreign_key():
    missing = 'Key (role_id)=(9) is not present in table "roles".'
    assert translate(error("23503", table="users", detail=missing)).columns == ("role_id",)
    used = 'Key (id)=(1) is still referenced from table "users".'
    assert translate(error("23503", table="users", detail=used)).columns == ()


DRIVER = {
    "data": (asyncpg.DataError("invalid input for query argument $1"), ours.InvalidValue),
    "closed": (asyncpg.InterfaceError("connection is closed"), ours.ConnectionFailed),
    "closed midway": (
        asyncpg.InterfaceError("cannot perform operation: connection was closed"),
        ours.ConnectionFailed,
    ),
    "lost": (
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        ours.ConnectionFailed,
    ),
    "said good-bye": (
        asyncpg.InternalClientError(
            "cannot switch to state 15; another operation (2) is in progress"
        ),
        ours.ConnectionFailed,
    ),
    "busy": (asyncpg.InterfaceError("another operation is in progress"), ours.DatabaseError),
    "settings": (
        asyncpg.exceptions.ClientConfigurationError("no root certificate"),
        ours.ConfigurationError,
    ),
    "schema": (asyncpg.exceptions.OutdatedSchemaCacheError("changed"), ours.DatabaseError),
    "unreadable": (OverflowError("date value out of range"), ours.InvalidValue),
}


@pytest.mark.parametrize(("theirs", "kind"), DRIVER.values(), ids=DRIVER)
def test_of_the_driver(theirs, kind):
    assert type(translate(theirs)) is kind


def test_a_hint_stays_on_the_line():
    theirs = asyncpg.InterfaceError("expects 1 argument", hint="Check the query.")
    assert "\n" not in str(translate(theirs))


def test_not_of_the_driver():
    assert translate(ZeroDivisionError()) is None
    assert translate(ConnectionRefusedError(111, "refused")) is None
