"""Tables that are not as their models have them, and programs that make them at the same time."""

import asyncio
import datetime as dt
import decimal
import uuid

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
