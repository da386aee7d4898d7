"""Every type of field gives back the value that it was given, or refuses it before it is sent."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import struct
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import InvalidValue, NotSupported
from dotorm.fields import Integer
from dotorm.orm.selection import as_metas
from dotorm.testing.cases import Case
from dotorm.testing.stage import expects
from dotorm.testing.suite.examples import EXAMPLES
from dotorm.testing.suite.models import found, model_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.testing.stage import Stage
    from dotorm.testing.suite.examples import Example

__all__ = ["NO_FIELD", "UNSIGNED", "type_cases"]

NO_FIELD = "refuses the field"
"""The note about a field that a backend has no type for."""
UNSIGNED = "reads -0.0 as 0.0"
"""The note about the one loss that is allowed: the two are equal."""

_MANY = 1_000
"""So many rows that they may travel in another way; keys of different ways are that far apart."""


async def _keeps(example: Example, stage: Stage) -> None:
    """Write every value in every way, and read it in every way; note what is refused."""
    nullable = "arrays" not in example.needs or stage.features.null_arrays
    field = example.make(null=nullable)
    model = model_of(stage.table("typed"), id=Integer(primary_key=True), value=field)
    try:
        await stage.make(model)
    except NotSupported as error:
        _field_is_refused(stage, str(error))
        return
    kept = await _what_is_kept(stage, model, example)
    blank: list[Any] | None = None if nullable else []
    await _write(model, kept, blank)
    expected = {
        key + way * _MANY: _expected(model, value)
        for way in range(5)
        for key, value in enumerate(kept)
    } | {-1: blank, -2: blank}
    await _read(stage, model, expected)
    await _find(model, expected, kept)
    if nullable:
        assert await found(model, [("value", "=", None)]) == {-1, -2}
        await _empty(model, next(iter(expected)))


def _field_is_refused(stage: Stage, reason: str) -> None:
    """A field without a type is refused, by name, before anything is sent."""
    assert "Thing.value" in reason, f"the refusal does not name the field: {reason}"
    assert stage.sent.nothing()
    stage.notes.append(NO_FIELD)


async def _what_is_kept(stage: Stage, model: Any, example: Example) -> list[Any]:
    """Create a record of every value, and answer those that are not refused; note the others."""
    kept: list[Any] = []
    for label, values in example.values.items():
        before = len(kept)
        for value in values:
            if await _is_created(stage, model, len(kept), value):
                kept.append(value)
        if len(kept) < before + len(values):
            some = "" if len(kept) == before else "some of "
            stage.notes.append(f"refuses {some}{label}")
    return kept


async def _is_created(stage: Stage, model: Any, key: int, value: Any) -> bool:
    """Create a record, unless its value is refused: then by everything that writes."""
    stage.sent.forget()
    record = model(id=key, value=value)
    try:
        await model.create(record)
    except InvalidValue:
        pass
    else:
        return True
    two = [record, model(id=key + 1, value=value)]
    for write, *given in (
        (model.create, record),
        (model.create_bulk, two),
        (model.update_bulk, [key], model(value=value)),
        (model.update_bulk, two),
        (record.update,),
    ):
        with expects(InvalidValue, match=r"Thing\.value"):
            await write(*given)
    assert stage.sent.nothing(), f"{value!r:.60} was refused only after it was sent"
    return False


async def _write(model: Any, kept: Sequence[Any], blank: Any) -> None:
    """Beside the records that were created one by one: some at once, as changes, many at once."""
    numbered = list(enumerate(kept))
    await model.create_bulk(
        [
            model(id=-1) if blank is None else model(id=-1, value=blank),
            *(model(id=_MANY + key, value=value) for key, value in numbered),
            model(id=-2, value=blank),
        ]
    )
    later = [way * _MANY + key for way in (2, 3) for key, _ in numbered]
    await model.create_bulk([model(id=key, value=blank) for key in later])
    for key, value in numbered:
        await model.update_bulk([2 * _MANY + key], model(value=value))
    await model.update_bulk([model(id=3 * _MANY + key, value=value) for key, value in numbered])
    beside = range(10 * _MANY, 11 * _MANY)
    records = [model(id=4 * _MANY + key, value=value) for key, value in numbered]
    await model.create_bulk([*records, *(model(id=key, value=blank) for key in beside)])
    await model.delete_bulk(list(beside))


async def _read(stage: Stage, model: Any, expected: dict[int, Any]) -> None:
    """By key, all at once, and one after another."""
    for key, value in expected.items():
        _check(stage, (await model.get(key)).value, value)
    records = await model.search(sort="id")
    assert [record.id for record in records] == sorted(expected)
    for record in records:
        _check(stage, record.value, expected[record.id])
    if stage.features.streaming:
        async for record in model.stream(sort="id", batch=7):
            _check(stage, record.value, expected[record.id])


async def _find(model: Any, expected: dict[int, Any], kept: Sequence[Any]) -> None:
    """The records that have a value are found by it, and none that has another."""
    for key, value in enumerate(kept):
        wanted = expected[key]
        if wanted != wanted:  # noqa: PLR0124 - NaN equals itself in some databases only
            continue
        same = {each for each, other in expected.items() if _same(other, wanted)}
        equal = {each for each, other in expected.items() if other == wanted}
        keys = await found(model, [("value", "=", value)])
        assert same <= keys <= equal, f"{value!r:.60} finds {sorted(keys)}, not {sorted(same)}"
        if not isinstance(wanted, dict | list):
            keys = await _found_in_list(model, value, same)
            assert same <= keys <= equal, f"[{value!r:.60}] finds {sorted(keys)}"


async def _found_in_list(model: Any, value: Any, otherwise: set[int]) -> set[int]:
    """What a list of one value finds; it may be refused where `=` is not."""
    try:
        return await found(model, [("value", "in", [value])])
    except InvalidValue:
        return otherwise


async def _empty(model: Any, key: int) -> None:
    record = await model.get(key)
    record.value = None
    await record.update()
    assert (await model.get(key)).value is None


def _expected(model: Any, value: Any) -> Any:
    """The value as the field's own type; JSON as JSON itself has it."""
    field: Any = as_metas([model])[0].stored["value"]
    if field.kind == "json" and field.schema is None:
        return json.loads(json.dumps(value))
    return field.accept(value)


