"""Reading a statement's rows in portions, over one connection."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from dotorm.databases.abstract.connection import Result, Streaming
from dotorm.databases.abstract.session import PoolSession, our_errors, tell
from dotorm.databases.abstract.tasks import next_of, within
from dotorm.exceptions import NotSupported

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    from dotorm.databases.abstract.connection import Statement
    from dotorm.databases.abstract.pool import Lease, Pool

__all__ = ["StreamSession", "beside", "portions"]


async def portions(
    pool: Pool,
    lease: Lease,
    statement: Statement,
    size: int,
    turn: Callable[[], AbstractAsyncContextManager[None]],
) -> AsyncGenerator[Sequence[Any]]:
    """A statement's rows, up to ``size`` at a time.

    Args:
        pool: Whose connection it is.
        lease: The connection.
        statement: What to run.
        size: The most rows of a portion.
        turn: What to enter for as long as a portion is read.

    Raises:
        NotSupported: The backend answers all rows at once.
    """
    connection = lease.connection
    if not pool.dialect.features.streaming or not isinstance(connection, Streaming):
        raise NotSupported("streaming", pool.driver.name, "read by start and end instead")
    source = connection.stream(statement, size)
    started, count, failure = time.perf_counter(), 0, None
    try:
        while rows := await _portion(pool, lease, source, turn):
            count += len(rows)
            yield rows
    except Exception as error:
        failure = error
        raise
    finally:
        if isinstance(source, AsyncGenerator):
            await source.aclose()  # now, and not when someone collects it
        if pool.observer is not None:
            elapsed = time.perf_counter() - started
            name = pool.driver.name
            tell(pool.observer, name, statement, Result(range(count)), failure, elapsed)


async def _portion(
    pool: Pool,
    lease: Lease,
    source: AsyncIterator[Sequence[Any]],
    turn: Callable[[], AbstractAsyncContextManager[None]],
) -> Sequence[Any]:
    async with turn():
        with our_errors(pool, lease):
            return await within(pool.command_timeout, next_of(source))


class StreamSession(PoolSession):
    """Reads portions on a connection of its own; other statements run elsewhere in the pool."""

    __slots__ = ("_lease",)

    def __init__(self, pool: Pool, lease: Lease) -> None:
        super().__init__(pool)
        self._lease = lease

    def stream(self, statement: Statement, size: int) -> AsyncGenerator[Sequence[Any]]:
        """A statement's rows, up to ``size`` at a time."""
        return portions(self.pool, self._lease, statement, size, nullcontext)


@asynccontextmanager
async def beside(pool: Pool) -> AsyncIterator[StreamSession]:
    """A connection for one stream, where the database has no transaction to read it in."""
    lease = await pool.acquire()
    try:
        yield StreamSession(pool, lease)
    finally:
        pool.release(lease)
