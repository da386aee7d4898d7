"""Every type, written in each way and read back: types of ClickHouse's own, and the extremes."""

import datetime as dt
import decimal
import enum
import ipaddress
import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dotorm
from dotorm import (
    Array,
    BigInteger,
    Binary,
    Char,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Float,
    Integer,
    JSONField,
    Text,
)
from dotorm_clickhouse import fields

LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)


class Colour(enum.Enum):
    RED = "re'd"
    BLUE = "blue\\"


class Level(enum.IntEnum):
    LOW = -1
    HIGH = 300


class Own(DotModel):
    __table__ = "own"

    id: int = BigInteger(primary_key=True)
    u8: int | None = fields.UInt8()
    u16: int | None = fields.UInt16()
    u32: int | None = fields.UInt32()
    u64: int | None = fields.UInt64()
    u128: int | None = fields.UInt128()
    u256: int | None = fields.UInt256()
    i8: int | None = fields.Int8()
    i128: int | None = fields.Int128()
    i256: int | None = fields.Int256()
    small: float | None = fields.Float32()
    fixed: bytes | None = fields.FixedString(4)
    v4: ipaddress.IPv4Address | None = fields.IPv4()
    v6: ipaddress.IPv6Address | None = fields.IPv6()
    colour: Colour | None = fields.Enum8(Colour)
    level: Level | None = fields.Enum16(Level)
    word: str | None = fields.LowCardinality(Char(max_length=5))
    kind: Colour | None = fields.LowCardinality(dotorm.Enum(Colour))
    big: decimal.Decimal | None = Decimal(76, 20)
    counts: dict = fields.Map(Text(), Integer(), required=True, default={})
    names: dict = fields.Map(Integer(), Text(null=False), required=True, default={})
    moments: list = Array(Datetime(), required=True, default=[])
    days: list = Array(Date(), required=True, default=[])


MOST = {
    "u8": 2**8 - 1,
    "u16": 2**16 - 1,
    "u32": 2**32 - 1,
    "u64": 2**64 - 1,
    "u128": 2**128 - 1,
    "u256": 2**256 - 1,
    "i8": 127,
    "i128": 2**127 - 1,
    "i256": 2**255 - 1,
    "small": 0.5,
    "fixed": b"\xff\0'\\",
    "v4": ipaddress.IPv4Address("255.255.255.255"),
    "v6": ipaddress.IPv6Address("ffff::1"),
    "colour": Colour.BLUE,
    "level": Level.HIGH,
    "word": "ä'\\\0😀",
    "kind": Colour.RED,
    "big": decimal.Decimal("9" * 56 + "." + "9" * 20),
    "counts": {"": 1, "ä'\\": None, "b": -(2**31)},
    "names": {-5: "", 2**31 - 1: "it's"},
    "moments": [LAST, None, FIRST, dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, dt.UTC)],
    "days": [dt.date.min, None, dt.date.max],
}
LEAST = {
    **dict.fromkeys(("u8", "u16", "u32", "u64", "u128", "u256"), 0),
    "i8": -128,
    "i128": -(2**127),
    "i256": -(2**255),
    "small": -3.4028234663852886e38,
    "fixed": b"\0\0\0\0",
    "v4": ipaddress.IPv4Address(0),
    "v6": ipaddress.IPv6Address("::"),
    "colour": Colour.RED,
    "level": Level.LOW,
    "word": "",
    "kind": Colour.BLUE,
    "big": decimal.Decimal("-" + "9" * 56 + "." + "9" * 20),
    "counts": {},
    "names": {},
    "moments": [],
    "days": [],
}
LISTS = ("counts", "names", "moments", "days")
NOTHING = {name: LEAST[name] if name in LISTS else None for name in MOST}


def values(record):
    return {name: getattr(record, name) for name in MOST}


async def test_types_of_its_own_come_back_however_they_are_written(make):
    await make(Own)
    await Own.create(Own(id=1, **MOST))
    await Own.create_bulk([Own(id=2, **LEAST), Own(id=3, **NOTHING), Own(id=4), Own(id=5)])
    assert [values(each) for each in await Own.search(order="ASC", limit=4)] == [
        MOST, LEAST, NOTHING, NOTHING
    ]  # fmt: skip
    await Own.update_bulk([4], Own(**MOST))
    await Own.update_bulk([Own(id=5, **LEAST), Own(id=1, **NOTHING), Own(id=2, **MOST)])
    assert [values(each) for each in await Own.search(order="ASC")] == [
        NOTHING, MOST, NOTHING, MOST, LEAST
    ]  # fmt: skip


@pytest.mark.parametrize("name", MOST)
async def test_types_of_its_own_are_found_by_value(make, name):
    await make(Own)
    await Own.create_bulk([Own(id=1, **MOST), Own(id=2, **LEAST), Own(id=3, **NOTHING)])
    for key, given_values in ((1, MOST), (2, LEAST)):
        found = [each.id for each in await Own.search(filter=[(name, "=", given_values[name])])]
        assert key in found
        assert (3 in found) == (given_values[name] == NOTHING[name])
        if name not in LISTS:
            assert found == [
                each.id for each in await Own.search(filter=[(name, "in", [given_values[name]])])
            ]


