"""SQLite's result codes (https://sqlite.org/rescode.html) as errors of ours."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from dotorm.exceptions import (
    CheckViolation,
    ConnectionFailed,
    DatabaseError,
    DotORMError,
    ForeignKeyViolation,
    IntegrityError,
    InvalidValue,
    NotNullViolation,
    NotSupported,
    SchemaMismatch,
    Timeout,
    UniqueViolation,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["translate"]

_INTEGRITY: dict[int, type[IntegrityError]] = {
    sqlite3.SQLITE_CONSTRAINT_UNIQUE: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_ROWID: UniqueViolation,
    sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY: ForeignKeyViolation,
    sqlite3.SQLITE_CONSTRAINT_NOTNULL: NotNullViolation,
    sqlite3.SQLITE_CONSTRAINT_CHECK: CheckViolation,
}
_PRIMARY: dict[int, Callable[[str], DotORMError]] = {
    sqlite3.SQLITE_BUSY: lambda text: Timeout(
        f"{text}: another connection writes; it did not finish within busy_timeout"
    ),
    sqlite3.SQLITE_LOCKED: Timeout,
    sqlite3.SQLITE_CANTOPEN: lambda text: ConnectionFailed(
        f"{text}: does the folder exist, and may this user write there?"
    ),
    sqlite3.SQLITE_NOTADB: ConnectionFailed,
    sqlite3.SQLITE_IOERR: ConnectionFailed,
    sqlite3.SQLITE_MISMATCH: InvalidValue,
    sqlite3.SQLITE_TOOBIG: InvalidValue,
}
_MISSING = re.compile(r"no such (?:table|column): |table .+ has no column named ")
_COLUMNS = re.compile(r"constraint failed: (.+)$")


def translate(error: BaseException) -> DotORMError | None:
    """The driver's error as one of ours; None if it is not the driver's."""
    if isinstance(error, ValueError) and str(error) in (
        "Connection closed",
        "no active connection",
    ):
        return ConnectionFailed("the connection is closed")
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return InvalidValue(f"SQLite cannot store the value: {error}")
    return _of_database(error) if isinstance(error, sqlite3.Error) else None


def _of_database(error: sqlite3.Error) -> DotORMError:
    code = getattr(error, "sqlite_errorcode", None)
    text = str(error)
    if code in _INTEGRITY:
        return _integrity(_INTEGRITY[code], text)
    if text == "FOREIGN KEY constraint failed":  # ON DELETE RESTRICT has the code of a trigger
        return ForeignKeyViolation(text)
    if isinstance(error, sqlite3.IntegrityError):
        return IntegrityError(text)
    if code is not None and code & 0xFF in _PRIMARY:
        return _PRIMARY[code & 0xFF](text)
    if text == "parser stack overflow":
        return NotSupported(
            "so many brackets", "sqlite", "join the conditions of a level in one list"
        )
    if _MISSING.match(text):
        return SchemaMismatch(text)
    if isinstance(error, sqlite3.ProgrammingError) and "type" in text and "not supported" in text:
        return InvalidValue(text)
    return DatabaseError(text)


def _integrity(kind: type[IntegrityError], text: str) -> IntegrityError:
    """UNIQUE and NOT NULL name ``table.column, …``; CHECK its constraint; FOREIGN KEY nothing."""
    match = _COLUMNS.search(text)
    if match is None:
        return kind(text)
    if kind is CheckViolation:
        return kind(text, constraint=match[1])
    pairs = [part.rpartition(".") for part in match[1].split(", ")]
    return kind(text, table=pairs[0][0] or None, columns=tuple(column for _, _, column in pairs))