def _check(stage: Stage, read: Any, wanted: Any) -> None:
    """Find out whether a value is the one that was written; the sign of 0.0 may be lost."""
    if _same(read, wanted):
        return
    assert _same(read, _unsigned(wanted)), f"{wanted!r:.90} came back as {read!r:.90}"
    if UNSIGNED not in stage.notes:
        stage.notes.append(UNSIGNED)


def _unsigned(value: Any) -> Any:
    """The value with 0.0 in the place of -0.0."""
    match value:
        case float():
            return value + 0.0
        case list():
            return [_unsigned(item) for item in value]
        case dict():
            return {key: _unsigned(item) for key, item in value.items()}
    return value


def _same(read: Any, wanted: Any) -> bool:
    """Whether two values are the same to the last bit, digit and zone, and of the same type."""
    if isinstance(wanted, uuid.UUID):
        return isinstance(read, uuid.UUID) and read == wanted  # a driver may have its own
    if type(read) is not type(wanted):
        return False
    match wanted:
        case float():
            return struct.pack("d", read) == struct.pack("d", wanted)
        case decimal.Decimal():
            return bool(read.as_tuple() == wanted.as_tuple())
        case dt.datetime():
            return bool(read == wanted and read.tzinfo is dt.UTC)
        case list():
            return len(read) == len(wanted) and all(map(_same, read, wanted))
        case dict():
            return read.keys() == wanted.keys() and all(_same(read[k], wanted[k]) for k in wanted)
    return bool(read == wanted)


type_cases = [
    Case(
        name=example.name,
        kind="shows",
        profile="types",
        needs=example.needs,
        function=partial(_keeps, example),
    )
    for example in EXAMPLES
]
