"""Many tasks on few connections, cancelled at any await: nothing leaks, no answer is wrong.

``DOTORM_STORM_SECONDS`` says how long; a report of what was done is logged.
"""

import asyncio
import logging
import os
import random
from collections import Counter
from contextlib import aclosing

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Load, Many2many, Many2one, One2many
from tests.integration.conftest import all_back

SECONDS = float(os.environ.get("DOTORM_STORM_SECONDS", "6"))
ACCOUNTS = 30
CENTS = 1000
TOTAL = ACCOUNTS * CENTS
BATCH = 7

log = logging.getLogger(__name__)


class Account(DotModel):
    __table__ = "accounts"

    id: int = Integer(primary_key=True)
    cents: int = Integer(required=True)
    notes: list["Note"] = One2many(lambda: Note, "account_id")
    tags: list["Tag"] = Many2many(lambda: Tag, "account_tags", "tag_id", "account_id")


class Note(DotModel):
    __table__ = "notes"

    id: int = Integer(primary_key=True)
    batch: str = Char(index=True)
    account_id: Account = Many2one(lambda: Account, index=True)


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    word: str = Char()


class Undo(Exception):
    """What rolls a transaction back."""


class Storm:
    """What tasks do, and what they saw."""

    def __init__(self, db, seed):
        self.db = db
        self.dice = random.Random(seed)  # noqa: S311 - a test's choice
        self.counts = Counter()
        self.running = set()
        self.number = 0
        self.locks = db.backend.features.row_locks

    async def prepare(self):
        models = [Account, Note, Tag]
        self.db.bind(*models)
        await self.db.create_and_update_tables(models)
        await Account.create_bulk([Account(cents=CENTS) for _ in range(ACCOUNTS)])
        await Tag.create_bulk([Tag(word=str(n)) for n in range(3)])
        pairs = [(n, n % 3 + 1) for n in range(1, ACCOUNTS + 1)]
        await Account.link_many2many("tags", pairs)

    def one(self):
        return self.dice.randint(1, ACCOUNTS)

    # -------------------------------------------------------------- actions

    async def echo(self):
        n = self.dice.randint(0, 10**9)
        assert await self.db.execute("SELECT CAST(%s AS INTEGER) AS n", [n]) == [{"n": n}]

    async def get(self):
        n = self.one()
        assert (await Account.get_or_raise(n)).id == n

    async def total(self):
        (row,) = await self.db.execute("SELECT SUM(cents) AS total, COUNT(*) AS n FROM accounts")
        assert (row["total"], row["n"]) == (TOTAL, ACCOUNTS)

    async def transfer(self):
        keys = sorted({self.one(), self.one()})
        async with self.db.transaction():
            found = await Account.search(
                filter=[("id", "in", keys)], sort="id", for_update=self.locks
            )
            assert [account.id for account in found] == keys
            for account, sign in zip(found, (-1, 1), strict=False):
                account.cents += sign * (len(keys) - 1)
                await account.update()
            await self.nested(keys[0])
            if self.dice.random() < 0.2:
                raise Undo

    async def nested(self, key):
        try:
            async with self.db.transaction():
                await self.bulk(key)
                async with self.db.transaction():
                    await self.total()
                    await Account.update_where([("id", "=", key)], Account(cents=10**6))
                    raise Undo  # noqa: TRY301 - as a program would
        except Undo:
            pass

    async def bulk(self, key=None):
        self.number += 1
        batch = f"b{self.number}"
        made = await Note.create_bulk(
            [Note(batch=batch, account_id=key or self.one()) for _ in range(BATCH)]
        )
        assert await Note.search_count([("batch", "=", batch)]) == BATCH
        if self.dice.random() < 0.7:
            keys = [row["id"] for row in made]
            assert await Note.delete_bulk(keys) == BATCH

    async def relations(self):
        fields = ["cents", "notes", "tags"]
        info = {"notes": Load(fields=["account_id"], limit=3), "tags": ["word"]}
        for account in await Account.search(fields=fields, fields_info=info, limit=5):
            assert [tag.id for tag in account.tags] == [account.id % 3 + 1]
            assert all(note.account_id == account for note in account.notes)

    async def stream(self):
        seen = []
        async with aclosing(Account.stream(sort="id", batch=4, fields=["tags"])) as accounts:
            async for account in accounts:
                seen.append(account.id)
                if len(seen) > self.dice.randint(0, 2 * ACCOUNTS):
                    break
        assert seen == list(range(1, len(seen) + 1))

    async def together(self):
        async with self.db.transaction():
            keys = [self.one() for _ in range(5)]
            found = await asyncio.gather(*(Account.get_or_raise(key) for key in keys))
            assert [account.id for account in found] == keys
            await asyncio.gather(self.echo(), self.total(), self.stream(), self.nested(keys[0]))

    async def apart(self):
        async with self.db.transaction(readonly=True):
            await self.total()
            await asyncio.sleep(0)
            await self.get()

    # -------------------------------------------------------------- weather

    async def act(self):
        names = ["echo", "get", "total", "bulk", "relations", "stream", "together", "apart"]
        name = self.dice.choice([*names, "transfer", "transfer"])
        try:
            await getattr(self, name)()
            self.counts[name] += 1
        except Undo:
            self.counts["undone"] += 1
        except (dotorm.SerializationFailure, dotorm.LockNotAvailable):
            self.counts["lost against another"] += 1
        except dotorm.Timeout as error:
            if "another connection writes" not in str(error):
                raise
            self.counts["another wrote for too long"] += 1

    async def slot(self, until):
        """One of the many: acts again and again, whatever becomes of it."""
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            task = asyncio.create_task(self.act())
            self.running.add(task)
            task.add_done_callback(self.running.discard)
            await asyncio.wait({task})
            if task.cancelled():
                self.counts["cancelled"] += 1
            else:
                task.result()

    async def lightning(self, until, pause):
        """Cancels tasks wherever they are, some of them twice."""
        loop = asyncio.get_running_loop()
        while loop.time() < until:
            await asyncio.sleep(self.dice.random() * pause)
            if self.running:
                task = self.dice.choice(list(self.running))
                task.cancel()
                if self.dice.random() < 0.2:
                    await asyncio.sleep(0)
                    task.cancel()

    async def rage(self, tasks, seconds, pause):
        until = asyncio.get_running_loop().time() + seconds
        slots = [asyncio.create_task(self.slot(until)) for _ in range(tasks)]
        await asyncio.gather(self.lightning(until, pause), *slots)


