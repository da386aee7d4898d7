"""Cancelled statements, connections that are lost, and many tasks at once."""

import asyncio

import pytest

from dotorm.databases.abstract import PoolSession, Statement, Transaction
from dotorm.exceptions import ConnectionFailed


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


async def test_a_cancelled_transaction_is_undone(pool, session, numbers):
    async def slow():
        async with Transaction(pool) as inside:
            await inside.execute("INSERT INTO t VALUES (1)")
            await inside.execute("SELECT pg_sleep(30)")

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await numbers() == []
    (row,) = await session.execute(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE query LIKE '%%pg_sleep(30)%%'"
        " AND state = 'active' AND pid <> pg_backend_pid() AND datname = current_database()"
    )
    assert row["n"] == 0


async def test_a_backend_terminated_in_a_statement(opened, stranger):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        (row,) = await session.execute("SELECT pg_backend_pid() AS pid")
        sleeping = asyncio.create_task(session.execute("SELECT pg_sleep(30)"))
        await asyncio.sleep(0.2)
        await stranger.execute("SELECT pg_terminate_backend($1)", row["pid"])
        with pytest.raises(ConnectionFailed):
            await sleeping
        assert await session.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_a_backend_terminated_in_a_transaction(opened, stranger):
    async def lose(pool):
        async with Transaction(pool) as inside:
            (row,) = await inside.execute("SELECT pg_backend_pid() AS pid")
            await stranger.execute("SELECT pg_terminate_backend($1)", row["pid"])
            await asyncio.sleep(0.05)
            await inside.execute("SELECT 1")

    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        with pytest.raises(ConnectionFailed):
            await lose(pool)
        assert await session.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_an_idle_backend_that_was_terminated_is_replaced(opened, stranger):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        (row,) = await session.execute("SELECT pg_backend_pid() AS pid")
        await asyncio.sleep(0.05)
        await stranger.execute("SELECT pg_terminate_backend($1)", row["pid"])
        await asyncio.sleep(0.05)
        assert await session.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_fifty_tasks_on_five_connections(pool, session):
    async def work(number):
        async with Transaction(pool) as inside:
            return (await inside.run(Statement("SELECT $1::int", (number,)))).rows[0][0]

    async def plain(number):
        return (await session.run(Statement("SELECT $1::int", (number,)))).rows[0][0]

    tasks = [work(n) if n % 2 else plain(n) for n in range(50)]
    assert await asyncio.gather(*tasks) == list(range(50))
    assert 1 <= pool.statistics().size <= 5
