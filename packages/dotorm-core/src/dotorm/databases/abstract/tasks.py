"""Work that has to come to its end, and work that must not take too long."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import Timeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence

__all__ = ["call_all", "finish", "next_of", "side_by_side", "within"]


async def finish[T](work: Coroutine[Any, Any, T]) -> T:
    """Await something that has to come to its end even if the task is cancelled meanwhile.

    The cancellation is raised once the work is done.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            if task.cancelled():
                raise
            cancelled = error
        except BaseException:  # noqa: BLE001 - it is read from the task below
            break
    if cancelled is not None:
        task.exception()
        raise cancelled
    return task.result()


async def call_all(callbacks: Sequence[Callable[[], Awaitable[None] | None]]) -> None:
    """Call functions, async or not, in their order; then raise the first error of one."""
    first: Exception | None = None
    for callback in callbacks:
        try:
            awaitable = callback()
            if awaitable is not None:
                await awaitable
        except Exception as error:  # noqa: BLE001 - it is raised once all have run
            first = first or error
    if first is not None:
        raise first


async def next_of(portions: AsyncIterator[Sequence[Any]]) -> Sequence[Any]:
    """The next portion; empty if there is none, where `anext` with a default is a SystemError."""
    async for rows in portions:
        return rows
    return ()


async def side_by_side(works: Iterable[Coroutine[Any, Any, None]], most: int) -> None:
    """Await works, so many of them at the same time; after the first error the others are ended."""
    waiting = iter(works)

    async def work_off() -> None:
        for work in waiting:
            await work

    if most <= 1:
        await work_off()
        return
    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(most):
                group.create_task(work_off())
    except BaseExceptionGroup as errors:
        error = errors.exceptions[0]
        raise error from error.__cause__


async def within[T](seconds: float | None, work: Awaitable[T]) -> T:
    """Await the answer of a database, for so many seconds at most; None is without limit.

    Raises:
        Timeout: It did not come; the work is cancelled.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise Timeout(f"no answer within {seconds:g} s (setting: command_timeout)") from error
