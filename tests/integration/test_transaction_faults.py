"""Transactions on several databases, that fail at their end, or whose tasks are cancelled."""

import asyncio
import random

import pytest

import dotorm
from dotorm import Char, DotModel, Integer
from tests.integration.conftest import all_back


class Here(DotModel):
    __table__ = "entries"

    id: int = Integer(primary_key=True)
    name: str = Char(unique=True)


class There(DotModel):
    __table__ = "entries"

    id: int = Integer(primary_key=True)
    name: str = Char(unique=True)


class Undo(Exception):
    """What a test raises to have a transaction rolled back."""


@pytest.fixture
async def here(db):
    db.bind(Here)
    await db.create_and_update_tables([Here])
    return db


@pytest.fixture
async def there(tmp_path):
    async with dotorm.connect(f"sqlite:///{tmp_path}/there.db", models=[There]) as database:
        await database.create_and_update_tables([There])
        yield database
        await all_back(database.pool)


async def ended(transaction, *works, error=None):
    async with transaction:
        for work in works:
            await work()
        if error is not None:
            raise error


async def test_a_model_of_another_database_writes_there(here, there):
    with pytest.raises(Undo):
        await ended(
            here.transaction(),
            lambda: Here.create(Here(name="a")),
            lambda: There.create(There(name="b")),
            error=Undo(),
        )
    assert (await Here.table_len(), await There.table_len()) == (0, 1)


async def test_a_nested_transaction_on_another_database_is_its_own(here, there):
    async with here.transaction() as outer:
        await Here.create(Here(name="a"))
        with pytest.raises(Undo):
            await ended(
                there.transaction(),
                lambda: There.create(There(name="b")),
                lambda: Here.create(Here(name="c")),
                error=Undo(),
            )
        async with there.transaction() as inner:
            assert (inner.pool, inner.depth, outer.pool) == (there.pool, 0, here.pool)
            await There.create(There(name="d"))
            async with here.transaction() as savepoint:
                assert (savepoint.parent, savepoint.depth) == (outer, 1)
                await Here.create(Here(name="e"))
    assert [entry.name for entry in await Here.search(sort="id")] == ["a", "c", "e"]
    assert [entry.name for entry in await There.search()] == ["d"]


async def test_the_same_model_in_transactions_of_two_databases(here, there):
    async with here.transaction() as one, there.transaction() as two:
        await Here.create(Here(name="1"), session=one)
        await Here.create_bulk([Here(name="2"), Here(name="3"), Here()], session=two)
        await Here.update_bulk([1], Here(name="x"), session=two)
    assert await Here.table_len() == 1
    assert await Here.table_len(session=there.session) == 3


DEFERRED = """CREATE TABLE children (
    parent INTEGER REFERENCES entries (id) DEFERRABLE INITIALLY DEFERRED)"""


async def test_a_commit_that_fails_leaks_nothing(url, sent):
    async with dotorm.connect(url, max_size=1, acquire_timeout=5, models=[Here]) as db:
        await db.create_and_update_tables([Here])
        await db.execute(DEFERRED)
        for _ in range(3):
            sent.forget()
            with pytest.raises(dotorm.ForeignKeyViolation):
                await ended(
                    db.transaction(),
                    lambda: Here.create(Here(name="a")),
                    lambda: db.execute("INSERT INTO children VALUES (99)"),
                )
            assert [event.outcome for event in sent.transactions] == ["rolled back"]
            assert await Here.table_len() == 0
        async with db.transaction():
            await Here.create(Here(name="b"))
        await all_back(db.pool)
        assert db.pool.statistics().size <= 1
    assert not db.pool.statistics().size


async def test_a_transaction_whose_error_was_swallowed_is_not_half_committed(here):
    async def swallowed():
        with pytest.raises(dotorm.UniqueViolation):
            await Here.create(Here(name="a"))

    try:
        await ended(here.transaction(), lambda: Here.create(Here(name="a")), swallowed)
    except dotorm.DatabaseError as error:
        assert "nothing was committed" in str(error)  # noqa: PT017 - PostgreSQL undoes all
        assert await Here.table_len() == 0
    else:
        assert await Here.table_len() == 1


async def open_transactions(db):
    """How many connections to this PostgreSQL database are in a transaction, or hold locks."""
    rows = await db.execute(
        "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%%'"
    )
    return rows[0]["n"]


async def work(db, n, *, seconds):
    async with db.transaction():
        await Here.create(Here(name=f"a{n}"))
        await asyncio.sleep(seconds)
        async with db.transaction():
            await Here.create_bulk([Here(name=f"b{n}"), Here(name=f"c{n}")])
            await Here.search(filter=[("name", "like", str(n))])
        await asyncio.sleep(seconds)
        await Here.update_bulk([1], Here(name=None))


