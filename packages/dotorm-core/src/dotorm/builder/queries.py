"""From a model and the caller's arguments to a query, with everything named checked."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import (
    AmongRows,
    And,
    ColumnRef,
    Comparison,
    Exists,
    FieldOperators,
    InQuery,
    Node,
)
from dotorm.components.filter_parser import plain, shown
from dotorm.components.key_conditions import key_among
from dotorm.components.queries import Delete, Fragment, Order, Select, Update, Windowed
from dotorm.exceptions import InvalidFilter
from dotorm.field_types.relations import generation
from dotorm.joins import joins_for, leaves, link_columns, link_join, owner_of, paths_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.queries import Lock, Query
    from dotorm.field_types import Field, Many2many
    from dotorm.meta import ModelMeta

__all__ = [
    "among_keys",
    "both",
    "delete_query",
    "equal",
    "first_of_each",
    "key_condition",
    "links_among",
    "links_query",
    "parse_sort",
    "related_sort",
    "row_window",
    "select_query",
    "update_query",
]

_MOST_ROWS = 2**63 - 1  # a BIGINT, which the databases take there


def select_query(
    meta: ModelMeta,
    columns: Sequence[ColumnRef | Fragment],
    where: Node | None = None,
    sort: Sequence[tuple[str, bool]] = (),
    *,
    limit: int | None = None,
    offset: int | None = None,
    lock: Lock | None = None,
) -> Select:
    """A SELECT over the model's table and the tables that its paths lead to.

    Args:
        meta: The model.
        columns: What to answer.
        where: Which rows.
        sort: Pairs of a path and whether it descends.
        limit: The most rows.
        offset: How many rows to leave out first.
        lock: Lock the rows, and what to do about locked ones.
    """
    order = tuple(
        Order(column, descending) for path, descending in sort for column in meta.columns(path)
    )
    joins = joins_for(meta, where, [part.column.path for part in order])
    return Select(meta.table, tuple(columns), joins, where, order, limit, offset, lock)


def update_query(
    meta: ModelMeta, fields: Sequence[Field[Any]], values: Sequence[Any], where: Node | None
) -> Update:
    """An UPDATE of the fields in the rows that the condition finds."""
    columns = tuple(field.ref() for field in fields)
    return Update(meta.table, columns, tuple(values), _within(meta, where))


def delete_query(meta: ModelMeta, where: Node | None) -> Delete:
    """A DELETE of the rows that the condition finds."""
    return Delete(meta.table, _within(meta, where))


def links_query(
    relation: Many2many,
    columns: Sequence[ColumnRef],
    where: Node | None,
    sort: Sequence[tuple[str, bool]],
    *,
    limit: int | None = None,
    offset: int | None = None,
) -> Select:
    """A SELECT of the related records with, as the last columns, the key of each one's owner."""
    every = (*columns, *owner_of(relation))
    query = select_query(relation.target, every, where, sort, limit=limit, offset=offset)
    return replace(query, joins=(link_join(relation), *query.joins))


def first_of_each(query: Select, group: tuple[ColumnRef, ...], limit: int | None) -> Query:
    """The query, or only its first rows for each value of some columns."""
    return query if limit is None else Windowed(query, group, limit)


def links_among(relation: Many2many, rows: Sequence[tuple[Any, ...]]) -> Select:
    """A SELECT of those links, with the values of `link_columns` in a row, that are there."""
    columns = tuple(link_columns(relation).values())
    return Select(relation.many2many_table, columns, where=AmongRows(columns, list(rows)))


def key_condition(meta: ModelMeta, key: Any) -> Node:
    """The condition that finds the one record with the key."""
    return equal(meta.key_refs(), meta.key_parts(key))


def equal(columns: Sequence[ColumnRef], parts: Sequence[Any]) -> Node:
    """The condition that columns have these values."""
    nodes = tuple(Comparison(c, "=", part) for c, part in zip(columns, parts, strict=True))
    return nodes[0] if len(nodes) == 1 else And(nodes)


def among_keys(meta: ModelMeta, keys: Sequence[Any]) -> Comparison | AmongRows:
    """The condition that finds the records with one of the keys."""
    columns = meta.key_refs()
    return key_among(columns, keys if len(columns) == 1 else [meta.key_parts(key) for key in keys])


