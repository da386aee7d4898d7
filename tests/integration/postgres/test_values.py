"""Every value comes back as it was written, and is found."""

import datetime as dt
import decimal
import json
import uuid

import pytest

from dotorm import field_types as f
from dotorm.changes import plan_changes
from dotorm.components.expressions import Comparison
from dotorm.components.queries import Insert, Order, Select
from dotorm.databases.abstract import Statement
from dotorm.exceptions import InvalidValue
from dotorm.meta import ModelMeta
from dotorm.tables import table_plans
from dotorm_postgres import POSTGRES


async def run(session, query, values=None):
    """Run a query as the core does, many rows given by column, and answer its rows."""
    compiled = session.dialect.compile(query)
    bound = compiled.bound() if values is None else values
    if isinstance(query, Insert) and query.rows > 1:
        bound = session.dialect.insert_values(values, compiled.binders)
    return [tuple(row) for row in (await session.run(Statement(compiled.sql, bound))).rows]


EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
VALUES = {
    "integer": (f.Integer(), [0, -(2**31), 2**31 - 1]),
    "big integer": (f.BigInteger(), [2**40, -(2**63), 2**63 - 1]),
    "small integer": (f.SmallInteger(), [-(2**15), 2**15 - 1]),
    "char": (f.Char(max_length=5), ["", "ä€😀'\"", "a\\b%_"]),
    "text": (f.Text(), ["", "x" * 100_000, "\r\n\t"]),
    "boolean": (f.Boolean(), [True, False]),
    "float": (f.Float(), [0.1, -1e308, 5e-324, float("inf")]),
    "decimal": (
        f.Decimal(40, 10),
        [decimal.Decimal(n) for n in ("0E-10", "-0.1000000000", "9" * 30 + ".0000000001")],
    ),
    "whole decimal": (f.Decimal(40, 0), [decimal.Decimal(100_000), decimal.Decimal(10**39)]),
    "date": (f.Date(), [dt.date(1, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31)]),
    "time": (f.Time(), [dt.time(0), dt.time(23, 59, 59, 999_999)]),
    "datetime": (
        f.Datetime(),
        [
            dt.datetime.min.replace(tzinfo=dt.UTC),
            dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC),
            dt.datetime(2024, 7, 1, 12, tzinfo=EAST),
            dt.datetime.max.replace(tzinfo=dt.UTC),
        ],
    ),
    "json": (f.JSONField(), [{}, [], "text", 1.5, True, {"b": 10**30, "ä": [None, {"x": "'"}]}]),
    "binary": (f.Binary(), [b"", bytes(range(256)), b"\\x00"]),
    "uuid": (f.UUID(), [uuid.UUID(int=0), uuid.uuid4()]),
}


def shown(values):
    """The values as text, in which 1 is not True and 1.0 is not 1.00; moments in UTC."""
    moments = (v.astimezone(dt.UTC) if isinstance(v, dt.datetime) else v for v in values)
    return [repr(value) for value in moments]


async def value_table(session, field):
    meta = ModelMeta("Thing", "things", {"id": f.BigInteger(primary_key=True), "value": field})
    (table,) = table_plans([meta], session.dialect)
    await session.run_script(plan_changes([table], {}, session.ddl).statements)
    return meta.stored["id"].ref(), meta.stored["value"].ref()


def decoded(column, rows):
    decode = POSTGRES.decoder(column.field) or (lambda value: value)
    return [None if row[0] is None else decode(row[0]) for row in rows]


@pytest.mark.parametrize(("field", "values"), VALUES.values(), ids=VALUES)
async def test_values_come_back(session, field, values):
    key, column = await value_table(session, field)
    for value in values:
        await run(
            session, Insert("things", (column,)), [POSTGRES.write_binder(column.field)(value)]
        )
    many = [POSTGRES.encode_column(column.field, [*values, None])]
    await run(session, Insert("things", (column,), rows=len(values) + 1), many)
    rows = await run(session, Select("things", (column,), order=(Order(key),)))
    assert shown(decoded(column, rows)) == shown([*values, *values, None])


@pytest.mark.parametrize(("field", "values"), VALUES.values(), ids=VALUES)
async def test_values_are_found_in_a_list(session, field, values):
    _, column = await value_table(session, field)
    many = [POSTGRES.encode_column(column.field, [*values, None])]
    await run(session, Insert("things", (column,), rows=len(values) + 1), many)
    for wanted in (values, values[:1]):
        rows = await run(
            session, Select("things", (column,), where=Comparison(column, "in", wanted))
        )
        assert sorted(shown(decoded(column, rows))) == sorted(shown(wanted))
        equal = Comparison(column, "=", wanted[0])
        assert len(await run(session, Select("things", (column,), where=equal))) == 1


