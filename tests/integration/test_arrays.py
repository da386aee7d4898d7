"""Columns that hold several values of one type."""

import datetime as dt
import decimal
import enum
import uuid

import pytest
from pydantic import ValidationError

import dotorm
from dotorm import (
    UUID,
    Array,
    Binary,
    Boolean,
    Char,
    Datetime,
    Decimal,
    DotModel,
    Enum,
    Float,
    Integer,
    InvalidFilter,
    InvalidValue,
    JSONField,
    Many2one,
)
from dotorm.pydantic import create_schema, to_record


class Size(enum.Enum):
    SMALL = "s"
    LARGE = "l"


class Shelf(DotModel):
    __table__ = "shelves"

    id: int = Integer(primary_key=True)
    numbers: list[int] = Array(Integer())
    names: list[str] = Array(Char(max_length=20), required=True, default=list)
    prices: list[decimal.Decimal] = Array(Decimal(9, 2))
    moments: list[dt.datetime] = Array(Datetime())
    keys: list[uuid.UUID] = Array(UUID())
    flags: list[bool] = Array(Boolean())
    blobs: list[bytes] = Array(Binary())
    ratios: list[float] = Array(Float())
    sizes: list[Size] = Array(Enum(Size))


FULL = {
    "numbers": [1, -2, None, 2**31 - 1],
    "names": ["", "a,b", 'quo"te', "back\\slash", "{x}", "NULL", " é🙂 ", "it's"],
    "prices": [decimal.Decimal("1.50"), decimal.Decimal("-9999999.99")],
    "moments": [dt.datetime(1, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 2, 29, 1, 2, 3, 4, dt.UTC)],
    "keys": [uuid.UUID(int=1), uuid.UUID(int=2**128 - 1)],
    "flags": [True, False, None],
    "blobs": [b"", b"\x00\xff\\\"'"],
    "ratios": [0.1, -1e300, float("inf")],
    "sizes": [Size.LARGE, Size.SMALL],
}


@pytest.fixture
async def db(postgres_url):
    async with dotorm.connect(postgres_url, models=[Shelf]) as db:
        await db.create_and_update_tables([Shelf])
        yield db


def values(shelf):
    return {name: getattr(shelf, name) for name in FULL}


async def test_one_record_comes_back_as_it_was(db):
    key = await Shelf.create(Shelf(**FULL))
    assert values(await Shelf.get(key)) == FULL
    rows = await db.execute("SELECT numbers[1] AS first, cardinality(names) AS n FROM shelves")
    assert rows == [{"first": 1, "n": 8}]


async def test_many_records_of_different_lengths_come_back_as_they_were(db):
    empty = {name: [] for name in FULL}
    nothing = {**dict.fromkeys(FULL), "names": ["x"]}
    await Shelf.create_bulk([Shelf(**FULL), Shelf(**empty), Shelf(**nothing), Shelf(**FULL)])
    found = await Shelf.search(sort="id")
    assert [values(shelf) for shelf in found] == [FULL, empty, nothing, FULL]


async def test_tuples_and_plain_values_serve_as_well(db):
    shelf = Shelf(numbers=(1, "2"), prices=["1.5"], sizes=["l"], moments=["2024-01-01"])
    await Shelf.create(shelf)
    stored = await Shelf.get(shelf.id)
    assert stored.numbers == shelf.numbers == [1, 2]
    assert (stored.prices, stored.sizes) == ([decimal.Decimal("1.50")], [Size.LARGE])
    assert stored.json()["sizes"] == ["l"]


async def test_a_change_in_place_is_found(db):
    shelf = Shelf(numbers=[1])
    await Shelf.create(shelf)
    stored = await Shelf.get(shelf.id)
    before = stored._row
    await stored.update()
    assert stored._row is before
    stored.numbers.append(2)
    await stored.update()
    assert (await Shelf.get(shelf.id)).numbers == [1, 2]


async def test_lists_are_compared_whole(db):
    await Shelf.create_bulk([Shelf(numbers=[1, 2]), Shelf(numbers=[3])])
    assert await Shelf.search_count([("numbers", "=", [1, 2])]) == 1
    assert await Shelf.search_count([("numbers", "!=", [1, 2])]) == 1
    assert await Shelf.search_count(Shelf.numbers > [2]) == 1
    assert await Shelf.update_where([("numbers", "=", (3,))], Shelf(numbers=[])) == 1
    with pytest.raises(InvalidFilter, match="looks among single values"):
        await Shelf.search(filter=[("numbers", "in", [[1]])])


async def test_upsert_takes_them_over(db):
    await Shelf.create(Shelf(id=1, numbers=[1]))
    await Shelf.upsert_bulk([Shelf(id=1, numbers=[5, 6]), Shelf(id=2, numbers=[7])], ["id"])
    assert [shelf.numbers for shelf in await Shelf.search(sort="id")] == [[5, 6], [7]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"numbers": 1}, r"Shelf\.numbers cannot take 1 \(int\): give a list"),
        ({"numbers": "12"}, r"Shelf\.numbers cannot take .*give a list"),
        ({"numbers": [1, "x"]}, r"Shelf\.numbers cannot take .*value 1: "),
        ({"numbers": [2**31]}, r"Shelf\.numbers cannot take .*it has 32 bits"),
        ({"names": ["x" * 21]}, r"max_length is 20"),
        ({"prices": ["1.555"]}, r"it keeps 2 decimal places"),
        ({"names": None}, r"Shelf\.names is required"),
    ],
)
async def test_what_does_not_fit_is_refused(db, wrong, message):
    with pytest.raises(InvalidValue, match=message):
        await Shelf.create(Shelf(**wrong))
    with pytest.raises(InvalidValue, match=message):
        await Shelf.create_bulk([Shelf(), Shelf(**wrong)])
    assert await Shelf.table_len() == 0


async def test_a_table_with_them_is_as_its_model_has_it(db):
    changes = await db.create_and_update_tables([Shelf])
    assert (changes.statements, changes.skipped) == ([], [])


async def test_a_database_without_arrays_says_so(sqlite_url):
    async with dotorm.connect(sqlite_url, models=[Shelf]) as db:
        with pytest.raises(dotorm.NotSupported, match=r"arrays: make Shelf\.numbers a JSONField"):
            await db.create_and_update_tables([Shelf])
        with pytest.raises(dotorm.NotSupported, match="arrays"):
            await Shelf.create(Shelf(numbers=[1]))
        with pytest.raises(dotorm.NotSupported, match="arrays"):
            await Shelf.search()


@pytest.mark.parametrize("item", [Array, JSONField(), Many2one(lambda: Shelf), Array(Integer()), 1])
def test_what_an_array_cannot_be_of(item):
    with pytest.raises(dotorm.ConfigurationError, match="a field of one plain value"):
        Array(item)


async def test_schemas_know_them(db):
    schema = create_schema(Shelf)
    item = schema.model_json_schema()["properties"]["numbers"]["anyOf"][0]["items"]
    assert item == {"anyOf": [{"type": "integer"}, {"type": "null"}]}
    shelf = to_record(schema(numbers=[1, None], names=["x"]))
    await Shelf.create(shelf)
    assert (await Shelf.get(shelf.id)).numbers == [1, None]
    with pytest.raises(ValidationError, match="max_length is 20"):
        schema(names=["x" * 21])
