"""Transactions, on one connection and between several."""

import asyncio

import pytest

from dotorm.databases.abstract import Transaction
from dotorm.exceptions import (
    DatabaseError,
    ForeignKeyViolation,
    SerializationFailure,
    UniqueViolation,
)
from dotorm_postgres import POSTGRES


async def insert(pool, *values):
    async with Transaction(pool) as inside:
        for value in values:
            await inside.execute("INSERT INTO t VALUES (%s)", [value])


async def test_commit_rollback_and_savepoints(pool, numbers):
    async with Transaction(pool) as outer:
        await outer.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(UniqueViolation):
            await insert(pool, 2, 1)
        await insert(pool, 3)
        assert await numbers() == []
    assert await numbers() == [1, 3]
    with pytest.raises(UniqueViolation):
        await insert(pool, 4, 1)
    assert await numbers() == [1, 3]


async def test_a_swallowed_error_is_no_silent_rollback(pool, numbers):
    async def swallow():
        async with Transaction(pool) as inside:
            await inside.execute("INSERT INTO t VALUES (1)")
            with pytest.raises(DatabaseError, match="relation"):
                await inside.execute("SELECT * FROM nowhere")
            with pytest.raises(DatabaseError, match="nested transaction"):
                await inside.execute("SELECT 1")

    with pytest.raises(DatabaseError, match="nothing was committed"):
        await swallow()
    assert await numbers() == []


async def test_a_constraint_that_is_checked_at_the_end(pool, session, numbers):
    await session.execute("CREATE TABLE late (n int REFERENCES t DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(ForeignKeyViolation):
        async with Transaction(pool) as inside:
            await inside.execute("INSERT INTO late VALUES (1)")
    assert await session.execute("SELECT * FROM late") == await numbers() == []


async def test_read_only_and_isolation(pool, numbers):
    for level in POSTGRES.features.isolation_levels:
        async with Transaction(pool, isolation=level) as inside:
            assert await inside.execute("SHOW transaction_isolation") == [
                {"transaction_isolation": level}
            ]
    with pytest.raises(DatabaseError, match="read-only transaction"):
        async with Transaction(pool, readonly=True, isolation="serializable") as inside:
            await inside.execute("INSERT INTO t VALUES (1)")
    assert await numbers() == []


async def test_serialization_failure(pool, session, numbers):
    async def lose():
        async with Transaction(pool, isolation="repeatable read") as inside:
            await inside.execute("SELECT * FROM t")
            await session.execute("UPDATE t SET n = 2")
            await inside.execute("UPDATE t SET n = 3")

    await session.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(SerializationFailure):
        await lose()
    assert await numbers() == [2]


async def test_deadlock(pool, session, numbers):
    await session.execute("INSERT INTO t VALUES (1), (2)")
    met = asyncio.Barrier(2)

    async def lock(first, second):
        async with Transaction(pool) as inside:
            await inside.execute("SET LOCAL deadlock_timeout = '10ms'")
            await inside.execute("SELECT n FROM t WHERE n = %s FOR UPDATE", [first])
            await met.wait()
            await inside.execute("SELECT n FROM t WHERE n = %s FOR UPDATE", [second])

    ended = await asyncio.gather(lock(1, 2), lock(2, 1), return_exceptions=True)
    assert [type(end) for end in ended if end is not None] == [SerializationFailure]
    assert await numbers() == [1, 2]
