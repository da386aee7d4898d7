"""Tasks that wait for a connection: first come, first served, and with one timer for all of them.

A time limit of its own for each would take longer than the statement that most of them wait for.
"""

from __future__ import annotations

import asyncio
from collections import deque

__all__ = ["Waiters"]

_TICK = 0.001  # seconds by which a timer of the event loop may come early


class Waiters:
    """A queue of futures.

    Args:
        patience: Seconds after which a future that waits still is ended by a TimeoutError.

    Attributes:
        queue: The futures, some of them done perhaps, each with its deadline.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self.queue: deque[tuple[asyncio.Future[object], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return sum(not waiter.done() for waiter, _ in self.queue)

    def join(self) -> asyncio.Future[object]:
        """A new future, the last of the queue."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[object] = loop.create_future()
        deadline = loop.time() + self._patience
        self.queue.append((waiter, deadline))
        if self._timer is None:
            self._timer = loop.call_at(deadline, self._lose_patience)
        return waiter

    def next(self) -> asyncio.Future[object] | None:
        """The first that waits still, which leaves the queue."""
        while self.queue:
            waiter, _ = self.queue.popleft()
            if not waiter.done():
                return waiter
        return None

    def stop(self) -> None:
        """Have nobody lose patience any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _lose_patience(self) -> None:
        loop = asyncio.get_running_loop()
        while self.queue and self.queue[0][1] <= loop.time() + _TICK:
            waiter, _ = self.queue.popleft()
            if not waiter.done():
                waiter.set_exception(TimeoutError())
        self._timer = None
        if self.queue:
            self._timer = loop.call_at(self.queue[0][1], self._lose_patience)
