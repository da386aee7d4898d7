"""How large rows are as SQL text, before it is written."""

from __future__ import annotations

from operator import add
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["weight", "weights"]

# A moment, a UUID and a large number have no more than this, with the comma after them.
_COMMON = 40


def weight(columns: Sequence[list[Any]], count: int) -> int:
    """About how many bytes the texts of all rows have."""
    return _COMMON * len(columns) * count + sum(map(_size, columns))


def _size(column: list[Any]) -> int:
    kinds = set(map(type, column))
    if kinds <= {str, bytes}:
        return sum(map(len, column))
    if any(issubclass(kind, str | bytes) for kind in kinds):
        return sum(len(value) for value in column if isinstance(value, str | bytes))
    return 0


def weights(columns: Sequence[list[Any]], count: int) -> list[int]:
    """About how many bytes the texts of each row have."""
    found = [_COMMON * len(columns)] * count
    for column in columns:
        if any(isinstance(value, str | bytes) for value in column):
            sizes = [len(value) if isinstance(value, str | bytes) else 0 for value in column]
            found = list(map(add, found, sizes))
    return found
