"""Records of a SELECT, made while the database still works on it.

A program that waits for its database has time to spare. What a record needs besides its values, an
object, is made in that time, as many as the statement answered when it last ran. CPython's garbage
collector, which runs whenever some hundreds of objects were made, finds them empty then and no rows
beside them: it has little to look at.

Many rows the database may gather into one, if its dialect knows how: see `Dialect.gathered`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Gathered, Statement

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from dotorm.builder import Plan
    from dotorm.databases.abstract import Session

__all__ = ["Blanks", "fetched"]

_FEWEST, _MOST = 50, 5_000  # records that are worth it, and that do not keep other tasks waiting


async def fetched(session: Session, plan: Plan, values: Sequence[Any]) -> list[Any]:
    """The records that a SELECT finds."""
    blanks = Blanks(plan)
    return blanks.filled((await session.run(blanks.statement(values))).rows)


class Blanks:
    """Records without values, which are made as soon as the task that wants them waits.

    Args:
        plan: The statement that is about to run.
    """

    __slots__ = ("_made", "_plan", "_waiting")

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._made: list[Any] = []
        rows = plan.rows
        # A model that looks at what goes would meet those that are left over.
        self._waiting = plan.expected >= _FEWEST and rows is not None and rows.are_silent

    def statement(self, values: Sequence[Any]) -> Statement:
        """The statement, which is to be run next."""
        plan = self._plan
        if plan.gathered is not None and not 0 <= plan.expected < _FEWEST:
            meanwhile = self._make if self._waiting else None
            return Gathered(plan.sql, values, gathered=plan.gathered, meanwhile=meanwhile)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._make)
        return Statement(plan.sql, values)

    def filled(self, rows: Collection[Any]) -> list[Any]:
        """The records of the rows that came, whatever their number."""
        plan = self._plan
        assert plan.rows is not None  # noqa: S101 - plans that read records have a row plan
        self._waiting = False
        plan.expected = min(len(rows), _MOST)
        return plan.rows.hydrate(rows, self._made)

    def _make(self) -> None:
        plan = self._plan
        if self._waiting and plan.rows is not None:
            self._made = plan.rows.blanks(plan.expected)
