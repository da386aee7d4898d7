"""What the server and the driver complain about, in DotORM's errors.

PostgreSQL names each fault by five characters, SQLSTATE, of which the first two are its class.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from typing import TYPE_CHECKING, Any

import asyncpg

from dotorm.exceptions import (
    AccessDenied,
    CheckViolation,
    ConfigurationError,
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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dotorm.exceptions import DotORMError
    from dotorm_postgres.settings import PostgresPoolSettings

__all__ = ["is_lost", "translate", "unreachable"]

_ERRORS: dict[str, type[DotORMError]] = {
    "08": ConnectionFailed,
    "22": InvalidValue,
    "22012": DatabaseError,  # division by zero
    "23": IntegrityError,
    "23001": ForeignKeyViolation,  # RESTRICT, from PostgreSQL 18 on
    "23502": NotNullViolation,
    "23503": ForeignKeyViolation,
    "23505": UniqueViolation,
    "23514": CheckViolation,
    "25P03": ConnectionFailed,  # idle in a transaction for too long
    "25P04": Timeout,  # transaction_timeout
    "28": AccessDenied,  # user or password
    "3D": AccessDenied,  # no such database
    "40001": SerializationFailure,
    "40P01": SerializationFailure,
    "42703": SchemaMismatch,  # no such column
    "42P01": SchemaMismatch,  # no such table
    "53300": ConnectionFailed,  # too many connections
    "55P03": LockNotAvailable,
    "57014": Timeout,  # statement_timeout, or an administrator cancelled it
    "57P": ConnectionFailed,  # the server starts, stops or threw the connection out
}

_REMEDIES = {
    "08P01": "behind pgbouncer, set search_path and statement_timeout for the role instead",
    "25P02": (
        "a statement before it failed: leave the block, or put what may fail into a nested "
        "transaction"
    ),
    "26000": "behind pgbouncer, set statement_cache_size=0",
    "28P01": "check user and password",
    "42P05": "behind pgbouncer, set statement_cache_size=0",
    "53300": "lower max_size, or raise the server's max_connections",
}

_OF_DRIVER: dict[type[Exception], type[DotORMError]] = {
    asyncpg.DataError: InvalidValue,
    asyncpg.exceptions.UnsupportedClientFeatureError: InvalidValue,
    asyncpg.exceptions.ClientConfigurationError: ConfigurationError,
    asyncpg.InterfaceError: DatabaseError,
    asyncpg.InternalClientError: DatabaseError,
}

_KEY = re.compile(r"\((.+?)\)=\(")
_NAME = re.compile(r'\s*(?:"((?:[^"]|"")+)"|([^\W\d][\w$]*))\s*(?:,|\Z)')


def translate(error: BaseException) -> DotORMError | None:
    """The driver's error as one of ours; None if it is not the driver's."""
    if isinstance(error, asyncpg.PostgresError):
        return _of_server(error)
    text = " ".join(str(error).split())
    if is_lost(error):
        return ConnectionFailed(f"the connection is lost: {text}")
    for kind, ours in _OF_DRIVER.items():
        if isinstance(error, kind):
            return ours(text)
    if isinstance(error, ValueError | OverflowError):
        return InvalidValue(f"a value in the result has no counterpart in Python: {text}")
    return None


def unreachable(error: OSError, settings: PostgresPoolSettings) -> DotORMError:
    """Why no connection came about: the operating system names neither hosts nor files."""
    if isinstance(error, FileNotFoundError | PermissionError | ssl.SSLError):
        for problem in _unreadable(settings):
            return ConfigurationError(problem)
    where = ", ".join(_place(host, port) for host, port in settings.places())
    return ConnectionFailed(f"postgres: cannot reach {where}: {_reason(error)}")


def is_lost(error: BaseException) -> bool:
    """Whether the connection is gone, as far as the driver can tell."""
    text = str(error)
    if isinstance(error, asyncpg.InterfaceError):
        return "connection" in text and "clos" in text
    # The second: the server said good-bye while nobody asked it anything, and the driver waits for
    # the rest.
    signs = "not connected", "cannot switch to state"
    return isinstance(error, asyncpg.InternalClientError) and any(sign in text for sign in signs)


def _unreadable(settings: PostgresPoolSettings) -> Iterator[str]:
    for name in ("sslrootcert", "sslcert", "sslkey"):
        path = getattr(settings, name)
        if path is not None and not os.access(path, os.R_OK):
            yield f"{name}: the file {path!r} is not there, or may not be read"


def _place(host: str, port: int) -> str:
    return f"{host}/.s.PGSQL.{port}" if host.startswith("/") else f"{host}:{port}"


def _reason(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "the connection was refused; the server may not be running there"
    if isinstance(error, FileNotFoundError):
        return "there is no such socket; the server may not be running, or have it elsewhere"
    if isinstance(error, socket.gaierror):
        return f"the host is not known ({error.strerror})"
    return str(error) or type(error).__name__


def _of_server(error: Any) -> DotORMError:
    state: str = error.sqlstate or ""
    kind = next((_ERRORS[state[:n]] for n in (5, 3, 2) if state[:n] in _ERRORS), DatabaseError)
    message = _message(error, state)
    if not issubclass(kind, IntegrityError):
        return kind(message)
    return kind(
        message,
        table=error.table_name,
        columns=_columns(error),
        constraint=error.constraint_name,
    )


def _message(error: Any, state: str) -> str:
    parts = [error.args[0] if error.args else type(error).__name__, error.detail, error.hint]
    return ": ".join(part for part in (*parts, _REMEDIES.get(state)) if part)


def _columns(error: Any) -> tuple[str, ...]:
    """The columns that the server names, or writes in front of the values."""
    if error.column_name:
        return (error.column_name,)
    detail = error.detail or ""
    if f'"{error.table_name}"' in detail:
        return ()  # "still referenced from": the columns are those of the other table
    key = _KEY.search(detail)
    return _names(key[1]) if key else ()


def _names(text: str) -> tuple[str, ...]:
    """The names in a list of them; empty if an expression is among them."""
    names, place = [], 0
    while place < len(text):
        name = _NAME.match(text, place)
        if name is None:
            return ()
        names.append(name[1].replace('""', '"') if name[1] else name[2])
        place = name.end()
    return tuple(names)
