"""What observers are told, after the fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Observer", "StatementFinished", "TransactionFinished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFinished:
    """One statement ran, or failed.

    Attributes:
        sql: The text the driver got.
        values: The values the driver got.
        rows: How many rows were read, or touched; -1 if unknown.
        elapsed: Seconds, waiting for a connection not included.
        error: What it failed with, else None.
        backend: The backend's name.
    """

    sql: str
    values: Sequence[Any]
    rows: int
    elapsed: float
    error: BaseException | None
    backend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionFinished:
    """One transaction ended.

    Attributes:
        outcome: Whether its work was kept.
        elapsed: Seconds from its start.
        error: What ended it, else None.
        backend: The backend's name.
    """

    outcome: Literal["committed", "rolled back"]
    elapsed: float
    error: BaseException | None
    backend: str


class Observer(Protocol):
    """Is told what happened; what it raises is logged and goes no further."""

    def statement_finished(self, event: StatementFinished) -> None:
        """A statement ended."""
        ...

    def transaction_finished(self, event: TransactionFinished) -> None:
        """A transaction ended."""
        ...
