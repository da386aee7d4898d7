"""Opening a connection with aiomysql or asyncmy, which have one surface: that of PyMySQL.

What this plugin uses of it below the documented surface is ``query`` and ``_result``, which are all
that the drivers' own cursors use: a cursor would ask for the warnings of each statement.
"""

from __future__ import annotations

import datetime as dt
import getpass
import ssl
from contextlib import suppress
from decimal import Decimal
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

import aiomysql
from pymysql.constants import CLIENT, FIELD_TYPE
from pymysql.converters import convert_timedelta

from dotorm.databases.abstract import read_in_portions
from dotorm.exceptions import ConfigurationError, ConnectionFailed, InvalidValue

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from dotorm_mysql.settings import MysqlPoolSettings

__all__ = ["cut", "is_cut", "open_connection", "part"]


async def open_connection(settings: MysqlPoolSettings) -> Any:
    """A connection of the driver's.

    Raises:
        ConfigurationError: A file of TLS is missing.
        ConnectionFailed: The server has no TLS, and the settings require it.
    """
    made = _class(settings.driver)(**_arguments(settings))
    made.tls_required = settings.ssl_mode not in ("disabled", "preferred")
    try:
        await (made._connect if settings.driver == "aiomysql" else made.connect)()
    except BaseException:
        cut(made)
        raise
    read_in_portions(_transport(made))
    return made


async def part(connection: Any) -> None:
    """Say goodbye and close; of TLS, without waiting for the other side's goodbye."""
    transport = _transport(connection)
    await connection.ensure_closed()
    _abort(transport)


def cut(connection: Any) -> None:
    """Close a connection at once; nothing of it may be left for the interpreter to complain of."""
    _abort(_transport(connection))
    if isinstance(connection, aiomysql.Connection):
        connection._reader = connection._writer = None
    else:
        connection._transport, connection._connected = None, False


def _transport(connection: Any) -> asyncio.WriteTransport | None:
    transport: asyncio.WriteTransport | None
    if isinstance(connection, aiomysql.Connection):
        transport = connection._writer and connection._writer.transport
    else:
        transport = connection._transport
    return transport


def _abort(transport: asyncio.WriteTransport | None) -> None:
    if transport is not None:
        # The loop may have ended, which is known by this error alone.
        with suppress(RuntimeError):
            transport.abort()


def is_cut(connection: Any) -> bool:
    """Whether a connection is known to be gone; asks nobody."""
    if isinstance(connection, aiomysql.Connection):
        reader = connection._reader
        return reader is None or reader.eof_received or reader.exception() is not None
    return bool(connection._stream_broken)


class _Careful:
    """What both drivers leave out as they log in.

    Without TLS where it is required, nothing is sent; the drivers would go on in plain text. A text
    is one statement.
    """

    tls_required = False

    async def _request_authentication(self: Any) -> None:
        flags = "client_flag" if hasattr(self, "client_flag") else "_client_flag"
        unwanted = CLIENT.MULTI_STATEMENTS
        if self._ssl_context is not None and not self.server_capabilities & CLIENT.SSL:
            if self.tls_required:
                raise ConnectionFailed("the server has no TLS, which ssl_mode asks for")
            self._ssl_context = None
            unwanted |= CLIENT.SSL
        setattr(self, flags, getattr(self, flags) & ~unwanted)
        await super()._request_authentication()  # type: ignore[misc] # of the driver's connection


class _Aiomysql(_Careful, aiomysql.Connection):
    """Such a connection of aiomysql."""


@cache
def _class(driver: str) -> Any:
    """The driver's class of connections, which refuses to go without TLS.

    Raises:
        ImportError: The driver is not installed.
    """
    if driver == "aiomysql":
        return _Aiomysql
    module = import_module("asyncmy.connection")
    return type("_Asyncmy", (_Careful, module.Connection), {})


def _arguments(settings: MysqlPoolSettings) -> dict[str, Any]:
    password = settings.password
    return {
        "host": settings.host,
        "port": settings.port,
        "unix_socket": settings.unix_socket,
        "user": settings.user or getpass.getuser(),
        "password": "" if password is None else password.get_secret_value(),
        "db": settings.database,
        "charset": "utf8mb4",
        "conv": _DECODERS,
        "client_flag": CLIENT.FOUND_ROWS,  # what an UPDATE finds counts, changed or not
        "autocommit": None,
        "ssl": _ssl_context(settings),
        "program_name": settings.program_name or "",
    }


def _ssl_context(settings: MysqlPoolSettings) -> ssl.SSLContext | None:
    mode = settings.ssl_mode
    if mode == "disabled" or (mode == "preferred" and settings.unix_socket):
        return None
    try:
        context = ssl.create_default_context(cafile=settings.ssl_ca)
        if settings.ssl_cert is not None:
            context.load_cert_chain(settings.ssl_cert, settings.ssl_key)
    except OSError as error:
        raise ConfigurationError(f"ssl_ca, ssl_cert or ssl_key: {error}") from error
    context.check_hostname = mode == "verify_identity"
    if mode in ("preferred", "required"):
        context.verify_mode = ssl.CERT_NONE
    return context


def _told[T](convert: Callable[[str], T]) -> Callable[[str], T]:
    def converted(text: str) -> T:
        try:
            return convert(text)
        except ValueError as error:
            raise _no_counterpart(text) from error

    return converted


def _no_counterpart(text: str) -> InvalidValue:
    return InvalidValue(f"{text!r} in the result has no counterpart in Python")


def _time(text: str) -> dt.time | dt.timedelta | str:
    """A time of day; what is none, as MySQL's TIME need not be, is a duration."""
    try:
        return dt.time.fromisoformat(text)
    except ValueError:
        return convert_timedelta(text)


def _moment(text: str, read: Callable[[str], dt.datetime] = dt.datetime.fromisoformat) -> Any:
    """A moment in UTC; one function, because there are many."""
    try:
        return read(text + "+00:00")
    except ValueError as error:
        raise _no_counterpart(text) from error


_WHOLE = (
    FIELD_TYPE.TINY,
    FIELD_TYPE.SHORT,
    FIELD_TYPE.LONG,
    FIELD_TYPE.LONGLONG,
    FIELD_TYPE.INT24,
    FIELD_TYPE.YEAR,
)
_DECODERS: dict[int, Callable[[str], Any]] = {
    **dict.fromkeys(_WHOLE, int),
    FIELD_TYPE.FLOAT: float,
    FIELD_TYPE.DOUBLE: float,
    FIELD_TYPE.DECIMAL: Decimal,
    FIELD_TYPE.NEWDECIMAL: Decimal,
    FIELD_TYPE.DATE: _told(dt.date.fromisoformat),
    FIELD_TYPE.DATETIME: _moment,
    FIELD_TYPE.TIMESTAMP: _moment,
    FIELD_TYPE.TIME: _time,
}
