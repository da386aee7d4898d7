"""What records remember of rows whose writing was undone."""

import asyncio
import gc
import weakref
from contextlib import suppress

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, JSONField


class Job(DotModel):
    __table__ = "jobs"

    id: int = Integer(primary_key=True)
    state: str = Char(max_length=20, default="new")
    label: str | None = Char(max_length=20, unique=True)
    seen: dict[str, int] | None = JSONField()


class Undo(Exception):
    """What a test raises to have a transaction rolled back."""


@pytest.fixture
async def jobs(db, sent):
    db.bind(Job)
    await db.create_and_update_tables([Job])
    await Job.create_bulk([Job(seen={"a": 1}), Job()])
    sent.forget()
    return await Job.search(sort="id", order="ASC")


async def undone(db, *work):
    with suppress(Undo):
        async with db.transaction():
            for call in work:
                await call()
            raise Undo


async def states():
    return [job.state for job in await Job.search(fields=["state"], sort="id", order="ASC")]


@pytest.mark.parametrize("operation", ["update", "update_bulk", "update_with_relations"])
async def test_a_block_that_is_run_again_writes_again(jobs, db, operation):
    async def work():
        for job in jobs:
            job.state = "done"
        if operation == "update_bulk":
            await Job.update_bulk(jobs)
        else:
            for job in jobs:
                await getattr(job, operation)(*([job] if operation != "update" else []))

    await undone(db, work)
    assert await states() == ["new", "new"]
    async with db.transaction():
        await work()
    assert await states() == ["done", "done"]


async def test_a_document_changed_in_place_is_written_again(jobs, db):
    job = jobs[0]
    job.seen["b"] = 2
    await undone(db, job.update)
    await job.update()
    assert (await Job.get_or_raise(1)).seen == {"a": 1, "b": 2}


async def test_only_what_the_savepoint_wrote_is_written_again(jobs, db, sent):
    kept, lost = jobs
    kept.state = lost.state = "done"
    async with db.transaction():
        await kept.update()
        await undone(db, lost.update)
        sent.forget()
        await Job.update_bulk(jobs)
        assert sum(text.startswith("UPDATE") for text in sent.texts) == 1
    assert await states() == ["done", "done"]
    sent.forget()
    await Job.update_bulk(jobs)
    assert sent.texts == []


async def test_a_savepoint_that_was_kept_is_undone_with_what_is_around_it(jobs, db):
    job = jobs[0]

    async def inner():
        job.state = "second"
        async with db.transaction():
            await job.update()
        job.state = "third"
        await job.update()

    job.state = "first"
    await job.update()
    await undone(db, inner)
    job.state = "first"
    assert await states() == ["first", "new"]
    job.state = "second"
    await job.update()
    assert await states() == ["second", "new"]


@pytest.mark.parametrize("count", [1, 3])
async def test_a_record_whose_creation_was_undone_is_new_again(jobs, db, count):
    made = [Job(state="made") for _ in range(count)]

    async def work():
        await (Job.create_bulk(made) if count > 1 else Job.create(made[0]))
        assert all(job.id > 2 for job in made)

    await undone(db, work)
    assert [job.id for job in made] == [None] * count
    with pytest.raises(dotorm.InvalidValue, match="no key"):
        await made[0].update()
    await Job.create_bulk(made)
    assert await Job.search_count([("state", "=", "made")]) == count


async def test_the_key_of_an_upsert_that_was_undone_is_forgotten(jobs, db):
    job = Job(label="x")
    await undone(db, lambda: Job.upsert(job, ["label"]))
    assert job.id is None
    assert await Job.upsert(job, ["label"]) == job.id


async def test_a_key_that_was_given_stays(jobs, db):
    job = Job(id=7)
    await undone(db, lambda: Job.create(job))
    assert job.id == 7
    await Job.create(job)
    assert await Job.search_count([("id", "=", 7)]) == 1


async def test_a_cancelled_task_counts(jobs, db):
    job = jobs[0]
    job.state = "done"

    async def work():
        await job.update()
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await undone(db, work)
    await job.update()
    assert await states() == ["done", "new"]


async def test_a_transaction_does_not_keep_records_alive(jobs, db):
    async with db.transaction():
        job = Job(state="short-lived")
        await Job.create(job)
        gone = weakref.ref(job)
        del job
        gc.collect()
        assert gone() is None


async def test_callbacks_run_backwards_and_once(jobs, db):
    told = []
    with suppress(Undo):
        async with db.transaction() as session:
            session.on_rollback(lambda: told.append(1))
            async with db.transaction() as inner:
                inner.on_rollback(lambda: told.append(2))
                inner.on_rollback(lambda: told.append(3))
            session.on_rollback(lambda: told.append(4))
            assert told == []
            raise Undo
    assert told == [4, 3, 2, 1]
    async with db.transaction() as session:
        session.on_rollback(lambda: told.append(5))
    assert told == [4, 3, 2, 1]
    with pytest.raises(dotorm.TransactionClosed):
        session.on_rollback(lambda: None)


async def test_an_error_of_one_leaves_the_connection_free(jobs, db):
    def fail():
        raise ZeroDivisionError

    async def inner():
        async with db.transaction() as session:
            session.on_rollback(fail)
            raise Undo

    async with db.transaction() as session:
        with pytest.raises(ZeroDivisionError):
            await inner()
        assert await session.execute("SELECT 1 AS one") == [{"one": 1}]
