"""Sessions: where statements run.

A `PoolSession` runs each statement on a free connection of its pool, a `TransactionSession` all of
them on one connection. Operations do not care which they are given.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from dotorm.components.raw_sql import raw_statement
from dotorm.databases.abstract.connecting import in_our_words
from dotorm.databases.abstract.connection import Result, Statement
from dotorm.databases.abstract.events import StatementFinished
from dotorm.databases.abstract.tasks import within
from dotorm.exceptions import InvalidValue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.databases.abstract.events import Observer
    from dotorm.databases.abstract.pool import Lease, Pool
    from dotorm.ddl import DDL

__all__ = [
    "PinnedSession",
    "PoolSession",
    "Rows",
    "Session",
    "our_errors",
    "perform",
    "perform_script",
    "pinned",
    "tell",
]

_log = logging.getLogger("dotorm.observers")


class Rows(list[dict[str, Any]]):
    """The rows of a raw statement, each a dict from column to value.

    Attributes:
        affected: How many rows a write touched; -1 if the database does not tell.
    """

    affected: int = -1


class Session(ABC):
    """Runs statements on one database.

    Attributes:
        pool: Where its connections come from.
        dialect: How its statements are spelled.
    """

    __slots__ = ("dialect", "pool")

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.dialect: Dialect = pool.dialect

    @property
    def ddl(self) -> DDL:
        """How its tables are described."""
        return self.pool.ddl

    @property
    def free_connections(self) -> int:
        """On how many connections its statements could run at the same time, without waiting."""
        return 1

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether its statements belong to one transaction."""

    @abstractmethod
    async def run(self, statement: Statement) -> Result:
        """Run a statement that is ready for the driver."""

    @abstractmethod
    async def run_script(self, statements: Sequence[str]) -> None:
        """Run statements without values, on one connection, one after another."""

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        """Run SQL of your own.

        Args:
            sql: The statement, with ``%s`` for each value, on every backend; a percent sign is
                written ``%%``.
            values: The values, bound by the driver.

        Returns:
            A list of dicts, one a row; empty for a statement that answers none.

        Raises:
            InvalidValue: The number of values is not the number of ``%s``, or two columns of the
                result have one name.
        """
        if not isinstance(values, list | tuple):
            raise InvalidValue("values is a list or tuple, with one value for each %s")
        given = list(iter(values))
        text = raw_statement(self.dialect, sql, len(given))
        bound = self.dialect.encode_raw(given)
        return _mappings(await self.run(Statement(text, bound, "mappings")))


class PoolSession(Session):
    """Runs each statement on a connection of its own, and each is its own transaction."""

    __slots__ = ()

    @property
    def free_connections(self) -> int:
        """On how many connections its statements could run at the same time, without waiting."""
        return self.pool.free

    @property
    def in_transaction(self) -> bool:
        """False."""
        return False

    async def run(self, statement: Statement) -> Result:
        """Run a statement that is ready for the driver."""
        pool = self.pool
        lease = pool.take() or await pool.acquire()
        try:
            plain = pool.observer is None and pool.command_timeout is None
            if plain and statement.wants != "mappings":
                return await lease.connection.execute(statement)  # as perform does, in one step
            return await perform(pool, lease, statement)
        except BaseException as error:
            ours = _failed(pool, lease, error)
            if ours is error:
                raise
            raise ours from error
        finally:
            pool.release(lease)

    async def run_script(self, statements: Sequence[str]) -> None:
        """Run statements without values, on one connection, one after another."""
        lease = await self.pool.acquire()
        try:
            await perform_script(self.pool, lease, statements)
        finally:
            self.pool.release(lease)


class PinnedSession(Session):
    """Runs its statements on one connection, and each is its own transaction."""

    __slots__ = ("_lease",)

    def __init__(self, pool: Pool, lease: Lease) -> None:
        super().__init__(pool)
        self._lease = lease

    @property
    def in_transaction(self) -> bool:
        """False."""
        return False

    async def run(self, statement: Statement) -> Result:
        """Run a statement that is ready for the driver."""
        return await perform(self.pool, self._lease, statement)

    async def run_script(self, statements: Sequence[str]) -> None:
        """Run statements without values, one after another."""
        await perform_script(self.pool, self._lease, statements)


@asynccontextmanager
async def pinned(pool: Pool) -> AsyncIterator[PinnedSession]:
    """A session on one connection, which forgets at the end what was set or locked on it."""
    lease = await pool.acquire()
    lease.dirty = True
    try:
        yield PinnedSession(pool, lease)
    finally:
        pool.release(lease)


@contextmanager
def our_errors(pool: Pool, lease: Lease) -> Iterator[None]:
    """Errors of the driver become ours; whatever is raised, the connection is reset afterwards."""
    try:
        yield
    except BaseException as error:
        ours = _failed(pool, lease, error)
        if ours is error:
            raise
        raise ours from error


def _failed(pool: Pool, lease: Lease, error: BaseException) -> BaseException:
    """The error as one of ours; the connection is reset after it."""
    lease.dirty = True
    return in_our_words(pool.driver, error) if isinstance(error, Exception) else error


async def perform(pool: Pool, lease: Lease, statement: Statement) -> Result:
    """Run a statement on a connection, with our errors, and tell the observer."""
    observer = pool.observer  # whoever comes in the middle of a statement is not told of it
    started = 0.0 if observer is None else time.perf_counter()
    if statement.wants == "mappings":
        lease.dirty = True
    result, failure = None, None
    try:
        work, seconds = lease.connection.execute(statement), pool.command_timeout
        result = await (work if seconds is None else within(seconds, work))
    except BaseException as error:
        failure = _failed(pool, lease, error)
        if failure is error:
            raise
        raise failure from error
    finally:
        if observer is not None:
            elapsed = time.perf_counter() - started
            tell(observer, pool.driver.name, statement, result, failure, elapsed)
    return result


async def perform_script(pool: Pool, lease: Lease, statements: Sequence[str]) -> None:
    """Run statements without values on a connection, and tell the observer of each."""
    for text in statements:
        escaped = text.replace("%", pool.dialect.percent)
        await perform(pool, lease, Statement(escaped, (), "count"))


def tell(
    observer: Observer,
    backend: str,
    statement: Statement,
    result: Result | None,
    error: BaseException | None,
    elapsed: float,
) -> None:
    """Tell an observer of a statement that ended; what it raises is logged."""
    event = StatementFinished(
        sql=statement.sql,
        values=statement.values,
        rows=-1 if result is None else _count(statement, result),
        elapsed=elapsed,
        error=error,
        backend=backend,
    )
    try:
        observer.statement_finished(event)
    except Exception:  # noqa: BLE001 - it is logged, and must harm nobody else
        _log.exception("an observer failed")


def _count(statement: Statement, result: Result) -> int:
    """How many rows were read or touched; a search that finds none has read 0."""
    reads = statement.wants == "rows" or bool(result.columns)
    return len(result.rows) or (max(result.affected, 0) if reads else result.affected)


def _mappings(result: Result) -> Rows:
    columns = list(result.columns)
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise InvalidValue(f"the result has several columns named {twice!r}: give each an alias")
    rows = Rows(dict(zip(columns, row, strict=True)) for row in result.rows)
    rows.affected = result.affected
    return rows
