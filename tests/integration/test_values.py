"""Every value comes back as it was written, and what could not is refused before it is sent."""

import datetime as dt
import decimal
import math
import re
import uuid as uuids

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
    SmallInteger,
    Text,
    Time,
)

EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
D = decimal.Decimal


class Value(DotModel):
    __table__ = "all_values"

    id: int = Integer(primary_key=True)
    integer: int = Integer()
    big: int = BigInteger()
    small: int = SmallInteger()
    char: str = Char(max_length=10)
    free: str = Char()
    text: str = Text()
    boolean: bool = Boolean()
    ratio: float = Float()
    decimal: D = Decimal(30, 10)
    whole: D = Decimal(40, 0)
    day: dt.date = Date()
    clock: dt.time = Time()
    moment: dt.datetime = Datetime()
    doc: dict = JSONField()
    data: bytes = Binary()
    uuid: uuids.UUID = UUID()


TEXTS = [
    "", " ", "a", "  spaces  ", "ünïcödé", "日本語", "😀👩‍👩‍👧", "e\u0301", "'\"`\\%_!$1?:x",
    "\r\n\t", "\u200b\ufeff", "\x01\x7f", "\U0010ffff", "NULL",
]  # fmt: skip
VALUES = {
    "integer": [0, 1, -1, 2**31 - 1, -(2**31)],
    "big": [0, 2**63 - 1, -(2**63), 2**53 + 1],
    "small": [0, 2**15 - 1, -(2**15)],
    "char": [*(text for text in TEXTS if len(text) <= 10), "😀" * 10],
    "free": [*TEXTS, "x" * 100_000],
    "text": [*TEXTS, "ä" * 1_000_000],
    "boolean": [True, False],
    "ratio": [0.0, 0.1, -1.5, 1e308, 5e-324, 1 / 3, math.inf, -math.inf, 1e15, 123456789.123456789],
    "decimal": [
        D(0), D("0.0000000001"), D("-0.5"), D("12345678901234567890.0123456789"),
        D("-99999999999999999999.9999999999"), D("1E+5"), D("100"),
    ],
    "whole": [D(0), D(10) ** 39, D("-" + "9" * 40), D(100)],
    "day": [dt.date.min, dt.date.max, dt.date(2024, 2, 29), dt.date(1582, 10, 10)],
    "clock": [dt.time.min, dt.time.max, dt.time(12, 30), dt.time(23, 59, 59, 1)],
    "moment": [
        dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, dt.UTC),
        dt.datetime.min.replace(tzinfo=dt.UTC),
        dt.datetime.max.replace(tzinfo=dt.UTC),
        dt.datetime(1900, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2038, 1, 19, 3, 14, 8, 1, dt.UTC),
    ],
    "doc": [
        {}, [], {"a": 1}, [1, 2.5, "x", None, True, {"b": [{}]}], "text", "", 0, 7, 1.5, True,
        False, {"ünï": "😀", "": "empty", "nested": {"deep": {"er": [[[]]]}}},
        {"big": 2**53, "neg": -1}, {"quote\"'": "\\ \n"}, [2**63], [None],
    ],
    "data": [b"", b"\0", bytes(range(256)), b"\xff" * 1_000_000],
    "uuid": [uuids.UUID(int=0), uuids.UUID(int=2**128 - 1), uuids.uuid4()],
}  # fmt: skip


@pytest.fixture
async def values(db, sent):
    db.bind(Value)
    await db.create_and_update_tables([Value])
    sent.forget()
    return Value


def same(read, written):
    """Equal, and of the same type; a driver may have a faster UUID of its own."""
    return isinstance(read, type(written)) and read == written


async def test_each_value_comes_back_exactly(values):
    given = [(name, value) for name, examples in VALUES.items() for value in examples]
    for name, written in given:
        key = await Value.create(Value(**{name: written}))
        assert same(getattr(await Value.get(key), name), written), (name, written)
        assert await Value.search_count([("id", "=", key), (name, "=", written)]) == 1, name


