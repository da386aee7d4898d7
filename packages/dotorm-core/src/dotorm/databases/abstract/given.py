"""What was given as a pool, or as a function, where people give many things."""

from __future__ import annotations

from inspect import iscoroutine
from typing import Any

from dotorm.components.filter_parser import shown
from dotorm.databases.abstract.pool import Pool
from dotorm.exceptions import ConfigurationError

__all__ = ["a_function", "a_pool"]


def a_pool(given: Any, taker: str) -> Pool:
    """The pool itself.

    Args:
        given: What should be one.
        taker: What it was given to, for the message.

    Raises:
        ConfigurationError: It is none; the text says what to give.
    """
    if isinstance(given, Pool):
        return given
    raise ConfigurationError(f"{taker} takes a pool, not {type(given).__name__}: {_remedy(given)}")


def a_function[T](given: T, taker: str) -> T:
    """The function itself.

    Args:
        given: What should be one.
        taker: What it was given to, for the message.

    Raises:
        ConfigurationError: It cannot be called.
    """
    if callable(given):
        return given
    raise ConfigurationError(f"{taker} takes a function, not {shown(given)}")


def _remedy(given: Any) -> str:
    if iscoroutine(given):
        given.close()  # or Python warns that it was never awaited
        return "await it"
    if isinstance(getattr(given, "pool", None), Pool):
        return "give its .pool, such as db.pool, or bind models with db.bind(User)"
    return "give what `await container.create_pool()` answers, or db.pool"
