"""Conditions on keys of several fields: a comparison of all columns with all parts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import AmongRows, And, Comparison, Not, Or
from dotorm.exceptions import InvalidFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.expressions import ColumnRef, KeyRef, Node

__all__ = ["columns_of", "compare_keys", "key_among"]


def key_among(columns: Sequence[ColumnRef], keys: Sequence[Any]) -> Comparison | AmongRows:
    """The columns hold one of the keys, which are tuples where there are several columns."""
    if len(columns) == 1:
        return Comparison(columns[0], "in", list(keys))
    return AmongRows(tuple(columns), list(keys))


def columns_of(node: Comparison | AmongRows) -> tuple[ColumnRef, ...]:
    """The columns of what `key_among` answered."""
    return (node.column,) if isinstance(node, Comparison) else node.columns


def compare_keys(ref: KeyRef, operator: str, keys: Sequence[Any]) -> Node:
    """A condition on a key of several fields, by an operator of the filter language.

    A row in which any of the columns is NULL has no key there: only ``is null`` finds it.

    Args:
        ref: The columns.
        operator: One of ``= != in not in``, ``is null`` or ``is not null``.
        keys: Keys, or records that stand for them; None among them is NULL.

    Raises:
        InvalidFilter: A key of several fields cannot be compared in that way.
        InvalidValue: Something given is no key.
    """
    if operator.startswith("is "):
        return _absent(ref) if operator == "is null" else Not(_absent(ref))
    if operator not in ("=", "!=", "in", "not in"):
        raise InvalidFilter(
            f"{ref.label} is a key of several fields, which {operator!r} cannot compare: compare "
            "one of them"
        )
    rows = [ref.target.key_values(key, ref.label) for key in keys if key is not None]
    with_null, negated = len(rows) < len(keys), operator in ("!=", "not in")
    if not rows:
        test = _absent(ref) if with_null else Comparison(ref.columns[0], "in", [])
        return Not(test) if negated else test
    found = _equal(ref, rows[0]) if len(rows) == 1 else AmongRows(ref.columns, rows)
    if not negated:
        return Or((found, _absent(ref))) if with_null else found
    present = (Comparison(column, "is not null") for column in _nullable(ref))
    return And((*present, Not(found)))


def _equal(ref: KeyRef, row: tuple[Any, ...]) -> Node:
    pairs = zip(ref.columns, row, strict=True)
    return And(tuple(Comparison(column, "=", part) for column, part in pairs))


def _absent(ref: KeyRef) -> Node:
    """Any of the columns is NULL."""
    tests = tuple(Comparison(column, "is null") for column in _nullable(ref) or ref.columns[:1])
    return tests[0] if len(tests) == 1 else Or(tests)


def _nullable(ref: KeyRef) -> tuple[ColumnRef, ...]:
    """The columns that may be NULL: by themselves, or because no row is joined."""
    return tuple(c for c in ref.columns if c.path or c.field is None or c.field.null)
