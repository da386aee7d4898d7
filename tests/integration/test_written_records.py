"""What a record answers once it is written, and keys that are refused."""

import datetime as dt

import pytest

import dotorm
from dotorm import BigInteger, Char, Datetime, DotModel, Integer, Many2one, One2many


class Event(DotModel):
    __table__ = "events"

    id: int = Integer(primary_key=True)
    at: dt.datetime = Datetime()
    note: str = Char()
    size: int = BigInteger()


@pytest.fixture
async def events(db):
    db.bind(Event)
    await db.create_and_update_tables([Event])
    return Event


async def test_a_created_record_answers_none_for_what_it_was_not_given(events):
    event = Event(at="2024-01-31")
    await events.create(event)
    assert event.note is None
    assert event.json()["size"] is None


async def test_a_moment_without_zone_is_answered_as_it_is_stored(events, sent):
    event = Event(at=dt.datetime(2024, 1, 31, 12))  # noqa: DTZ001 - the rule under test
    await events.create(event)
    assert event.at == dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
    sent.forget()
    await event.update()
    assert len(sent) == 0


async def test_the_error_of_a_number_too_large_names_a_type_that_holds_it(events):
    with pytest.raises(dotorm.InvalidValue, match="it has 64 bits; Decimal takes any number"):
        await events.create(Event(size=2**63))


class Node(DotModel):
    __table__ = "nodes"

    id: int = Integer(primary_key=True)
    above: "Node" = Many2one(lambda: Node, ondelete="restrict")
    below: list["Node"] = One2many(lambda: Node, "above")


@pytest.fixture
async def nodes(db):
    db.bind(Node)
    await db.create_and_update_tables([Node])
    await Node.create_bulk([Node(id=1), Node(id=2, above=1)])
    return Node


async def test_a_record_that_others_refer_to_is_kept_by_restrict(nodes):
    with pytest.raises(dotorm.ForeignKeyViolation):
        await nodes(id=1).delete()
    assert await nodes.table_len() == 2


async def test_selecting_a_record_that_is_not_there_is_refused_and_undone(nodes):
    root = await nodes.get(2)
    with pytest.raises(dotorm.RecordNotFound, match="1 of the Node to select are not there"):
        await root.update_with_relations(Node(below={"selected": [1, 99]}))
    assert (await nodes.get(1)).above is None