async def test_each_value_comes_back_exactly_from_a_bulk(values):
    rows = max(map(len, VALUES.values()))
    written = [
        {name: examples[n % len(examples)] for name, examples in VALUES.items()}
        for n in range(rows)
    ]
    await Value.create_bulk([Value(**row) for row in written] + [Value()])
    *found, empty = await Value.search(order="ASC")
    for record, row in zip(found, written, strict=True):
        assert [name for name, value in row.items() if not same(getattr(record, name), value)] == []
    assert {getattr(empty, name) for name in VALUES} == {None}


async def test_each_value_comes_back_exactly_from_an_update(values):
    key = await Value.create(Value())
    for name, examples in VALUES.items():
        for value in examples:
            await Value.update_bulk([key], Value(**{name: value}))
            record = await Value.get(key)
            assert same(getattr(record, name), value), (name, value)
        setattr(record, name, None)
        await record.update()
        assert getattr(await Value.get(key), name) is None
        assert await Value.search_count([(name, "=", None)]) == 1


CONVERTED = [
    ("integer", "5", 5),
    ("integer", 5.0, 5),
    ("integer", True, 1),
    ("integer", D("7"), 7),
    ("boolean", 1, True),
    ("ratio", 3, 3.0),
    ("ratio", D("0.5"), 0.5),
    ("decimal", "1.5", D("1.5000000000")),
    ("decimal", 3, D(3)),
    ("day", "2024-02-29", dt.date(2024, 2, 29)),
    ("clock", "12:30:00.000001", dt.time(12, 30, 0, 1)),
    ("moment", dt.datetime(2024, 1, 1, 12), dt.datetime(2024, 1, 1, 12, tzinfo=dt.UTC)),  # noqa: DTZ001
    ("moment", dt.datetime(2024, 1, 1, 5, 30, tzinfo=EAST), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ("moment", "2024-01-01T12:00:00-01:00", dt.datetime(2024, 1, 1, 13, tzinfo=dt.UTC)),
    ("moment", "2024-01-01", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ("moment", dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ("doc", (1, (2,)), [1, [2]]),
    ("doc", {1: "a"}, {"1": "a"}),
    ("data", bytearray(b"ab"), b"ab"),
    ("data", memoryview(b"ab"), b"ab"),
    ("uuid", "12345678-1234-5678-1234-567812345678", uuids.UUID("1234567812345678" * 2)),
]  # fmt: skip


async def test_what_has_an_exact_counterpart_is_converted(values):
    for name, given, expected in CONVERTED:
        record = Value(**{name: given})
        (key,) = (row["id"] for row in await Value.create_bulk([Value(**{name: given})]))
        await Value.create(record)
        for found in (await Value.get(key), await Value.get(record.id)):
            assert same(getattr(found, name), expected), (name, given)
        if name != "doc":
            assert same(getattr(record, name), expected), (name, given)


async def test_a_decimal_has_exactly_its_places(values):
    key = await Value.create(Value(decimal="1.50", whole=D("1E+3")))
    found = await Value.get(key)
    assert (str(found.decimal), str(found.whole)) == ("1.5000000000", "1000")


async def test_a_moment_is_read_in_utc(values):
    key = await Value.create(Value(moment=dt.datetime(2024, 7, 1, 2, tzinfo=EAST)))
    found = await Value.get(key)
    assert found.moment.tzinfo is dt.UTC
    assert found.moment.isoformat() == "2024-06-30T20:30:00+00:00"


WRONG = [
    ("integer", 2**31), ("integer", -(2**31) - 1), ("integer", 1.5), ("integer", "x"),
    ("integer", b"1"), ("integer", math.nan), ("integer", math.inf), ("integer", D("NaN")),
    ("integer", [1]), ("integer", 10**400), ("integer", dt.date(2024, 1, 1)),
    ("big", 2**63), ("big", -(2**63) - 1), ("big", 1e30), ("small", 2**15), ("small", -(2**15) - 1),
    ("char", "x" * 11), ("char", 5), ("char", b"x"), ("text", 1), ("text", b"x"), ("text", ["x"]),
    ("boolean", 2), ("boolean", "true"), ("boolean", "yes"),
    ("ratio", "1.5"), ("ratio", 2**53 + 1), ("ratio", 10**400), ("ratio", D("1E+400")),
    ("decimal", D("0.00000000001")), ("decimal", D("1E+20")), ("decimal", 0.5),
    ("decimal", D("NaN")), ("decimal", D("Infinity")), ("decimal", "x"), ("decimal", True),
    ("decimal", D("1E+999999")), ("decimal", math.nan), ("whole", "1.5"), ("whole", D(10) ** 40),
    ("day", "2024-02-30"), ("day", "x"), ("day", 5),
    ("day", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)),
    ("clock", "25:00"), ("clock", 5), ("clock", dt.time(12, tzinfo=dt.UTC)),
    ("moment", "yesterday"), ("moment", 1_700_000_000), ("moment", "2024-13-01"),
    ("moment", dt.datetime.min.replace(tzinfo=EAST)),
    ("doc", {1, 2}), ("doc", math.nan), ("doc", [math.inf]), ("doc", {"a": b"x"}),
    ("doc", object()),
    ("doc", {(1, 2): 3}), ("doc", dt.date(2024, 1, 1)),
    ("data", "text"), ("data", 5), ("data", [1]),
    ("uuid", "x"), ("uuid", 5), ("uuid", b"x" * 16),
]  # fmt: skip


async def test_what_does_not_fit_is_refused_by_name_before_anything_is_sent(values, sent):
    wrong = []
    for name, value in WRONG:
        expected = re.compile(rf"Value\.{name}\b")
        for ask in (
            Value.create(Value(**{name: value})),
            Value.create_bulk([Value(), Value(**{name: value})]),
            Value.update_bulk([1], Value(**{name: value})),
            Value(id=1, **{name: value}).update(),
        ):
            try:
                await ask
            except dotorm.InvalidValue as error:
                if expected.search(str(error)) and len(str(error)) < 300:
                    continue
                wrong.append((name, value, str(error)))
            except Exception as error:  # noqa: BLE001 - all are reported at the end
                wrong.append((name, value, repr(error)))
            else:
                wrong.append((name, value, "was taken"))
    assert wrong == []
    assert sent.texts == []


async def test_text_with_nul_is_kept_or_refused_before_it_is_sent(db, values, sent):
    record = Value(char="a\0")
    if db.backend.name != "postgres":
        assert (await Value.get(await Value.create(record))).char == "a\0"
        return
    two = [Value(id=1, char="a\0"), Value(id=2, text="\0")]
    for ask in (
        lambda: Value.create(record),
        lambda: Value.create_bulk(two),
        lambda: Value.update_bulk(two),
        lambda: Value.search(filter=[("char", "=", "a\0")]),
        lambda: Value.search(filter=[("char", "in", ["b", "a\0"])]),
    ):
        with pytest.raises(dotorm.InvalidValue, match=r"Value\.\w+ cannot .*no character NUL"):
            await ask()
    assert sent.texts == []


async def test_text_that_is_no_unicode_is_refused(values):
    for ask in (Value.create(Value(text="\ud800")), Value.search(filter=[("text", "=", "\ud800")])):
        with pytest.raises(dotorm.InvalidValue, match="surrogates not allowed"):
            await ask


class Needed(DotModel):
    __table__ = "needed"

    id: int = Integer(primary_key=True)
    name: str = Char(required=True)


async def test_a_required_field_is_not_none(db, sent):
    db.bind(Needed)
    await db.create_and_update_tables([Needed])
    sent.forget()
    with pytest.raises(dotorm.InvalidValue, match=r"Needed\.name is required"):
        await Needed.create(Needed(name=None))
    with pytest.raises(dotorm.InvalidValue, match=r"Needed\.name is required"):
        await Needed.create_bulk([Needed(name="x"), Needed(name=None)])
    assert sent.texts == []
    with pytest.raises((dotorm.InvalidValue, dotorm.NotNullViolation), match="name"):
        await Needed.create(Needed())


async def test_not_a_number_is_kept_or_refused(values):
    try:
        key = await Value.create(Value(ratio=math.nan))
    except dotorm.InvalidValue as error:
        assert "Value.ratio" in str(error)  # noqa: PT017 - one of the two must be true
    else:
        assert math.isnan((await Value.get(key)).ratio)


ORDERED = {
    "decimal": ["-100", "-20", "-3.5", "0", "0.1", "0.25", "3", "20", "100.0000000001", "1000"],
    "whole": [-100, -20, 3, 20, 100, 10**38, 10**39],
    "big": [-(10**12), -5, 0, 5, 10, 10**12],
    "ratio": [-math.inf, -1e10, -0.5, 0.0, 1e-10, 5.0, 10.0, math.inf],
    "moment": [
        "0001-01-01", "1969-12-31T23:59:59.999999", "1970-01-01", "2024-01-01T00:30:00+01:00",
        "2024-01-01T00:00:00", "2024-01-01T00:00:00.000001", "2023-12-31T23:00:00-02:00",
        "9999-12-31",
    ],
    "day": ["0001-01-01", "0999-12-31", "1000-01-01", "2024-01-01", "9999-12-31"],
    "clock": ["00:00", "00:00:00.000001", "09:00", "10:00:00", "10:00:00.5", "23:59"],
}  # fmt: skip


ODD = {  # what was written: what SQLite reads, what PostgreSQL reads
    "1e23": ({"n": 1e23}, {"n": 1e23}, {"n": 1e23}),
    "-0.0": ({"n": -0.0}, {"n": -0.0}, {"n": 0.0}),
    "NUL": ({"n": "a\0"}, {"n": "a\0"}, None),
    "surrogate": ({"n": "\ud800"}, {"n": "\ud800"}, None),
}


@pytest.mark.parametrize("case", ODD)
async def test_odd_json_is_kept_or_refused_by_postgres(db, values, sent, case):
    given, *read = ODD[case]
    expected = read[db.backend.name == "postgres"]
    if expected is None:
        with pytest.raises(dotorm.InvalidValue, match=r"Value\.doc"):
            await Value.create(Value(doc=given))
        assert sent.texts == []
        return
    found = await Value.get(await Value.create(Value(doc=given)))
    assert repr(found.doc) == repr(expected)


async def test_negative_zero_is_kept_by_postgres_alone(db, values):
    found = await Value.get(await Value.create(Value(ratio=-0.0)))
    assert math.copysign(1, found.ratio) == (-1 if db.backend.name == "postgres" else 1)


async def test_values_compare_and_sort_by_value_not_as_text(values):
    for name, ascending in ORDERED.items():
        await Value.delete_bulk([record.id for record in await Value.search(fields=["id"])])
        await Value.create_bulk([Value(**{name: value}) for value in reversed(ascending)])
        found = await Value.search(sort=name)
        order = [getattr(record, name) for record in found]
        assert order == sorted(order), name
        assert len(order) == len(ascending)
        assert [record.id for record in await Value.search(sort=f"-{name}")] == [
            record.id for record in reversed(found)
        ]
        for place, value in enumerate(ascending):
            below = await Value.search_count([(name, "<", value)])
            above = await Value.search_count([(name, ">", value)])
            assert (below, above) == (place, len(ascending) - place - 1), (name, value)
        low, high = ascending[1], ascending[-2]
        assert await Value.search_count([(name, "between", [low, high])]) == len(ascending) - 2
