"""One connection to MySQL or MariaDB, by aiomysql or asyncmy."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from pymysql.constants import SERVER_STATUS

from dotorm.databases.abstract import Result, Statement
from dotorm.exceptions import (
    ConfigurationError,
    ConnectionFailed,
    LockNotAvailable,
    NotSupported,
    TransactionClosed,
)
from dotorm_mysql.commits import committing
from dotorm_mysql.dialect import KEPT
from dotorm_mysql.drivers import cut, is_cut, open_connection, part
from dotorm_mysql.errors import code_of
from dotorm_mysql.literals import bound

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Sequence

    from dotorm_mysql.settings import MysqlPoolSettings

__all__ = ["MIN_MARIADB", "MIN_MYSQL", "MysqlConnection", "connect"]

MIN_MYSQL = (8, 0, 19)
"""The oldest version of MySQL that is supported."""
MIN_MARIADB = (10, 6, 0)
"""The oldest version of MariaDB that is supported."""

_MODES = (
    "STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO"
)
# The collation is that of our tables, so that what is made of literals can be compared with them.
_SETUP = (
    "SET NAMES utf8mb4 COLLATE /*!80019 utf8mb4_0900_bin */ /*M! utf8mb4_nopad_bin */, "
    "autocommit = 1, time_zone = '+00:00', "
    f"sql_mode = '{_MODES}'"
)
_RESET_CONNECTION = 0x1F
"""COM_RESET_CONNECTION: roll back, and forget settings, locks, variables, temporary tables."""

_COUNTS = re.compile(rb"Records: (\d+) +Duplicates: (\d+)")
# After these errors the server may have rolled the whole transaction back.
_MAY_ROLL_BACK = frozenset({1020, 1205, 1206, 1213, 1614, 3101})
_WAITED_TOO_LONG = 1205
_INTERRUPTED = 1317

_FEW = 100
_KILL_SECONDS = 1.0
_kills: set[asyncio.Task[None]] = set()


async def connect(settings: MysqlPoolSettings, *, mariadb_only: bool = False) -> MysqlConnection:
    """Open a connection: strict, in UTC, each statement its own transaction.

    Raises:
        ConfigurationError: The server is too old, or none of MariaDB's where it should be.
        ConnectionFailed: The server cannot be reached.
    """
    try:
        raw = await open_connection(settings)
    except TimeoutError:
        raise
    except OSError as error:
        raise ConnectionFailed(f"mysql: cannot reach {settings.place}: {error}") from error
    connection = MysqlConnection(raw, settings)
    try:
        _check_server(connection.version, mariadb_only=mariadb_only)
        await raw.query(_SETUP)
    except BaseException:
        connection.terminate()
        raise
    return connection


def _check_server(version: str, *, mariadb_only: bool) -> None:
    is_mariadb = "mariadb" in version.lower()
    if mariadb_only and not is_mariadb:
        raise ConfigurationError(f"the server is MySQL {version}: write mysql://")
    name, oldest = ("MariaDB", MIN_MARIADB) if is_mariadb else ("MySQL", MIN_MYSQL)
    numbers = tuple(map(int, re.findall(r"\d+", version)[:3]))
    if numbers < oldest:
        needed = ".".join(map(str, oldest))
        raise ConfigurationError(f"the server is {name} {version}; DotORM needs {needed} or newer")


class MysqlConnection:
    """The port over one connection of the driver's, which is nobody else's."""

    def __init__(self, raw: Any, settings: MysqlPoolSettings) -> None:
        self._raw = raw
        self._settings = settings
        self._began = False
        self._stream: _Stream | None = None

    @property
    def version(self) -> str:
        """The server's version; MariaDB's may have a prefix for the clients of old."""
        text: str = self._raw.server_version
        return text.removeprefix("5.5.5-") if "MariaDB" in text else text

    async def execute(self, statement: Statement) -> Result:
        """Run a statement."""
        if self._began:
            self._check_transaction(statement.sql)
        await self._settle()
        await self._query(statement)
        first, last = await self._answer(statement.sql)
        if statement.wants == "rows":
            return Result(self._rows(first))
        if statement.wants == "keys":
            return Result(await self._keys(last))
        affected = -1 if first.rows is not None else _affected(last)
        if statement.wants == "count":
            return Result((), (), affected, last.insert_id or None)
        columns = [column[0] for column in first.description or ()]
        return Result(first.rows or (), columns, affected, last.insert_id or None)

    def _rows(self, answer: Any) -> Sequence[Any]:
        """The rows of an answer that must have some, or none: it is another statement's without."""
        if answer.rows is None:
            self.terminate()
            raise ConnectionFailed(
                "mysql: the server answered a query, but not with rows; its connection is closed, "
                "so run it again on another"
            )
        rows: Sequence[Any] = answer.rows
        return rows

    async def stream(self, statement: Statement, size: int) -> AsyncIterator[Sequence[Any]]:
        """A statement's rows, ``size`` at a time; another statement has the rest read before."""
        self._check_transaction(statement.sql)
        await self._settle()
        await self._query(statement, unbuffered=True)
        stream = self._stream = _Stream(self._raw._result, statement.sql)
        try:
            while rows := await self._read(stream, size):
                yield rows
        finally:
            stream.left = True

    async def server_version(self) -> str:
        """What the server said as it was connected to, such as ``10.11.19-MariaDB``."""
        return self.version

    async def ping(self) -> None:
        """Ask the server for a sign of life."""
        await self._raw.ping(reconnect=False)

    async def reset(self) -> None:
        """Roll back and forget settings, locks, variables, temporary tables, and a ``USE``."""
        await self._settle(end=True)
        self._began = False
        await self._raw._execute_command(_RESET_CONNECTION, b"")
        await self._raw._read_ok_packet()
        if self._settings.database:  # COM_RESET_CONNECTION keeps the one that is used
            await self._raw.select_db(self._settings.database)
        await self._raw.query(_SETUP)

    async def close(self) -> None:
        """Say goodbye and close."""
        if self._stream is None:
            await part(self._raw)
        self.terminate()

    def terminate(self) -> None:
        """Close at once."""
        cut(self._raw)

    def is_closed(self) -> bool:
        """Whether the connection is known to be gone; its own end is closed then, too."""
        if is_cut(self._raw):
            self.terminate()
            return True
        return False

    async def begin(self, *, isolation: str | None, readonly: bool) -> None:
        """Start a transaction."""
        if isolation:
            await self._say(f"SET TRANSACTION ISOLATION LEVEL {isolation.upper()}")
        await self._say(f"START TRANSACTION{' READ ONLY' if readonly else ''}")
        self._began = True

    async def commit(self) -> None:
        """Keep what the transaction did.

        Raises:
            TransactionClosed: The server rolled it back.
        """
        await self._settle(end=True)
        if not self._in_transaction:
            self._began = False
            raise TransactionClosed("the server rolled the transaction back after an error")
        await self._say("COMMIT")
        self._began = False

    async def rollback(self) -> None:
        """Undo what the transaction did."""
        await self._settle(end=True)
        self._began = False
        await self._say("ROLLBACK")

    async def savepoint(self, name: str) -> None:
        """Mark a point to go back to."""
        self._check_transaction("")
        await self._say(f"SAVEPOINT {name}")

    async def release_savepoint(self, name: str) -> None:
        """Forget the mark, keeping what was done since."""
        await self._say(f"RELEASE SAVEPOINT {name}")

    async def rollback_to_savepoint(self, name: str) -> None:
        """Undo what was done since the mark, and forget it, unless the server undid everything."""
        await self._settle(end=True)
        if self._in_transaction:
            await self._say(f"ROLLBACK TO SAVEPOINT {name}")
            await self._say(f"RELEASE SAVEPOINT {name}")

    @property
    def _in_transaction(self) -> bool:
        return bool(self._raw.server_status & SERVER_STATUS.SERVER_STATUS_IN_TRANS)

    def _check_transaction(self, sql: str) -> None:
        """Refuse what would not be part of the transaction, or would end it."""
        if not self._in_transaction:
            raise TransactionClosed(
                "the server ended the transaction, after an error or a statement that commits"
            )
        if word := committing(sql):
            raise NotSupported(f"{word} in a transaction", "mysql", "it would commit what was done")

    async def _say(self, sql: str) -> None:
        await self._settle()
        await self._query(Statement(sql))

    async def _query(self, statement: Statement, *, unbuffered: bool = False) -> None:
        """Send a statement and read what it answers."""
        raw = self._raw
        backslashes = not raw.server_status & SERVER_STATUS.SERVER_STATUS_NO_BACKSLASH_ESCAPES
        text = bound(statement.sql, statement.values, backslashes=backslashes)
        await self._wait(raw.query(text, unbuffered), statement.sql)

    async def _wait[T](self, answer: Awaitable[T], sql: str) -> T:
        """Wait for an answer; if there is none, leave the connection in a state that is known."""
        try:
            return await answer
        except asyncio.CancelledError:
            await self._stop()
            raise
        except Exception as error:
            await self._after(error, sql)
            raise

    async def _answer(self, sql: str) -> tuple[Any, Any]:
        """The first result with rows, and the last: a procedure has several."""
        raw = self._raw
        first = last = raw._result
        while last.has_next:
            await self._wait(raw.next_result(), sql)
            last = raw._result
            first = last if first.rows is None else first
        raw._result = None  # or an idle connection would keep the rows
        return first, last

    async def _after(self, error: Exception, sql: str) -> None:
        """Find out what an error has left of the connection and the transaction."""
        code = code_of(error)
        if not code:
            self.terminate()  # in the middle of an answer, it may be
        elif self._began and code in _MAY_ROLL_BACK:
            # An error does not say whether there still is a transaction; this answer does.
            await self._wait(self._raw.query(b"DO 0"), "")
        if code == _WAITED_TOO_LONG and sql.endswith(" NOWAIT"):
            raise LockNotAvailable(str(error.args[-1])) from error

    async def _keys(self, inserted: Any) -> Sequence[int]:
        """The keys that the server made for the rows of one INSERT.

        It makes them one after another, from the one it tells: see "AUTO_INCREMENT Handling in
        InnoDB" in MySQL's manual on "simple inserts", whose number of rows is known; in lock modes
        1 and 2 they have the numbers between to themselves. Rows of one statement either all bring
        their keys or none does ("mixed-mode inserts" would have gaps).
        """
        first, rows, step = inserted.insert_id, inserted.affected_rows, 1
        if rows > 1:
            statement = Statement("SELECT @@SESSION.auto_increment_increment")
            await self._query(statement)
            ((step,),) = (await self._answer(statement.sql))[0].rows
        return range(first, first + rows * step, step)

    async def _read(self, stream: _Stream, most: int) -> list[Any]:
        return await self._wait(stream.read(most), stream.sql)

    async def _settle(self, *, end: bool = False) -> None:
        """Make way for another statement while a result is being read.

        Its rest is read, for whoever reads it later; when nobody does, or the transaction ends, the
        server is told to stop.
        """
        stream, self._stream = self._stream, None
        if stream is None or stream.ended:
            return
        if not (end or stream.left):
            await self._read(stream, 0)
            return
        stream.waiting.clear()
        await self._read(stream, _FEW)
        if not stream.ended:
            await self._interrupt(stream)

    async def _interrupt(self, stream: _Stream) -> None:
        """Have the server end the statement, by another connection."""
        await self._kill("KILL QUERY")
        try:
            await stream.read(0)
            await self._raw.query(b"DO 0")  # it was at its end: this is what the server interrupts
        except Exception as error:
            if code_of(error) != _INTERRUPTED:
                await self._after(error, stream.sql)
                raise
        stream.waiting.clear()

    async def _stop(self) -> None:
        """Close, and have the server stop what it does for nobody.

        It is told in the background if it takes long: there may be no way to it.
        """
        self.terminate()
        task = asyncio.ensure_future(self._kill("KILL"))
        _kills.add(task)
        task.add_done_callback(_forget)
        await asyncio.wait({task}, timeout=_KILL_SECONDS)

    async def _kill(self, what: str) -> None:
        async with asyncio.timeout(self._settings.connect_timeout):
            other = await open_connection(self._settings)
            try:
                await other.query(f"{what} {self._raw.thread_id()}")
            finally:
                cut(other)


