"""Counting the statements of a block."""

import asyncio

import pytest

import dotorm
from dotorm import Char, DotModel, Integer
from dotorm.testing.recording import DriverError


@pytest.fixture
def db(recorder):
    return recorder.database()


async def test_a_count_is_of_its_block(db):
    await db.execute("SELECT 1")
    async with dotorm.count_statements() as n:
        assert n == 0
        assert not n
        await db.execute("SELECT 2")
        assert n == 1
        await db.execute("SELECT 3")
    await db.execute("SELECT 4")

    assert n == 2
    assert n.statements == ["SELECT 2", "SELECT 3"]


async def test_a_count_is_like_an_int(db):
    async with dotorm.count_statements() as n:
        await db.execute("SELECT 2")
        await db.execute("SELECT 3")
    async with dotorm.count_statements() as none:
        pass

    assert int(n) == 2
    assert n == 2 == n != 3
    assert 1 < n < 3
    assert 2 <= n <= 2
    assert none < n
    assert n != none
    assert n != "2"
    assert f"{n}" == str(n) == "2"
    assert f"{n:03}" == "002"
    assert repr(n) == "<2 statements: ['SELECT 2', 'SELECT 3']>"
    assert "abc"[n] == "c"
    with pytest.raises(TypeError):
        n < "3"  # noqa: B015 - the comparison itself is refused


async def test_failures_count(db, recorder):
    recorder.fail(DriverError("no"))
    async with dotorm.count_statements() as n:
        with pytest.raises(dotorm.DatabaseError):
            await db.execute("SELECT 1")

    assert n == 1


async def test_a_block_that_raises_ends_too(db):
    with pytest.raises(ZeroDivisionError):
        async with dotorm.count_statements() as n:
            await db.execute(f"SELECT {1 / 0}")
    await db.execute("SELECT 2")

    assert n == 0
    assert db.pool.observer is None


async def test_all_databases_count(recorder):
    async with dotorm.count_statements() as n:
        await recorder.database().execute("SELECT 1")
        await recorder.database().execute("SELECT 2")

    assert n == 2


async def test_nested_blocks_count_each_for_themselves(db):
    async with dotorm.count_statements() as outer:
        await db.execute("SELECT 1")
        async with dotorm.count_statements() as inner:
            await db.execute("SELECT 2")
        await db.execute("SELECT 3")

    assert outer.statements == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert inner.statements == ["SELECT 2"]


async def test_tasks_that_the_block_starts_count(db):
    async with dotorm.count_statements() as n:
        await asyncio.gather(*(db.execute(f"SELECT {i}") for i in range(5)))

    assert sorted(n.statements) == [f"SELECT {i}" for i in range(5)]


async def test_other_tasks_do_not_count(db):
    inside, done = asyncio.Event(), asyncio.Event()

    async def other():
        await inside.wait()
        await db.execute("SELECT 'other'")
        done.set()

    task = asyncio.create_task(other())
    async with dotorm.count_statements() as n:
        inside.set()
        await done.wait()
        await db.execute("SELECT 'mine'")
    await task

    assert n.statements == ["SELECT 'mine'"]


async def test_blocks_of_tasks_side_by_side_do_not_mix(db):
    async def request(number):
        async with dotorm.count_statements() as n:
            for _ in range(number):
                await db.execute(f"SELECT {number}")
                await asyncio.sleep(0)
        return n

    counts = await asyncio.gather(*(request(number) for number in range(8)))

    assert [int(n) for n in counts] == list(range(8))
    assert all(set(n.statements) <= {f"SELECT {number}"} for number, n in enumerate(counts))


async def test_a_task_that_outlives_the_block_counts_no_more(db):
    go = asyncio.Event()

    async def late():
        await go.wait()
        await db.execute("SELECT 1")

    async with dotorm.count_statements() as n:
        task = asyncio.create_task(late())
        await asyncio.sleep(0)
    async with dotorm.count_statements():  # somebody listens still
        go.set()
        await task

    assert n == 0


async def test_when_the_last_block_ends_nobody_listens(db):
    async with dotorm.count_statements():
        async with dotorm.count_statements():
            pass
        assert db.pool.observer is not None

    assert db.pool.observer is None


async def test_a_transaction_is_no_statement(db):
    async with dotorm.count_statements() as n, db.transaction(), db.transaction():
        await db.execute("SELECT 1")

    assert n == 1


async def test_operations_of_models_are_seen(recorder):
    class Thing(DotModel):
        __table__ = "observed_things"

        id: int = Integer(primary_key=True)
        name: str = Char()

    recorder.database(Thing)
    recorder.answer([1, "x"])
    recorder.answer([1])
    async with dotorm.count_statements() as n:
        await Thing.search(fields=["name"])
        await Thing.search_count()

    assert n == 2
    assert all("observed_things" in text for text in n.statements)
