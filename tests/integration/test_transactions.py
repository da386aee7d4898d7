"""Transactions keep or undo their work together, and calls inside them join by themselves."""

import asyncio
from contextlib import suppress

import pytest

import dotorm
from dotorm import Char, DotModel, Integer


class Entry(DotModel):
    __table__ = "entries"

    id: int = Integer(primary_key=True)
    name: str = Char(unique=True)


class Undo(Exception):
    """What a test raises to have a transaction rolled back."""


@pytest.fixture
async def entries(db, sent):
    db.bind(Entry)
    await db.create_and_update_tables([Entry])
    sent.forget()
    return Entry


async def names(**options):
    return [entry.name for entry in await Entry.search(order="ASC", **options)]


async def test_the_end_commits_and_an_exception_rolls_back(entries, db, sent):
    async with db.transaction():
        await Entry.create(Entry(name="a"))
    with suppress(Undo):
        async with db.transaction():
            await Entry.create(Entry(name="b"))
            assert await names() == ["a", "b"]
            raise Undo
    assert await names() == ["a"]
    assert [event.outcome for event in sent.transactions] == ["committed", "rolled back"]
    assert isinstance(sent.transactions[1].error, Undo)


async def test_nobody_outside_sees_what_is_not_committed(entries, db):
    async with db.transaction():
        await Entry.create(Entry(name="a"))
        assert await Entry.search_count(session=db.session) == 0
        assert await names() == ["a"]
    assert await names() == ["a"]


async def test_calls_of_every_kind_join_by_themselves(entries, db):
    with suppress(Undo):
        async with db.transaction() as session:
            entry = Entry(name="a")
            await Entry.create(entry)
            await Entry.create_bulk([Entry(name="b"), Entry(name="c")])
            entry.name = "z"
            await entry.update()
            await Entry.update_bulk([2], Entry(name="y"))
            await db.execute("INSERT INTO entries (name) VALUES (%s)", ["raw"])
            await session.execute("INSERT INTO entries (name) VALUES (%s)", ["rawer"])
            await _nested_call()
            assert await Entry.table_len(session=session) == 6
            raise Undo
    assert await Entry.table_len() == 0


async def _nested_call():
    await Entry.create(Entry(name="from a function"))


async def test_a_nested_transaction_is_a_savepoint(entries, db):
    async with db.transaction():
        await Entry.create(Entry(name="a"))
        with suppress(Undo):
            async with db.transaction():
                await Entry.create(Entry(name="b"))
                async with db.transaction():
                    await Entry.create(Entry(name="c"))
                raise Undo
        async with db.transaction():
            await Entry.create(Entry(name="d"))
            with suppress(Undo):
                async with db.transaction():
                    await Entry.create(Entry(name="e"))
                    raise Undo
        assert await names() == ["a", "d"]
    assert await names() == ["a", "d"]


async def test_an_error_of_the_database_in_a_savepoint_can_be_survived(entries, db):
    async with db.transaction():
        await Entry.create(Entry(name="a"))
        with suppress(dotorm.UniqueViolation):
            async with db.transaction():
                await Entry.create(Entry(name="b"))
                await Entry.create(Entry(name="a"))
        await Entry.create(Entry(name="c"))
    assert await names() == ["a", "c"]


async def test_the_error_inside_comes_out_as_it_is(entries, db):
    with pytest.raises(dotorm.UniqueViolation) as error:
        await _twice(db)
    assert error.value.columns == ("name",)
    assert await names() == []


async def _twice(db):
    async with db.transaction():
        await Entry.create(Entry(name="a"))
        await Entry.create(Entry(name="a"))


async def test_the_outer_session_used_inside_a_savepoint_does_not_block(entries, db):
    async with asyncio.timeout(5), db.transaction() as outer:
        async with db.transaction() as inner:
            await Entry.create(Entry(name="a"), session=outer)
            await Entry.create(Entry(name="b"), session=inner)
            async with db.transaction():
                await Entry.create(Entry(name="c"), session=outer)
                assert await Entry.table_len(session=inner) == 3
        await Entry.create(Entry(name="d"), session=outer)
    assert await names() == ["a", "b", "c", "d"]


@pytest.mark.may_skip("SQLite has one writer: the outside would wait for the transaction")
async def test_a_given_session_goes_elsewhere(entries, db):
    if db.backend.name == "sqlite":
        pytest.skip("SQLite has one writer")
    with suppress(Undo):
        async with db.transaction():
            await Entry.create(Entry(name="inside"))
            await Entry.create(Entry(name="outside"), session=db.session)
            async with db.detached() as outside:
                await Entry.create(Entry(name="detached"))
                assert await Entry.table_len(session=outside) == 2
            assert await Entry.table_len() == 3
            raise Undo
    assert sorted(await names()) == ["detached", "outside"]


async def test_detached_reads_what_is_committed(entries, db):
    async with db.transaction():
        await Entry.create(Entry(name="a"))
        async with db.detached():
            assert await Entry.table_len() == 0
            async with db.transaction(readonly=True) as session:
                assert session.depth == 0
                assert await Entry.table_len() == 0
        assert await Entry.table_len() == 1


