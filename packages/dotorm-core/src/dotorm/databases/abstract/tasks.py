"""Work that has to come to its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

__all__ = ["finish"]


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
