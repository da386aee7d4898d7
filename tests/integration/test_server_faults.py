"""A server that stops, dies or throws clients out."""

import asyncio

import pytest

import dotorm
from tests.integration.faults import (
    HABITS,
    Entry,
    entry,
    failure_of,
    opened,
    together,
    until,
    watching,
    works_again,
)
from tests.servers.proxy import Proxy

pytestmark = pytest.mark.slow


async def thrown_out(server, proxy, watcher):
    await watcher.end()


async def reset(server, proxy, watcher):
    proxy.reset()
    await watcher.end()  # what sleeps would not notice, and keep its locks


async def restarted(server, proxy=None, watcher=None):
    await asyncio.to_thread(server.restart)


async def dead(server, proxy, watcher):
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


async def fails_soon(watcher, *works):
    """Have works fall asleep; answer a function that waits until all have failed."""
    tasks = [asyncio.create_task(failure_of(work)) for work in works]
    await watcher.until_asleep(len(works))

    async def failed(kind):
        for error, seconds in await asyncio.gather(*tasks):
            assert type(error) is kind, error
            assert str(error)
            assert error.__cause__ is not None
            assert seconds < 30

    return failed


def sleepers(db):
    """A statement, a transaction and a stream that fall asleep on the server."""

    async def sleep():
        await db.execute(HABITS[db.backend.name].sleep)

    async def write_and_sleep():
        await Entry.create(entry("lost"))
        await Entry.search_count(Entry.name.like("x"))
        await sleep()

    async def read_slowly():
        async for _ in Entry.stream(batch=1):
            await sleep()

    yield sleep()
    yield sleep()
    if db.backend.features.transactions:
        yield together(db, write_and_sleep)
    if db.backend.features.streaming:
        yield read_slowly()


@pytest.mark.parametrize("end", [thrown_out, reset, restarted, dead], ids=lambda end: end.__name__)
async def test_a_server_that_ends_in_the_middle_of_use(server, end):
    async with (
        Proxy(server.url) as proxy,
        opened(proxy.url, max_size=6, reconnect_timeout=15) as db,
        watching(server.url) as watcher,
    ):
        spares = end is thrown_out and not watcher.habits.throws_out
        await Entry.create(entry("before"))
        failed = await fails_soon(watcher, *sleepers(db))
        await end(server, proxy, watcher)
        await failed(dotorm.Timeout if spares else dotorm.ConnectionFailed)
        await works_again(db, kept=1)


async def test_a_restart_among_many_short_statements(server):
    async with opened(server.url, max_size=5, reconnect_timeout=15) as db:
        counts = {"done": 0}
        stop = asyncio.Event()

        async def work(n):
            while not stop.is_set():
                try:
                    await together(db, lambda: Entry.create(entry(f"e{n}")))
                    await Entry.search(filter=[("name", "=", f"e{n}")], limit=3)
                    counts["done"] += 1
                except dotorm.ConnectionFailed as error:
                    counts[type(error.__cause__).__name__] = 1

        async def goes_on():
            before = counts["done"]
            await until(lambda: counts["done"] > before + 20)

        tasks = [asyncio.create_task(work(n)) for n in range(20)]
        await goes_on()
        await restarted(server)
        await goes_on()
        stop.set()
        await asyncio.gather(*tasks)  # raises whatever else there was
        assert len(counts) > 1, "somebody noticed"
        await works_again(db)


async def test_while_a_server_is_away_each_call_says_so(server):
    async with opened(server.url, max_size=2) as db:
        await asyncio.to_thread(server.stop)
        try:
            works = [Entry.table_len, Entry.search, db.ping, db.open]
            works.append(lambda: together(db, Entry.table_len))
            for work in works:
                error, seconds = await failure_of(work())
                assert isinstance(error, dotorm.ConnectionFailed)
                assert seconds < 10
        finally:
            await asyncio.to_thread(server.start)
        await works_again(db)


async def test_an_idle_connection_that_is_lost_is_replaced(server):
    async with Proxy(server.url) as proxy, opened(proxy.url, max_size=1) as db:
        (lost,) = db.pool._idle
        proxy.reset()
        await until(lost.connection.is_closed)
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
