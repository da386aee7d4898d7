"""What was given as a pool, where people give many things."""

from __future__ import annotations

from inspect import iscoroutine
from typing import Any

from dotorm.databases.abstract.pool import Pool
from dotorm.exceptions import ConfigurationError

__all__ = ["a_pool"]


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


def _remedy(given: Any) -> str:
    if iscoroutine(given):
        given.close()  # or Python warns that it was never awaited
        return "await it"
    if isinstance(getattr(given, "pool", None), Pool):
        return "give its .pool, such as db.pool, or bind models with db.bind(User)"
    return "give what `await container.create_pool()` answers, or db.pool"
