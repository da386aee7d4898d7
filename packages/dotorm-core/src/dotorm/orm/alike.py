"""Whether many records were given the same fields, found out without a dict for any of them.

CPython keeps a record's values inside the record until somebody asks for its ``__dict__``; from
then on the record is larger, and slower to read and to write. What the collector tells of a record
costs nothing of that kind: one reference for each value, and one for the class.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from dotorm.records import Lacking, strictly

if TYPE_CHECKING:
    from dotorm.builder import Plans

__all__ = ["given_alike"]

_BESIDE = 3
"""What a record refers to beside its values: its class, its row plan and its row, None perhaps."""


def given_alike(plans: Plans, records: list[Any]) -> tuple[str, ...] | None:
    """The stored fields that each of the records was given, and nothing else, in model order.

    None if they differ, or if that cannot be found out at a glance.

    Args:
        plans: Those of the model.
        records: At least one; see `ModelMeta.is_transparent` of their classes first.
    """
    names = _held(plans, records[0])
    references = set(map(len, map(gc.get_referents, records)))
    if references != {len(names) + _BESIDE}:
        return None
    alike = _all_hold(plans, records, names) and _read_alike(records)
    return names if alike else None


def _held(plans: Plans, record: Any) -> tuple[str, ...]:
    """The stored fields that a record has a value of."""
    return tuple(name for name in plans.meta.stored if _all_hold(plans, [record], (name,)))


def _all_hold(plans: Plans, records: list[Any], names: tuple[str, ...]) -> bool:
    try:
        with strictly():
            plans.row_plan(names).columns_of(records)
    except Lacking:
        return False
    return True


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