async def test_tasks_in_one_transaction_take_turns(entries, db):
    async with db.transaction():
        await asyncio.gather(*(Entry.create(Entry(name=str(n))) for n in range(50)))
        found = await asyncio.gather(*(Entry.table_len() for _ in range(10)))
        assert found == [50] * 10
    assert await Entry.table_len() == 50


async def test_tasks_with_savepoints_in_one_transaction_take_turns(entries, db):
    async def work(n):
        async with db.transaction():
            await Entry.create(Entry(name=str(n)))
            await asyncio.sleep(0.001)
            if n % 2:
                raise Undo

    async with asyncio.timeout(10), db.transaction():
        await asyncio.gather(*(work(n) for n in range(20)), return_exceptions=True)
    assert [int(name) for name in await names()] == list(range(0, 20, 2))


async def test_a_task_that_outlives_its_transaction_is_told(entries, db):
    release = asyncio.Event()

    async def late():
        await release.wait()
        await Entry.create(Entry(name="late"))

    async def detached():
        await release.wait()
        async with db.detached():
            await Entry.create(Entry(name="detached"))

    async with db.transaction() as session:
        tasks = [asyncio.create_task(late()), asyncio.create_task(detached())]
        await Entry.create(Entry(name="a"))
    release.set()
    first, second = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(first, dotorm.TransactionClosed)
    assert "detached" in str(first)
    assert second is None
    with pytest.raises(dotorm.TransactionClosed):
        await Entry.table_len(session=session)
    assert await names() == ["a", "detached"]


async def test_a_savepoint_that_has_ended_is_closed_too(entries, db):
    async with db.transaction() as outer:
        async with db.transaction() as inner:
            await Entry.create(Entry(name="a"))
        with pytest.raises(dotorm.TransactionClosed):
            await Entry.create(Entry(name="b"), session=inner)
        assert await Entry.table_len(session=outer) == 1


async def test_read_only_transactions_refuse_writes(entries, db):
    await Entry.create(Entry(name="a"))
    async with db.transaction(readonly=True):
        assert await names() == ["a"]
    with pytest.raises(dotorm.DatabaseError):
        await _written_in_read_only(db)
    await Entry.create_bulk([Entry(name=str(n)) for n in range(8)])
    assert await Entry.table_len() == 9


async def _written_in_read_only(db):
    async with db.transaction(readonly=True):
        await Entry.create(Entry(name="b"))


async def test_isolation_levels(entries, db):
    known = db.backend.features.isolation_levels
    for level in ("read uncommitted", "read committed", "repeatable read", "serializable"):
        if level in known:
            async with db.transaction(isolation=level):
                await Entry.create(Entry(name=level))
        else:
            with pytest.raises(dotorm.NotSupported, match=level):
                db.transaction(isolation=level)
    for level in ("chaos", "SERIALIZABLE; DROP TABLE entries"):
        with pytest.raises(dotorm.NotSupported):
            db.transaction(isolation=level)
    assert sorted(await names()) == sorted(known)


async def test_a_nested_transaction_has_no_isolation_of_its_own(entries, db):
    async with db.transaction():
        with pytest.raises(dotorm.ConfigurationError, match="isolation of the outer one"):
            await _entered(db.transaction(isolation="serializable"))
        with pytest.raises(dotorm.ConfigurationError, match="isolation of the outer one"):
            await _entered(db.transaction(readonly=True))
        await Entry.create(Entry(name="a"))
    assert await names() == ["a"]


async def _entered(transaction):
    async with transaction:
        pass


async def test_a_transaction_is_entered_once(entries, db):
    transaction = db.transaction()
    async with transaction:
        with pytest.raises(dotorm.ConfigurationError, match="entered once"):
            await _entered(transaction)
        await Entry.create(Entry(name="a"))
    with pytest.raises(dotorm.ConfigurationError, match="entered once"):
        await _entered(transaction)
    assert await names() == ["a"]


async def test_a_pool_of_one_is_enough(url):
    async with dotorm.connect(url, max_size=1, acquire_timeout=2) as db:
        db.bind(Entry)
        await db.create_and_update_tables([Entry])
        async with db.transaction():
            await Entry.create_bulk([Entry(name="a"), Entry()])
            async with db.transaction():
                await asyncio.gather(*(Entry.create(Entry(name=str(n))) for n in range(5)))
        await asyncio.gather(*(_transfer(db, n) for n in range(20)))
        assert await Entry.table_len() == 27


async def _transfer(db, n):
    async with db.transaction():
        await Entry.create(Entry(name=f"t{n}"))
        await asyncio.sleep(0)
        assert await Entry.exists([("name", "=", f"t{n}")])


async def test_transactions_side_by_side_do_not_mix(entries, db):
    await asyncio.gather(*(_transfer(db, n) for n in range(30)))
    assert await Entry.table_len() == 30
