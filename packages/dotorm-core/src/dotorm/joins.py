"""From paths to the tables that a statement needs besides its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import (
    AmongRows,
    And,
    ColumnRef,
    Comparison,
    Exists,
    InQuery,
    Node,
    Not,
    Or,
)
from dotorm.components.queries import Fragment, Join, Select
from dotorm.field_types import Many2many, Many2one, One2many
from dotorm.field_types.relations import key_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dotorm.field_types import Relation
    from dotorm.meta import ModelMeta

__all__ = [
    "LINK",
    "exists_query",
    "joins_for",
    "leaves",
    "link_columns",
    "link_join",
    "owner_of",
    "paths_of",
    "related_of",
]

LINK = ("",)
"""The path of a table of links; no field has an empty name."""


def leaves(node: Any) -> Iterator[Comparison | AmongRows | Exists | InQuery]:
    """The conditions of a filter, without what joins them."""
    match node:
        case Comparison() | AmongRows() | Exists() | InQuery():
            yield node
        case And(items) | Or(items):
            for item in items:
                yield from leaves(item)
        case Not(item):
            yield from leaves(item)


def joins_for(
    meta: ModelMeta, where: Node | None, paths: Iterable[tuple[str, ...]] = ()
) -> tuple[Join, ...]:
    """The tables that a condition's columns, and further paths, lead to; each once."""
    found = list(paths)
    for leaf in leaves(where):
        found += paths_of(leaf)
    steps = (path[:length] for path in found for length in range(1, len(path) + 1))
    return tuple(_join(meta, step) for step in dict.fromkeys(steps) if step != LINK)


def exists_query(relation: Relation, path: tuple[str, ...], where: Node | None) -> Exists:
    """The condition that a related record exists which a condition finds.

    Args:
        relation: A relation of many.
        path: The way to the model that has the relation.
        where: A condition over the relation's target; None for any related record.
    """
    target = relation.target
    joins = joins_for(target, where)
    inner: tuple[ColumnRef, ...]
    if isinstance(relation, Many2many):
        inner = owner_of(relation)
        joins = (link_join(relation), *joins)
    else:
        assert isinstance(relation, One2many)  # noqa: S101 - the other kinds lead to one record
        inner = relation.inverse_field.refs()
    assert relation.meta is not None  # noqa: S101 - it was found in a model
    query = Select(target.table, (Fragment("1"),), joins, where)
    return Exists(query, tuple(zip(inner, relation.meta.key_refs(path), strict=True)))


def paths_of(leaf: Comparison | AmongRows | Exists | InQuery) -> list[tuple[str, ...]]:
    """The paths to the tables whose columns a condition names, in the statement itself."""
    match leaf:
        case Comparison():
            return [leaf.column.path]
        case Exists():
            return [leaf.path]
        case AmongRows() | InQuery():
            return [column.path for column in leaf.columns]


def link_join(relation: Many2many) -> Join:
    """The table of links, joined to the relation's target."""
    on = tuple(zip(relation.target.key_refs(), related_of(relation, LINK), strict=True))
    return Join(relation.many2many_table, LINK, on, outer=False)


def related_of(relation: Many2many, path: tuple[str, ...] = ()) -> tuple[ColumnRef, ...]:
    """The columns of a table of links that refer to the relation's target."""
    return key_columns(relation.related_columns, relation.target, path)


def owner_of(relation: Many2many, path: tuple[str, ...] = LINK) -> tuple[ColumnRef, ...]:
    """The columns of a table of links that refer to the model with the relation."""
    assert relation.meta is not None  # noqa: S101 - it was found in a model
    return key_columns(relation.owner_columns, relation.meta, path)


def link_columns(relation: Many2many) -> dict[str, ColumnRef]:
    """The columns of a table of links by name, those of the target first; a shared one once."""
    owner = {column.name: column for column in owner_of(relation, ())}
    return {column.name: column for column in related_of(relation)} | owner


def _join(meta: ModelMeta, step: tuple[str, ...]) -> Join:
    *parents, name = step
    for parent in parents:
        meta = meta.relation(parent).target
    relation = meta.relation(name)
    assert isinstance(relation, Many2one)  # noqa: S101 - ModelMeta.resolve let nothing else through
    target = relation.target
    on = zip(relation.refs(tuple(parents)), target.key_refs(step), strict=True)
    return Join(target.table, step, tuple(on))