def both(among: Comparison | AmongRows | None, node: Node | None) -> Node | None:
    """Two conditions as one, of which each may be missing."""
    if among is None:
        return node
    return among if node is None else And((among, node))


def parse_sort(meta: ModelMeta, sort: Any, order: str | None) -> tuple[tuple[str, bool], ...]:
    """What to sort by, as pairs of a path and whether it descends.

    Args:
        meta: The model.
        sort: A field or path, or a list of them; a leading ``-`` means descending. None means
            the primary key, descending unless ``order`` says otherwise.
        order: ``"ASC"`` or ``"DESC"`` for the fields without a ``-``; None is ascending.

    Raises:
        InvalidFilter: A field is unknown or has no column, or the order is not one of the two.
    """
    if type(sort) is str and order is None:
        return _known_sort(meta, (sort,), False, generation())
    word = "ASC" if order is None else (plain(order) or "").upper()
    if word not in ("ASC", "DESC"):
        raise InvalidFilter(f"{meta.name}: order is 'ASC' or 'DESC', not {shown(order)}")
    descending = word == "DESC"
    if sort is None:
        return tuple((field.name, order is None or descending) for field in meta.key)
    items = tuple(sort) if isinstance(sort, list | tuple) else (sort,)
    if set(map(type, items)) <= {str}:
        return _known_sort(meta, items, descending, generation())
    return _sort_parts(meta, items, descending)


def _sort_parts(
    meta: ModelMeta, items: tuple[Any, ...], descending: bool, _generation: int = 0
) -> tuple[tuple[str, bool], ...]:
    parts = tuple(_sort_part(meta, item, descending=descending) for item in items)
    for path, _ in parts:
        meta.columns(path)
    return parts


_known_sort = lru_cache(maxsize=5000)(_sort_parts)
"""Kept for names that are text, until a model is defined that a path may lead to."""


def related_sort(
    meta: ModelMeta, sort: Any = None, order: str | None = None
) -> tuple[tuple[str, bool], ...]:
    """What to sort related records by: as `parse_sort`, but the key ascends by default."""
    return parse_sort(meta, sort, "ASC" if sort is None and order is None else order)


def _sort_part(meta: ModelMeta, item: Any, *, descending: bool) -> tuple[str, bool]:
    if isinstance(item, FieldOperators):
        condition = item._condition("is null", None)
        if condition.root is not meta:
            raise InvalidFilter(f"{meta.name}: {shown(item)} is a field of another model")
        return condition.path, descending
    path = plain(item)
    if path is None:
        raise InvalidFilter(f"{meta.name}: sort takes names of fields, not {shown(item)}")
    return (path[1:], True) if path.startswith("-") else (path, descending)


def row_window(
    label: str, limit: int | None, start: int | None, end: int | None
) -> tuple[int | None, int | None]:
    """The LIMIT and OFFSET of a call that gives a limit, or the rows from start up to end.

    Raises:
        InvalidFilter: Both are given, or a number is negative or none, or end is before start.
    """
    if start is end is None and type(limit) is int and 0 <= limit <= _MOST_ROWS:
        return limit, None
    for name, number in (("limit", limit), ("start", start), ("end", end)):
        if number is not None and (type(number) is not int or not 0 <= number <= _MOST_ROWS):
            raise InvalidFilter(
                f"{label}: {name} counts rows: a whole number from 0 to 2**63 - 1, not "
                f"{shown(number)}"
            )
    if limit is not None and (start is not None or end is not None):
        raise InvalidFilter(f"{label}: give either limit, or start and end")
    if end is None:
        return limit, start or None
    if end < (start or 0):
        raise InvalidFilter(f"{label}: end={end} is before start={start}")
    return end - (start or 0), start or None


def _within(meta: ModelMeta, where: Node | None) -> Node | None:
    """A condition over the table's own columns, for statements that cannot join others."""
    if not any(isinstance(leaf, Exists) or any(paths_of(leaf)) for leaf in leaves(where)):
        return where
    keys = meta.key_refs()
    return InQuery(keys, select_query(meta, keys, where))
