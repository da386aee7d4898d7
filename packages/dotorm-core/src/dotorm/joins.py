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
from dotorm.field_types.relations import key_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from dotorm.field_types import Relation
    from dotorm.meta import ModelMeta

__all__ = ["LINK", "exists_query", "joins_for", "leaves", "link_join", "owner_of"]

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
        if isinstance(leaf, Comparison):
            found.append(leaf.column.path)
        elif isinstance(leaf, Exists):
            found.append(leaf.outer.path)
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
    if isinstance(relation, Many2many):
        inner = owner_of(relation)
        joins = (link_join(relation), *joins)
    else:
        assert isinstance(relation, One2many)  # noqa: S101 - the other kinds lead to one record
        inner = relation.inverse_field.ref()
    assert relation.meta is not None  # noqa: S101 - it was found in a model
    key = relation.meta.key[0]
    query = Select(target.table, (Fragment("1"),), joins, where)
    return Exists(query, inner, ColumnRef(key.column or key.name, key, path))


def link_join(relation: Many2many) -> Join:
    """The table of links, joined to the relation's target."""
    related = key_column(relation.column1, relation.target, LINK)
    key = relation.target.key[0].ref()
    return Join(relation.many2many_table, LINK, ((key, related),), outer=False)


def owner_of(relation: Many2many, path: tuple[str, ...] = LINK) -> ColumnRef:
    """The column of a table of links that refers to the model with the relation."""
    assert relation.meta is not None  # noqa: S101 - it was found in a model
    return key_column(relation.column2, relation.meta, path)


def _join(meta: ModelMeta, step: tuple[str, ...]) -> Join:
    *parents, name = step
    for parent in parents:
        meta = meta.relation(parent).target
    relation = meta.relation(name)
    assert isinstance(relation, Many2one)  # noqa: S101 - ModelMeta.resolve let nothing else through
    foreign = ColumnRef(relation.column or name, relation, tuple(parents))
    key = relation.target.key[0]
    other = ColumnRef(key.column or key.name, key, step)
    return Join(relation.target.table, step, ((foreign, other),))
