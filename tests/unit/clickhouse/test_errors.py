"""The server's and the driver's errors, in ours."""

import pytest
from asynch import errors as theirs

import dotorm
from dotorm_clickhouse import BACKEND


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (47, dotorm.SchemaMismatch), (62, dotorm.DatabaseError), (53, dotorm.InvalidValue),
        (60, dotorm.SchemaMismatch),
        (159, dotorm.Timeout), (394, dotorm.Timeout), (202, dotorm.ConnectionFailed),
        (349, dotorm.NotNullViolation), (469, dotorm.CheckViolation), (516, dotorm.AccessDenied),
        (407, dotorm.InvalidValue), (164, dotorm.DatabaseError),
    ],
)  # fmt: skip
def test_codes_of_the_server(code, error):
    ours = BACKEND.translate(theirs.ServerException("DB::Exception: what it says", code))
    assert type(ours) is error
    assert str(ours).startswith(f"what it says (code {code})")


def test_a_constraint_is_taken_apart():
    text = (
        "DB::Exception: Constraint `positive` for table shop.items (7f-1) is violated at row 1. "
        "Expression: (n > 0). Column values: n = -1"
    )
    ours = BACKEND.translate(theirs.ServerException(text, 469))
    assert (ours.table, ours.constraint) == ("items", "positive")


def test_a_remedy_is_told():
    ours = BACKEND.translate(theirs.ServerException("DB::Exception: readonly", 164))
    assert "readonly=2" in str(ours)


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (ConnectionResetError("reset by peer"), dotorm.ConnectionFailed),
        (EOFError("Unexpected EOF"), dotorm.ConnectionFailed),
        (theirs.NetworkError("All hosts are unreachable: a:1"), dotorm.ConnectionFailed),
        (theirs.OperationalError("closed by the remote"), dotorm.ConnectionFailed),
        (theirs.UnknownTypeError("Unknown type Time64(6)"), dotorm.DatabaseError),
        (theirs.TypeMismatchError("Type mismatch"), dotorm.InvalidValue),
    ],
)
def test_errors_of_the_driver(raised, error):
    assert type(BACKEND.translate(raised)) is error


def test_what_is_not_the_drivers_is_left():
    assert BACKEND.translate(ZeroDivisionError()) is None
