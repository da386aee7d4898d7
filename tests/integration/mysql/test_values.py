"""Values at the limits of what MySQL has."""

import datetime as dt
import decimal
import os

import pytest

import dotorm
from dotorm import Binary, Char, Datetime, Decimal, DotModel, Float, Integer, JSONField, Text, Time
from dotorm.exceptions import InvalidValue, NotSupported


class Thing(DotModel):
    __table__ = "things"

    id: int = Integer(primary_key=True)
    data: bytes | None = Binary()
    text: str | None = Text()
    name: str | None = Char(max_length=20)
    price = Decimal(65, 30)
    ratio = Float()
    at = Datetime()
    time = Time()
    more = JSONField()


@pytest.fixture
async def things(db):
    db.bind(Thing)
    await db.create_and_update_tables([Thing])
    return db


@pytest.mark.parametrize("driver", ["aiomysql", "asyncmy"])
async def test_values_of_megabytes(mysqls, driver):
    async with dotorm.connect(mysqls.replace("://", f"+{driver}://"), models=[Thing]) as db:
        await db.create_and_update_tables([Thing])
        data = os.urandom(1_000_000)
        texts = ["\\'" * 500_000, "😀" * 400_000, "x" * 3_000_000]
        made = [Thing(data=data, text=text) for text in texts]
        await Thing.create_bulk([*made, *(Thing(data=data) for _ in range(20))])
        for each in made:
            read = await Thing.get(each.id)
            assert (read.data, read.text) == (each.data, each.text)


async def test_many_rows_are_cut_by_their_size(things):
    statements = []

    class Watch:
        @dotorm.hookimpl
        def dotorm_statement_finished(self, event):
            statements.append(event.sql)

    watch = Watch()
    dotorm.register_observer(watch)
    try:
        await Thing.create_bulk([Thing(text="x" * 300_000) for _ in range(10)])
    finally:
        dotorm.unregister_observer(watch)
    assert sum(sql.startswith("INSERT") for sql in statements) == 4


@pytest.mark.parametrize("text", ["9" * 35 + "." + "9" * 30, "-" + "0." + "0" * 29 + "1"])
async def test_decimals_of_all_digits(things, text):
    key = await Thing.create(Thing(price=text))
    assert (await Thing.get(key)).price == decimal.Decimal(text)
    assert await Thing.search_count([("price", "=", text)]) == 1
    assert await Thing.search_count([("price", "<", text)]) == 0


async def test_decimals_of_more_digits():
    class Wide(DotModel):
        __table__ = "wide"

        id = Integer(primary_key=True)
        value = Decimal(66, 2)

    with pytest.raises(NotSupported, match="at most 65 digits"):
        dotorm.components.MYSQL.column_type(Wide.__meta__.stored["value"])


@pytest.mark.parametrize("text", ["1E-80", "1E-31", "1E70"])
async def test_a_number_that_the_server_would_cut_off_finds_nothing(things, text):
    await Thing.create(Thing(price=0))
    for condition in (Thing.price == text, Thing.price < text, Thing.price.in_([1, text])):
        with pytest.raises(dotorm.InvalidValue, match="at most 65 digits, 30 of them after"):
            await Thing.delete_where(condition)
    assert await Thing.table_len() == 1


async def test_floats(things):
    for value in (5e-324, 1.7976931348623157e308, 0.1 + 0.2, 2.0**70):
        key = await Thing.create(Thing(ratio=value))
        assert repr((await Thing.get(key)).ratio) == repr(value)
    with pytest.raises(InvalidValue, match="neither infinities nor NaN"):
        await Thing.create(Thing(ratio=float("inf")))


async def test_raw_values_of_the_servers_own(things):
    (row,) = await things.execute(
        "SELECT TIME'-25:00:01.5' AS gone, CAST('12:30' AS TIME) AS noon, NOW() AS now, "
        "CAST(1.50 AS DECIMAL(9, 2)) AS price, b'101' AS bits"
    )
    assert row["gone"] == -dt.timedelta(hours=25, seconds=1, microseconds=500_000)
    assert row["noon"] == dt.time(12, 30)
    assert row["now"].tzinfo is dt.UTC
    assert str(row["price"]) == "1.50"


async def test_a_date_that_python_has_not(things):
    async with things.transaction() as session:
        await session.execute("SET SESSION sql_mode = ''")
        await session.execute("INSERT INTO things (at) VALUES ('0000-00-00')")
    with pytest.raises(InvalidValue, match="no counterpart in Python"):
        await Thing.search()
    assert await Thing.table_len() == 1


async def test_text_in_a_name_and_in_a_pattern(things):
    class Odd(DotModel):
        __table__ = "100% `odd`"

        id = Integer(primary_key=True)
        value = Char(max_length=20, column="50%s", index=True)

    things.bind(Odd)
    await things.create_and_update_tables([Odd])
    await Odd.create_bulk([Odd(value=v) for v in ("100%", "1000", "a_b", "a%b", "\\", None)])
    for text, count in (("0%", 1), ("_", 1), ("\\", 1), ("%", 2), ("", 5)):
        assert await Odd.search_count([("value", "like", text)]) == count
        assert await Odd.search_count([("value", "ilike", text)]) == count
    assert await Odd.upsert(Odd(id=1, value="%s"), ["id"]) == 1


async def test_documents_compared(things):
    documents = [{"a": 1, "b": [1.5, "x'\\"]}, [], "text", 7, True]
    await Thing.create_bulk([Thing(more=each) for each in documents])
    for each in documents:
        assert await Thing.search_count([("more", "=", each)]) == 1
    assert await Thing.search_count([("more", "in", documents[:3])]) == 3
    assert await Thing.search_count([("more", "=", {"b": [1.5, "x'\\"], "a": 1})]) == 1


async def test_many_records_to_values_of_their_own(things):
    await Thing.create_bulk([Thing(name=f"n{n}") for n in range(2_000)])
    records = await Thing.search(sort="id")
    for place, record in enumerate(records):
        record.text = None if place % 3 else f"t'{place}\\"
        record.at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=place)
        record.price, record.ratio = decimal.Decimal(place), place / 7
        record.more, record.data = {"n": [place]}, bytes([place % 256]) * 3
    assert await Thing.update_bulk(records) == 2_000
    for read, record in zip(await Thing.search(sort="id"), records, strict=True):
        for name in ("text", "at", "price", "ratio", "more", "data"):
            assert getattr(read, name) == getattr(record, name)


async def test_many_records_found_by_text(things):
    class Named(DotModel):
        __table__ = "named"

        key = Char(max_length=20, primary_key=True)
        value = Char(max_length=20)

    things.bind(Named)
    await things.create_and_update_tables([Named])
    keys = ["a", "A", "á", "a "]
    await Named.create_bulk([Named(key=key) for key in keys])
    assert await Named.update_bulk([Named(key=key, value=repr(key)) for key in keys]) == 4
    assert {each.key: each.value for each in await Named.search()} == {k: repr(k) for k in keys}
