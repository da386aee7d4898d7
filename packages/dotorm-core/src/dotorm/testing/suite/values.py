"""Every value comes back as it was written, whichever way it was written."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import InvalidValue, UniqueViolation
from dotorm.fields import (
    BigInteger,
    Boolean,
    Char,
    Date,
    Datetime,
    Decimal,
    Enum,
    Float,
    Integer,
    JSONField,
    Text,
    Time,
)
from dotorm.testing.cases import case
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, model_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.testing.stage import Stage

_D = decimal.Decimal
_EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
_WEST = dt.timezone(-dt.timedelta(hours=5))
_TEXTS = [
    "", " ", "a", "  spaces  ", "ünïcödé", "日本語", "😀👩‍👩‍👧", "e\u0301", "'\"`\\%_!$1?:x",
    "\r\n\t", "\u200b\ufeff", "\x01\x7f", "\U0010ffff", "NULL", "100%s",
]  # fmt: skip


async def _comes_back(stage: Stage, field: Any, values: Sequence[Any]) -> Any:
    """Write values in each way, read them, and find the records by them."""
    model = model_of(stage.table("valued"), id=Integer(primary_key=True), value=field)
    await stage.make(model)
    count = len(values)
    for key, value in enumerate(values):
        await model.create(model(id=key, value=value))
    await model.create_bulk([model(id=key + count, value=v) for key, v in enumerate(values)])
    await model.create_bulk([model(id=-1), model(id=-2, value=values[0])])
    for key, value in enumerate(values):
        await model.update_bulk([-2], model(value=value))
        for read in (await model.get(key), await model.get(key + count), await model.get(-2)):
            assert _same(read.value, value), (read.value, value)
        found = {each.id for each in await model.search(filter=[("value", "=", value)])}
        assert {key, key + count} <= found, value
        assert -1 not in found
    assert (await model.get(-1)).value is None
    last = await model.get(-2)
    last.value = None
    await last.update()
    assert {each.id for each in await model.search(filter=[("value", "=", None)])} == {-1, -2}
    in_list = await model.search_count([("value", "in", list(values))])
    assert in_list == 2 * count
    return model


def _same(read: Any, written: Any) -> bool:
    return isinstance(read, type(written)) and read == written


async def _sorts(model: Any, ascending: Sequence[Any]) -> None:
    """Records compare and sort by value."""
    await model.delete_where([("id", "is not null", None)])
    await model.create_bulk([model(id=-key, value=value) for key, value in enumerate(ascending)])
    assert [-each.id for each in await model.search(sort="value")] == [*range(len(ascending))]
    for place, value in enumerate(ascending):
        assert await model.search_count([("value", "<", value)]) == place, value
        assert await model.search_count([("value", ">=", value)]) == len(ascending) - place, value


@case("core", profile="core")
async def big_integers_come_back(stage: Stage) -> None:
    model = await _comes_back(stage, BigInteger(), [0, 2**63 - 1, -(2**63), 2**53 + 1])
    await _sorts(model, [-(10**12), -5, 0, 5, 10, 10**12])


_ALIKE = [
    "a", "A", "á", "a ", " a", "ab", "aB", "ä", "ae", "ß", "ss", "", " ", "\ufb01", "fi", "e\u0301",
]  # fmt: skip


@case("core", profile="core")
async def texts_that_look_alike_are_different(stage: Stage) -> None:
    for field in (Text(), Char(max_length=10)):
        model = model_of(
            stage.table(f"alike_{field.kind}"), id=Integer(primary_key=True), value=field
        )
        await stage.make(model)
        await model.create_bulk([model(id=n, value=text) for n, text in enumerate(_ALIKE)])
        for key, text in enumerate(_ALIKE):
            assert await found(model, [("value", "=", text)]) == {key}, text
            assert await found(model, [("value", "in", [text])]) == {key}, text
            assert await model.search_count([("value", "!=", text)]) == len(_ALIKE) - 1, text


@case("unique_constraints", profile="relational")
async def texts_that_look_alike_are_unique(stage: Stage) -> None:
    field = Char(max_length=10, unique=True)
    model = model_of(stage.table("alike"), id=Integer(primary_key=True), value=field)
    await stage.make(model)
    await model.create_bulk([model(id=n, value=text) for n, text in enumerate(_ALIKE)])
    for key, text in enumerate(_ALIKE, 100):
        with expects(UniqueViolation):
            await model.create(model(id=key, value=text))
    assert await model.table_len() == len(_ALIKE)


@case("core", profile="core")
async def floats_come_back(stage: Stage) -> None:
    values = [0.0, 0.1, -1.5, 1e308, 5e-324, 1 / 3, 1e15, 123456789.123456789]
    model = await _comes_back(stage, Float(), values)
    await _sorts(model, [-1e10, -0.5, 0.0, 1e-10, 5.0, 10.0])


@case("core", profile="core")
async def decimals_come_back(stage: Stage) -> None:
    texts = ["0E-10", "1E-10", "-0.5000000000", "12345678901234567890.0123456789"]
    model = await _comes_back(stage, Decimal(30, 10), [_D(text) for text in texts])
    assert str((await model.get(2)).value) == "-0.5000000000"
    order = ["-100", "-20", "-3.5", "0", "0.1", "0.25", "3", "20", "100.0000000001", "1000"]
    await _sorts(model, [_D(text) for text in order])


@case("core", profile="core")
async def whole_decimals_come_back(stage: Stage) -> None:
    model = await _comes_back(stage, Decimal(38, 0), [_D(0), _D(10) ** 37, _D("-" + "9" * 38)])
    assert str((await model.get(1)).value) == "1" + "0" * 37


@case("core", profile="core")
async def days_come_back(stage: Stage) -> None:
    days = [dt.date.min, dt.date.max, dt.date(2024, 2, 29), dt.date(1582, 10, 10)]
    model = await _comes_back(stage, Date(), days)
    await _sorts(model, sorted(days))


@case("core", profile="core")
async def times_of_day_come_back(stage: Stage) -> None:
    times = [dt.time.min, dt.time.max, dt.time(12, 30), dt.time(23, 59, 59, 1)]
    model = await _comes_back(stage, Time(), times)
    await _sorts(model, sorted(times))


@case("core", profile="core")
async def moments_come_back(stage: Stage) -> None:
    moments = [
        dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, dt.UTC),
        dt.datetime.min.replace(tzinfo=dt.UTC),
        dt.datetime.max.replace(tzinfo=dt.UTC),
        dt.datetime(1900, 1, 1, tzinfo=dt.UTC),
        dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2038, 1, 19, 3, 14, 8, 1, dt.UTC),
    ]
    model = await _comes_back(stage, Datetime(), moments)
    assert (await model.get(0)).value.tzinfo is dt.UTC
    await _sorts(model, sorted(moments))


@case("core", profile="core")
async def moments_are_moments_whatever_their_zone(stage: Stage) -> None:
    model = model_of(stage.table("moments"), id=Integer(primary_key=True), value=Datetime())
    await stage.make(model)
    await model.create(model(id=1, value=dt.datetime(2024, 7, 1, 2, tzinfo=_EAST)))
    await model.create_bulk([model(id=2, value=dt.datetime(2024, 6, 30, 20, 30))])  # noqa: DTZ001
    for key in (1, 2):
        assert (await model.get(key)).value.isoformat() == "2024-06-30T20:30:00+00:00"
    for same in ("2024-06-30T20:30:00", dt.datetime(2024, 6, 30, 15, 30, tzinfo=_WEST)):
        assert await model.search_count([("value", "=", same)]) == 2
        assert await model.search_count([("value", "in", [same])]) == 2


@case("core", profile="core")
async def documents_come_back(stage: Stage) -> None:
    documents: list[Any] = [
        {}, [], {"a": 1}, [1, 2.5, "x", None, True, {"b": [{}]}], "text", "", 0, 7, 1.5, True,
        False, {"ünï": "😀", "": "empty", "nested": {"deep": {"er": [[[]]]}}},
        {"big": 2**53, "neg": -1}, {"quote\"'": "\\ \n"}, [None],
    ]  # fmt: skip
    model = model_of(stage.table("documents"), id=Integer(primary_key=True), value=JSONField())
    await stage.make(model)
    for key, value in enumerate(documents):
        await model.create(model(id=key, value=value))
    await model.create_bulk([model(id=100 + n, value=v) for n, v in enumerate(documents)])
    await model.create(model(id=-1))
    for key, value in enumerate(documents):
        assert (await model.get(key)).value == (await model.get(100 + key)).value == value
        assert type((await model.get(key)).value) is type(value)
    assert (await model.get(-1)).value is None
    assert await model.search_count([("value", "is null", None)]) == 1
    assert await model.search_count([("value", "=", {"a": 1})]) == 2


@case("core", profile="core")
async def a_change_inside_a_document_is_written(stage: Stage) -> None:
    model = model_of(stage.table("documents"), id=Integer(primary_key=True), value=JSONField())
    await stage.make(model)
    await model.create(model(id=1, value={"tags": ["a"], "n": 1}))
    record = await model.get(1)
    await record.update()
    assert len(stage.sent) == 2
    record.value["tags"].append("b")
    await record.update()
    assert (await model.get(1)).value == {"tags": ["a", "b"], "n": 1}


class _Colour(enum.Enum):
    RED = "red"
    BLUE = "bl'ue"


class _Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2**40


@case("core", profile="core")
async def members_of_enumerations_come_back(stage: Stage) -> None:
    model = model_of(
        stage.table("members"),
        id=Integer(primary_key=True),
        colour=Enum(_Colour),
        size=Enum(_Size),
    )
    await stage.make(model)
    await model.create(model(id=1, colour=_Colour.BLUE, size=_Size.LARGE))
    await model.create_bulk([model(id=2, colour="red", size=1), model(id=3)])
    rows = [(each.colour, each.size) for each in await model.search(sort="id")]
    assert rows == [(_Colour.BLUE, _Size.LARGE), (_Colour.RED, _Size.SMALL), (None, None)]
    assert await model.search_count([("colour", "=", _Colour.RED), ("size", "in", [1])]) == 1


@case("core", profile="core")
async def what_does_not_fit_is_refused_before_it_is_sent(stage: Stage) -> None:
    fields = {
        "integer": (Integer(), [2**31, 1.5, "x"]),
        "char": (Char(max_length=3), ["four", 5]),
        "decimal": (Decimal(5, 2), ["1.005", "1000", 0.5, _D("NaN")]),
        "day": (Date(), ["2024-02-30", dt.datetime(2024, 1, 1, tzinfo=dt.UTC)]),
        "doc": (JSONField(), [math.nan, {1, 2}]),
        "flag": (Boolean(), [2, "yes"]),
    }
    body = {name: field for name, (field, _) in fields.items()}
    model = model_of(stage.table("refusing"), id=Integer(primary_key=True), **body)
    await stage.make(model)
    for name, (_, values) in fields.items():
        for value in values:
            with expects(InvalidValue, match=rf"Thing\.{name}"):
                await model.create(model(id=1, **{name: value}))
            with expects(InvalidValue, match=rf"Thing\.{name}"):
                await model.update_bulk([1], model(**{name: value}))
    assert stage.sent.nothing()


@case("core", profile="core")
async def infinities_are_kept_or_refused(stage: Stage) -> None:
    model = model_of(stage.table("ratios"), id=Integer(primary_key=True), value=Float())
    await stage.make(model)
    values = [-math.inf, -1e10, 0.0, 1e308, math.inf]
    try:
        await model.create(model(id=1, value=math.inf))
    except InvalidValue:
        assert await model.table_len() == 0
        with expects(InvalidValue):
            await model.search_count([("value", "<", math.inf)])
    else:
        await _comes_back(stage, Float(), values)
        await _sorts(model, values)
