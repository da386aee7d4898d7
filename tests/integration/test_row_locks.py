"""Rows that are locked until a transaction ends."""

import asyncio

import pytest

import dotorm
from dotorm import Char, ConfigurationError, DotModel, Integer, InvalidFilter, Many2one


class Owner(DotModel):
    __table__ = "owners"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)


class Job(DotModel):
    __table__ = "jobs"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    owner: Owner = Many2one(lambda: Owner)


async def connected(url):
    db = dotorm.connect(url, models=[Owner, Job])
    await db.create_and_update_tables([Owner, Job])
    await Job.create_bulk([Job(name=f"j{i}", owner=None) for i in range(3)])
    return db


@pytest.fixture
async def db(postgres_url):
    async with await connected(postgres_url) as db:
        yield db


async def test_a_locked_row_makes_others_wait(db):
    order = []

    async def other():
        async with db.transaction():
            job = await Job.get(1, for_update=True)
            order.append(job.name)

    async with db.transaction():
        job = await Job.get_or_raise(1, for_update=True)
        job.name = "done"
        async with db.detached():
            task = asyncio.create_task(other())
            await asyncio.sleep(0.05)
        order.append("first")
        await job.update()
    await task
    assert order == ["first", "done"]


async def test_nowait_fails_and_skip_locked_leaves_out(db):
    async with db.transaction():
        await Job.search(filter=[("id", "=", 1)], for_update=True)
        async with db.detached(), db.transaction():
            free = await Job.search(fields=["name"], sort="id", for_update="skip locked")
            assert [job.id for job in free] == [2, 3]
        async with db.detached():
            with pytest.raises(dotorm.LockNotAvailable):
                async with db.transaction():
                    await Job.get(1, for_update="nowait")


async def test_only_the_own_table_is_locked_across_a_path(db):
    async with db.transaction():
        assert await Job.search(filter=[("owner.name", "is null", None)], for_update=True)


async def test_a_lock_needs_a_transaction_and_a_known_word(db):
    with pytest.raises(ConfigurationError, match="for_update locks rows until"):
        await Job.search(for_update=True)
    async with db.transaction():
        with pytest.raises(InvalidFilter, match="for_update is True"):
            await Job.search(for_update="soon")


async def test_a_database_without_row_locks_says_so(sqlite_url):
    async with await connected(sqlite_url) as db, db.transaction():
        with pytest.raises(dotorm.NotSupported, match=r"row locks .* has the whole database"):
            await Job.search(for_update=True)
