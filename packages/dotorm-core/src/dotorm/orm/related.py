"""The list that a relation of many answers."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["RelatedList", "empty_lists"]


class RelatedList[T](list[T]):
    """Related records: a list, which also answers ``["data"]`` with itself.

    It knows whether it was changed. That changes no link: whoever updates its record is told so.

    Attributes:
        owner: The name of the relation that it was read for, and the key of the record; None if
            it was not read.
    """

    __slots__ = ("_changed", "owner")

    owner: tuple[str, Any] | None

    def __init__(self, items: Iterable[T] = (), owner: tuple[str, Any] | None = None) -> None:
        super().__init__(items)
        self.owner = owner

    @property
    def is_changed(self) -> bool:
        """Whether records were put in or taken out since it was read; sorting is no change."""
        return getattr(self, "_changed", False)

    def __getitem__(self, index: Any) -> Any:
        """The record at an index, a part of the list, or for ``"data"`` the list itself."""
        return self if index == "data" else list.__getitem__(self, index)

    def __reduce__(self) -> tuple[Any, ...]:
        # A list's own way would append to the copy, which is a change.
        return type(self), (), (list(self), self.is_changed, self.owner)

    def __setstate__(self, state: tuple[list[T], bool, tuple[str, Any] | None]) -> None:
        items, changed, self.owner = state
        list.extend(self, items)
        if changed:
            self._changed = True


def empty_lists(relation: str, keys: Iterable[Any]) -> dict[Any, RelatedList[Any]]:
    """By its key, the empty list that a relation of each of many records answers at first."""
    new = RelatedList.__new__  # __init__, which is written in Python, would take twice as long
    lists: dict[Any, RelatedList[Any]] = {key: new(RelatedList) for key in keys}
    for key, one in lists.items():
        one.owner = relation, key
    return lists


def _telling[**P, R](method: Callable[P, R]) -> Callable[P, R]:
    """A method of lists that also says that the list was changed."""

    @wraps(method)
    def change(*args: P.args, **kwargs: P.kwargs) -> R:
        changed: Any = args[0]
        changed._changed = True
        return method(*args, **kwargs)

    return change


for _name in (
    *("append", "clear", "extend", "insert", "pop", "remove"),
    *("__delitem__", "__iadd__", "__imul__", "__setitem__"),
):
    setattr(RelatedList, _name, _telling(getattr(list, _name)))
