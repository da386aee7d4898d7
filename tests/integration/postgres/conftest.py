"""The PostgreSQL backend alone on a real server: what the core asks of it, and what goes wrong."""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest

from dotorm.databases.abstract import Pool, PoolSession
from dotorm.url import parse_url
from dotorm_postgres import BACKEND


@pytest.fixture
def opened(postgres_url):
    """A function that opens a pool, whose connections have all come back when its block ends."""

    @asynccontextmanager
    async def opened(url=postgres_url, **settings):
        pool = Pool(BACKEND, BACKEND.settings.from_url(parse_url(url), **settings))
        try:
            yield pool
            for _ in range(500):  # what was used is being reset
                if pool.statistics().idle == pool.statistics().size:
                    break
                await asyncio.sleep(0.01)
            found = pool.statistics()
            assert (found.idle, found.waiting) == (found.size, 0)
        finally:
            await pool.close()

    return opened


@pytest.fixture
async def pool(opened):
    """A pool of up to five connections to an empty database."""
    async with opened(max_size=5) as pool:
        yield pool


@pytest.fixture
def session(pool):
    """Runs statements on the pool."""
    return PoolSession(pool)


@pytest.fixture
async def numbers(session):
    """A function that reads the numbers in the table ``t``, which is made for it."""
    await session.execute("CREATE TABLE t (n int PRIMARY KEY)")

    async def numbers():
        return [row["n"] for row in await session.execute("SELECT n FROM t ORDER BY n")]

    return numbers


@pytest.fixture
async def stranger(postgres_url):
    """A connection of somebody else, who may throw others out."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()
