"""What a pool knows of its connections, and tells of itself."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dotorm.databases.abstract.connection import Connection

__all__ = ["Lease", "PoolStatistics"]


class Lease:
    """A connection and what the pool knows of it.

    Attributes:
        connection: The connection.
        dirty: Something may have changed its session: it is reset before its next use.
        born, rested: When it was opened, and when it was given back last, by the monotonic clock.
        fresh_until: Until then it is used again without a look at it.
    """

    __slots__ = ("born", "connection", "dirty", "fresh_until", "rested")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.dirty = False
        self.born = self.rested = self.fresh_until = time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStatistics:
    """A pool at one moment.

    Attributes:
        size: Connections open or being opened.
        idle: Those that are free.
        waiting: Tasks that wait for one.
    """

    size: int
    idle: int
    waiting: int
