"""Tables that are not as their models have them, and programs that make them at the same time."""

import asyncio
import datetime as dt
import decimal
import itertools
import uuid

import pytest

import dotorm
from dotorm import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Float,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    SmallInteger,
    Text,
    Time,
)


class Every(DotModel):
    __table__ = "every"

    id: int = BigInteger(primary_key=True)
    integer: int = Integer()
    small: int = SmallInteger()
    short: str = Char(max_length=7)
    char: str = Char()
    text: str = Text()
    boolean: bool = Boolean()
    ratio: float = Float()
    price: decimal.Decimal = Decimal(9, 3)
    day: dt.date = Date()
    hour: dt.time = Time()
    moment: dt.datetime = Datetime()
    data: dict = JSONField()
    blob: bytes = Binary()
    token: uuid.UUID = UUID()
    other: "Every" = Many2one(lambda: Every)


async def test_a_table_that_was_made_is_as_its_model_has_it(url):
    async with dotorm.connect(url) as db:
        assert (await db.create_and_update_tables([Every])).skipped == []
        again = await db.create_and_update_tables([Every])
        assert (again.statements, again.skipped) == ([], [])


async def test_columns_of_another_type_are_reported_and_left(url):
    class Changed(DotModel):
        __table__ = "every"

        id: int = BigInteger(primary_key=True)
        text: int = Integer()
        blob: str = Text()

    async with dotorm.connect(url) as db:
        await db.create_and_update_tables([Every])
        changes = await db.create_and_update_tables([Changed])
        assert changes.statements == []
        assert [sentence.lower() for sentence in changes.skipped] == [
            "changed.text is integer, its column is text",
            f"changed.blob is text, its column is {'blob' if 'sqlite' in url else 'bytea'}",
        ]


async def test_numbers_as_text_are_no_decimals(sqlite_url):
    class Priced(DotModel):
        __table__ = "every"

        id: int = BigInteger(primary_key=True)
        price: str = Char()
        text: decimal.Decimal = Decimal(9, 3)

    async with dotorm.connect(sqlite_url) as db:
        await db.create_and_update_tables([Every])
        assert (await db.create_and_update_tables([Priced])).skipped == [
            "Priced.price is TEXT, its column is TEXT COLLATE dotorm_decimal",
            "Priced.text is TEXT COLLATE dotorm_decimal, its column is TEXT",
        ]


async def test_a_column_that_is_computed_is_there(sqlite_url):
    class Sized(DotModel):
        __table__ = "sized"

        id: int = BigInteger(primary_key=True)
        width: int = Integer()
        area: int = Integer()

    async with dotorm.connect(sqlite_url, models=[Sized]) as db:
        await db.execute(
            "CREATE TABLE sized (id INTEGER PRIMARY KEY, width INTEGER, "
            "area INTEGER AS (width * width) STORED) STRICT"
        )
        changes = await db.create_and_update_tables([Sized])
        assert (changes.statements, changes.skipped) == ([], [])
        assert (await Sized.get(await Sized.create(Sized(width=3)))).area == 9


async def test_another_length_is_another_type_where_the_database_keeps_it(postgres_url):
    class Longer(DotModel):
        __table__ = "every"

        id: int = BigInteger(primary_key=True)
        short: str = Char(max_length=70)

    async with dotorm.connect(postgres_url) as db:
        await db.create_and_update_tables([Every])
        assert (await db.create_and_update_tables([Longer])).skipped == [
            "Longer.short is character varying(70), its column is character varying(7)"
        ]


async def test_programs_that_start_at_the_same_time_take_turns(url):
    programs = [dotorm.connect(url) for _ in range(6)]
    changes = await asyncio.gather(*(db.create_and_update_tables([Every]) for db in programs))
    assert sorted(len(change.statements) for change in changes)[:5] == [0] * 5
    assert sum(len(change.statements) for change in changes) >= 1
    for db in programs:
        await db.close()


async def reported(url, made, wanted):
    """What is said of the models that are wanted where others were made, and nothing is done."""
    async with dotorm.connect(url) as db:
        await db.create_and_update_tables(made)
        changes = await db.create_and_update_tables(wanted)
        assert changes.statements == []
        assert (await db.create_and_update_tables(wanted)).skipped == changes.skipped
        assert (await db.create_and_update_tables(made)).skipped == []
        return changes.skipped


