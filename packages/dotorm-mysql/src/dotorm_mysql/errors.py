"""What the servers and the drivers complain about, in DotORM's errors.

The numbers are in "Server Error Message Reference" of MySQL's manual, and in "MariaDB Error Codes".
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

from pymysql.err import MySQLError

from dotorm.exceptions import (
    AccessDenied,
    CheckViolation,
    ConnectionFailed,
    DatabaseError,
    ForeignKeyViolation,
    IntegrityError,
    InvalidValue,
    LockNotAvailable,
    NotNullViolation,
    SchemaMismatch,
    SerializationFailure,
    Timeout,
    UniqueViolation,
)
from dotorm_mysql.dialect import OTHER_KEY

if TYPE_CHECKING:
    from dotorm.exceptions import DotORMError

__all__ = ["LOST", "code_of", "translate"]

_UNIQUE, _NULL, _CHECK = (1022, 1062, 1169, 1586, 1859), (1048, 1263, 1364), (3819, 4025)
_FOREIGN = (1216, 1217, 1451, 1452, 1557, 1761, 1762)
LOST = frozenset({1053, 1077, 1080, 1152, 1158, 1159, 1160, 1161, 1927, 2006, 2013, 2055, 4031})
"""The connection is gone: shutdown, a time limit of the server's, or somebody killed it."""

_KINDS: dict[type[DotORMError], tuple[int, ...]] = {
    UniqueViolation: _UNIQUE,
    NotNullViolation: _NULL,
    CheckViolation: _CHECK,
    ForeignKeyViolation: _FOREIGN,
    # 1020: with MariaDB's innodb_snapshot_isolation, a row that changed since it was read
    SerializationFailure: (1020, 1213, 1614, 3101),
    LockNotAvailable: (3572,),
    SchemaMismatch: (1054, 1146),
    Timeout: (1205, 1317, 1907, 1969, 3024),
    AccessDenied: (1044, 1045, 1049, 1130, 1251, 1698, 1820, 1862, 3118, 3955, 4151),
    ConnectionFailed: (1040, 1129, 1203, 1226, 2002, 2003, 2005, 2014, 2026, *sorted(LOST)),
    InvalidValue: (
        *(1153, 1264, 1265, 1292, 1366, 1367, 1406, 1411, 1425, 1426, 1525, 1690, 1916),
        *(3140, 3141, 3143, 3156, 3157, 3903, 4038, 4079),
    ),
}
_ERRORS = {code: kind for kind, codes in _KINDS.items() for code in codes}

_REMEDIES = {
    1040: "lower max_size, or raise the server's max_connections",
    1045: "check user and password",
    1153: "raise the server's max_allowed_packet, or keep large values elsewhere",
}

_NAME = r"`((?:[^`]|``)+)`"
_KEY = re.compile(r".*for key '(.+)'\s*$", re.DOTALL)  # the value comes first
_COLUMN = re.compile(r"(?:Column|Field) '(.+)' (?:cannot be null|doesn't have a default)")
_CONSTRAINT = re.compile(rf"CONSTRAINT {_NAME}|Check constraint '(.+)' is violated")
_TABLE = re.compile(rf"\({_NAME}\.{_NAME}, CONSTRAINT|failed for {_NAME}\.{_NAME}")
_FOREIGN_COLUMNS = re.compile(r"FOREIGN KEY \((.+?)\) REFERENCES")


def code_of(error: BaseException) -> int:
    """The number of a server's or a driver's error; 0 if it is none."""
    if not isinstance(error, _classes()) or not error.args:
        return 0
    return error.args[0] if isinstance(error.args[0], int) else 0


def translate(error: BaseException) -> DotORMError | None:
    """The driver's error as one of ours; None if it is not the driver's."""
    if not isinstance(error, _classes()):
        return None
    code = code_of(error)
    text = " ".join(str(error.args[-1]).split()) if error.args else type(error).__name__
    if error.__cause__ is not None and code in (2003, 2013):
        text = f"{text}: {str(error.__cause__) or type(error.__cause__).__name__}"
    if not code:
        return ConnectionFailed(f"the connection is closed: {text}")
    if code == 1690 and OTHER_KEY in text:
        return UniqueViolation(
            "another unique value of the record than those of on_conflict exists"
        )
    kind = _ERRORS.get(code, DatabaseError)
    message = ": ".join(part for part in (text, _REMEDIES.get(code)) if part)
    return _violation(kind, message) if issubclass(kind, IntegrityError) else kind(message)


def _classes() -> tuple[type[BaseException], ...]:
    """The drivers' errors, of those that are in use."""
    other: Any = sys.modules.get("asyncmy.errors")
    return (MySQLError,) if other is None else (MySQLError, other.MySQLError)


def _violation(kind: type[IntegrityError], text: str) -> IntegrityError:
    table, constraint = None, None
    columns: tuple[str, ...] = ()
    if match := _KEY.search(text):
        *before, constraint = match[1].split(".")  # MariaDB names the key alone
        if len(before) > 1:
            before, constraint = [], match[1]
        table = before[0] if before else None
    if match := _CONSTRAINT.search(text):
        constraint = _unquoted(match[1] or match[2])
    if match := _TABLE.search(text):
        table = _unquoted(match[2] or match[4])
    if match := _COLUMN.search(text):
        columns = (match[1],)
    elif text.startswith("Cannot add or update") and (match := _FOREIGN_COLUMNS.search(text)):
        columns = tuple(_unquoted(name) for name in re.findall(_NAME, match[1]))
    return kind(text, table=table, columns=columns, constraint=constraint)


def _unquoted(name: str) -> str:
    return name.replace("``", "`")
