"""The adapter over aiosqlite: each statement is one hop to the connection's thread."""

from __future__ import annotations

import asyncio
import decimal
import sqlite3
import time
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING, Any, NamedTuple

import aiosqlite

from dotorm.databases.abstract import Gathered, Keyed, Result, Statement
from dotorm.databases.abstract.tasks import finish
from dotorm.exceptions import ConfigurationError, ConnectionFailed, TransactionClosed
from dotorm_sqlite.dialect import DECIMAL_COLLATION, LOWER, UNHEX
from dotorm_sqlite.gathering import rows_of
from dotorm_sqlite.keys import insert_keyed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from dotorm_sqlite.settings import SqlitePoolSettings

__all__ = ["SqliteConnection", "connect"]

_OLDEST = (3, 37, 0)

# The last one because waiting is ours, once the connection is open.
_PRAGMAS = ("foreign_keys = ON", "journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 0")
_PASSING = sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.05


async def connect(settings: SqlitePoolSettings) -> SqliteConnection:
    """Open a connection: foreign keys on, WAL, waiting for writers as long as the settings say.

    Raises:
        ConfigurationError: The SQLite library is too old.
        ConnectionFailed: There is no such file, and the settings say not to make one.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        raise ConfigurationError(f"SQLite {sqlite3.sqlite_version} is older than 3.37")
    opened: list[sqlite3.Connection] = []

    def connector() -> sqlite3.Connection:
        opened.append(_open(settings))
        return opened[0]

    raw = aiosqlite.Connection(connector, iter_chunk_size=64)
    # A program that ends without closing its pool must end.
    raw._thread.daemon = True
    try:
        await raw
    except BaseException:
        # It has told its thread to stop, and the loop must not end before the thread answers.
        await finish(asyncio.to_thread(_close, raw._thread, opened))
        raise
    return SqliteConnection(raw, opened[0], settings.busy_timeout)


def _close(thread: Thread, opened: list[sqlite3.Connection]) -> None:
    """Close what the thread opened for nobody: aiosqlite has not heard of it."""
    thread.join()
    for database in opened:
        database.close()


type _Answer = tuple[Sequence[Any], Any, int, int | None]
"""A statement's rows, the description of their columns, the number of rows touched, the last key"""


class _Cursor(sqlite3.Cursor):
    """A cursor whose ``fetchall`` answers everything of a statement in one go.

    It is in a list, out of which it is taken: the thread keeps what it answered until it is asked
    again.
    """

    def fetchall(self) -> Any:
        rows = super().fetchall()
        return [(rows, self.description, self.rowcount, self.lastrowid)]


class _Told(NamedTuple):
    """In place of a cursor: the keys of new rows."""

    keys: Sequence[int]

    def fetchall(self) -> list[_Answer]:
        return [(self.keys, None, len(self.keys), None)]


class _Database(sqlite3.Connection):
    """A database whose ``execute`` takes what a statement binds out of a list.

    The thread keeps the list, too, until it is asked again. What stands before the values is called
    as the statement begins.
    """

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        values = parameters.pop() if parameters else ()
        if parameters:
            parameters.pop()()
        if isinstance(values, Keyed):
            return _Told(insert_keyed(self, values))
        return self.cursor(_Cursor).execute(sql, values)


def _open(settings: SqlitePoolSettings) -> sqlite3.Connection:
    database = sqlite3.connect(
        _place(settings),
        uri=not settings.create,
        timeout=settings.busy_timeout,
        isolation_level=None,
        factory=_Database,
        cached_statements=512,
        check_same_thread=False,  # what is opened as its task is cancelled, another thread closes
    )
    try:
        _prepare(database, settings.busy_timeout)
    except BaseException:
        database.close()
        raise
    return database


def _place(settings: SqlitePoolSettings) -> str:
    """The database's name, which without ``create`` is a URI."""
    file = settings.file
    if settings.create or file is None:
        return settings.database
    if not file.exists():
        raise ConnectionFailed(f"no such file: {settings.database}")
    return f"{file.absolute().as_uri()}?mode=rw"


def _prepare(database: sqlite3.Connection, busy_timeout: float) -> None:
    # Else the name of a column that is not there is taken for a text: https://sqlite.org/quirks.html
    for strings_in_double_quotes in (
        sqlite3.SQLITE_DBCONFIG_DQS_DML,
        sqlite3.SQLITE_DBCONFIG_DQS_DDL,
    ):
        database.setconfig(strings_in_double_quotes, False)
    database.create_collation(DECIMAL_COLLATION, _compare_numbers)
    database.create_function(LOWER, 1, _lower, deterministic=True)
    database.create_function(UNHEX, 1, bytes.fromhex, deterministic=True)
    deadline = time.monotonic() + busy_timeout
    for pragma in _PRAGMAS:
        _set(database, pragma, deadline)


def _set(database: sqlite3.Connection, pragma: str, deadline: float) -> None:
    """Set something, again while another connection does: SQLite does not wait to begin a WAL."""
    while True:
        try:
            database.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if _code(error) & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(_FIRST_PAUSE)


def _code(error: sqlite3.Error) -> int:
    """SQLite's extended code; 0 for what the driver found by itself."""
    return getattr(error, "sqlite_errorcode", 0)


def _compare_numbers(left: str, right: str) -> int:
    try:
        a, b = decimal.Decimal(left), decimal.Decimal(right)
    except decimal.InvalidOperation:
        return (left > right) - (left < right)
    return (a > b) - (a < b)


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _telling(call: Callable[[], None]) -> Callable[[], Any]:
    """What has the event loop call something, from another thread."""
    return partial(asyncio.get_running_loop().call_soon_threadsafe, call)


