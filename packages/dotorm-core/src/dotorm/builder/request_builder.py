"""A statement that loads one relation, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dotorm.builder.rows import RowPlan
from dotorm.field_types import Many2many

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Relation

__all__ = ["RequestBuilder", "RequestBuilderForm"]


@dataclass(frozen=True, slots=True, eq=False)
class RequestBuilder:
    """What `Builder.build_search_relation` answers for each relation.

    Attributes:
        stmt: The statement's text, with ``%s`` placeholders.
        value: The values to bind, in order.
        field_name: The relation's name.
        field: The relation.
        fields: The names of the related records' fields, in the order of the columns.
        dialect: The dialect of the text.
    """

    stmt: str
    value: tuple[Any, ...]
    field_name: str
    field: Relation
    fields: list[str]
    dialect: Dialect

    @property
    def function_cursor(self) -> Literal["fetch"]:
        """How the statement is run: all of its rows are read."""
        return "fetch"

    @property
    def function_prepare(self) -> Callable[[Collection[Any]], list[Any]]:
        """What turns the statement's rows into the related records."""
        target = self.field.target
        plan = RowPlan(target, [target.stored[name] for name in self.fields], self.dialect)
        if not isinstance(self.field, Many2many):
            return plan.hydrate
        width = len(self.fields)
        return lambda rows: plan.hydrate([tuple(row)[:width] for row in rows])


class RequestBuilderForm(RequestBuilder):
    """The same for one record that is shown whole: related records answer as JSON-ready dicts."""

    __slots__ = ()

    @property
    def function_prepare(self) -> Callable[[Collection[Any]], list[Any]]:
        """What turns the statement's rows into dicts that `json.dumps` takes."""
        records = super().function_prepare
        return lambda rows: [record.json() for record in records(rows)]
