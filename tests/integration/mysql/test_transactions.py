"""Transactions: what the server undoes by itself, and what would end them."""

import asyncio
from contextlib import suppress

import pytest

from dotorm import DotModel, Integer
from dotorm.exceptions import (
    DatabaseError,
    LockNotAvailable,
    NotSupported,
    SerializationFailure,
    Timeout,
    TransactionClosed,
)


class Number(DotModel):
    __table__ = "numbers"

    id: int = Integer(primary_key=True)
    n: int | None = Integer()


@pytest.fixture
async def numbers(db):
    db.bind(Number)
    await db.create_and_update_tables([Number])
    await Number.create_bulk([Number(id=1, n=0), Number(id=2, n=0)])
    return db


async def values():
    return [each.n for each in await Number.search(order="ASC")]


async def test_a_deadlock_undoes_everything_and_nothing_follows_it(numbers):
    met = asyncio.Barrier(2)
    outcomes = []

    async def work(first, second):
        try:
            async with numbers.transaction():
                await Number.update_bulk([first], Number(n=first))
                await met.wait()
                try:
                    await Number.update_bulk([second], Number(n=first))
                except SerializationFailure:
                    outcomes.append("lost")
                    with pytest.raises(TransactionClosed):
                        await Number.update_bulk([first], Number(n=99))
                    return
            outcomes.append("won")
        except TransactionClosed:
            outcomes.append("told")

    await asyncio.gather(work(1, 2), work(2, 1))
    assert sorted(outcomes) == ["lost", "told", "won"]
    assert await values() in ([1, 1], [2, 2])


COMMITS = (
    "CREATE TABLE x (n INT)",
    "drop table numbers",
    " ALTER TABLE numbers ADD m INT",
    "TRUNCATE numbers",
    "BEGIN",
    "begin work",
    "START  TRANSACTION READ ONLY",
    "LOCK TABLE numbers WRITE",
    "FLUSH TABLES",
    "/* nightly */ CREATE TABLE x (n INT)",
    "-- nightly\n# or not\nCREATE TABLE x (n INT)",
    "/*! CREATE TABLE x (n INT) */",
)


async def test_what_would_commit_is_refused(numbers):
    with suppress(ZeroDivisionError):
        async with numbers.transaction() as session:
            await Number.update_bulk([1], Number(n=1))
            for sql in COMMITS:
                with pytest.raises(NotSupported, match="in a transaction: it would commit"):
                    await session.execute(sql)
            with pytest.raises(NotSupported, match="changing tables in a transaction"):
                await numbers.create_and_update_tables([Number])
            await session.execute("CREATE TEMPORARY TABLE y (n INT)")
            raise ZeroDivisionError
    assert await values() == [0, 0]


async def test_a_procedure_that_commits_ends_the_transaction(numbers):
    await numbers.execute("CREATE PROCEDURE sly() BEGIN UPDATE numbers SET n = 5; COMMIT; END")

    async def work():
        async with numbers.transaction() as session:
            await session.execute("CALL sly()")
            await Number.update_bulk([1], Number(n=9))

    with pytest.raises(TransactionClosed):
        await work()
    assert await values() == [5, 5]


async def test_waiting_for_a_lock_has_a_limit_of_the_server(numbers, stranger):
    async with stranger.transaction() as other:
        await other.execute("UPDATE numbers SET n = 7 WHERE id = 1")
        async with numbers.transaction() as session:
            await Number.update_bulk([2], Number(n=2))
            await session.execute("SET SESSION innodb_lock_wait_timeout = 1")
            with pytest.raises(Timeout, match="Lock wait timeout"):
                await Number.update_bulk([1], Number(n=2))
            with pytest.raises(LockNotAvailable):
                await Number.get(1, for_update="nowait")
    assert await values() == [7, 2]


async def test_waiting_that_undoes_everything_is_told_of_nowait_too(numbers, stranger):
    """As innodb_rollback_on_timeout has it, for which no server here is set up."""

    async def work():
        async with numbers.transaction() as session:
            await session.execute("UPDATE numbers SET n = 2 WHERE id = 2")
            with pytest.raises(LockNotAvailable):
                await session.execute("CALL undone() -- NOWAIT")
            await session.execute("SELECT 1")

    await numbers.execute(
        "CREATE PROCEDURE undone() BEGIN ROLLBACK; "
        "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205, MESSAGE_TEXT = 'waited'; END"
    )
    with pytest.raises(TransactionClosed):
        await work()
    assert await values() == [0, 0]


LATER = "SELECT 1; ROLLBACK; SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {code};"


@pytest.mark.parametrize("code", [1206, 1213])
async def test_what_a_later_result_undid_is_told(numbers, code):
    async def work():
        async with numbers.transaction() as session:
            await Number.update_bulk([1], Number(n=1))
            with pytest.raises(DatabaseError):
                await session.execute("CALL later()")
            await Number.update_bulk([2], Number(n=2))

    await numbers.execute(f"CREATE PROCEDURE later() BEGIN {LATER.format(code=code)} END")
    with pytest.raises(TransactionClosed):
        await work()
    assert await values() == [0, 0]


async def test_a_later_result_that_nobody_waits_for_is_stopped(numbers, stranger):
    await numbers.execute("CREATE PROCEDURE slow() BEGIN SELECT 1; DO SLEEP(60); SELECT 2; END")
    ids = []

    async def work():
        async with numbers.transaction() as session, asyncio.timeout(1):
            ids.append((await session.execute("SELECT CONNECTION_ID() AS id"))[0]["id"])
            await session.execute("CALL slow()")

    with pytest.raises(TimeoutError):
        await work()
    for _ in range(200):
        running = await stranger.execute(
            "SELECT 1 FROM information_schema.processlist WHERE id = %s", ids
        )
        if not running:
            break
        await asyncio.sleep(0.05)
    assert not running


async def test_a_read_only_transaction(numbers):
    with pytest.raises(DatabaseError, match="READ ONLY"):
        async with numbers.transaction(readonly=True):
            await Number.update_bulk([1], Number(n=1))


async def test_isolation(numbers, stranger):
    for level, seen in (("read committed", 3), ("repeatable read", 0)):
        await stranger.execute("UPDATE numbers SET n = 0")
        async with numbers.transaction(isolation=level):
            assert await values() == [0, 0]
            await stranger.execute("UPDATE numbers SET n = 3")
            assert await values() == [seen, seen]


async def test_a_savepoint_of_what_the_server_undid(numbers, stranger):
    async with stranger.transaction() as other:
        await other.execute("UPDATE numbers SET n = 7 WHERE id = 1")
        async with numbers.transaction() as outer:
            await Number.update_bulk([2], Number(n=2))
            await outer.execute("SET SESSION innodb_lock_wait_timeout = 1")
            with pytest.raises(Timeout):
                async with numbers.transaction():
                    await Number.update_bulk([1], Number(n=2))
            assert await Number.search_count([("n", "=", 2)]) == 1
    assert await values() == [7, 2]