class SqliteConnection:
    """One connection, which runs one statement at a time."""

    def __init__(
        self, raw: aiosqlite.Connection, database: sqlite3.Connection, busy_timeout: float
    ) -> None:
        self._raw = raw
        self._database = database
        self._busy_timeout = busy_timeout
        self._streams: set[aiosqlite.Cursor] = set()
        self._began = False
        self._readonly = False
        self._closed = False

    async def execute(self, statement: Statement) -> Result:
        """Run a statement."""
        if self._began and not self._database.in_transaction:
            raise TransactionClosed(
                "SQLite rolled the transaction back after an error or a cancelled statement"
            )
        if isinstance(statement, Gathered):
            gathered = await self._gathered(statement)
            if gathered is not None:
                return Result(gathered)
        values = statement if isinstance(statement, Keyed) else statement.values
        rows, described, affected, last = await self._run(statement.sql, values)
        names = statement.wants == "mappings" and described
        columns = [column[0] for column in names] if names else ()
        return Result(rows, columns, affected, last)

    async def stream(self, statement: Statement, size: int) -> AsyncIterator[Sequence[Any]]:
        """A statement's rows, ``size`` at a time."""
        cursor = await self._hop(self._raw.cursor())
        self._streams.add(cursor)
        try:
            await self._hop(cursor.execute(statement.sql, statement.values))
            while rows := await self._hop(cursor.fetchmany(size)):
                yield list(rows)
        finally:
            self._streams.discard(cursor)
            await cursor.close()

    async def server_version(self) -> str:
        """The version of the library, which is the server."""
        return sqlite3.sqlite_version

    async def ping(self) -> None:
        """Ask for a sign of life."""
        await self._run("SELECT 1")

    async def reset(self) -> None:
        """Leave a transaction that was begun by hand, allow writing, check foreign keys."""
        self._began = False
        if self._database.in_transaction:
            await self._run("ROLLBACK")
        await self._run("PRAGMA query_only = OFF")
        await self._run("PRAGMA foreign_keys = ON")

    async def close(self) -> None:
        """Close, once the thread is done with what it does."""
        self._closed = True
        await self._raw.close()

    def terminate(self) -> None:
        """Stop what runs and close without waiting."""
        if not self._closed:
            self._closed = True
            self._database.interrupt()
            # Where there is no event loop: ours may end before the connection's thread answers.
            stop = Thread(target=self._raw.stop)
            stop.start()
            stop.join()

    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    async def begin(self, *, isolation: str | None, readonly: bool) -> None:
        """Begin; a transaction that may write takes the lock at once, not in its middle."""
        self._readonly = readonly
        if readonly:
            await self._run("PRAGMA query_only = ON")
        await self._run("BEGIN DEFERRED" if readonly else "BEGIN IMMEDIATE")
        self._began = True

    async def commit(self) -> None:
        """Commit."""
        if not self._database.in_transaction:
            raise TransactionClosed("SQLite rolled the transaction back after an error")
        await self._run("COMMIT")
        await self._left()

    async def rollback(self) -> None:
        """Roll back, unless SQLite did so by itself."""
        if self._database.in_transaction:
            await self._run("ROLLBACK")
        await self._left()

    async def savepoint(self, name: str) -> None:
        """Mark a point to go back to."""
        await self._run(f"SAVEPOINT {name}")

    async def release_savepoint(self, name: str) -> None:
        """Forget the mark."""
        await self._run(f"RELEASE {name}")

    async def rollback_to_savepoint(self, name: str) -> None:
        """Go back to the mark, and forget it."""
        if self._database.in_transaction:
            await self._run(f"ROLLBACK TO {name}")
            await self._run(f"RELEASE {name}")

    async def _left(self) -> None:
        self._began = False
        await self._close_streams()
        if self._readonly:
            await self._run("PRAGMA query_only = OFF")
            self._readonly = False

    async def _gathered(self, statement: Gathered) -> Sequence[Any] | None:
        """The rows of a SELECT, if SQLite can gather them; else it says what is wrong without."""
        try:
            answer = await self._run(statement.gathered, statement.values, statement.meanwhile)
        except sqlite3.Error as error:
            if _code(error) & 0xFF in _PASSING:
                raise
            return None
        return rows_of(answer[0][0])

    async def _run(
        self, sql: str, values: Any = (), meanwhile: Callable[[], None] | None = None
    ) -> _Answer:
        """Run a statement, again and again while another connection writes.

        SQLite itself would wait in its thread, where a cancelled task could not reach it.
        """
        deadline, pause = 0.0, _FIRST_PAUSE
        begin = () if meanwhile is None else (_telling(meanwhile),)
        while True:
            try:
                answers: Any = await self._raw.execute_fetchall(sql, [*begin, values])
            except asyncio.CancelledError:
                await finish(self._quieten())
                raise
            except sqlite3.OperationalError as error:
                deadline = deadline or time.monotonic() + self._busy_timeout
                if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() + pause > deadline:
                    raise
            else:
                answer: _Answer = answers.pop()
                return answer
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _hop(self, work: Awaitable[Any]) -> Any:
        """Have the thread do something; when nobody waits any more, stop it."""
        try:
            return await work
        except asyncio.CancelledError:
            await finish(self._quieten())
            raise

    async def _quieten(self) -> None:
        """Interrupt the thread until it has left the statement that nobody waits for any more."""
        done = asyncio.ensure_future(self._raw.execute_fetchall("SELECT 1"))
        while not done.done():
            self._database.interrupt()
            await asyncio.wait({done}, timeout=0.01)
        done.exception()
        await self._close_streams()

    async def _close_streams(self) -> None:
        """Close what is read no more: while it is open, an interrupt reaches a rollback, too."""
        while self._streams:
            await self._streams.pop().close()
