"""Enumerations, and JSON that has a schema."""

import enum
import json
from dataclasses import dataclass
from decimal import Decimal

import pytest
from pydantic import BaseModel, ValidationError

import dotorm
from dotorm import DotModel, Enum, Integer, InvalidValue, JSONField
from dotorm.pydantic import create_schema, from_record, read_schema, to_record


class Color(enum.Enum):
    RED = "red"
    BLUE = "it's blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Address(BaseModel):
    city: str
    rent: Decimal = Decimal("1.50")


@dataclass
class Point:
    x: int
    y: int


class Thing(DotModel):
    __table__ = "things"

    id: int = Integer(primary_key=True)
    color: Color = Enum(Color, default=Color.RED)
    level: Level | None = Enum(Level)
    address: Address | None = JSONField(schema=Address)
    points: list[Point] = JSONField(schema=list[Point], default=list)


@pytest.fixture
async def db(url):
    async with dotorm.connect(url, models=[Thing]) as db:
        await db.create_and_update_tables([Thing])
        yield db


async def test_they_come_back_as_what_they_were(db):
    thing = Thing(color=Color.BLUE, level=Level.HIGH, address=Address(city="Rome"))
    thing.points = [Point(1, 2), Point(3, 4)]
    await Thing.create(thing)
    stored = await Thing.get(thing.id)
    assert (stored.color, stored.level) == (Color.BLUE, Level.HIGH)
    assert stored.address == Address(city="Rome")
    assert stored.points == [Point(1, 2), Point(3, 4)]
    rows = await db.execute("SELECT color, level FROM things")
    assert rows == [{"color": "it's blue", "level": 10}]


async def test_plain_values_and_defaults_serve_as_well(db):
    things = [Thing(level=1, address={"city": "Oslo"}), Thing(color="it's blue")]
    await Thing.create_bulk(things)
    first, second = await Thing.search(sort="id")
    assert (first.color, first.level, first.address) == (Color.RED, Level.LOW, Address(city="Oslo"))
    assert (second.color, second.level, second.address) == (Color.BLUE, None, None)
    assert (things[0].level, things[0].address) == (Level.LOW, Address(city="Oslo"))


async def test_a_filter_takes_members_and_values(db):
    await Thing.create_bulk([Thing(level=Level.LOW), Thing(color=Color.BLUE, level=Level.HIGH)])
    assert await Thing.search_count([("color", "=", Color.RED)]) == 1
    assert await Thing.search_count([("color", "in", [Color.RED, "it's blue"])]) == 2
    assert await Thing.search_count(Thing.level >= Level.HIGH) == 1


async def test_changes_inside_are_found_and_nothing_else_is(db):
    thing = Thing(address=Address(city="Rome"))
    await Thing.create(thing)
    stored = await Thing.get(thing.id)
    before = stored._row
    await stored.update()
    assert stored._row is before
    stored.address.city = "Bari"
    stored.points.append(Point(5, 6))
    await stored.update()
    again = await Thing.get(thing.id)
    assert (again.address.city, again.points) == ("Bari", [Point(5, 6)])


async def test_json_shows_plain_values(db):
    thing = Thing(level=Level.HIGH, address=Address(city="Rome"), points=[Point(1, 2)])
    await Thing.create(thing)
    shown = (await Thing.get(thing.id)).json()
    assert json.loads(json.dumps(shown)) == {
        "id": thing.id,
        "color": "red",
        "level": 10,
        "address": {"city": "Rome", "rent": "1.50"},
        "points": [{"x": 1, "y": 2}],
    }


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"color": "green"}, r"Thing\.color cannot take 'green' .*give a Color: 'red'"),
        ({"level": 2}, r"Thing\.level cannot take 2"),
        ({"address": {"town": "Rome"}}, r"Thing\.address cannot take .*city: Field required"),
        ({"points": [{"x": 1}]}, r"Thing\.points cannot take .*0\.y: Field required"),
    ],
)
async def test_what_does_not_fit_is_refused(db, values, message):
    with pytest.raises(InvalidValue, match=message):
        await Thing.create(Thing(**values))
    with pytest.raises(InvalidValue, match=message):
        await Thing.create_bulk([Thing(), Thing(**values)])
    assert await Thing.table_len() == 0


def test_an_enumeration_has_values_of_one_plain_type():
    mixed = enum.Enum("mixed", {"A": 1, "B": "b"})
    with pytest.raises(dotorm.ConfigurationError, match="all text or all int"):
        Enum(mixed)


async def test_schemas_know_them(db):
    shape = read_schema(Thing).model_json_schema()
    assert shape["$defs"]["Color"]["enum"] == ["red", "it's blue"]
    assert shape["$defs"]["Address"]["properties"]["city"] == {"title": "City", "type": "string"}
    payload = create_schema(Thing)(color="red", address={"city": "Rome"}, points=[{"x": 1, "y": 2}])
    thing = to_record(payload)
    await Thing.create(thing)
    shown = from_record(read_schema(Thing), await Thing.get(thing.id)).model_dump(mode="json")
    assert (shown["color"], shown["address"]["city"]) == ("red", "Rome")
    assert shown["points"] == [{"x": 1, "y": 2}]
    with pytest.raises(ValidationError, match="Input should be 'red'"):
        create_schema(Thing)(color="green")
