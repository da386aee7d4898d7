"""Whether many records were given the same fields, found out without a dict for any of them.

CPython keeps a record's values inside the record until somebody asks for its ``__dict__``; from
then on the record is larger, and slower to read and to write. What the collector tells of a record
costs nothing of that kind: one reference for each value, and one for the class.
"""

from __future__ import annotations

import gc
from itertools import batched, repeat
from operator import is_
from typing import TYPE_CHECKING, Any, NamedTuple

from dotorm.records import Lacking, strictly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder import Plans

__all__ = ["Alike", "given_alike"]

_BESIDE = 3
"""What a record refers to beside its values: its row plan and its row, None perhaps, and its class,
which the collector tells last."""

_AT_ONCE = 1000
"""Of how many records the collector is asked by one call: what it tells is a list."""


class Alike(NamedTuple):
    """Records that were given the same stored fields.

    Attributes:
        names: The fields, in model order.
        records: The records.
        columns: The values of each field, if they were read already.
    """

    names: tuple[str, ...]
    records: list[Any]
    columns: list[list[Any]] | None = None

    def values(self, plans: Plans, names: tuple[str, ...]) -> list[list[Any]]:
        """The values of fields, those that were not given among them, by field."""
        if self.columns is not None and names == self.names:
            return self.columns
        return plans.row_plan(names).columns_of(self.records)


def given_alike(plans: Plans, records: list[Any]) -> Alike | None:
    """The records, if each was given the same stored fields and nothing else.

    None if they differ, or if that cannot be found out at a glance.

    Args:
        plans: Those of the model.
        records: At least one; see `ModelMeta.is_transparent` of their classes first.
    """
    names = _held(plans, records[0])
    kind, count = type(records[0]), len(names) + _BESIDE
    if not all(_refer_alike(part, kind, count) for part in batched(records, _AT_ONCE)):
        return None
    columns = _own_values(plans, records, names) if _read_alike(records) else None
    return None if columns is None else Alike(names, records, columns)


def _refer_alike(records: Sequence[Any], kind: type[Any], count: int) -> bool:
    """Whether each record refers to so many objects, the last of which is its class.

    A record that refers to fewer or more moves the classes of those after it to other places, even
    if another one makes up for it.
    """
    referred = gc.get_referents(*records)
    classes = referred[count - 1 :: count]
    return len(referred) == count * len(records) and all(map(is_, classes, repeat(kind)))


def _held(plans: Plans, record: Any) -> tuple[str, ...]:
    """The stored fields that a record has a value of."""
    with strictly():
        return tuple(name for name in plans.meta.stored if _has(record, name))


def _has(record: Any, name: str) -> bool:
    try:
        getattr(record, name)
    except Lacking:
        return False
    return True


def _own_values(plans: Plans, records: list[Any], names: tuple[str, ...]) -> list[list[Any]] | None:
    """The values of each field; None if a record has none of its own."""
    try:
        with strictly():
            return plans.row_plan(names).columns_of(records)
    except Lacking:
        return None


def _read_alike(records: list[Any]) -> bool:
    """Whether all were read with the same fields, or none was read."""
    try:
        with strictly():
            plans = [record._plan for record in records]
            rows = [record._row for record in records]
    except Lacking:
        return False
    unread = rows.count(None)
    return plans.count(plans[0]) == len(plans) and unread == plans.count(None)
