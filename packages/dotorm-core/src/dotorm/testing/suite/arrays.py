"""Columns that hold several values of one type."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import NotSupported
from dotorm.fields import UUID, Array, Binary, Boolean, Char, Datetime, Decimal, Float, Integer
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, model_of

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

_LATE = dt.datetime(2024, 2, 29, 1, 2, 3, 4, dt.UTC)
_FULL: dict[str, tuple[Any, list[Any]]] = {
    "numbers": (Integer(), [1, -2, None, 2**31 - 1]),
    "names": (
        Char(max_length=20),
        ["", "a,b", 'quo"te', "back\\slash", "{x}", "NULL", " é🙂 ", "'"],
    ),
    "prices": (Decimal(9, 2), [decimal.Decimal("1.50"), decimal.Decimal("-9999999.99")]),
    "moments": (Datetime(), [dt.datetime(1, 1, 1, tzinfo=dt.UTC), _LATE]),
    "keys": (UUID(), [uuid.UUID(int=1), uuid.UUID(int=2**128 - 1)]),
    "flags": (Boolean(), [True, False, None]),
    "blobs": (Binary(), [b"", b"\x00\xff\\\"'"]),
    "ratios": (Float(), [0.1, -1e300]),
}


def _model(stage: Stage) -> Any:
    null = stage.features.null_arrays
    body = {name: Array(item, null=null) for name, (item, _) in _FULL.items()}
    return model_of(stage.table("arrays"), id=Integer(primary_key=True), **body)


@case("arrays", profile="core")
async def arrays_come_back(stage: Stage) -> None:
    model = _model(stage)
    await stage.make(model)
    assert (await stage.make(model)).statements == []
    full = {name: values for name, (_, values) in _FULL.items()}
    empty: dict[str, Any] = {name: [] for name in _FULL}
    rows = [full, empty, full]
    await model.create(model(id=1, **full))
    await model.create_bulk([model(id=n, **row) for n, row in enumerate(rows, 2)])
    await model.create(model(id=9, **empty))
    await model.update_bulk([9], model(**full))
    read = [{name: getattr(each, name) for name in _FULL} for each in await model.search(sort="id")]
    assert read == [full, *rows, full]
    await model.update_bulk([model(id=1, **empty), model(id=3, **full)])
    read = [{name: getattr(each, name) for name in _FULL} for each in await model.search(sort="id")]
    assert read == [empty, full, full, full, full]


@case("arrays", profile="core")
async def arrays_are_compared_whole_and_changed_in_place(stage: Stage) -> None:
    model = _model(stage)
    await stage.make(model)
    rest: Any = {name: [] for name in _FULL}
    rows = [{**rest, "numbers": numbers} for numbers in ([1, 2], [3], [])]
    await model.create_bulk([model(id=n, **row) for n, row in enumerate(rows, 1)])
    assert await found(model, [("numbers", "=", [1, 2])]) == {1}
    assert await found(model, [("numbers", "!=", [1, 2])]) == {2, 3}
    assert await found(model, [("numbers", "=", [])]) == {3}
    record = await model.get(1)
    record.numbers.append(5)
    await record.update()
    assert (await model.get(1)).numbers == [1, 2, 5]


@case("arrays", "null_arrays", profile="core")
async def an_array_may_be_null(stage: Stage) -> None:
    model = _model(stage)
    await stage.make(model)
    await model.create_bulk([model(id=1, numbers=[]), model(id=2, **dict.fromkeys(_FULL))])
    await model.create(model(id=3))
    assert await found(model, [("numbers", "is null", None)]) == {2, 3}
    assert [getattr(await model.get(2), name) for name in _FULL] == [None] * len(_FULL)
    assert (await model.get(1)).numbers == []


@refusal("null_arrays", "arrays", profile="core")
async def an_array_that_may_be_null_is_refused(stage: Stage) -> None:
    model = model_of(stage.table("arrays"), id=Integer(primary_key=True), value=Array(Integer()))
    stage.db.bind(model)
    with expects(NotSupported, match="arrays that may be NULL"):
        await stage.db.create_and_update_tables([model])
    assert stage.sent.nothing()


@refusal("arrays", profile="core")
async def an_array_is_refused(stage: Stage) -> None:
    model = _model(stage)
    stage.db.bind(model)
    with expects(NotSupported, match="arrays"):
        await stage.db.create_and_update_tables([model])
    with expects(NotSupported, match="arrays"):
        await model.create(model(id=1, **{name: values for name, (_, values) in _FULL.items()}))
    assert stage.sent.nothing()
