"""Methods that can be called on the class and on a record."""

from __future__ import annotations

from functools import partial, update_wrapper
from typing import TYPE_CHECKING, Any, Concatenate

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["hybrid_method"]


class hybrid_method[**P, R]:  # noqa: N801 - it is used like classmethod
    """A method whose first argument is the record it is called on, or the class."""

    def __init__(self, function: Callable[Concatenate[Any, P], R]) -> None:
        self._function = function
        update_wrapper(self, function)  # type: ignore[arg-type]

    def __get__(self, record: object | None, owner: type[Any]) -> Callable[P, R]:
        bound: Callable[P, R] = partial(self._function, owner if record is None else record)
        return update_wrapper(bound, self._function)
