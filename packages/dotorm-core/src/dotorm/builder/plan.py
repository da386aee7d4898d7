"""A statement ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder.rows import RowPlan
    from dotorm.components.sql import Binder

__all__ = ["Plan"]


@dataclass(slots=True, eq=False)
class Plan:
    """A statement's text, what converts each of its values, and how its rows are read.

    Attributes:
        sql: The text.
        binders: What converts each value for the driver; None leaves it as it is.
        rows: What its rows hold, if they are read as records.
        gathered: A text that answers all rows as one, if the dialect has one.
        expected: How many records it is likely to answer, by what it answered last; -1 before.
    """

    sql: str
    binders: list[Binder | None]
    rows: RowPlan | None
    gathered: str | None = None
    expected: int = -1

    def bind(self, values: Sequence[Any]) -> list[Any]:
        """The values, each converted for the driver."""
        return [
            value if binder is None else binder(value)
            for value, binder in zip(values, self.binders, strict=True)
        ]
