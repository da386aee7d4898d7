"""How a database is: whether it answers, how fast, and which version it is."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from dotorm.databases.abstract.connection import Versioned
from dotorm.databases.abstract.session import our_errors
from dotorm.databases.abstract.transaction import current_session
from dotorm.exceptions import NotSupported, Timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from dotorm.databases.abstract.connection import Connection
    from dotorm.databases.abstract.pool import Lease, Pool

__all__ = ["ping", "server_version"]


async def ping(pool: Pool) -> float:
    """Seconds until the server gave a sign of life, waiting for a connection not included."""

    async def answered(connection: Connection) -> float:
        started = time.perf_counter()
        await connection.ping()
        return time.perf_counter() - started

    return await _asked(pool, answered)


async def server_version(pool: Pool) -> str:
    """The server's version, as it says it."""

    async def answered(connection: Connection) -> str:
        if not isinstance(connection, Versioned):
            raise NotSupported("server_version", pool.driver.name, "its connections do not tell")
        return await connection.server_version()

    return await _asked(pool, answered)


async def _asked[T](pool: Pool, question: Callable[[Connection], Awaitable[T]]) -> T:
    seconds = pool.settings.connect_timeout
    async with _lease(pool) as lease:
        with our_errors(pool, lease):
            try:
                async with asyncio.timeout(seconds):
                    return await question(lease.connection)
            except TimeoutError as error:
                raise Timeout(f"{pool.driver.name}: no answer within {seconds:g} s") from error


@asynccontextmanager
async def _lease(pool: Pool) -> AsyncIterator[Lease]:
    """The current transaction's connection, which may be the only one, or a free one."""
    current = current_session(pool)
    if current is not None:
        async with current._lock:
            current._check_open()
            yield current._lease
        return
    lease = await pool.acquire()
    try:
        yield lease
    finally:
        pool.release(lease)
