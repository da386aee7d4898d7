"""Cancelled statements, and many tasks at once."""

import asyncio

import pytest

from dotorm.databases.abstract import PoolSession, Statement, Transaction


async def test_a_cancelled_statement_leaves_the_connection_usable(opened):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        (before,) = await session.execute("SELECT pg_backend_pid() AS pid")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await session.run(Statement("SELECT pg_sleep(30)"))
        async with asyncio.timeout(5):
            (after,) = await session.execute("SELECT pg_backend_pid() AS pid")
        assert after == before


async def test_fifty_tasks_on_five_connections(pool, session):
    async def work(number):
        async with Transaction(pool) as inside:
            return (await inside.run(Statement("SELECT $1::int", (number,)))).rows[0][0]

    async def plain(number):
        return (await session.run(Statement("SELECT $1::int", (number,)))).rows[0][0]

    tasks = [work(n) if n % 2 else plain(n) for n in range(50)]
    assert await asyncio.gather(*tasks) == list(range(50))
    assert 1 <= pool.statistics().size <= 5
