"""Keys that are no integers and are not called id."""

import datetime as dt
import uuid

import pytest

import dotorm
from dotorm import UUID, BigInteger, Datetime, DotModel, Text


class Paper(DotModel):
    __table__ = "papers"

    code: str = Text(primary_key=True)
    size: int = BigInteger(column="Size of it")


class Event(DotModel):
    __table__ = "events"

    key: uuid.UUID = UUID(primary_key=True, default=uuid.uuid4)
    at: dt.datetime = Datetime()


async def test_keys_of_text_and_uuid_that_are_not_called_id(db):
    db.bind(Paper, Event)
    await db.create_and_update_tables([Paper, Event])
    assert await Paper.create(Paper(code="a'\"4", size=2**40)) == "a'\"4"
    assert (await Paper.get("a'\"4")).size == 2**40
    assert await Paper.create_bulk([Paper(code="z"), Paper(code="b", size=1)]) == [
        {"code": "z"},
        {"code": "b"},
    ]
    assert [paper.code for paper in await Paper.search()] == ["z", "b", "a'\"4"]
    assert await Paper.update_bulk(["z", "b", "none"], Paper(size=5)) == 2
    assert await Paper.delete_bulk(["z", Paper(code="b")]) == 2
    with pytest.raises(dotorm.InvalidValue, match=r"Paper\.code is the key"):
        await Paper.create(Paper(size=1))

    event = Event(at="2024-01-01")
    key = await Event.create(event)
    assert isinstance(key, uuid.UUID)
    assert (await Event.get(str(key))).at == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    rows = await Event.create_bulk([Event(), Event(key=uuid.UUID(int=5)), Event()])
    assert rows[1] == {"key": uuid.UUID(int=5)}
    assert await Event.search_count([("key", "in", [str(row["key"]) for row in rows])]) == 3
    event.at = None
    await event.update()
    await event.delete()
    assert await Event.table_len() == 3
