"""A statement ready to run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder.rows import RowPlan
    from dotorm.components.sql import Binder

__all__ = ["Plan"]


class Plan(NamedTuple):
    """A statement's text, what converts each of its values, and how its rows are read."""

    sql: str
    binders: list[Binder | None]
    rows: RowPlan | None

    def bind(self, values: Sequence[Any]) -> list[Any]:
        """The values, each converted for the driver."""
        return [
            value if binder is None else binder(value)
            for value, binder in zip(values, self.binders, strict=True)
        ]