async def test_defaults_are_what_they_say(session):
    fields = {
        "flag": f.Boolean(default=True),
        "blob": f.Binary(default=b"\\'\x00"),
        "text": f.Text(default="it's \\ % %s"),
        "data": f.JSONField(default={"a": ["'"]}),
        "day": f.Date(default="2024-02-29"),
        "moment": f.Datetime(default=dt.datetime(2024, 7, 1, 12, tzinfo=EAST)),
        "price": f.Decimal(9, 2, default="1.5"),
        "key": f.UUID(default=uuid.UUID(int=7)),
    }
    meta = ModelMeta("Thing", "things", {"id": f.Integer(primary_key=True), **fields})
    (table,) = table_plans([meta], session.dialect)
    await session.run_script([session.ddl.create_table(table)])
    columns = tuple(field.ref() for field in list(meta.stored.values())[1:])
    ((flag, blob, text, data, day, moment, price, key),) = await run(
        session, Insert("things", (), returning=columns)
    )
    assert (flag, blob, text, json.loads(data)) == (True, b"\\'\x00", "it's \\ % %s", {"a": ["'"]})
    assert (day, str(price), key) == (dt.date(2024, 2, 29), "1.50", uuid.UUID(int=7))
    decode = POSTGRES.decoder(meta.stored["moment"])
    assert decode(moment) == dt.datetime(2024, 7, 1, 6, 30, tzinfo=dt.UTC)


async def test_the_order_of_many_rows_is_that_of_their_keys(session):
    key, column = await value_table(session, f.Integer())
    insert = Insert("things", (column,), rows=10_000, returning=(key, column))
    rows = await run(session, insert, [list(range(10_000, 0, -1))])
    assert rows == list(zip(range(1, 10_001), range(10_000, 0, -1), strict=True))


async def test_a_list_longer_than_the_protocol_takes_parameters(session):
    _, column = await value_table(session, f.BigInteger())
    await run(session, Insert("things", (column,), rows=2), [[1, 99_999]])
    where = Comparison(column, "in", list(range(100_000)))
    assert len(await run(session, Select("things", (column,), where=where))) == 2


async def test_null_sorts_last(session):
    _, column = await value_table(session, f.Integer())
    await run(session, Insert("things", (column,), rows=3), [[2, None, 1]])
    for descending, expected in ((False, [1, 2, None]), (True, [2, 1, None])):
        order = (Order(column, descending),)
        rows = await run(session, Select("things", (column,), order=order))
        assert [value for (value,) in rows] == expected


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
async def test_text_that_the_server_cannot_take(session, value):
    _, column = await value_table(session, f.Text())
    with pytest.raises(InvalidValue):
        await run(session, Insert("things", (column,)), [value])
    with pytest.raises(InvalidValue):
        await run(session, Insert("things", (column,), rows=2), [[value, "x"]])


async def test_moments_that_python_cannot_take(session):
    (row,) = await session.execute(
        "SELECT 'infinity'::timestamptz AS a, '-infinity'::timestamptz AS b"
    )
    assert row["a"] == dt.datetime.max.replace(tzinfo=dt.UTC)
    assert row["b"] == dt.datetime.min.replace(tzinfo=dt.UTC)
    for text in (
        "'0044-03-15 BC'::timestamptz",
        "'12024-01-01'::timestamptz",
        "'12024-01-01'::date",
    ):
        with pytest.raises(InvalidValue, match="in the result"):
            await session.execute(f"SELECT {text} AS far")
    assert await session.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_moments_in_arrays_ranges_and_composites(session):
    noon = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
    await session.execute("CREATE TYPE pair AS (name text, at timestamptz)")
    (row,) = await session.execute(
        "SELECT ARRAY[%s::timestamptz] AS a, tstzrange(%s, NULL) AS r, ('x', %s)::pair AS p",
        [noon, noon, noon],
    )
    assert (row["a"], row["r"].lower, tuple(row["p"])) == ([noon], noon, ("x", noon))


async def test_every_text_in_a_list_arrives_as_it_is(session):
    key, column = await value_table(session, f.Text())
    parts = ["", '"', "\\", ",", "{", "}", "NULL", " ", "\n", "é", "😀", "'", "\x01", "%"]
    texts = [first + second for first in parts for second in parts]
    for values in (texts, [*texts, None], ["plain", "NULL", None], ["", ""]):
        insert = Insert("things", (column,), rows=len(values), returning=(key, column))
        rows = await run(session, insert, [values])
        assert [row[1] for row in rows] == values
