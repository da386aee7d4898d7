"""From a field to its place in a schema: type, default, and what clients are told of it."""

from __future__ import annotations

import base64
import binascii
import decimal
from typing import TYPE_CHECKING, Annotated, Any

import pydantic
from pydantic import AfterValidator, BeforeValidator, JsonValue, PlainSerializer, WithJsonSchema

from dotorm.field_types import Decimal, Field, Integer, Relation
from dotorm.schemas.shapes import is_usual

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dotorm.schemas.shapes import Kind

__all__ = ["admitted", "hidden", "presented", "taken", "taken_key"]

type Place = tuple[Any, Any]
"""An annotation and a pydantic field, as `create_model` takes them."""


def admitted(field: Field[Any], kind: Kind, **told: Any) -> Place:
    """The place of a field in what a client sends."""
    type_ = taken(field)
    optional = type_ | None if field.null else type_
    told["description"] = field.description
    is_made = field.primary_key and not is_usual(field, kind)
    if kind == "update" or is_made or callable(field.default):
        return hidden(optional, **told)
    if field.has_default:
        return optional, pydantic.Field(field.accept(field.make_default()), **told)
    return optional, pydantic.Field(... if field.required else None, **told)


def presented(field: Field[Any], nested: Any, **told: Any) -> Place:
    """The place of a field in what a client is shown; it is always there.

    Args:
        field: The field.
        nested: The schema of related records; None for a value, or the key.
        told: What pydantic is to know besides.
    """
    told["description"] = field.description
    if isinstance(field, Relation) and field.many:
        return list[nested], pydantic.Field(..., **told)
    type_ = _shown(field) if nested is None else nested
    return type_ | None if field.null else type_, pydantic.Field(..., **told)


def hidden(type_: Any, **told: Any) -> Place:
    """The place of a value that need not be given; clients are told of no default."""
    return type_, pydantic.Field(None, json_schema_extra=_forget_default, **told)


def taken(field: Field[Any]) -> Any:
    """The type of a value that is sent: what it admits is what the field accepts."""
    if len(field.holders) > 1:
        return Annotated[taken_key(_beneath(field)), AfterValidator(field.accept)]
    return Annotated[_bare(field, JsonValue), *_limits(field.storage), AfterValidator(field.accept)]


def taken_key(fields: Sequence[Field[Any]]) -> Any:
    """The type of a key that is sent: of several fields it is a list of so many values."""
    return taken(fields[0]) if len(fields) == 1 else _tuple_of(map(taken, fields))


def _tuple_of(types: Iterable[Any]) -> Any:
    made: Any = tuple
    return made[*types]


def _beneath(field: Field[Any]) -> tuple[Field[Any], ...]:
    assert field.meta is not None  # noqa: S101 - a schema is made from a model's fields
    return tuple(field.meta.stored[name] for name in field.holders)


def _shown(field: Field[Any]) -> Any:
    """The type of a value that is shown; a limit is told, but keeps nothing from being shown."""
    if len(field.holders) > 1:
        return _tuple_of(map(_shown, _beneath(field)))
    most = getattr(field.storage, "max_length", None)
    extra = None if most is None else {"maxLength": most}
    return Annotated[_bare(field, Any), pydantic.Field(json_schema_extra=extra)]


def _bare(field: Field[Any], json: Any) -> Any:
    match field.storage.kind:
        case "json":
            schema = getattr(field.storage, "schema", None)
            return json if schema is None else schema
        case "array":
            item = getattr(field.storage, "item")  # noqa: B009 - Array alone has it
            return list[_bare(item, json) | None]  # type: ignore[misc]
        case "binary":
            return _BYTES
        case _:
            return field.storage.python_type


def _limits(field: Field[Any]) -> list[Any]:
    if isinstance(field, Integer):
        limit = 1 << field.bits - 1
        return [pydantic.Field(ge=-limit, le=limit - 1)]
    if isinstance(field, Decimal):
        return [BeforeValidator(_unrounded), WithJsonSchema(_decimal_schema(field))]
    most = getattr(field, "max_length", None)
    return [] if most is None else [pydantic.Field(max_length=most)]


def _unrounded(value: Any) -> Any:
    if isinstance(value, float):
        value = decimal.Decimal(repr(value))
        if len(value.as_tuple().digits) > 15:
            raise ValueError("give more than 15 digits as text: a number would be rounded")
    return value


def _decimal_schema(field: Decimal) -> dict[str, Any]:
    whole = field.max_digits - field.decimal_places
    limit = 10**whole
    pattern = rf"^[-+]?0*\d{{0,{whole}}}(\.\d{{0,{field.decimal_places}}}0*)?$"
    number = {"type": "number", "exclusiveMinimum": -limit, "exclusiveMaximum": limit}
    return {"anyOf": [number, {"type": "string", "pattern": pattern}]}


def _forget_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


def _from_base64(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise ValueError(f"give bytes as base64: {error}") from error


def _to_base64(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


_BYTES = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(_to_base64, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
