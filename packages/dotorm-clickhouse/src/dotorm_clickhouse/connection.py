"""One connection to ClickHouse, over the native protocol of asynch.

The driver's own connection asks for a sign of life before every statement, connects again without
a word when the server is gone, ends an INSERT before the server has, and takes what came of a
cancelled query for all of it. So this adapter uses the layer below, packet by packet.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from asynch.errors import ServerException
from asynch.proto.connection import Connection as Wire
from asynch.proto.protocol import ServerPacket
from asynch.proto.result import QueryInfo

from dotorm.databases.abstract import Result, read_in_portions
from dotorm.exceptions import ConfigurationError, ConnectionFailed
from dotorm_clickhouse.answers import AnswerReader
from dotorm_clickhouse.blocks import write_block
from dotorm_clickhouse.dialect import ONE_ROW, ROWS
from dotorm_clickhouse.errors import no_entry
from dotorm_clickhouse.literals import worded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from dotorm.databases.abstract import Statement
    from dotorm_clickhouse.settings import ClickhousePoolSettings

__all__ = ["MIN_SERVER", "ClickhouseConnection", "connect"]

MIN_SERVER = (26, 9)
"""The oldest version of the server that is supported.

Those before it move days outside of the years
1900 to 2299 without a word.
"""

# What the meaning of statements rests on; a user's settings come after them.
_SETTINGS: dict[str, Any] = {
    "join_use_nulls": 1,
    "transform_null_in": 0,
    "prefer_column_name_to_alias": 1,
    "input_format_null_as_default": 0,
    "mutations_sync": 2,
    "lightweight_deletes_sync": 2,
    "distributed_product_mode": "global",
    "max_query_size": 0,
    "max_ast_elements": 1_000_000,
    "max_expanded_ast_elements": 1_000_000,
    "max_parser_depth": 10_000,
}
# The driver's decoder of text would stop in the middle of an answer at bytes that are none.
_FOR_DRIVER = {"strings_as_bytes": True}

# Statements that leave nothing behind in their session.
_STATELESS = re.compile(
    r"\s*(?:SELECT|INSERT|WITH|ALTER|UPDATE|DELETE|DROP|EXPLAIN|SHOW)\b", re.IGNORECASE
)


async def connect(settings: ClickhousePoolSettings) -> ClickhouseConnection:
    """Open a connection.

    Raises:
        ConfigurationError: The server is older than `MIN_SERVER`, or a file is missing.
        ConnectionFailed: The server cannot be reached, or will not let us in.
    """
    if settings.ca_certs is not None and not os.access(settings.ca_certs, os.R_OK):
        raise ConfigurationError(
            f"ca_certs: the file {settings.ca_certs!r} is not there, or may not be read"
        )
    wire = _wire(settings)
    try:
        await wire.connect()
    except ServerException as error:
        raise no_entry(error) from error
    connection = ClickhouseConnection(
        wire, {**_SETTINGS, **_compression(settings)} | settings.settings
    )
    version = wire.server_info.version_tuple()[:2]
    if version < MIN_SERVER:
        connection.terminate()
        raise ConfigurationError(
            f"the server is ClickHouse {version[0]}.{version[1]}; DotORM needs "
            f"{MIN_SERVER[0]}.{MIN_SERVER[1]} or newer"
        )
    return connection


def _wire(settings: ClickhousePoolSettings) -> Wire:
    (host, port), *others = settings.places()
    return Wire(
        host=host,
        port=port,
        alt_hosts=",".join(f"{name}:{number}" for name, number in others) or None,
        user=settings.user,
        password=settings.password.get_secret_value(),
        database=settings.database,
        client_name=settings.client_name,
        connect_timeout=settings.connect_timeout,
        send_receive_timeout=settings.receive_timeout,
        compression=settings.compression,
        secure=settings.secure,
        verify=settings.verify,
        ca_certs=settings.ca_certs,
    )


def _compression(settings: ClickhousePoolSettings) -> dict[str, Any]:
    """The server answers in ZSTD unless it is told otherwise, which the driver cannot read."""
    return {"network_compression_method": "LZ4"} if settings.compression else {}


class ClickhouseConnection:
    """The port over one connection of asynch, which is nobody else's."""

    __slots__ = ("_settings", "_stateful", "_wire")

    def __init__(self, wire: Wire, settings: dict[str, Any]) -> None:
        self._wire = wire
        self._settings = settings
        self._connected()
        self._stateful = False

    async def execute(self, statement: Statement) -> Result:
        """Run a statement.

        Whatever interrupts it closes the connection, by which the server ends it, too; an error
        that the server tells leaves it usable.
        """
        text, data = _worded(statement)
        rows: list[Any] = []
        types: Sequence[tuple[str, str]] = ()
        try:
            await self._send(text, data)
            while (block := await self._next_block()) is not None:
                types = types or block.columns_with_types
                rows += block.get_rows()
        except ServerException:
            if data is not None:
                self.terminate()  # what it has not read of the data would be the next statement
            raise
        except BaseException:
            self.terminate()
            raise
        if statement.wants != "mappings":
            return Result(rows)
        self._stateful = self._stateful or not _STATELESS.match(text)
        return Result(_readable(rows), [name for name, _ in types])

    async def stream(self, statement: Statement, size: int) -> AsyncIterator[Sequence[Any]]:
        """A statement's rows, up to ``size`` at a time; leaving it early closes the connection."""
        text, data = _worded(statement)
        at_its_end = False
        try:
            await self._send(text, data)
            while (block := await self._next_block()) is not None:
                rows = block.get_rows()
                for start in range(0, len(rows), size):
                    yield rows[start : start + size]
            at_its_end = True
        except ServerException:
            at_its_end = True
            raise
        finally:
            if not at_its_end:
                self.terminate()

    async def server_version(self) -> str:
        """What the server said as it was connected to, such as ``26.9.2``."""
        return ".".join(map(str, self._wire.server_info.version_tuple()))

    async def ping(self) -> None:
        """Ask the server for a sign of life."""
        self._check_open()
        answered = False
        try:
            answered = await self._wire.ping()
        finally:
            if not answered:
                self.terminate()  # a late answer would be taken for that of a statement
        if not answered:
            raise ConnectionFailed("the server gives no sign of life")

    async def reset(self) -> None:
        """Forget settings and temporary tables, which end with the connection: make it anew."""
        if self._stateful:
            self._stateful = False
            await self._wire.disconnect()
            await self._wire.connect()
            self._connected()

    async def close(self) -> None:
        """Close."""
        await self._wire.disconnect()

    def terminate(self) -> None:
        """Close at once."""
        writer = self._wire.writer
        if writer is not None:
            self._wire.reset_state()
            _abort(writer.writer.transport)

    def is_closed(self) -> bool:
        """Whether the connection is known to be gone."""
        if not self._wire.connected:
            return True
        stream = self._wire.reader.reader
        return stream.at_eof() or stream.exception() is not None

    def _connected(self) -> None:
        self._wire.block_reader = AnswerReader(self._wire)
        read_in_portions(self._wire.writer.writer.transport)

    async def _send(self, text: str, data: Sequence[Sequence[Any]] | None) -> None:
        """Send a statement, and the rows of an INSERT."""
        self._check_open()
        wire = self._wire
        wire.context.settings = self._settings
        wire.context.client_settings = {**wire.client_settings, **_FOR_DRIVER}
        wire.last_query = QueryInfo(wire.reader)
        await wire.send_query(text)
        await wire.send_external_tables(None)
        if data is not None:
            sample = await self._next_block()  # it has the types that the server wants
            await write_block(wire, sample.columns_with_types, data)
            await write_block(wire, (), ())

    async def _next_block(self) -> Any:
        """The next block of the answer; None at its end."""
        while True:
            packet = await self._wire._receive_packet()
            if packet.type == ServerPacket.DATA:
                return packet.block
            if packet.type == ServerPacket.END_OF_STREAM:
                return None
            if packet.exception is not None:
                raise packet.exception

    def _check_open(self) -> None:
        if not self._wire.connected:
            raise ConnectionFailed("the connection is closed")


def _abort(transport: Any) -> None:
    """Close at once, also where the event loop of the connection has ended."""
    try:
        transport.abort()
    except RuntimeError:
        # A transport closes its socket by way of its loop; nobody else would close it any more.
        socket = getattr(transport, "_sock", None)
        if socket is not None:
            socket.close()
            transport._sock = None


def _worded(statement: Statement) -> tuple[str, Sequence[Sequence[Any]] | None]:
    """A statement's text and, of an INSERT, its rows by column."""
    if statement.sql.endswith(ROWS):
        return statement.sql, statement.values
    if statement.sql.endswith(ONE_ROW) and statement.values:
        return statement.sql, [[value] for value in statement.values]
    return worded(statement.sql, statement.values), None


def _readable(rows: list[Any]) -> list[list[Any]]:
    """Rows for people: the text among the values is text."""
    return [[_text(value) for value in row] for row in rows]


def _text(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):  # the driver answers a large one as the latter
        try:
            return value.decode()
        except UnicodeDecodeError:
            return bytes(value)
    if isinstance(value, list | tuple):
        return type(value)(map(_text, value))
    if isinstance(value, dict):
        return {_text(key): _text(item) for key, item in value.items()}
    return value