@pytest.mark.parametrize("seed", [1, 2])
async def test_tasks_cancelled_anywhere_leave_no_connection_and_no_transaction(url, seed):
    dice = random.Random(seed)  # noqa: S311 - a test's choice
    async with dotorm.connect(url, max_size=3, models=[Here]) as db:
        await db.create_and_update_tables([Here])
        for n in range(60):
            tasks = [
                asyncio.create_task(work(db, 10 * n + i, seconds=dice.choice([0, 0.001])))
                for i in range(3)
            ]
            await asyncio.sleep(dice.random() * 0.015)
            for task in tasks:
                if task.cancel() and dice.random() < 0.2:
                    await asyncio.sleep(0)
                    task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                assert result is None or isinstance(result, asyncio.CancelledError)
        await all_back(db.pool)
        if db.backend.name == "postgres":
            assert await open_transactions(db) == 0
        found = await Here.search(fields=["name"], filter=[("name", "is not null", None)])
        by_task = {}
        for entry in found:
            by_task.setdefault(entry.name[1:], set()).add(entry.name[0])
        assert all({"b", "c"} <= letters for letters in by_task.values())
        await work(db, 10_000, seconds=0)


async def test_a_cancelled_task_waiting_for_a_transaction_of_others(here):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def holder():
        async with here.transaction():
            begun.set()
            await go_on.wait()
            await Here.create(Here(name="held"))

    holding = asyncio.create_task(holder())
    await begun.wait()
    waiting = [asyncio.create_task(work(here, n, seconds=0)) for n in range(20)]
    await asyncio.sleep(0.05)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    go_on.set()
    await holding
    await all_back(here.pool)
    assert await Here.search_count([("name", "=", "held")]) == 1


async def test_a_statement_that_is_cancelled_in_a_transaction_ends_it_cleanly(postgres_url):
    async with dotorm.connect(postgres_url, max_size=1, acquire_timeout=5, models=[Here]) as db:
        await db.create_and_update_tables([Here])

        async def slow():
            await Here.create(Here(name="a"))
            async with asyncio.timeout(0.1):
                await db.execute("SELECT pg_sleep(30)")

        async with asyncio.timeout(5):
            with pytest.raises(TimeoutError):
                await ended(db.transaction(), slow)
            assert await Here.table_len() == 0
        await all_back(db.pool)


async def test_a_connection_lost_inside_a_transaction_is_told_and_replaced(postgres_url):
    async with dotorm.connect(postgres_url, max_size=2, acquire_timeout=5, models=[Here]) as db:
        await db.create_and_update_tables([Here])

        async def killed():
            (row,) = await db.execute("SELECT pg_backend_pid() AS pid")
            await db.session.execute("SELECT pg_terminate_backend(%s)", [row["pid"]])
            await asyncio.sleep(0.05)

        with pytest.raises(dotorm.ConnectionFailed):
            await ended(
                db.transaction(),
                lambda: Here.create(Here(name="a")),
                killed,
                lambda: Here.create(Here(name="b")),
            )
        assert await Here.table_len() == 0
        await all_back(db.pool)


async def test_a_serialization_failure_is_told_as_such(postgres_url):
    async with dotorm.connect(postgres_url, models=[Here]) as db:
        await db.create_and_update_tables([Here])
        await Here.create(Here(name="a"))
        both = asyncio.Barrier(2)

        async def raise_it(n):
            async with db.transaction(isolation="repeatable read"):
                await Here.get(1)
                await both.wait()
                await Here.update_bulk([1], Here(name=f"n{n}"))

        results = await asyncio.gather(raise_it(1), raise_it(2), return_exceptions=True)
        assert sorted(type(result) for result in results if result) == [dotorm.SerializationFailure]
        await all_back(db.pool)


async def test_writers_to_one_sqlite_file_wait_for_each_other(sqlite_url):
    async with (
        dotorm.connect(sqlite_url) as one,
        dotorm.connect(sqlite_url, busy_timeout=0.1) as two,
    ):
        await one.create_and_update_tables([Here])
        async with one.transaction() as session:
            await Here.create(Here(name="a"), session=session)
            with pytest.raises(dotorm.Timeout, match="another connection writes"):
                await Here.create(Here(name="b"), session=two.session)
            assert await Here.table_len(session=two.session) == 0
        await Here.create(Here(name="b"), session=two.session)
        assert await Here.table_len(session=one.session) == 2
