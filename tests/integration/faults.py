"""What the tests of faults share: a table to write to, and how each kind of server is watched."""

import asyncio
import itertools
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from inspect import isawaitable

import pytest

import dotorm
from dotorm import Char, DotModel, Integer
from tests.integration.conftest import all_back

PATIENCE = 20.0  # seconds for what should take milliseconds
_keys = itertools.count(1)


class Entry(DotModel):
    __table__ = "entries"

    id: int = Integer(primary_key=True)
    name: str = Char()


def entry(name):
    """A new entry, with a key of its own: not every database makes keys."""
    return Entry(id=next(_keys), name=name)


@dataclass(frozen=True)
class Habits:
    """How a server is kept busy for a minute, and how others see that.

    Attributes:
        sleep: A statement that takes a minute.
        asleep: Answers the `id` of each connection or query in which such a statement runs, in
            the watcher's own database: other tests may be at work in others.
        end: Ends one of them.
        throws_out: Whether this ends the connection too, and not the statement alone.
    """

    sleep: str
    asleep: str
    end: str
    throws_out: bool = True


_POSTGRES = Habits(
    sleep="SELECT pg_sleep(60)",
    asleep="SELECT pid AS id FROM pg_stat_activity WHERE state = 'active' "
    "AND datname = current_database() AND query LIKE '%%pg_sleep%%' AND pid <> pg_backend_pid()",
    end="SELECT pg_terminate_backend({id})",
)
_MYSQL = Habits(
    # MySQL takes a SLEEP that is interrupted in the list of columns for one that has ended.
    sleep="SELECT 1 FROM DUAL WHERE SLEEP(60) = 0",
    asleep="SELECT id AS id FROM information_schema.processlist "
    "WHERE info LIKE '%%SLEEP%%' AND db = DATABASE() AND id <> CONNECTION_ID()",
    end="KILL {id}",
)
_CLICKHOUSE = Habits(
    sleep="SELECT sleepEachRow(1) FROM numbers(60) SETTINGS max_block_size = 1",
    asleep="SELECT query_id AS id FROM system.processes "
    "WHERE current_database = currentDatabase() "
    "AND query LIKE '%%sleepEachRow%%' AND query NOT LIKE '%%system.processes%%'",
    end="KILL QUERY WHERE query_id = '{id}' SYNC",
    throws_out=False,
)
HABITS = {
    "postgres": _POSTGRES,
    "mariadb": _MYSQL,
    "mysql": _MYSQL,
    "clickhouse": _CLICKHOUSE,
}
"""Habits by the name of the backend."""


async def until(holds):
    """Wait until a condition holds, which may have to be awaited; fails when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not (found := holds()) or (isawaitable(found) and not await found):
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.02)


class Watcher:
    """Looks at a server from outside, on a connection of its own."""

    def __init__(self, db):
        self.db = db
        self.habits = HABITS[db.backend.name]

    async def asleep(self):
        """The ids of what sleeps."""
        return [row["id"] for row in await self.db.execute(self.habits.asleep)]

    async def until_asleep(self, count):
        """Wait until that many statements sleep."""

        async def are_asleep():
            return len(await self.asleep()) == count

        await until(are_asleep)

    async def end(self):
        """End every statement that sleeps, and its connection where the server can."""
        for found in await self.asleep():
            await self.db.execute(self.habits.end.format(id=found))


@asynccontextmanager
async def watching(url):
    """Watch the server, or the part of it, that a URL names."""
    async with dotorm.connect(url) as db:
        yield Watcher(db)


@asynccontextmanager
async def opened(url, **settings):
    """A database with an empty table of entries."""
    async with dotorm.connect(url) as db:
        await db.execute(f"DROP TABLE IF EXISTS {Entry.__table__}")
        await db.create_and_update_tables([Entry])
    async with dotorm.connect(url, models=[Entry], **settings) as db:
        yield db


async def failure_of(work):
    """What the work fails with, and after how many seconds."""
    started = time.monotonic()
    with pytest.raises(dotorm.DotORMError) as caught:
        await work
    return caught.value, time.monotonic() - started


async def together(db, *works):
    """Do one after another, in a transaction where there is such a thing."""
    if not db.backend.features.transactions:
        for work in works:
            await work()
        return
    async with db.transaction():
        for work in works:
            await work()


def kept_of_undone(db):
    """How many of one write stay when what comes `together` with it fails."""
    return 0 if db.backend.features.transactions else 1


async def works_again(db, *, kept=None):
    """Check that nothing of a fault is left."""
    assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
    if kept is not None:
        assert await Entry.table_len() == kept
    after = entry("after")
    await together(db, lambda: Entry.create(after))
    assert (await Entry.get(after.id)).name == "after"
    await all_back(db.pool)
