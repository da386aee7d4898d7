"""From a list of fields to the shape of a schema: which fields it has, and what is nested in them.

A shape is data: equal questions give equal shapes, which is how a schema is found again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dotorm.exceptions import InvalidFilter
from dotorm.field_types import Field, Integer, Relation
from dotorm.orm.loads import Load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dotorm.meta import ModelMeta

__all__ = ["Kind", "Part", "Shape", "is_usual", "shape_of"]

type Kind = Literal["create", "read", "update", "links", "changes"]
type Part = tuple[str, Shape | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a schema is made from.

    Attributes:
        model: The model.
        kind: What the schema is for.
        name: The name of its class.
        parts: The fields by name, with the shape of what is nested in them.
    """

    model: type[Any]
    kind: Kind
    name: str
    parts: tuple[Part, ...]

    @property
    def meta(self) -> ModelMeta:
        """What is known of the model."""
        meta: ModelMeta = self.model.__meta__
        return meta


def shape_of(
    meta: ModelMeta,
    kind: Kind,
    fields: Sequence[Any] | None = None,
    fields_info: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Shape:
    """The shape of a schema with these fields; the usual ones of its kind by default.

    Raises:
        InvalidFilter: A field is unknown, named twice, or none that such a schema can have.
    """
    usual = [field for field in meta.stored.values() if is_usual(field, kind)]
    entries = [(field, None) for field in usual] if fields is None else _entries(meta, fields)
    chosen: dict[str, Any] = {}
    for field, inner in entries:
        if field.name in chosen:
            raise InvalidFilter(f"{field.label} is named twice")
        chosen[field.name] = inner
    _take_info(meta, chosen, fields_info)
    parts = tuple((n, _nested(meta.field(n), kind, inner)) for n, inner in chosen.items())
    unnamed = parts == tuple((field.name, None) for field in usual)
    return _made(meta, kind, parts, name or _name(meta, kind, () if unnamed else parts))


def is_usual(field: Field[Any], kind: Kind) -> bool:
    """Whether a schema has a stored field when no fields are named."""
    if kind == "create" and field.primary_key:
        is_made = field.has_default or isinstance(field, Integer)
        return not is_made or (field.meta is not None and len(field.meta.key) > 1)
    return kind != "update" or not field.primary_key


def _entries(meta: ModelMeta, fields: Any) -> Iterator[tuple[Field[Any], Any]]:
    """The fields that a list names, each with what is named of its related records, or None."""
    if isinstance(fields, str | Mapping) or not hasattr(fields, "__iter__"):
        raise InvalidFilter(f"{meta.name}: fields is a list of names, not {fields!r}")
    for entry in fields:
        if isinstance(entry, Mapping):
            for name, inner in entry.items():
                yield meta.relation(name), inner
        else:
            yield meta.field(entry), None


def _take_info(meta: ModelMeta, chosen: dict[str, Any], info: Any) -> None:
    if info is not None and not isinstance(info, Mapping):
        raise InvalidFilter(
            f"{meta.name}: fields_info is a dict from relations to lists of names, not {info!r}"
        )
    for name, inner in (info or {}).items():
        relation = meta.relation(name)
        if relation.name not in chosen or chosen[relation.name] is not None:
            raise InvalidFilter(
                f"fields_info names {relation.label}, which must be merely named among the fields"
            )
        chosen[relation.name] = inner


def _nested(field: Field[Any], kind: Kind, inner: Any) -> Shape | None:
    """The shape of what is nested in a field.

    Raises:
        InvalidFilter: That kind of schema cannot have the field, or not in this way.
    """
    if kind != "read":
        _check_payload(field, kind, inner)
    if not isinstance(field, Relation) or (field.holders and inner is None):
        return None
    if kind == "read":
        return shape_of(field.target, "read", *_split(inner))
    if inner is None:
        return _made(field.target, "links", (), _name(field.target, "links"))
    created = shape_of(field.target, "create", *_split(inner))
    name = _name(field.target, "changes", created.parts)
    return _made(field.target, "changes", (("created", created),), name)


def _check_payload(field: Field[Any], kind: Kind, inner: Any) -> None:
    if field.compute is not None:
        raise InvalidFilter(f"{field.label} is computed: a payload cannot hold it")
    if kind == "update" and field.primary_key:
        raise InvalidFilter(f"{field.label} is the key: it does not change")
    if field.holders and inner is not None:
        raise InvalidFilter(f"{field.label} takes a key: name it without fields of its own")
    if kind == "create" and isinstance(field, Relation) and not field.holders:
        raise InvalidFilter(
            f"{field.label} has no column: create does not write it, update_with_relations does"
        )


def _split(inner: Any) -> tuple[Any, Any]:
    """What is named of related records, as ``fields`` and ``fields_info``."""
    return (inner.fields, inner.fields_info) if isinstance(inner, Load) else (inner, None)


def _made(meta: ModelMeta, kind: Kind, parts: tuple[Part, ...], name: str) -> Shape:
    assert meta.model is not None  # noqa: S101 - the meta of a model has one
    return Shape(meta.model, kind, name, parts)


def _name(meta: ModelMeta, kind: Kind, parts: tuple[Part, ...] = ()) -> str:
    """A readable name for a class, which depends on nothing but what it names."""
    name = "_".join([f"{meta.name}{kind.capitalize()}", *_words(parts)])
    if len(name) <= 80:
        return name
    return f"{name[:60]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def _words(parts: tuple[Part, ...], depth: int = 0) -> Iterator[str]:
    for name, nested in parts:
        yield "_" * depth + name
        if nested is not None:
            yield from _words(nested.parts, depth + 1)
