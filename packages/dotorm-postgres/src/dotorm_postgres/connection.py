"""One connection to PostgreSQL, by asyncpg.

What this plugin uses of it below the documented surface is ``bind_execute``, which all that runs a
prepared statement comes down to; the way there is long for a short statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import asyncpg

from dotorm.databases.abstract import Copy, Result, read_in_portions
from dotorm.exceptions import ConfigurationError, DatabaseError
from dotorm_postgres.errors import is_lost, unreachable
from dotorm_postgres.moments import decode_moment, encode_moment
from dotorm_postgres.prepared import OUTDATED, PreparedStatements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from dotorm.databases.abstract import Statement
    from dotorm_postgres.settings import PostgresPoolSettings

__all__ = ["MIN_SERVER", "PostgresConnection", "connect"]

MIN_SERVER = 12
"""The oldest major version of the server that is supported."""

# What DISCARD ALL does, but for the prepared statements, which we keep.
_RESET = """SET SESSION AUTHORIZATION DEFAULT; CLOSE ALL; UNLISTEN *; RESET ALL;
SELECT pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES"""

_WRITES = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY")


async def connect(settings: PostgresPoolSettings) -> PostgresConnection:
    """Open a connection.

    Raises:
        ConfigurationError: The server is older than `MIN_SERVER`, or a file is missing.
        ConnectionFailed: The server cannot be reached.
    """
    try:
        connection = await asyncpg.connect(**_arguments(settings))
    except TimeoutError:
        raise
    except OSError as error:
        raise unreachable(error, settings) from error
    try:
        _check_version(connection.get_server_version())
        read_in_portions(connection._transport)
        await connection.set_type_codec(
            "timestamptz",
            schema="pg_catalog",
            encoder=encode_moment,
            decoder=decode_moment,
            format="tuple",
        )
    except BaseException:
        connection.terminate()
        raise
    return PostgresConnection(connection, settings.statement_cache_size)


def _check_version(version: asyncpg.ServerVersion) -> None:
    if version.major < MIN_SERVER:
        raise ConfigurationError(
            f"the server is PostgreSQL {version.major}; DotORM needs {MIN_SERVER} or newer"
        )


def _arguments(settings: PostgresPoolSettings) -> dict[str, Any]:
    files = {
        name: value
        for name in ("sslrootcert", "sslcert", "sslkey")
        if (value := getattr(settings, name)) is not None
    }
    password = settings.password
    return {
        # asyncpg takes the names of files in a URL only; what is given by name wins.
        "dsn": f"postgresql://?{urlencode(files)}" if files else None,
        **_addresses(settings),
        "target_session_attrs": settings.target_session_attrs,
        "user": settings.user,
        "password": None if password is None else password.get_secret_value(),
        "database": settings.database,
        "ssl": settings.sslmode,
        "timeout": settings.connect_timeout,
        "statement_cache_size": 0,  # see `PreparedStatements`
        "server_settings": _server_settings(settings),
    }


def _addresses(settings: PostgresPoolSettings) -> dict[str, Any]:
    """One host and port, or as many of both."""
    hosts, ports = map(list, zip(*settings.places(), strict=True))
    if len(hosts) == 1:
        return {"host": hosts[0], "port": ports[0]}
    return {"host": hosts, "port": ports}


def _server_settings(settings: PostgresPoolSettings) -> dict[str, str]:
    seconds = settings.statement_timeout
    wanted = {
        "application_name": settings.application_name,
        "search_path": settings.search_path,
        "statement_timeout": None if seconds is None else str(max(1, round(seconds * 1000))),
        "DateStyle": "ISO",  # in which moments are read, whatever the role or database prefers
    }
    return {name: value for name, value in wanted.items() if value is not None}


class PostgresConnection:
    """The port over one asyncpg connection, which is nobody else's.

    Args:
        connection: asyncpg's.
        statements: How many prepared statements it keeps.
    """

    __slots__ = ("_asyncpg", "_prepared", "_protocol")

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], statements: int) -> None:
        self._asyncpg = connection
        self._prepared = PreparedStatements(connection, statements)
        self._protocol = connection._protocol  # type: ignore[attr-defined] # not documented

    async def execute(self, statement: Statement) -> Result:
        """Run a statement."""
        sql, wants = statement.sql, statement.wants
        try:
            if wants == "mappings":
                return await self._mappings(statement)
            if isinstance(statement, Copy):
                return await self._copied(statement)
            if wants == "count" and not statement.values:
                return Result(affected=_affected(await self._asyncpg.execute(sql)))
            prepared = self._prepared.take(sql) or await self._prepared.prepare(sql)
            return _result(statement, *await self._run(prepared, statement))
        except OUTDATED as error:
            return await self._again(statement, error)
        except asyncpg.InternalClientError as error:
            self._leave(error)
            raise

    async def stream(self, statement: Statement, size: int) -> AsyncIterator[Sequence[Any]]:
        """A statement's rows, ``size`` at a time, by a portal of the extended protocol."""
        try:
            sql = statement.sql
            prepared = self._prepared.take(sql) or await self._prepared.prepare(sql)
            cursor = await prepared.cursor(*statement.values)
            while rows := await cursor.fetch(size):
                yield rows
        except OUTDATED:
            self._prepared.forget()
            raise
        except asyncpg.InternalClientError as error:
            self._leave(error)
            raise

    async def server_version(self) -> str:
        """What the server said as it was connected to, such as ``17.2``."""
        return str(self._asyncpg.get_settings().server_version)

    async def ping(self) -> None:
        """Ask the server for a sign of life."""
        await self._asyncpg.execute("SELECT 1")

    async def reset(self) -> None:
        """Roll back and forget settings, role, locks, cursors, listeners and temporary tables."""
        if self._asyncpg.is_in_transaction():
            await self.rollback()
        await self._asyncpg.execute(_RESET)
        if self._asyncpg.is_in_transaction():
            # Only now the answer to a BEGIN has come whose task was cancelled.
            await self.rollback()
            await self._asyncpg.execute(_RESET)
        await self._prepared.tidy()

    async def close(self) -> None:
        """Say goodbye and close."""
        await self._asyncpg.close()

    def terminate(self) -> None:
        """Close at once."""
        self._asyncpg.terminate()

    def is_closed(self) -> bool:
        """Whether the connection is known to be gone."""
        return self._asyncpg.is_closed()

    async def begin(self, *, isolation: str | None, readonly: bool) -> None:
        """Start a transaction."""
        level = f" ISOLATION LEVEL {isolation.upper()}" if isolation else ""
        await self._asyncpg.execute(f"BEGIN{level}{' READ ONLY' if readonly else ''}")

    async def commit(self) -> None:
        """Keep what the transaction did.

        Raises:
            DatabaseError: The server rolled back, because a statement had failed.
        """
        if await self._asyncpg.execute("COMMIT") == "ROLLBACK":
            raise DatabaseError(
                "nothing was committed: a statement in the transaction had failed and its error "
                "was caught; put what may fail into a nested transaction"
            )

    async def rollback(self) -> None:
        """Undo what the transaction did."""
        await self._asyncpg.execute("ROLLBACK")

    async def savepoint(self, name: str) -> None:
        """Mark a point to go back to."""
        await self._asyncpg.execute(f"SAVEPOINT {name}")

    async def release_savepoint(self, name: str) -> None:
        """Forget the mark, keeping what was done since."""
        await self._asyncpg.execute(f"RELEASE SAVEPOINT {name}")

    async def rollback_to_savepoint(self, name: str) -> None:
        """Undo what was done since the mark, and forget it."""
        await self._asyncpg.execute(f"ROLLBACK TO SAVEPOINT {name}; RELEASE SAVEPOINT {name}")

    def _run(self, prepared: Any, statement: Statement) -> Awaitable[tuple[list[Any], bytes, bool]]:
        """Have the driver run a prepared statement: its rows, its status, and whether it ended."""
        limit = 1 if statement.single else 0
        running: Awaitable[tuple[list[Any], bytes, bool]] = self._protocol.bind_execute(
            prepared._state, statement.values, "", limit, True, None
        )
        return running

    async def _again(self, statement: Statement, error: Exception) -> Result:
        """Run a statement once more that was prepared for a table that has changed since."""
        self._prepared.forget()
        if isinstance(error, asyncpg.OutdatedSchemaCacheError):
            await self._asyncpg.reload_schema_state()
        # Nothing was done if the table has changed, but what a transaction did is lost. What raw
        # SQL executes was prepared by its author.
        changed = isinstance(error, asyncpg.InvalidCachedStatementError)
        raw = statement.wants == "mappings"
        if raw or not changed or self._asyncpg.is_in_transaction():
            raise error
        prepared = await self._prepared.prepare(statement.sql)
        return _result(statement, *await self._run(prepared, statement))

    async def _copied(self, statement: Copy) -> Result:
        status = await self._asyncpg.copy_records_to_table(
            statement.table,
            records=statement.values,
            columns=list(statement.columns),
        )
        return Result(affected=_affected(status))

    async def _mappings(self, statement: Statement) -> Result:
        # Without a name it needs no closing; the text of raw SQL is seldom seen twice.
        prepared = await self._asyncpg.prepare(statement.sql, name="")
        rows = await prepared.fetch(*statement.values)
        columns = [attribute.name for attribute in prepared.get_attributes()]
        return Result(rows, columns, _affected(prepared.get_statusmsg()))

    def _leave(self, error: asyncpg.InternalClientError) -> None:
        """Close at once where the server said good-bye and the driver still waits for the rest."""
        if is_lost(error):
            self._asyncpg.terminate()


def _result(statement: Statement, rows: list[Any], status: bytes, _ended: bool) -> Result:
    if statement.wants == "rows":
        return Result(rows)
    return Result(affected=_affected(status.decode()))


def _affected(status: str | None) -> int:
    """How many rows a write touched, by the server's ``UPDATE 3`` or ``INSERT 0 3``."""
    word, _, count = (status or "").rpartition(" ")
    return int(count) if word.startswith(_WRITES) else -1
