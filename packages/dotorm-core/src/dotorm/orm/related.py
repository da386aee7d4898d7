"""The list that a relation of many answers."""

from __future__ import annotations

from typing import Any

__all__ = ["RelatedList"]


class RelatedList[T](list[T]):
    """Related records: a list, which also answers ``["data"]`` with itself."""

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        """The record at an index, a part of the list, or for ``"data"`` the list itself."""
        return self if index == "data" else list.__getitem__(self, index)
