"""Two observers that most programs want: a counter of statements, and a log of them."""

from __future__ import annotations

import functools
import logging
import reprlib
from contextlib import asynccontextmanager
from contextvars import ContextVar
from threading import Lock
from typing import TYPE_CHECKING, Self

from dotorm.hookspecs import hookimpl
from dotorm.plugins import register_observer, unregister_observer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

    from dotorm.databases.abstract import StatementFinished

__all__ = ["StatementCount", "StatementLog", "count_statements", "log_statements"]

_counts: ContextVar[tuple[StatementCount, ...]] = ContextVar("dotorm_statement_counts", default=())
_log = logging.getLogger("dotorm.statements")
_short = reprlib.Repr(maxlist=30, maxtuple=30, maxset=30, maxdict=30, maxstring=200, maxother=200)


@functools.total_ordering
class StatementCount:
    """How many statements a block has run; compares and prints as that number.

    Attributes:
        statements: Their texts, in the order in which they ended.
    """

    __slots__ = ("_ended", "statements")
    __hash__ = None  # type: ignore[assignment] # it grows

    def __init__(self) -> None:
        self.statements: list[str] = []
        self._ended = False

    def __int__(self) -> int:
        return len(self.statements)

    __index__ = __len__ = __int__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, int | StatementCount):
            return NotImplemented
        return int(self) == int(other)

    def __lt__(self, other: int | StatementCount) -> bool:
        if not isinstance(other, int | StatementCount):
            return NotImplemented
        return int(self) < int(other)

    def __str__(self) -> str:
        return str(int(self))

    def __format__(self, spec: str) -> str:
        return format(int(self), spec)

    def __repr__(self) -> str:
        return f"<{int(self)} statements: {self.statements}>"


@asynccontextmanager
async def count_statements() -> AsyncIterator[StatementCount]:
    """Count the statements that the block runs, on all databases.

    Those of the block's own task count, and of the tasks that it starts, until the block ends.
    Begin, commit and savepoints are no statements. A block inside a block counts for both.

    ```
    async with dotorm.count_statements() as n:
        ...
    assert n == 2, n.statements
    ```
    """
    count = StatementCount()
    before = _counts.get()
    _counting.begin()
    _counts.set((*before, count))
    try:
        yield count
    finally:
        _counts.set(before)
        count._ended = True
        _counting.end()


class _Counting:
    """The one observer of all blocks, there while there are any."""

    def __init__(self) -> None:
        self._blocks = 0
        self._lock = Lock()

    def begin(self) -> None:
        with self._lock:
            if not self._blocks:
                register_observer(self)
            self._blocks += 1

    def end(self) -> None:
        with self._lock:
            self._blocks -= 1
            if not self._blocks:
                unregister_observer(self)

    @hookimpl
    def dotorm_statement_finished(self, event: StatementFinished) -> None:
        """Add to the counts of the task that ran the statement, in which observers are called."""
        for count in _counts.get():
            if not count._ended:
                count.statements.append(event.sql)


_counting = _Counting()


def log_statements(
    logger: logging.Logger | str | None = None,
    *,
    level: int = logging.DEBUG,
    slower_than: float = 0.0,
    values: bool = False,
) -> StatementLog:
    """Log every statement on all databases from now on, one line each.

    Args:
        logger: Where to; by default the logger ``dotorm.statements``.
        level: The level of the lines.
        slower_than: Seconds; log only statements that took at least as long.
        values: Show the bound values, long ones cut, and the texts of errors, which may hold
            values too.

    Returns:
        A handle whose `stop` ends it; with ``with`` the end of the block does.
    """
    if not isinstance(logger, logging.Logger):
        logger = _log if logger is None else logging.getLogger(logger)
    return StatementLog(logger, level, slower_than, values)


class StatementLog:
    """A log of statements, which runs until it is stopped."""

    def __init__(
        self, logger: logging.Logger, level: int, slower_than: float, values: bool
    ) -> None:
        self._logger = logger
        self._level = level
        self._slower_than = slower_than
        self._values = values
        self._stopped = False
        register_observer(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Log no more. Stopping twice is fine."""
        if not self._stopped:
            self._stopped = True
            unregister_observer(self)

    @hookimpl
    def dotorm_statement_finished(self, event: StatementFinished) -> None:
        """Write the line."""
        if event.elapsed >= self._slower_than and self._logger.isEnabledFor(self._level):
            self._logger.log(self._level, "%s", _line(event, self._values))


def _line(event: StatementFinished, values: bool) -> str:
    rows = "? rows" if event.rows < 0 else f"{event.rows} row{'' if event.rows == 1 else 's'}"
    line = f"{event.elapsed * 1000:.2f} ms, {rows}, {event.backend}: {_folded(event.sql)}"
    if values:
        line += f" {_folded(_short.repr(list(event.values)))}"
    if event.error is not None:
        line += f" failed: {type(event.error).__name__}"
        line += f": {_folded(str(event.error))}" if values else ""
    return line


def _folded(text: str) -> str:
    """On one line, whatever the text has in it."""
    return " ".join(text.split())
