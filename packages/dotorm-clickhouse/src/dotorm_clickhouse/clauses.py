"""From options to the clauses that statements on a model carry."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import Comparison
from dotorm.components.filter_parser import parse_filter
from dotorm.components.sql import SqlWriter
from dotorm.exceptions import InvalidFilter
from dotorm.joins import leaves
from dotorm_clickhouse.literals import worded
from dotorm_clickhouse.options import Clauses, settings_text

if TYPE_CHECKING:
    from dotorm.components import Dialect
    from dotorm.components.expressions import ColumnRef, Node
    from dotorm.meta import ModelMeta
    from dotorm_clickhouse.options import ClickHouseOptions

__all__ = ["clauses_of", "condition_text"]


def clauses_of(dialect: Dialect, meta: ModelMeta, options: ClickHouseOptions) -> Clauses:
    """The options of a statement on a model.

    Raises:
        InvalidFilter: They name something that the model has not.
    """
    most, *names = options.limit_by or (None,)
    columns = tuple(_own(meta, name) for name in names)
    condition = parse_filter(meta, options.prewhere)
    for leaf in leaves(condition):
        if not isinstance(leaf, Comparison) or leaf.column.path:
            raise InvalidFilter(f"{meta.name}: prewhere takes conditions on its own columns only")
    return Clauses(
        final=options.final,
        sample="" if options.sample is None else f"{decimal.Decimal(repr(options.sample)):f}",
        settings=settings_text(options.settings),
        prewhere="" if condition is None else condition_text(dialect, condition, None),
        limit_by=(most, *(column.name for column in columns)) if columns else (),
        wait=options.wait,
        condition=condition,
        columns=columns,
    )


def condition_text(dialect: Dialect, condition: Node, alias: str | None) -> str:
    """A condition with its values in it, over the table of that alias."""
    writer = SqlWriter(dialect, None if alias is None else {(): alias})
    dialect.write_node(writer, condition)
    compiled = writer.done()
    return worded(compiled.sql, compiled.bound())


def _own(meta: ModelMeta, name: Any) -> ColumnRef:
    """A column of the model's own table."""
    field = meta.field(name)
    if not field.is_column:
        raise InvalidFilter(f"{field.label} has no column: rows cannot be limited by it")
    return field.ref()
