"""Statements that take too long or are given up: none goes on for nobody."""

import asyncio

import pytest

import dotorm
from tests.backends import SERVERS
from tests.integration.faults import (
    HABITS,
    Entry,
    entry,
    failure_of,
    kept_of_undone,
    opened,
    together,
    watching,
    works_again,
)

_ENDLESS = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
SLOW = {"sqlite": _ENDLESS} | {name: habits.sleep for name, habits in HABITS.items()}

REUSED = {"sqlite", "postgres"}
"""Whose connections are of use after a statement that was stopped."""


def asleep(db):
    """A statement that takes a minute."""
    return db.execute(SLOW[db.backend.name])


@pytest.fixture(
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in ("sqlite", *SERVERS)]
)
def url(request):
    """The URL of an empty database, in a file and on every server in turn."""
    return request.getfixturevalue(f"{request.param}_url")


async def cancelled(db, work):
    task = asyncio.create_task(work)
    yield
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def limited(db, work):
    async def in_time():
        async with limit:
            await work

    limit = asyncio.timeout(None)
    task = asyncio.create_task(in_time())
    yield
    limit.reschedule(0)  # it is over
    with pytest.raises(TimeoutError):
        await task


WORKS = {
    "a statement": asleep,
    "a transaction": lambda db: together(
        db, lambda: Entry.create(entry("lost")), lambda: asleep(db)
    ),
}


@pytest.mark.parametrize("end", [cancelled, limited], ids=lambda end: end.__name__)
@pytest.mark.parametrize("name", WORKS)
async def test_what_is_given_up_ends_on_the_server(server_url, end, name):
    async with opened(server_url, max_size=1) as db, watching(server_url) as watcher:
        ending = end(db, WORKS[name](db))
        await anext(ending)
        await watcher.until_asleep(1)
        with pytest.raises(StopAsyncIteration):
            await anext(ending)
        await watcher.until_asleep(0)
        await works_again(db, kept=kept_of_undone(db) if name == "a transaction" else 0)


async def test_what_takes_too_long_ends_on_the_server(server_url):
    async with (
        opened(server_url, max_size=1, command_timeout=0.5) as db,
        watching(server_url) as watcher,
    ):
        error, _ = await failure_of(asleep(db))
        assert type(error) is dotorm.Timeout
        await watcher.until_asleep(0)
        await works_again(db, kept=0)


async def test_a_statement_that_takes_too_long(url):
    async with opened(url, max_size=1, command_timeout=0.5) as db:
        slow = SLOW[db.backend.name]
        (lease,) = db.pool._idle
        for _ in range(3):
            error, seconds = await failure_of(db.execute(slow))
            assert type(error) is dotorm.Timeout
            assert isinstance(error, TimeoutError)
            assert "no answer within 0.5 s (setting: command_timeout)" in str(error)
            assert isinstance(error.__cause__, TimeoutError)
            assert seconds < 20
            await works_again(db)
        assert (db.pool._idle == [lease]) == (db.backend.name in REUSED)


async def test_a_transaction_with_a_statement_that_takes_too_long(url):
    async with opened(url, max_size=1, command_timeout=0.5) as db:
        slow = SLOW[db.backend.name]
        lost = together(db, lambda: Entry.create(entry("lost")), lambda: db.execute(slow))
        error, _ = await failure_of(lost)
        assert type(error) is dotorm.Timeout
        await works_again(db, kept=kept_of_undone(db))


async def test_a_database_in_memory_outlives_what_takes_too_long():
    async with dotorm.connect("sqlite://", models=[Entry], command_timeout=0.5) as db:
        await db.create_and_update_tables([Entry])
        await Entry.create(entry("kept"))
        error, _ = await failure_of(db.execute(SLOW["sqlite"]))
        assert type(error) is dotorm.Timeout
        await works_again(db, kept=1)


async def test_a_time_limit_of_the_caller_is_the_callers(url):
    async with opened(url, command_timeout=20) as db:
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.1):
                await db.execute(SLOW[db.backend.name])
        assert not isinstance(caught.value, dotorm.DotORMError)
        await works_again(db)
