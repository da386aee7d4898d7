"""Streams: never all in memory, and never read to the end for nobody."""

import asyncio
from contextlib import aclosing

import pytest

import dotorm
from dotorm import Char, DotModel, Integer
from dotorm.databases.abstract import Statement
from tests.integration.conftest import all_back

MANY = 20_000


class Row(DotModel):
    __table__ = "rows_of_many"

    id: int = Integer(primary_key=True)
    text: str | None = Char(max_length=500)


@pytest.fixture(params=["aiomysql", "asyncmy"])
async def rows(request, mysqls):
    url = mysqls.replace("://", f"+{request.param}://")
    async with dotorm.connect(url, models=[Row], max_size=3) as db:
        await db.create_and_update_tables([Row])
        await Row.create_bulk([Row(id=n, text="x" * 400) for n in range(1, MANY + 1)])
        yield db
        await all_back(db.pool)


async def read(session, name):
    found = await session.execute(f"SHOW SESSION STATUS LIKE '{name}'")
    return int(found[0]["Value"])


async def test_a_stream_of_many(rows):
    assert [each.id async for each in Row.stream(sort="id")] == list(range(1, MANY + 1))


async def test_a_stream_that_is_left_in_a_transaction(rows):
    reads_ahead = rows.settings.driver == "asyncmy"  # as fast as the server sends
    async with rows.transaction() as session:
        await Row.update_bulk([1], Row(text="changed"))
        before = await read(session, "Bytes_sent")
        async with aclosing(Row.stream(sort="id", batch=10)) as stream:
            async for _ in stream:
                break
        assert reads_ahead or await read(session, "Bytes_sent") - before < MANY * 400
        assert (await Row.get(1)).text == "changed"
    assert (await Row.get(1)).text == "changed"


async def test_a_statement_between_two_portions(rows):
    async with rows.transaction():
        seen = 0
        async for row in Row.stream(sort="id", batch=1_000):
            seen += 1
            if row.id % 5_000 == 0:
                await Row.update_bulk([row.id], Row(text="seen"))
        assert seen == MANY
    assert await Row.search_count([("text", "=", "seen")]) == 4


async def test_two_streams_at_once(rows):
    async with rows.transaction():
        one, two = Row.stream(sort="id", batch=3), Row.stream(sort="-id", batch=5)
        pairs = [((await anext(one)).id, (await anext(two)).id) for _ in range(20)]
        await one.aclose()
        await two.aclose()
    assert pairs == [(n, MANY + 1 - n) for n in range(1, 21)]


async def test_a_stream_that_is_cancelled(rows):
    async def slowly():
        async for _ in Row.stream(sort="id", batch=1):
            await asyncio.sleep(60)

    task = asyncio.create_task(slowly())
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await all_back(rows.pool)
    assert await Row.table_len() == MANY


async def test_an_error_in_a_stream(rows):
    async def read():
        async with rows.transaction() as session:
            async for _ in session.stream(Statement("SELECT nothing FROM nowhere"), 5):
                pass

    with pytest.raises(dotorm.DatabaseError, match="nowhere"):
        await read()
    assert await Row.table_len() == MANY


async def test_an_error_in_the_middle_of_a_stream_is_judged_as_any_other(rows):
    await rows.execute(
        "CREATE FUNCTION picky(n INT) RETURNS INT DETERMINISTIC BEGIN IF n > 5000 THEN "
        "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205, MESSAGE_TEXT = 'waited'; "
        "END IF; RETURN n; END"
    )
    seen = []
    async with rows.transaction() as session:
        statement = Statement("SELECT picky(id), text FROM rows_of_many ORDER BY id -- NOWAIT")
        with pytest.raises(dotorm.LockNotAvailable, match="waited"):
            seen.extend([part async for part in session.stream(statement, 100)])
        await Row.update_bulk([1], Row(text="changed"))
    assert (await Row.get(1)).text == "changed"