class _Stream:
    """A result of which not all rows have been read.

    Attributes:
        sql: The statement.
        waiting: Rows that were read before anybody asked for them.
        ended: Whether the server has sent all of them.
        left: Whether nobody asks for any more.
    """

    def __init__(self, result: Any, sql: str) -> None:
        self._result = result
        self.sql = sql
        self.waiting: list[Any] = []
        self.left = False

    @property
    def ended(self) -> bool:
        return not self._result.unbuffered_active

    async def read(self, most: int) -> list[Any]:
        """That many rows; 0 reads all that the server has and keeps them waiting."""
        rows, self.waiting = self.waiting[: most or None], self.waiting[most:] if most else []
        while (not most or len(rows) < most) and not self.ended:
            row = await self._result._read_rowdata_packet_unbuffered()
            if row is None:
                break
            rows.append(row)
        if not most:
            self.waiting = rows
        return rows


def _affected(result: Any) -> int:
    """How many rows a write found.

    A row that an INSERT left as it was counts as found, and one that it changed as two; for several
    rows the server's message says how many there were, and how many of them were there before.
    """
    affected: int = result.affected_rows
    if counts := _COUNTS.search(result.message or b""):
        records, there = int(counts[1]), int(counts[2])
        return records - there if affected == records else records
    return 0 if result.insert_id == KEPT else affected


def _forget(task: asyncio.Task[None]) -> None:
    _kills.discard(task)
    if not task.cancelled():
        task.exception()  # the connection is closed; there is nothing else that could be done