class Person(DotModel):
    __table__ = "people"

    id: int = Integer(primary_key=True)


class Firm(DotModel):
    __table__ = "firms"

    id: int = Integer(primary_key=True)


def pet(owner):
    return type("Pet", (DotModel,), {
        "__table__": "pets", "id": Integer(primary_key=True), "owner": owner,
    })  # fmt: skip


RULES = ("restrict", "cascade", "set null", "no action")


@pytest.mark.parametrize(("before", "now"), list(itertools.permutations(RULES, 2)))
async def test_another_ondelete_is_reported(url, before, now):
    models = [[Person, pet(Many2one(lambda: Person, ondelete=rule))] for rule in (before, now)]
    assert await reported(url, *models) == [
        f"pets.owner has ondelete={now!r}, its column has ON DELETE {before.upper()}"
    ]


async def test_a_reference_to_another_table_is_reported(url):
    made, wanted = pet(Many2one(lambda: Person)), pet(Many2one(lambda: Firm))
    assert await reported(url, [Person, Firm, made], [Person, Firm, wanted]) == [
        "pets.owner is to reference firms.id, its column references people.id"
    ]


async def test_a_reference_to_another_column_is_reported(url):
    async with dotorm.connect(url) as db:
        await db.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, code INTEGER UNIQUE)")
        await db.execute(
            "CREATE TABLE pets (id INTEGER PRIMARY KEY, "
            "owner INTEGER REFERENCES people (code) ON DELETE CASCADE)"
        )
        skipped = (
            await db.create_and_update_tables([Person, pet(Many2one(lambda: Person))])
        ).skipped
    assert [sentence for sentence in skipped if "reference" in sentence] == [
        "pets.owner is to reference people.id, its column references people.code"
    ]


async def test_a_reference_whose_column_is_not_named_leads_to_the_key(url):
    async with dotorm.connect(url) as db:
        await db.execute("CREATE TABLE people (id INTEGER PRIMARY KEY)")
        await db.execute(
            "CREATE TABLE pets (id INTEGER PRIMARY KEY, owner INTEGER REFERENCES people)"
        )
        wanted = [Person, pet(Many2one(lambda: Person, ondelete="no action"))]
        changes = await db.create_and_update_tables(wanted)
    assert changes.statements == []
    assert [sentence for sentence in changes.skipped if "owner" in sentence] == []


async def test_a_reference_that_no_field_asks_for_is_reported(url):
    made, wanted = pet(Many2one(lambda: Person)), pet(Integer())
    assert await reported(url, [Person, made], [Person, wanted]) == [
        "pets.owner is no reference, its column references people.id"
    ]


async def test_a_link_that_was_made_by_hand_without_cascade_is_reported(url):
    class Tagged(DotModel):
        __table__ = "tagged"

        id: int = Integer(primary_key=True)
        people: list[Person] = Many2many(lambda: Person, "links", "person", "tagged")

    class Link(DotModel):
        __table__ = "links"

        tagged: Tagged = Many2one(lambda: Tagged, primary_key=True, ondelete="cascade")
        person: Person = Many2one(lambda: Person, primary_key=True, ondelete="restrict")

    async with dotorm.connect(url) as db:
        await db.create_and_update_tables([Person, Link, Tagged])
        assert (await db.create_and_update_tables([Person, Tagged])).skipped == [
            "links.person has ondelete='cascade', its column has ON DELETE RESTRICT"
        ]


class Place(DotModel):
    __table__ = "places"

    row: int = Integer(primary_key=True)
    seat: int = Integer(primary_key=True)


class Row(DotModel):
    __table__ = "places"

    row: int = Integer(primary_key=True)
    seat: int = Integer(required=True)


class Turned(DotModel):
    __table__ = "places"

    seat: int = Integer(primary_key=True)
    row: int = Integer(primary_key=True)


async def test_another_primary_key_is_reported(url):
    assert await reported(url, [Place], [Row]) == [
        "places has the primary key (row, seat), its model has (row)"
    ]


async def test_the_order_of_a_primary_key_is_no_difference(url):
    assert await reported(url, [Place], [Turned]) == []


async def test_a_table_without_a_primary_key_is_reported(url):
    async with dotorm.connect(url) as db:
        await db.execute("CREATE TABLE people (id INTEGER NOT NULL)")
        changes = await db.create_and_update_tables([Person])
    assert changes.skipped == ["people has no primary key, its model has (id)"]
