"""Every complaint of the servers and of the drivers becomes one of ours."""

import pytest
from pymysql import err

from dotorm import exceptions as ours
from dotorm_mysql.errors import translate

CODES = {
    1020: ours.SerializationFailure,
    1040: ours.ConnectionFailed,
    1044: ours.AccessDenied,
    1045: ours.AccessDenied,
    1048: ours.NotNullViolation,
    1049: ours.AccessDenied,
    1054: ours.SchemaMismatch,
    1146: ours.SchemaMismatch,
    1062: ours.UniqueViolation,
    1064: ours.DatabaseError,
    1153: ours.InvalidValue,
    1205: ours.Timeout,
    1213: ours.SerializationFailure,
    1264: ours.InvalidValue,
    1292: ours.InvalidValue,
    1317: ours.Timeout,
    1364: ours.NotNullViolation,
    1366: ours.InvalidValue,
    1406: ours.InvalidValue,
    1451: ours.ForeignKeyViolation,
    1452: ours.ForeignKeyViolation,
    1690: ours.InvalidValue,
    1792: ours.DatabaseError,
    1927: ours.ConnectionFailed,
    1969: ours.Timeout,
    2003: ours.ConnectionFailed,
    2013: ours.ConnectionFailed,
    3024: ours.Timeout,
    3572: ours.LockNotAvailable,
    3819: ours.CheckViolation,
    4025: ours.CheckViolation,
    4031: ours.ConnectionFailed,
}


@pytest.mark.parametrize("code", CODES)
def test_a_code(code):
    found = translate(err.OperationalError(code, "so it  is"))
    assert type(found) is CODES[code]
    assert str(found).startswith("so it is")


FOREIGN = "fails (`shop`.`books`, CONSTRAINT `books_fk` FOREIGN KEY (`a``b`, `c`) REFERENCES `x`)"


@pytest.mark.parametrize(
    ("code", "text", "told"),
    [
        (1062, "Duplicate entry 'x' for key 'notes.n_key'", ("notes", (), "n_key")),
        (1062, "Duplicate entry 'x' for key 'n_key'", (None, (), "n_key")),
        (1062, "Duplicate entry 'for key 'a'' for key 'PRIMARY'", (None, (), "PRIMARY")),
        (1062, "Duplicate entry 'x' for key 'a.b.c'", (None, (), "a.b.c")),
        (1048, "Column 'na me' cannot be null", (None, ("na me",), None)),
        (1364, "Field 'n' doesn't have a default value", (None, ("n",), None)),
        (1452, f"Cannot add or update a child row: {FOREIGN}", ("books", ("a`b", "c"), "books_fk")),
        (1451, f"Cannot delete or update a parent row: {FOREIGN}", ("books", (), "books_fk")),
        (3819, "Check constraint 'positive' is violated.", (None, (), "positive")),
        (4025, "CONSTRAINT `positive` failed for `shop`.`notes`", ("notes", (), "positive")),
    ],
)
def test_what_a_violation_tells(code, text, told):
    found = translate(err.IntegrityError(code, text))
    assert (found.table, found.columns, found.constraint) == told


def test_a_remedy():
    found = str(translate(err.OperationalError(1040, "Too many connections")))
    assert found == "Too many connections: lower max_size, or raise the server's max_connections"


def test_why_nothing_can_be_reached():
    error = err.OperationalError(2003, "Can't connect to MySQL server on 'db'")
    error.__cause__ = ConnectionRefusedError("refused")
    assert str(translate(error)) == "Can't connect to MySQL server on 'db': refused"


def test_a_row_that_an_upsert_met_by_another_key():
    for words in ("exp(1062 + rand())", "exp((1062 + rand()))"):
        error = err.OperationalError(1690, f"DOUBLE value is out of range in '{words}'")
        assert isinstance(translate(error), ours.UniqueViolation)


def test_a_closed_connection():
    assert isinstance(translate(err.InterfaceError("(0, 'Not connected')")), ours.ConnectionFailed)
    assert isinstance(translate(err.Error("Already closed")), ours.ConnectionFailed)


def test_what_is_not_the_drivers():
    assert translate(ValueError("no")) is None
    assert translate(OSError(1, "no")) is None