async def afterwards(storm, size):
    """All that must hold when the storm is over."""
    db = storm.db
    await all_back(db.pool)
    found = db.pool.statistics()
    assert (found.idle, found.waiting) == (found.size, 0)
    assert 1 <= found.size <= size
    assert not db.pool._leased
    assert not db.pool._opening
    if db.backend.name == "postgres":
        rows = await db.execute(
            "SELECT state, xact_start IS NULL AS ended FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        assert {(row["state"], row["ended"]) for row in rows} <= {("idle", True)}
        assert len(rows) == found.size - 1, "no connection that the pool does not know"
    await storm.total()
    batches = Counter(note.batch for note in await Note.search())
    assert set(batches.values()) <= {BATCH}, "all of a transaction or nothing"
    await all_back(db.pool)
    assert asyncio.all_tasks() == {asyncio.current_task()}


WEATHER = {"postgres": (200, 10, 1.0, 0.004), "sqlite": (30, 5, 0.5, 0.01)}


@pytest.mark.slow
async def test_a_storm(url, caplog):
    tasks, size, share, pause = WEATHER[url.partition(":")[0].replace("postgresql", "postgres")]
    async with dotorm.connect(url, max_size=size, acquire_timeout=60) as db:
        storm = Storm(db, seed=7)
        await storm.prepare()
        await storm.rage(tasks, SECONDS * share, pause)
        log.info("%s: %s", db.backend.name, dict(storm.counts))
        assert storm.counts["cancelled"] > 10 * SECONDS * share
        assert all(storm.counts[name] for name in ("transfer", "stream", "together", "relations"))
        await afterwards(storm, size)
        assert not [record for record in caplog.records if record.name.startswith("dotorm")]


async def test_a_statement_that_is_cancelled_beside_a_stream():
    async with dotorm.connect("sqlite://", models=[Account, Note, Tag]) as db:
        await db.create_and_update_tables([Account, Note, Tag])
        await Account.create_bulk([Account(cents=CENTS) for _ in range(ACCOUNTS)])
        (lease,) = db.pool._idle

        async def slow():
            await db.execute(
                "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
                "SELECT max(n) FROM c"
            )

        async def both():
            async with db.transaction():
                await Account.update_where([("id", "=", 1)], Account(cents=0))
                async with aclosing(Account.stream(batch=2)) as accounts:
                    await anext(accounts)
                    async with asyncio.timeout(0.05):
                        await slow()

        with pytest.raises(TimeoutError):
            await both()
        await all_back(db.pool)
        assert db.pool._idle == [lease]
        assert (await Account.get_or_raise(1)).cents == CENTS