async def test_tables_with_such_types_are_left_as_they_are(make):
    await make(Own)
    changes = await make(Own)
    assert (changes.statements, changes.skipped) == ([], [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("u8", 256), ("u8", -1), ("u64", 2**64), ("i8", 128), ("i256", 2**255), ("u8", "x"),
        ("small", 0.1), ("small", 1e300), ("fixed", b"abc"), ("fixed", b"abcde"), ("v4", "1.2.3"),
        ("v6", "1.2.3.4"), ("colour", "green"), ("word", "sixsix"), ("counts", {None: 1}),
        ("counts", {"a": "b"}), ("counts", [1]), ("names", {1: None}),
        ("big", decimal.Decimal("1e56")),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_before_it_is_sent(make, sent, name, value):
    await make(Own)
    with pytest.raises(dotorm.InvalidValue, match=rf"Own\.{name}"):
        await Own.create(Own(id=1, **{name: value}))
    with pytest.raises(dotorm.InvalidValue, match=rf"Own\.{name}"):
        await Own.update_bulk([1], Own(**{name: value}))
    assert not sent.events


class Wide(DotModel):
    __table__ = "wide"

    id: int = BigInteger(primary_key=True)
    text: str | None = Text()
    data: bytes | None = Binary()
    doc: object = JSONField()
    ratio: float | None = Float()
    price: decimal.Decimal | None = Decimal(20, 4)
    moment: dt.datetime | None = Datetime()
    numbers: list = Array(Integer(), required=True, default=[])


async def test_a_megabyte_of_bytes_comes_back(make):
    await make(Wide)
    data = bytes(range(256)) * 4096
    await Wide.create(Wide(id=1, data=data))
    await Wide.create_bulk([Wide(id=2, data=data), Wide(id=3)])
    await Wide.update_bulk([3], Wide(data=data))
    assert [each.data for each in await Wide.search()] == [data] * 3
    assert await Wide.search_count([("data", "=", data)]) == 3


async def test_bytes_that_are_no_text_leave_the_connection_in_step(make, db):
    await make(Wide)
    await Wide.create(Wide(id=1, data=b"\xff\xfe", text="ok"))
    rows = await db.execute("SELECT data, text FROM wide")
    assert rows == [{"data": b"\xff\xfe", "text": "ok"}]
    await db.execute("INSERT INTO wide (id, text) VALUES (2, unhex('FF'))")
    with pytest.raises(dotorm.InvalidValue, match="no UTF-8"):
        await Wide.get(2)
    assert await Wide.table_len() == 2


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=30)
PLAIN = st.one_of(
    st.integers(-(2**63), 2**64 - 1),
    st.booleans(),
    st.floats(allow_nan=False),
    TEXTS,
    st.decimals(-(10**30), 10**30, places=6),
    st.dates(),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.uuids(),
    st.ip_addresses(),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PLAIN, min_size=1, max_size=8), st.lists(TEXTS), st.binary(max_size=30))
async def test_a_literal_is_exactly_its_value(db, many, texts, data):
    columns = ", ".join(f"%s AS c{number}" for number in range(len(many)))
    (row,) = await db.execute(
        f"SELECT {columns}, %s AS texts, %s AS data, toTypeName(data) AS kind", [*many, texts, data]
    )
    assert [row[f"c{number}"] for number in range(len(many))] == many
    assert row["texts"] == texts
    data_read = row["data"]
    assert (data_read.encode() if isinstance(data_read, str) else data_read) == data
    assert row["kind"] == "String"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.builds(
        dict,
        text=TEXTS,
        data=st.binary(max_size=40),
        doc=st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
            max_leaves=6,
        ),
        ratio=st.floats(allow_nan=False),
        price=st.decimals(-(10**12), 10**12, places=4),
        moment=st.datetimes(timezones=st.just(dt.UTC)),
        numbers=st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), max_size=4),
    )
)
async def test_records_come_back_as_they_were(db, row):
    db.bind(Wide)
    await db.create_and_update_tables([Wide])
    await db.execute("TRUNCATE TABLE wide")
    await Wide.create(Wide(id=1, **row))
    await Wide.create_bulk([Wide(id=2, **row), Wide(id=3)])
    await Wide.update_bulk([3], Wide(**row))
    for read in await Wide.search():
        assert {name: getattr(read, name) for name in row} == row
    found = [(name, "=", row[name]) for name in ("text", "data", "ratio", "price", "moment")]
    assert await Wide.search_count(found) == 3
    assert json.dumps((await Wide.get(1)).doc, sort_keys=True) == json.dumps(
        row["doc"], sort_keys=True
    )


async def test_a_list_is_not_rounded_to_the_columns_places(make):
    await make(Wide)
    await Wide.create(Wide(id=1, price="1.5000"))
    assert await Wide.search_count([("price", "in", ["1.50001"])]) == 0
    assert await Wide.search_count([("price", "not in", ["1.50001"])]) == 1
    assert await Wide.search_count([("price", "in", ["1.50001", "1.5"])]) == 1
    assert await Wide.search_count([("price", "=", "1.50001")]) == 0


async def test_uuids_are_kept_and_sorted_as_the_server_does(make):
    class Token(DotModel):
        __table__ = "tokens"

        key: uuid.UUID = dotorm.UUID(primary_key=True, default=dotorm.uuid7)

    await make(Token)
    records = [Token() for _ in range(100)]
    await Token.create_bulk(records)
    assert {each.key for each in await Token.search()} == {each.key for each in records}
    assert await Token.search_count([("key", "in", [each.key for each in records[:7]])]) == 7
