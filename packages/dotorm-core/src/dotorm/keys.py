"""Keys that a program makes by itself, for databases that make none.

Each is a function without arguments, so that it can be a field's default. Within a process each
key is greater than the one before, whatever its clock does.
"""

from __future__ import annotations

import os
import secrets
import time
import uuid
from threading import Lock

from dotorm.exceptions import ConfigurationError

__all__ = ["Snowflake", "snowflake", "uuid7"]

_NODE_BITS = 10
_COUNT_BITS = 12
_EPOCH = 1_577_836_800_000  # 2020 began then, in milliseconds from 1970


class Snowflake:
    """Makes whole numbers of 63 bits that grow with time, for a `BigInteger`.

    From the highest bit on: 41 bits of milliseconds from the beginning of 2020, enough until 2089;
    10 bits of the node; 12 bits that count within a millisecond. When these run out, the numbers
    run ahead of the clock.

    Args:
        node: What tells processes apart that write to one table, 0 to 1023. None takes one at
            random, also in a forked process, which two of many processes may have in common: give
            each its own where there are several.
    """

    def __init__(self, node: int | None = None) -> None:
        if node is not None and not 0 <= node < 1 << _NODE_BITS:
            raise ConfigurationError(f"Snowflake(node={node}): a node is 0 to 1023")
        self._lock = Lock()
        self._last = 0
        self._node = secrets.randbelow(1 << _NODE_BITS) if node is None else node
        if node is None:
            os.register_at_fork(after_in_child=self._take_another_node)

    def __repr__(self) -> str:
        return f"<snowflake of node {self._node}>"

    def __call__(self) -> int:
        """The next number."""
        with self._lock:
            now = (time.time_ns() // 1_000_000 - _EPOCH) << _COUNT_BITS
            self._last = max(now, self._last + 1)
            moment, count = divmod(self._last, 1 << _COUNT_BITS)
        return (moment << _NODE_BITS | self._node) << _COUNT_BITS | count

    def _take_another_node(self) -> None:
        self._lock = Lock()
        self._node = (self._node + 1 + secrets.randbelow((1 << _NODE_BITS) - 1)) % (1 << _NODE_BITS)


snowflake = Snowflake()
"""A key for a `BigInteger`, of a node taken at random; see `Snowflake`."""

_uuid_lock = Lock()
_last_moment = 0


def uuid7() -> uuid.UUID:
    """A key for a `UUID` field that grows with time (RFC 9562, version 7).

    48 bits are milliseconds from 1970, 12 bits their fraction, 62 bits are random.
    """
    global _last_moment  # noqa: PLW0603 - what a process made last is the process's
    with _uuid_lock:
        milliseconds, rest = divmod(time.time_ns(), 1_000_000)
        _last_moment = max(milliseconds << 12 | (rest << 12) // 1_000_000, _last_moment + 1)
        milliseconds, fraction = divmod(_last_moment, 1 << 12)
    high = milliseconds << 16 | 7 << 12 | fraction
    return uuid.UUID(int=high << 64 | 2 << 62 | secrets.randbits(62))
