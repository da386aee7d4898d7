"""What the server and the driver complain about, in DotORM's errors.

ClickHouse numbers its errors: see src/Common/ErrorCodes.cpp of its sources.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from asynch import errors as theirs

from dotorm.exceptions import (
    AccessDenied,
    CheckViolation,
    ConnectionFailed,
    DatabaseError,
    IntegrityError,
    InvalidValue,
    NotNullViolation,
    SchemaMismatch,
    Timeout,
)

if TYPE_CHECKING:
    from dotorm.exceptions import DotORMError

__all__ = ["no_entry", "translate"]

_ERRORS: dict[int, type[DotORMError]] = {
    6: InvalidValue,  # CANNOT_PARSE_TEXT
    16: SchemaMismatch,  # NO_SUCH_COLUMN_IN_TABLE
    27: InvalidValue,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
    38: InvalidValue,  # CANNOT_PARSE_DATE
    41: InvalidValue,  # CANNOT_PARSE_DATETIME
    47: SchemaMismatch,  # UNKNOWN_IDENTIFIER
    53: InvalidValue,  # TYPE_MISMATCH
    60: SchemaMismatch,  # UNKNOWN_TABLE
    69: InvalidValue,  # ARGUMENT_OUT_OF_BOUND
    70: InvalidValue,  # CANNOT_CONVERT_TYPE
    72: InvalidValue,  # CANNOT_PARSE_NUMBER
    131: InvalidValue,  # TOO_LARGE_STRING_SIZE
    159: Timeout,  # TIMEOUT_EXCEEDED: max_execution_time
    160: Timeout,  # TOO_SLOW
    179: InvalidValue,  # MULTIPLE_EXPRESSIONS_FOR_ALIAS
    202: ConnectionFailed,  # TOO_MANY_SIMULTANEOUS_QUERIES
    209: Timeout,  # SOCKET_TIMEOUT
    210: ConnectionFailed,  # NETWORK_ERROR
    321: InvalidValue,  # VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
    349: NotNullViolation,  # CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
    376: InvalidValue,  # CANNOT_PARSE_UUID
    394: Timeout,  # QUERY_WAS_CANCELLED: by KILL QUERY
    407: InvalidValue,  # DECIMAL_OVERFLOW
    441: InvalidValue,  # CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING
    467: InvalidValue,  # CANNOT_PARSE_BOOL
    469: CheckViolation,  # VIOLATED_CONSTRAINT
    516: AccessDenied,  # AUTHENTICATION_FAILED
    691: InvalidValue,  # UNKNOWN_ELEMENT_OF_ENUM
}

_REMEDIES = {
    164: (
        "a profile with readonly=1 refuses the settings, too, that DotORM sends with each "
        "statement; readonly=2 lets them through"
    ),
    179: "several columns have one name: give each an alias",
    202: "lower max_size, or raise the server's max_concurrent_queries",
    420: "what a table is sorted by cannot be changed: delete the row and create it anew",
    516: "check user and password",
}

_CLUTTER = re.compile(r"^Code: \d+\.\s*(?:DB::Exception: )?|\s*\(version [^)]*\)\s*$")
_CONSTRAINT = re.compile(r"Constraint `(.+?)` for table (?:\S+?\.)?`?([^\s`]+)`? ")
_COLUMN = re.compile(r"destination column `?([^\s`]+)`?")

_OF_DRIVER = (
    (theirs.NetworkError, ConnectionFailed),
    (theirs.OperationalError, ConnectionFailed),
    (theirs.SocketTimeoutError, Timeout),
    (theirs.TypeMismatchError, InvalidValue),
    (theirs.ClickHouseException, DatabaseError),
)


def translate(error: BaseException) -> DotORMError | None:
    """The driver's error as one of ours; None if it is not the driver's."""
    if isinstance(error, theirs.ServerException):
        return _of_server(error)
    text = " ".join(str(error).split())
    if isinstance(error, theirs.NetworkError) and error.__cause__ is not None:
        text = f"{text}: {error.__cause__ or type(error.__cause__).__name__}"
    for kind, ours in _OF_DRIVER:
        if isinstance(error, kind):
            return ours(text)
    if isinstance(error, EOFError | ConnectionError):
        return ConnectionFailed(f"the connection is lost: {text or type(error).__name__}")
    return None


def no_entry(error: theirs.ServerException) -> DotORMError:
    """Why the server will not let us in."""
    return AccessDenied(_message(error)) if error.code in (81, 516) else _of_server(error)


def _of_server(error: theirs.ServerException) -> DotORMError:
    kind = _ERRORS.get(error.code, DatabaseError)
    message = _message(error)
    if not issubclass(kind, IntegrityError):
        return kind(message)
    constraint, column = _CONSTRAINT.search(message), _COLUMN.search(message)
    return kind(
        message,
        table=constraint[2] if constraint else None,
        columns=(column[1],) if column else (),
        constraint=constraint[1] if constraint else None,
    )


def _message(error: theirs.ServerException) -> str:
    text = " ".join(_CLUTTER.sub("", str(error)).split())
    remedy = _REMEDIES.get(error.code)
    return f"{text} (code {error.code})" + (f": {remedy}" if remedy else "")
