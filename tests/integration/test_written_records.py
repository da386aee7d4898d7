"""What a record answers once it is written, and keys that are refused."""

import datetime as dt

import pytest

import dotorm
from dotorm import BigInteger, Char, Datetime, DotModel, Integer


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


def test_a_key_of_several_fields_is_refused():
    with pytest.raises(dotorm.ConfigurationError, match=r"several fields \(a, b\)"):

        class Pair(DotModel):
            __table__ = "pairs"

            a: int = Integer(primary_key=True)
            b: int = Integer(primary_key=True)
