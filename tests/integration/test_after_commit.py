"""What is done once a transaction was committed."""

import asyncio

import pytest

import dotorm
from dotorm import Char, DotModel, Integer
from tests.integration.conftest import all_back


class Note(DotModel):
    __table__ = "notes"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)


@pytest.fixture
async def db(url):
    async with dotorm.connect(url, models=[Note]) as db:
        await db.create_and_update_tables([Note])
        yield db


async def test_callbacks_run_after_the_commit_in_their_order(db):
    seen = []

    async def count():
        seen.append(await Note.table_len())

    async with db.transaction() as session:
        session.on_commit(lambda: seen.append("first"))
        session.on_commit(count)
        await Note.create(Note(name="a"))
        assert seen == []
    assert seen == ["first", 1]


async def test_a_rollback_forgets_them(db):
    seen = []

    async def fail():
        async with db.transaction() as session:
            session.on_commit(lambda: seen.append(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert seen == []


async def test_those_of_a_savepoint_wait_for_the_outermost_and_share_its_fate(db):
    seen = []

    async def fail():
        async with db.transaction() as undone:
            undone.on_commit(lambda: seen.append("undone"))
            raise ZeroDivisionError

    async with db.transaction():
        async with db.transaction() as kept:
            kept.on_commit(lambda: seen.append("kept"))
        with pytest.raises(ZeroDivisionError):
            await fail()
        assert seen == []
    assert seen == ["kept"]


async def test_an_error_is_raised_once_all_have_run_and_the_commit_stays(db):
    seen = []

    async def keep():
        async with db.transaction() as session:
            session.on_commit(lambda: 1 / 0)
            session.on_commit(lambda: seen.append("second"))
            await Note.create(Note(name="a"))

    with pytest.raises(ZeroDivisionError):
        await keep()
    assert seen == ["second"]
    assert await Note.table_len() == 1
    await all_back(db.pool)


async def test_a_transaction_that_has_ended_takes_none(db):
    async with db.transaction() as session:
        pass
    with pytest.raises(dotorm.TransactionClosed):
        session.on_commit(lambda: None)
    await asyncio.sleep(0)
