"""The adapter over duckdb, which blocks: a connection runs its statements in its own thread."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import duckdb

import dotorm
from dotorm.databases.abstract import Result, Statement
from dotorm.databases.abstract.tasks import finish

# The first that fits.
_ERRORS: tuple[tuple[type[Exception], str, type[dotorm.DotORMError]], ...] = (
    (duckdb.Error, "[Dd]uplicate key", dotorm.UniqueViolation),
    (duckdb.IntegrityError, "NOT NULL constraint", dotorm.NotNullViolation),
    (duckdb.IntegrityError, "CHECK constraint", dotorm.CheckViolation),
    (duckdb.IntegrityError, "foreign key", dotorm.ForeignKeyViolation),
    (duckdb.IntegrityError, "", dotorm.IntegrityError),
    (duckdb.TransactionException, "[Cc]onflict", dotorm.SerializationFailure),
    (duckdb.CatalogException, "Table with name", dotorm.SchemaMismatch),
    (duckdb.BinderException, "column", dotorm.SchemaMismatch),
    (duckdb.ConnectionException, "", dotorm.ConnectionFailed),
    (duckdb.IOException, "", dotorm.ConnectionFailed),
    (duckdb.DataError, "", dotorm.InvalidValue),
    (duckdb.InvalidInputException, "", dotorm.InvalidValue),
    (duckdb.NotSupportedError, "", dotorm.InvalidValue),
    (duckdb.Error, "", dotorm.DatabaseError),
)


def translate(error: BaseException) -> dotorm.DotORMError | None:
    text = str(error).partition("\n")[0]
    for theirs, words, ours in _ERRORS:
        if isinstance(error, theirs) and re.search(words, text):
            return ours(text)
    return None


async def connect(database: str) -> "DuckConnection":
    """Open a connection; those of one process to one database share it."""
    return DuckConnection(await finish(asyncio.to_thread(duckdb.connect, database)))


class DuckConnection:
    def __init__(self, root: duckdb.DuckDBPyConnection) -> None:
        self._root = root
        self._raw = root.cursor()  # which is a connection of its own
        self._thread = ThreadPoolExecutor(1, "duckdb")
        self._closed = False

    async def execute(self, statement: Statement) -> Result:
        return await self._hop(lambda: self._run(statement))

    def _run(self, statement: Statement) -> Result:
        done = self._raw.execute(statement.sql, list(statement.values))
        rows = done.fetchall()
        if done.rowcount >= 0:  # of a write, whose one row says it again
            return Result(affected=done.rowcount)
        return Result(rows, [column[0] for column in done.description or ()])

    async def server_version(self) -> str:
        return duckdb.__version__

    async def ping(self) -> None:
        await self._tell("SELECT 1")

    async def reset(self) -> None:
        """Go on with a fresh cursor; closing the old one undoes what it has not committed."""
        await self._hop(self._renew)

    def _renew(self) -> None:
        old, self._raw = self._raw, self._root.cursor()
        old.close()

    async def close(self) -> None:
        self.terminate()
        await asyncio.to_thread(self._thread.shutdown)

    def terminate(self) -> None:
        """Stop what runs, and close without waiting."""
        if not self._closed:
            self._closed = True
            self._interrupt()
            self._thread.submit(self._root.close)
            self._thread.shutdown(wait=False)

    def is_closed(self) -> bool:
        return self._closed

    async def begin(self, *, isolation: str | None, readonly: bool) -> None:
        """Begin; no isolation level is declared, so none is asked for."""
        await self._tell("BEGIN READ ONLY" if readonly else "BEGIN")

    async def commit(self) -> None:
        """Commit; after an error COMMIT would roll back and say nothing, but SELECT is refused."""
        await self._tell("SELECT 1; COMMIT")

    async def rollback(self) -> None:
        await self.reset()

    async def _tell(self, sql: str) -> None:
        await self._hop(lambda: self._raw.execute(sql))

    async def _hop[T](self, work: Callable[[], T]) -> T:
        """Have the thread do something; when nobody waits for it any more, stop it."""
        if self._closed:
            raise dotorm.ConnectionFailed("the connection is closed")
        future = asyncio.wrap_future(self._thread.submit(work))
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await finish(self._quieten(future))
            raise

    async def _quieten(self, future: asyncio.Future[Any]) -> None:
        while not future.done():
            self._interrupt()
            await asyncio.wait({future}, timeout=0.01)
        future.exception()

    def _interrupt(self) -> None:
        with suppress(duckdb.Error):  # the thread may have closed it in this moment
            self._raw.interrupt()
