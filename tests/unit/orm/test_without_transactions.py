"""What operations do where a database has no transactions, counts nothing and knows no upsert."""

from dataclasses import replace

import pytest

from dotorm import ConfigurationError, InvalidValue, NotSupported, RecordNotFound
from dotorm.components.queries import QueryOptions
from dotorm.testing.recording import NOTHING, Recorder
from tests.unit.orm.library import Member, Team


@pytest.fixture
def plain():
    return Recorder(replace(NOTHING, streaming=True))


@pytest.fixture
def session(plain):
    return plain.database().session


class Told(QueryOptions):
    """Options of no database."""


async def test_a_stream_has_a_connection_of_its_own(plain, session):
    plain.answer((1, "a"), (2, "b"))
    read = [each.name async for each in Member.stream(["name"], session=session)]
    assert read == ["a", "b"]
    assert plain.texts == ['SELECT "id", "name" FROM "members" ORDER BY "id" DESC']
    assert session.pool.statistics().idle == len(plain.connections) == 1


async def test_a_record_is_looked_for_before_it_is_changed(plain, session):
    plain.answer((1,))
    plain.answer()
    plain.answer()
    await Member(id=1).update(Member(name="x"), session=session)
    with pytest.raises(RecordNotFound):
        await Member(id=2).delete(session=session)
    assert plain.texts == [
        'SELECT "id" FROM "members" WHERE "id" = ?',
        'UPDATE "members" SET "name" = ? WHERE "id" = ?',
        'SELECT "id" FROM "members" WHERE "id" = ?',
    ]


async def test_a_number_that_is_not_told_is_unknown(plain, session):
    plain.answer(affected=5)
    plain.answer(affected=-1)
    assert await Member.update_bulk(range(1, 8), Member(name="x"), session=session) == -1
    assert len(plain.texts) == 2
    assert await Member.delete_bulk([], session=session) == 0


async def test_links_that_are_there_are_left_out(plain, session):
    plain.answer((5, 1))
    await Member.link_many2many("skills", [(1, 5), (1, 6)], session=session)
    select, insert = plain.texts
    assert select.startswith('SELECT "skill_id", "member_id" FROM "member_skills" WHERE ')
    assert insert == 'INSERT INTO "member_skills" ("skill_id", "member_id") VALUES (?, ?)'
    assert plain.values[1] == [6, 1]


async def test_what_was_written_before_an_error_is_told_to_stay(plain, session):
    plain.answer()
    plain.fail(ValueError("no"))
    with pytest.raises(Exception, match="no") as caught:
        await Member.update_bulk(range(1, 8), Member(name="x"), session=session)
    assert caught.value.__notes__ == [
        "recording has no transactions: what this call had written before stays"
    ]


async def test_a_required_value_is_asked_for(plain, session):
    with pytest.raises(InvalidValue, match="is required: give it a value or a default"):
        await Team.create(Team(id=1), session=session)
    assert plain.texts == []


async def test_options_are_refused_before_anything_is_sent(plain, session):
    for ask in (
        lambda: Member.search(options=Told(), session=session),
        lambda: Member.get(1, options=Told(), session=session),
        lambda: Member(id=1).update(Member(name="x"), options=Told(), session=session),
        lambda: Member.delete_bulk([1], options=Told(), session=session),
        lambda: Member.table_len(options=Told(), session=session),
    ):
        with pytest.raises(NotSupported, match=r"recording does not support options \(Told\)"):
            await ask()
    with pytest.raises(ConfigurationError, match="options= takes options of a backend, not 5"):
        await Member.search(options=5, session=session)
    assert plain.texts == []
