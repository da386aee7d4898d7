"""What records do without a database: begin, answer for what they lack, become JSON."""

from __future__ import annotations

import base64
import datetime as dt
import decimal
import enum
import uuid
from contextlib import contextmanager
from threading import local
from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import suggestion
from dotorm.exceptions import FieldNotLoaded, InvalidFilter
from dotorm.field_types import Many2one, Relation, is_record, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = ["Lacking", "begin", "json_ready", "lacking", "make_init", "record_json", "strictly"]


class _Unset:
    """The default of a constructor's parameters: nothing was given."""

    def __repr__(self) -> str:
        return "<not given>"


UNSET = _Unset()

_REMEMBERED = ("_plan", "_row")
"""What a record has if it was read: how its row is laid out, and the row."""


def make_init(meta: ModelMeta) -> Callable[..., None]:
    """A model's constructor: one keyword a field, storing what it is given and nothing else."""
    names = list(meta.fields)
    parameters = "".join(f", {name}=_unset" for name in names)
    lines = [f"def __init__(_self, *{parameters}):", " _self._plan = _self._row = None"]
    for name in names:
        lines += [f" if {name} is not _unset:", f"  _self.{name} = {name}"]
    scope: dict[str, Any] = {"_unset": UNSET}
    # The text holds only names of fields, which the metaclass found to be plain identifiers.
    exec("\n".join(lines), scope)  # noqa: S102
    init: Callable[..., None] = scope["__init__"]
    init.__qualname__ = f"{meta.name}.__init__"
    init.__doc__ = f"A new {meta.name} with the values given; it is not sent to the database."
    return init


def begin(record: Any) -> None:
    """Have a new record say that it was not read."""
    record._plan = record._row = None


class Lacking(Exception):
    """A record that is read `strictly` has no value of its own for an attribute."""


class _Reading(local):
    strict = False


_reading = _Reading()


@contextmanager
def strictly() -> Iterator[None]:
    """Have this thread's records raise `Lacking` in the block for what they have no value of."""
    _reading.strict = True
    try:
        yield
    finally:
        _reading.strict = False


def lacking(record: Any, name: str) -> Any:
    """What a record answers for an attribute that it has no value of.

    Raises:
        FieldNotLoaded: The record was read without the field.
        AttributeError: The model has no such field.
        Lacking: It is read strictly.
    """
    if _reading.strict:
        raise Lacking(name)
    if name in _REMEMBERED:  # an __init__ of its own did not ask ours
        return None
    meta: ModelMeta = type(record).__meta__
    field = meta.fields.get(name)
    if field is None:
        hint = suggestion(name, meta.fields)
        raise AttributeError(f"{meta.name} has no attribute {name!r}{hint}", name=name, obj=record)
    if field.compute is not None:
        return field.compute(record)
    if isinstance(field, Many2one) and field.over:
        return field.reference(record)
    if record._plan is not None and field.store:
        raise FieldNotLoaded(_how_to_load(field), name=name, obj=record)
    return _default(record, field)


def record_json(
    record: Any,
    include: Collection[str] | None = None,
    exclude: Collection[str] = (),
    _above: tuple[Any, ...] = (),
) -> dict[str, Any]:
    """A record as a dict that `json.dumps` takes; see `DotModel.json`."""
    meta: ModelMeta = type(record).__meta__
    for given in (include, exclude):
        if isinstance(given, str):
            raise InvalidFilter(f"{meta.name}.json: give a list of names, not {given!r}")
    for name in (*(include or ()), *exclude):
        if name not in meta.fields:
            raise InvalidFilter(f"{meta.name}.json: unknown field {name!r}")
    above = (*_above, record)
    names = meta.fields if include is None else include
    wanted = [name for name in meta.fields if name in names and name not in exclude]
    return {
        name: json_ready(_plain(meta.fields[name], value), above)
        for name, value in _values(record, meta, wanted)
    }


def json_ready(value: Any, above: tuple[Any, ...] = ()) -> Any:
    """A value as JSON has it; `DotModel.json` says how each type is written."""
    if is_record(value):
        if any(value is record for record in above):
            return json_ready(key_of(value))
        return record_json(value, _above=above)
    match value:
        case dict():
            return {key: json_ready(item, above) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [json_ready(item, above) for item in value]
        case _:
            return _scalar(value)


def _scalar(value: Any) -> Any:
    match value:
        case dt.date() | dt.time():
            return value.isoformat()
        case enum.Enum():
            return value.value
        case decimal.Decimal() | uuid.UUID():
            return str(value)
        case bytes():
            return base64.b64encode(value).decode()
        case _:
            return value


def _plain(field: Field[Any], value: Any) -> Any:
    """What a schema made of JSON, as JSON again."""
    if field.kind != "json" or field.unwrap is None or value is None:
        return value
    return field.unwrap(value)


def _values(record: Any, meta: ModelMeta, names: Iterable[str]) -> Iterable[tuple[str, Any]]:
    """Those of the fields that a record has a value of."""
    own = record.__dict__
    for name in names:
        field = meta.fields[name]
        if name in own:
            yield name, own[name]
        elif field.compute is not None:
            try:
                yield name, field.compute(record)
            except FieldNotLoaded:
                continue
        elif record._plan is None and field.has_default:
            yield name, _default(record, field)


def _default(record: Any, field: Field[Any]) -> Any:
    """A new record's default: the same object each time, made once."""
    if not callable(field.default) and not isinstance(field.default, list | dict | set):
        return field.default
    made: dict[str, Any] = record.__dict__.setdefault("_defaults", {})
    if field.name not in made:
        made[field.name] = field.make_default()
    return made[field.name]


def _how_to_load(field: Field[Any]) -> str:
    text = f"{field.label} was not loaded: name {field.name!r} in fields"
    if isinstance(field, Relation) and not field.is_column:
        text += " of search or get_with_relations"
    return f"{text} (reading an attribute never queries)"
