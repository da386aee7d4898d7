"""A server that stops, dies or falls silent, and statements that take too long."""

import asyncio
import time
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

import dotorm
from dotorm import Char, DotModel, Integer
from tests.integration.conftest import all_back
from tests.servers import private

SLOW = {
    "postgres": "SELECT pg_sleep(30)",
    "sqlite": "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
    "SELECT max(n) FROM c",
}


class Entry(DotModel):
    __table__ = "entries"

    id: int = Integer(primary_key=True)
    name: str = Char()


@pytest.fixture(scope="module")
def server(postgres_server):
    """A PostgreSQL server that may be stopped and killed."""
    with private("postgres") as started:
        yield started


@asynccontextmanager
async def opened(url, **settings):
    async with dotorm.connect(url, models=[Entry], **settings) as db:
        await db.execute(f"DROP TABLE IF EXISTS {Entry.__table__}")
        await db.create_and_update_tables([Entry])
        await all_back(db.pool)
        yield db


async def failure_of(work):
    """What the work fails with, and after how many seconds."""
    started = time.monotonic()
    with pytest.raises(dotorm.DotORMError) as caught:
        await work
    return caught.value, time.monotonic() - started


async def in_transaction(db, *works):
    async with db.transaction():
        for work in works:
            await work()


async def works_again(db, *, kept=None):
    assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
    if kept is not None:
        assert await Entry.table_len() == kept
    async with db.transaction():
        key = await Entry.create(Entry(name="after"))
    assert (await Entry.get(key)).name == "after"
    await all_back(db.pool)


# ------------------------------------------------------------------ the server ends


async def killed_backend(server):
    connection = dotorm.connect(server.url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%%pg_sleep%%' "
        "AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def restarted(server):
    await asyncio.to_thread(server.restart)


async def dead(server):
    await asyncio.to_thread(server.kill)
    await asyncio.to_thread(server.start)


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.parametrize("end", [killed_backend, restarted, dead], ids=lambda end: end.__name__)
async def test_a_server_that_ends_in_the_middle_of_use(server, end):
    async with opened(server.url, max_size=6, reconnect_timeout=15) as db:
        await Entry.create(Entry(name="before"))
        await db.execute("CHECKPOINT")

        async def sleep():
            await db.execute("SELECT pg_sleep(5)")

        async def write_and_sleep():
            await Entry.create(Entry(name="lost"))
            await Entry.search_count(Entry.name.like("x"))
            await sleep()

        async def read_slowly():
            async for _ in Entry.stream(batch=1):
                await asyncio.sleep(0)
                await sleep()

        failing = [asyncio.create_task(failure_of(sleep())) for _ in range(2)]
        failing.append(asyncio.create_task(failure_of(in_transaction(db, write_and_sleep))))
        failing.append(asyncio.create_task(failure_of(read_slowly())))
        await asyncio.sleep(0.3)
        await end(server)
        for error, seconds in await asyncio.gather(*failing):
            assert type(error) is dotorm.ConnectionFailed, error
            assert str(error)
            assert error.__cause__ is not None
            assert seconds < 5
        await works_again(db, kept=1)


@pytest.mark.postgres
@pytest.mark.slow
async def test_a_restart_among_many_short_statements(server):
    async with opened(server.url, max_size=5, reconnect_timeout=15) as db:
        counts = {"done": 0}
        stop = asyncio.Event()

        async def work(n):
            while not stop.is_set():
                try:
                    await in_transaction(db, lambda: Entry.create(Entry(name=f"e{n}")))
                    await Entry.search(filter=[("name", "=", f"e{n}")], limit=3)
                    counts["done"] += 1
                except dotorm.ConnectionFailed as error:
                    counts[type(error.__cause__).__name__] = 1

        tasks = [asyncio.create_task(work(n)) for n in range(20)]
        await asyncio.sleep(0.2)
        await restarted(server)
        await asyncio.sleep(0.5)
        before = counts["done"]
        await asyncio.sleep(0.2)
        assert counts["done"] > before, "it goes on"
        stop.set()
        await asyncio.gather(*tasks)  # raises whatever else there was
        assert len(counts) > 1, "somebody noticed"
        await works_again(db)


@pytest.mark.postgres
@pytest.mark.slow
async def test_while_a_server_is_away_each_call_says_so(server):
    async with opened(server.url, max_size=2) as db:
        await asyncio.to_thread(server.stop)
        try:
            for work in (Entry.table_len, Entry.search, db.ping, db.open):
                error, seconds = await failure_of(work())
                assert isinstance(error, dotorm.ConnectionFailed)
                assert seconds < 1
            error, _ = await failure_of(in_transaction(db, Entry.table_len))
            assert isinstance(error, dotorm.ConnectionFailed)
        finally:
            await asyncio.to_thread(server.start)
        await works_again(db)


# ------------------------------------------------------------------ the network falls silent


class Proxy:
    """Passes bytes on to a server, until it swallows them."""

    def __init__(self, url):
        self.server = urlsplit(url)
        self.swallows = False
        self._writers = []

    async def __aenter__(self):
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._listener.sockets[0].getsockname()[1]
        self.url = self.server._replace(netloc=f"{self.server.username}@127.0.0.1:{port}").geturl()
        return self

    async def __aexit__(self, *_):
        self._listener.close()
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader, writer):
        answers, asks = await asyncio.open_connection(self.server.hostname, self.server.port)
        self._writers += [writer, asks]
        await asyncio.gather(self._pass(reader, asks), self._pass(answers, writer))

    async def _pass(self, reader, writer):
        with suppress(OSError):
            while data := await reader.read(65536):
                if not self.swallows:
                    writer.write(data)
                    await writer.drain()
        if not self.swallows:
            writer.close()


