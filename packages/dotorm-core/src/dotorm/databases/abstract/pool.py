"""The pool: plain connections, kept, handed out in turn, checked, and replaced.

A statement on a free connection costs no round trip but its own: a connection is reset only when
something may have changed its session. Written once, over the `Connection` port, for every backend.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Self

from dotorm.databases.abstract.connecting import connect_patiently
from dotorm.databases.abstract.lease import Lease, PoolStatistics
from dotorm.databases.abstract.waiters import Waiters
from dotorm.exceptions import ConfigurationError, ConnectionFailed, Timeout

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

    from dotorm.databases.abstract.connection import Driver
    from dotorm.databases.abstract.events import Observer
    from dotorm.databases.abstract.types import PoolSettings

__all__ = ["Lease", "Pool", "PoolStatistics"]

_log = logging.getLogger("dotorm.pool")

_CLOSED = "the pool is closed: open it again with 'await db.open()' or 'await pool.open()'"


class Pool:
    """Connections to one database, shared by the tasks of one event loop.

    It opens by itself with the first statement, or at once with ``await pool.open()``. When its
    event loop has ended, it starts afresh in the next one; two loops that run at the same time
    cannot share it.

    Args:
        driver: The backend.
        settings: Sizes and time limits.
        observer: Is told of statements and transactions; None costs nothing.
    """

    def __init__(
        self, driver: Driver, settings: PoolSettings, observer: Observer | None = None
    ) -> None:
        self.driver = driver
        self.settings = settings
        self.observer = observer
        self.dialect = driver.dialect
        self.ddl = driver.ddl.configured(settings)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self.command_timeout = settings.command_timeout
        self._idle_timeout = settings.idle_timeout
        self._check_after = settings.check_after
        self._max_lifetime = settings.max_lifetime
        self._forget()

    def _forget(self) -> None:
        self._idle: list[Lease] = []
        self._leased: set[Lease] = set()
        self._opening: set[object] = set()
        self._waiters = Waiters(self.settings.acquire_timeout)
        self._chores: set[asyncio.Task[None]] = set()
        self._trimmer: asyncio.TimerHandle | None = None
        self._emptied: asyncio.Event | None = None

    @property
    def _size(self) -> int:
        return len(self._idle) + len(self._leased) + len(self._opening)

    def __repr__(self) -> str:
        return f"<pool of {self._size} {self.driver.name} connections, {len(self._idle)} idle>"

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def free(self) -> int:
        """How many open connections nobody uses."""
        return len(self._idle)

    def statistics(self) -> PoolStatistics:
        """How the pool stands."""
        waiting = len(self._waiters)
        return PoolStatistics(size=self._size, idle=len(self._idle), waiting=waiting)

    async def open(self) -> Self:
        """Connect now: ``min_size`` connections, at least one, so that faults show at once.

        Raises:
            ConnectionFailed: The server cannot be reached.
            ConfigurationError: Another event loop uses the pool.
        """
        self._closed = False
        leases = [await self.acquire()]
        try:
            while self._size < self.settings.min_size:
                leases.append(await self.acquire())
        finally:
            for lease in leases:
                self.release(lease)
        return self

    def take(self) -> Lease | None:
        """A free connection, if there is one that needs no attention first."""
        if self._loop is not asyncio.get_running_loop():
            self._enter_loop()
        idle = self._idle
        if not idle or idle[-1].fresh_until <= time.monotonic() or idle[-1].connection.is_closed():
            return None
        lease = idle.pop()
        self._leased.add(lease)
        return lease

    async def acquire(self) -> Lease:
        """A connection, once one is free.

        Raises:
            Timeout: None became free within ``acquire_timeout``.
            ConnectionFailed: A new one could not be opened, or the pool is closed.
        """
        lease = self.take() or (await self._revived() if self._idle else None)
        if lease is None:
            lease = await self._opened_or_waited()
            self._leased.add(lease)
        return lease

    def release(self, lease: Lease) -> None:
        """Give a connection back; it goes to the task that has waited longest."""
        if lease not in self._leased:
            return
        if lease.connection.is_closed():
            self._discard(lease)
        elif lease.dirty:
            self._start(self._cleaned(lease))
        else:
            self._leased.remove(lease)
            self._hand_on(lease)

    def discard(self, lease: Lease) -> None:
        """Close a connection that cannot be trusted any more, at once."""
        if lease in self._leased:
            try:
                lease.connection.terminate()
            finally:
                self._discard(lease)

    async def close(self) -> None:
        """Close every connection, waiting up to ``close_timeout`` seconds for those in use.

        Statements that come later fail. Closing twice is fine.
        """
        self._closed = True
        if self._loop is None or self._loop is not asyncio.get_running_loop():
            self._abandon()
            return
        self._send_away()
        if self._trimmer is not None:
            self._trimmer.cancel()
        idle, self._idle = self._idle, []
        try:
            async with asyncio.timeout(self.settings.close_timeout):
                for lease in idle:
                    await self._part(lease)
                await self._all_returned()
        except TimeoutError:
            _log.warning("%d connections were still in use at the deadline", len(self._leased))
        for lease in [*idle, *self._leased]:
            lease.connection.terminate()
        self._loop = None
        self._forget()

    def _enter_loop(self) -> None:
        if self._closed:
            raise ConnectionFailed(_CLOSED)
        old, self._loop = self._loop, asyncio.get_running_loop()
        if old is None:
            return
        if old.is_running():
            self._loop = old
            raise ConfigurationError(
                "the pool is used by another event loop that still runs: give each loop its own"
            )
        self._abandon()
        self._loop = asyncio.get_running_loop()

    def _abandon(self) -> None:
        """Let go of the connections of a loop that has ended: nothing of it can be awaited."""
        for lease in [*self._idle, *self._leased]:
            try:
                lease.connection.terminate()
            except Exception:  # noqa: BLE001 - a dead loop's transport may fail in any way
                _log.debug("a connection of an ended event loop did not close", exc_info=True)
        self._loop = None
        self._forget()

    async def _revived(self) -> Lease | None:
        """A free connection that needed attention, if it is still of use."""
        while self._idle:
            lease = self._idle.pop()
            self._leased.add(lease)
            if await self._is_alive(lease):
                return lease
        return None

    async def _is_alive(self, lease: Lease) -> bool:
        now = time.monotonic()
        if lease.connection.is_closed() or now - lease.born >= self.settings.max_lifetime:
            self.discard(lease)
            return False
        if now - lease.rested < self.settings.check_after:
            return True
        try:
            async with asyncio.timeout(self.settings.connect_timeout):
                await lease.connection.ping()
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is replaced
            self.discard(lease)
            return False
        except BaseException:
            self.discard(lease)
            raise
        return True

    async def _opened_or_waited(self) -> Lease:
        """A new connection, or one that was given back."""
        if self._closed:
            raise ConnectionFailed(_CLOSED)
        if self._size < self.settings.max_size:
            return await self._opened(self._room())
        answer = await self._waited()
        return answer if isinstance(answer, Lease) else await self._opened(answer)

    def _room(self) -> object:
        """Counts as a connection while one is opened; whoever has it opens one or gives it back."""
        room = object()
        self._opening.add(room)
        return room

    async def _opened(self, room: object) -> Lease:
        """A new connection."""
        try:
            lease = Lease(await connect_patiently(self.driver, self.settings))
        except BaseException:
            self._give_back(room)
            raise
        if self._closed or room not in self._opening:
            lease.connection.terminate()
            self._give_back(room)
            raise ConnectionFailed("the pool was closed while it connected")
        self._opening.remove(room)
        return lease

    async def _waited(self) -> object:
        """A connection that was given back, or room for a new one."""
        waiter = self._waiters.join()
        try:
            return await waiter
        except TimeoutError as error:
            seconds = self.settings.acquire_timeout
            raise Timeout(
                f"no connection became free within {seconds:g} s: all {self._size} are in use "
                "(settings: max_size, acquire_timeout)"
            ) from error
        except BaseException:
            self._give_up(waiter)
            raise

    def _give_up(self, waiter: asyncio.Future[object]) -> None:
        """A task stops waiting; what it was given in that very moment goes on to the next."""
        if not waiter.done() or waiter.cancelled() or waiter.exception() is not None:
            waiter.cancel()
            return
        answer = waiter.result()
        if isinstance(answer, Lease):
            self._leased.discard(answer)
            self._hand_on(answer)
        else:
            self._give_back(answer)

    def _give_back(self, room: object) -> None:
        self._opening.discard(room)
        self._make_room()

    def _hand_on(self, lease: Lease) -> None:
        if self._closed:
            self._leased.add(lease)
            self._start(self._part(lease))
            return
        waiter = self._waiters.next() if self._waiters.queue else None
        if waiter is not None:
            self._leased.add(lease)
            waiter.set_result(lease)
            return
        lease.rested = now = time.monotonic()
        old = lease.born + self._max_lifetime
        lease.fresh_until = min(now + self._check_after, old)
        self._idle.append(lease)
        if self._trimmer is None and self._size > self.settings.min_size:
            self._schedule_trim(self._idle_timeout)

    def _make_room(self) -> None:
        """One connection less: the task that waited longest may open the next one."""
        if self._size < self.settings.max_size:
            waiter = self._waiters.next()
            if waiter is not None:
                waiter.set_result(self._room())

    def _send_away(self) -> None:
        """The pool closes: no task need wait any longer."""
        self._waiters.stop()
        while (waiter := self._waiters.next()) is not None:
            waiter.set_exception(ConnectionFailed("the pool was closed"))

    def _discard(self, lease: Lease) -> None:
        self._leased.discard(lease)
        if self._emptied is not None and not self._leased:
            self._emptied.set()
        self._make_room()

    async def _cleaned(self, lease: Lease) -> None:
        try:
            async with asyncio.timeout(self.settings.connect_timeout):
                await lease.connection.reset()
        except BaseException:
            self.discard(lease)
            raise
        lease.dirty = False
        self.release(lease)

    async def _part(self, lease: Lease) -> None:
        try:
            async with asyncio.timeout(self.settings.connect_timeout):
                await lease.connection.close()
        except Exception:  # noqa: BLE001 - it is going anyway
            lease.connection.terminate()
        self._discard(lease)

    async def _all_returned(self) -> None:
        if self._leased:
            self._emptied = asyncio.Event()
            await self._emptied.wait()

    def _schedule_trim(self, seconds: float) -> None:
        self._trimmer = asyncio.get_running_loop().call_later(seconds, self._trim)

    def _trim(self) -> None:
        """Close what has been idle too long, the longest idle first."""
        now = time.monotonic()
        surplus = self._size - self.settings.min_size
        while surplus > 0 and self._idle and now - self._idle[0].rested >= self._idle_timeout:
            lease = self._idle.pop(0)
            self._leased.add(lease)
            self._start(self._part(lease))
            surplus -= 1
        self._trimmer = None
        if surplus > 0 and self._idle:
            self._schedule_trim(self._idle[0].rested + self._idle_timeout - now)

    def _start(self, chore: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(_quietly(chore))
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


async def _quietly(chore: Coroutine[Any, Any, None]) -> None:
    try:
        await chore
    except Exception:  # noqa: BLE001 - nobody waits for a chore; the connection was discarded
        _log.debug("a connection could not be kept", exc_info=True)
