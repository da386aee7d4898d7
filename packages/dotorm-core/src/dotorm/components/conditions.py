"""How conditions are written: what follows WHERE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components.expressions import (
    AmongRows,
    And,
    ColumnRef,
    Comparison,
    Exists,
    InQuery,
    Node,
    Not,
    Or,
)
from dotorm.components.queries import Delete, Insert, Select, Update, UpdateEach, Windowed
from dotorm.components.spelling import Spelling
from dotorm.exceptions import NotSupported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dotorm.components.sql import SqlWriter

__all__ = ["Conditions", "contains_pattern", "has_subquery"]


_WIDEST = 200


class Conditions(Spelling):
    """Comparisons, and what joins them.

    Attributes:
        clauses: The clauses of each kind of statement, in their order; each is written by the
            method ``write_<name>``.
    """

    clauses: ClassVar[Mapping[type[Any], tuple[str, ...]]] = {
        Select: ("select", "from", "joins", "where", "order", "limit", "offset", "lock"),
        Windowed: ("windowed",),
        Insert: ("insert", "rows", "on_conflict", "returning"),
        Update: ("update", "set", "where"),
        UpdateEach: ("update_each", "from_each", "where_each"),
        Delete: ("delete", "where"),
    }

    def write_node(self, writer: SqlWriter, node: Node) -> None:
        """A condition, or several joined."""
        match node:
            case Comparison():
                self.write_comparison(writer, node)
            case And(items):
                self._joined(writer, items, " AND ")
            case Or(items):
                self._joined(writer, items, " OR ")
            case AmongRows():
                self.write_among_rows(writer, node)
            case Exists():
                self.write_exists(writer, node)
            case InQuery():
                self.write_in_query(writer, node)
            case Not(item):
                writer.write("NOT (")
                self.write_node(writer, item)  # type: ignore[arg-type]
                writer.write(")")

    def write_exists(self, writer: SqlWriter, node: Exists) -> None:
        """A related record exists; the subquery refers to the outer row by its alias."""
        outer = writer.alias(node.path)
        assert outer is not None  # noqa: S101 - _aliases names every table around a subquery
        writer.write("EXISTS (")
        with writer.scope(lambda prefix: self._named(node.query, prefix)):
            for clause in ("select", "from", "joins"):
                getattr(self, f"write_{clause}")(writer, node.query)
            for index, (inner, column) in enumerate(node.on):
                writer.write(" AND " if index else " WHERE ")
                writer.column(inner)
                writer.write(" = ")
                writer.name(outer)
                writer.write(".")
                writer.name(column.name)
            if node.query.where is not None:
                writer.write(" AND (")
                self.write_node(writer, node.query.where)
                writer.write(")")
        writer.write(")")

    def write_among_rows(self, writer: SqlWriter, node: AmongRows) -> None:
        """Several columns among rows; by default one placeholder a value."""
        most = self.features.max_parameters // len(node.columns)
        if len(node.value) > most:
            raise NotSupported(f"a list of {len(node.value)} keys", self.name, f"at most {most}")
        binders = [self.filter_binder(column.field) for column in node.columns]
        self._row_of(writer, node.columns)
        writer.write(" IN (VALUES ")
        for index, row in enumerate(node.value):
            writer.write(", (" if index else "(")
            for place, (value, binder) in enumerate(zip(row, binders, strict=True)):
                writer.write(", " if place else "")
                writer.bind(value, binder)
            writer.write(")")
        writer.write(")")

    def write_in_query(self, writer: SqlWriter, node: InQuery) -> None:
        """Columns among the rows of a subquery."""
        self._row_of(writer, node.columns)
        writer.write(" IN (")
        self.write_subquery(writer, node.query)
        writer.write(")")

    def write_subquery(self, writer: SqlWriter, query: Select) -> None:
        """A query in brackets, over the very table perhaps that the statement changes."""
        with writer.scope(lambda prefix: self._named(query, prefix)):
            for clause in self.clauses[Select]:
                getattr(self, f"write_{clause}")(writer, query)

    def write_comparison(self, writer: SqlWriter, node: Comparison) -> None:
        """One column and what it is compared with."""
        match node.operator:
            case "is null" | "is not null":
                writer.column(node.column)
                writer.write(f" {node.operator.upper()}")
            case "in" | "not in":
                self._membership(writer, node)
            case "like" | "not like" | "ilike" | "not ilike":
                self.write_contains(writer, node)
            case "between" | "not between":
                self._between(writer, node)
            case _:
                writer.column(node.column)
                writer.write(f" {node.operator} ")
                cast = self.placeholder_cast(node.column.field)
                writer.bind(node.value, self.filter_binder(node.column.field), cast)

    def write_contains(self, writer: SqlWriter, node: Comparison) -> None:
        """Contains a text; the pattern's special characters in it are escaped by ``!``."""
        writer.column(node.column)
        writer.write(f" {node.operator.upper()} ")
        writer.bind(node.value, contains_pattern)
        writer.write(" ESCAPE '!'")

    def write_in(self, writer: SqlWriter, column: ColumnRef, values: list[Any]) -> None:
        """``IN`` a list that is not empty; by default one placeholder a value."""
        longest = self.features.max_parameters
        if len(values) > longest:
            raise NotSupported(f"a list of {len(values)} values", self.name, f"at most {longest}")
        binder = self.filter_binder(column.field)
        writer.column(column)
        for index, value in enumerate(values):
            writer.write(", " if index else " IN (")
            writer.bind(value, binder)
        writer.write(")")

    def _listed(self, writer: SqlWriter, columns: tuple[ColumnRef, ...]) -> None:
        for index, column in enumerate(columns):
            writer.write(", " if index else "")
            writer.column(column)

    def _row_of(self, writer: SqlWriter, columns: tuple[ColumnRef, ...]) -> None:
        writer.write("(")
        self._listed(writer, columns)
        writer.write(")")

    def _membership(self, writer: SqlWriter, node: Comparison) -> None:
        if not node.value and not node.with_null:
            writer.write("1 = 0" if node.operator == "in" else "1 = 1")
            return
        negated = node.operator == "not in"
        bracketed = negated or node.with_null
        writer.write("NOT " if negated else "")
        writer.write("(" if bracketed else "")
        if node.value:
            self.write_in(writer, node.column, node.value)
        if node.with_null:
            writer.write(" OR " if node.value else "")
            writer.column(node.column)
            writer.write(" IS NULL")
        writer.write(")" if bracketed else "")

    def _between(self, writer: SqlWriter, node: Comparison) -> None:
        binder = self.filter_binder(node.column.field)
        writer.column(node.column)
        writer.write(f" {node.operator.upper()} ")
        cast = self.placeholder_cast(node.column.field)
        writer.bind(node.value[0], binder, cast)
        writer.write(" AND ")
        writer.bind(node.value[1], binder, cast)

    def _joined(self, writer: SqlWriter, items: tuple[Any, ...], word: str) -> None:
        if len(items) > _WIDEST:
            # A database parses a chain as a tree as deep as it is long; brackets make it shallow.
            middle = len(items) // 2
            for index, half in enumerate((items[:middle], items[middle:])):
                writer.write(f"{word}(" if index else "(")
                self._joined(writer, half, word)
                writer.write(")")
            return
        for index, item in enumerate(items):
            bracketed = isinstance(item, And | Or)
            writer.write(word if index else "")
            writer.write("(" if bracketed else "")
            self.write_node(writer, item)
            writer.write(")" if bracketed else "")

    def _named(self, query: Select, prefix: str) -> dict[tuple[str, ...], str]:
        joined = {join.path: f"{prefix}{number}" for number, join in enumerate(query.joins, 1)}
        return {(): f"{prefix}0", **joined}


def has_subquery(node: Any) -> bool:
    """Whether a condition refers to its statement's table from inside another query."""
    match node:
        case And(items) | Or(items):
            return any(map(has_subquery, items))
        case Not(item):
            return has_subquery(item)
        case _:
            return isinstance(node, Exists)


def contains_pattern(text: Any) -> str:
    """The LIKE pattern of "contains this text"; its special characters stand for themselves."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