@pytest.fixture
async def proxy(postgres_url):
    async with Proxy(postgres_url) as proxy:
        yield proxy


async def test_a_connection_that_is_never_answered(proxy):
    proxy.swallows = True
    db = dotorm.connect(proxy.url, connect_timeout=0.3, reconnect_timeout=5)
    error, seconds = await failure_of(db.execute("SELECT 1"))
    assert type(error) is dotorm.Timeout
    assert 0.2 < seconds < 1.5
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
    "a transaction": lambda db: in_transaction(db, Entry.table_len),
    "a stream": lambda db: stream_all(),
    "a sign of life": lambda db: db.ping(),
}


@pytest.mark.parametrize("name", SILENT)
async def test_a_connection_that_falls_silent(proxy, name):
    limits = {"connect_timeout": 0.2, "command_timeout": 0.2, "close_timeout": 0.2}
    async with opened(proxy.url, max_size=1, **limits) as db:
        await Entry.create(Entry(name="a"))
        proxy.swallows = True
        error, seconds = await failure_of(SILENT[name](db))
        assert type(error) is dotorm.Timeout
        assert "within 0.2 s" in str(error)
        assert seconds < 2
        proxy.swallows = False
        await works_again(db, kept=1)


async def test_silence_inside_a_transaction(proxy):
    limits = {"connect_timeout": 0.2, "command_timeout": 0.2, "close_timeout": 0.2}

    async def fall_silent():
        proxy.swallows = True

    async with opened(proxy.url, max_size=1, **limits) as db:
        for works in (
            [lambda: Entry.create(Entry(name="a")), fall_silent],  # at the commit
            [lambda: Entry.create(Entry(name="a")), fall_silent, Entry.table_len],
            [fall_silent, lambda: in_transaction(db, Entry.table_len)],  # at the savepoint
        ):
            error, seconds = await failure_of(in_transaction(db, *works))
            assert type(error) is dotorm.Timeout
            assert seconds < 2
            proxy.swallows = False
            await works_again(db)


async def test_closing_is_not_held_up_by_silence(proxy):
    db = await dotorm.connect(proxy.url, close_timeout=0.3)
    proxy.swallows = True
    started = time.monotonic()
    await db.close()
    assert time.monotonic() - started < 2


# ------------------------------------------------------------------ statements that take too long


async def test_a_statement_that_takes_too_long(url):
    async with opened(url, max_size=1, command_timeout=0.2) as db:
        slow = SLOW[db.backend.name]
        (lease,) = db.pool._idle
        for _ in range(3):
            error, seconds = await failure_of(db.execute(slow))
            assert type(error) is dotorm.Timeout
            assert isinstance(error, TimeoutError)
            assert "no answer within 0.2 s (setting: command_timeout)" in str(error)
            assert isinstance(error.__cause__, TimeoutError)
            assert seconds < 2
            await works_again(db)
        assert db.pool._idle == [lease], "what was stopped in time is used again"


async def test_a_transaction_with_a_statement_that_takes_too_long(url):
    async with opened(url, max_size=1, command_timeout=0.2) as db:
        slow = SLOW[db.backend.name]
        lost = in_transaction(
            db, lambda: Entry.create(Entry(name="lost")), lambda: db.execute(slow)
        )
        error, _ = await failure_of(lost)
        assert type(error) is dotorm.Timeout
        await works_again(db, kept=0)


async def test_a_database_in_memory_outlives_what_takes_too_long():
    async with opened("sqlite://", command_timeout=0.2) as db:
        await Entry.create(Entry(name="kept"))
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
