"""A network that falls silent: nobody is told, and nothing comes."""

import asyncio
import time

import pytest

import dotorm
from tests.integration.faults import (
    PATIENCE,
    Entry,
    entry,
    failure_of,
    opened,
    together,
    until,
    works_again,
)
from tests.servers.proxy import Proxy

LIMITS = {"connect_timeout": 0.5, "command_timeout": 0.5, "close_timeout": 0.5}


@pytest.fixture
async def proxy(server_url):
    async with Proxy(server_url) as proxy:
        yield proxy
    # What was given up may still be ended on the server, which needs the network, too.
    await until(lambda: asyncio.all_tasks() == {asyncio.current_task()})


async def test_a_connection_that_is_never_answered(proxy):
    proxy.swallows = True
    db = dotorm.connect(proxy.url, connect_timeout=1.0, reconnect_timeout=5)
    error, seconds = await failure_of(db.execute("SELECT 1"))
    assert type(error) is dotorm.Timeout
    assert 0.9 < seconds < PATIENCE
    assert db.pool.statistics().size == 0
    proxy.swallows = False
    assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
    await db.close()


async def stream_all():
    async for _ in Entry.stream(batch=1):
        pass


SILENT = {
    "a statement": lambda db: Entry.table_len(),
    "raw SQL": lambda db: db.execute("SELECT 1"),
    "a write": lambda db: Entry.create(entry("unknown")),
    "a transaction": lambda db: together(db, Entry.table_len),
    "a stream": lambda db: stream_all(),
    "a sign of life": lambda db: db.ping(),
}


@pytest.mark.parametrize("name", SILENT)
async def test_a_connection_that_falls_silent(proxy, name):
    async with opened(proxy.url, max_size=1, **LIMITS) as db:
        await Entry.create(entry("a"))
        proxy.swallows = True
        error, seconds = await failure_of(SILENT[name](db))
        proxy.swallows = False
        if name == "a stream" and not db.backend.features.streaming:
            assert type(error) is dotorm.NotSupported
            return
        assert type(error) is dotorm.Timeout
        assert "within 0.5 s" in str(error)
        assert seconds < PATIENCE
        await works_again(db, kept=1)


async def test_silence_inside_a_transaction(proxy):
    async def fall_silent():
        proxy.swallows = True

    async with opened(proxy.url, max_size=1, **LIMITS) as db:
        at_its_end = [lambda: Entry.create(entry("a")), fall_silent]
        inside = [*at_its_end, Entry.table_len]
        nested = [fall_silent, lambda: together(db, Entry.table_len)]
        for works in (
            (at_its_end, inside, nested) if db.backend.features.transactions else (inside,)
        ):
            error, seconds = await failure_of(together(db, *works))
            assert type(error) is dotorm.Timeout
            assert seconds < PATIENCE
            proxy.swallows = False
            await works_again(db)


async def test_closing_is_not_held_up_by_silence(proxy):
    db = await dotorm.connect(proxy.url, close_timeout=0.3)
    proxy.swallows = True
    started = time.monotonic()
    await db.close()
    assert time.monotonic() - started < PATIENCE


async def test_an_answer_that_is_cut_in_its_middle(proxy):
    async with opened(proxy.url, max_size=1) as db:
        await Entry.create_bulk([entry("x" * 100) for _ in range(500)])
        await Entry.search(limit=1)
        proxy.cuts_after = 10_000
        error, _ = await failure_of(Entry.search())
        assert type(error) is dotorm.ConnectionFailed
        assert error.__cause__ is not None
        await works_again(db, kept=500)


async def test_a_slow_network_is_no_fault(proxy):
    async with opened(proxy.url, max_size=1, command_timeout=20) as db:
        proxy.delay = 0.05
        await works_again(db)


async def test_a_connection_that_is_refused(proxy):
    proxy.refuses = True
    db = dotorm.connect(proxy.url, reconnect_timeout=0)
    error, _ = await failure_of(db.execute("SELECT 1"))
    assert type(error) is dotorm.ConnectionFailed
    assert error.__cause__ is not None
    proxy.refuses = False
    await db.execute("SELECT 1")
    await db.close()
