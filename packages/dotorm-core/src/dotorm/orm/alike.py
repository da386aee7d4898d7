"""Whether many records were given the same fields, found out without a dict for each of them.

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

__all__ = ["alike"]

_REMEMBERED = {"_plan", "_row"}


def alike(plans: Plans, records: list[Any]) -> bool:
    """Whether all records hold the same values as the first, which are stored fields alone.

    False may also mean that it could not be found out at a glance.
    """
    references = set(map(len, map(gc.get_referents, records)))
    own = vars(records[0])
    # Beside a record with one value, one with a dict of any number of them would look the same.
    if len(own) == 1 or references != {len(own) + 1}:
        return False
    names = tuple(own.keys() - _REMEMBERED)
    if not plans.meta.stored.keys() >= set(names):
        return False
    return _all_have(plans, records, names) and _remember_alike(records, own)


def _all_have(plans: Plans, records: list[Any], names: tuple[str, ...]) -> bool:
    try:
        with strictly():
            plans.row_plan(names).columns_of(records)
    except Lacking:
        return False
    return True


def _remember_alike(records: list[Any], own: dict[str, Any]) -> bool:
    """Whether all were read in the same way, or none was."""
    if own.keys().isdisjoint(_REMEMBERED):
        return True
    plan = own.get("_plan")
    if plan is None or any(record._plan is not plan for record in records):
        return False
    return all(record._row is not None for record in records)
