"""Reading records one after another, in flat memory."""

import asyncio
import contextlib
import tracemalloc

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, InvalidFilter, Many2one


class Line(DotModel):
    __table__ = "lines"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=200)


class Word(DotModel):
    __table__ = "words"

    id: int = Integer(primary_key=True)
    line: Line = Many2one(lambda: Line)


@pytest.fixture
async def db(url):
    async with dotorm.connect(url, models=[Line, Word], max_size=3, acquire_timeout=2) as db:
        await db.create_and_update_tables([Line, Word])
        await Line.create_bulk([Line(name=f"line {i}") for i in range(2500)])
        yield db


async def test_every_record_comes_once_and_in_order(db):
    ids = [line.id async for line in Line.stream(sort="id", batch=100)]
    assert ids == list(range(1, 2501))
    names = [line.name async for line in Line.stream(["name"], [("id", "<", 3)], "-id")]
    assert names == ["line 1", "line 0"]
    assert [line.id async for line in Line.stream(sort="id", limit=2)] == [1, 2]
    assert db.pool.statistics().idle == db.pool.statistics().size


async def test_relations_are_loaded_for_each_batch(db):
    await Word.create_bulk([Word(line=i + 1) for i in range(50)])
    words = [word async for word in Word.stream(["line"], sort="id", batch=20)]
    assert [word.line.name for word in words] == [f"line {i}" for i in range(50)]


async def test_the_loop_may_write_inside_and_outside_a_transaction(db):
    async with db.transaction():
        async for line in Line.stream(filter=[("id", "<=", 30)], batch=10):
            line.name = "seen"
            await line.update()
    assert await Line.search_count([("name", "=", "seen")]) == 30
    async for line in Line.stream(filter=[("id", "<=", 30)], batch=10):
        line.name = "again"
        await line.update()
    assert await Line.search_count([("name", "=", "again")]) == 30


async def test_what_the_loop_does_is_not_part_of_the_reading(db):
    with contextlib.suppress(ZeroDivisionError):
        async for line in Line.stream(sort="id", batch=10):
            await Line.update_bulk([line], Line(name="kept"))
            raise ZeroDivisionError
    assert (await Line.get(1)).name == "kept"


async def test_a_stream_that_is_left_gives_its_connection_back(db):
    for _ in range(5):
        async with contextlib.aclosing(Line.stream(batch=10)) as lines:
            async for _line in lines:
                break
    for _ in range(5):
        async for _line in Line.stream(batch=10):
            break
    await asyncio.sleep(0.1)
    assert await Line.table_len() == 2500
    statistics = db.pool.statistics()
    assert statistics.idle == statistics.size


async def test_a_cancelled_stream_leaves_nothing_behind(db):
    async def read():
        async for _ in Line.stream(batch=1):
            await asyncio.sleep(0.001)

    task = asyncio.create_task(read())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(0.1)
    statistics = db.pool.statistics()
    assert statistics.idle == statistics.size
    assert await Line.table_len() == 2500


async def test_wrong_arguments_are_refused_before_anything_is_sent(db):
    for wrong in (0, -1, True, "10"):
        with pytest.raises(InvalidFilter, match="batch counts records"):
            await anext(Line.stream(batch=wrong))
    with pytest.raises(InvalidFilter, match="unknown field"):
        await anext(Line.stream(filter=[("nmae", "=", 1)]))


async def test_memory_stays_flat(db):
    await Line.create_bulk([Line(name="x" * 200) for _ in range(50_000)])

    async def peak(limit):
        tracemalloc.start()
        count = 0
        async for _ in Line.stream(batch=500, limit=limit):
            count += 1
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert count == limit
        return most

    await peak(1000)
    assert await peak(50_000) < 2 * await peak(2000) + 1_000_000
