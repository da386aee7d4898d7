"""How long a key may be, in which texts have to fit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dotorm.field_types import Field

__all__ = ["key_length", "key_room"]

_KEY_BYTES = 3072
"""The most bytes of a key of InnoDB; each character may have four."""
_WIDEST_FIXED = 36
"""More bytes than a key needs for a value of any type that is not text."""
_COMMON = 255


def key_room(texts: int, others: int) -> int:
    """How many characters each of the texts in a key may have, beside other columns."""
    return (_KEY_BYTES - _WIDEST_FIXED * others) // 4 // max(1, texts)


def key_length(field: Field[Any]) -> float:
    """How long a text without a limit may be that is a key, or unique; infinity if it is neither.

    A table of links has the keys of two others for its own.
    """
    meta = field.meta
    groups = [] if meta is None else [meta.key, *meta.unique, *([field],) * field.unique]
    rooms = [math.inf]
    for group in groups:
        if any(member is field for member in group):
            texts = sum(member.storage.kind in ("char", "text") for member in group)
            rooms += [_COMMON, key_room(texts, len(group) - texts)]
    return min(rooms)
