"""How a database spells statements: the base that a plugin's dialect is a list of differences to.

A statement is a tuple of clause names; a clause is a method ``write_<name>`` that appends to the
writer. A dialect replaces a word, seldom a sentence.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components.expressions import (
    And,
    ColumnRef,
    Comparison,
    Exists,
    InQuery,
    Node,
    Not,
    Or,
)
from dotorm.components.features import Features
from dotorm.components.queries import Delete, Fragment, Insert, Query, Select, Update
from dotorm.components.sql import Binder, Compiled, SqlWriter, check_identifier
from dotorm.exceptions import NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dotorm.field_types.base import Field

__all__ = ["Dialect"]


class Dialect:
    """Text for one kind of database.

    Attributes:
        name: The backend's name, in lower case.
        escape: The character that encloses a name.
        placeholder: The first character of a placeholder.
        features: What the database promises.
        encoders: Field kind to a function from the field's Python value to what the driver binds;
            a kind that is not there is bound as it is.
        decoders: Field kind to a function from the driver's value, never None, to the field's
            Python value; a kind that is not there is taken as it is.
    """

    name: ClassVar[str] = "sql"
    escape: ClassVar[str] = '"'
    placeholder: ClassVar[str] = "?"
    features: ClassVar[Features] = Features()
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    clauses: ClassVar[Mapping[type[Any], tuple[str, ...]]] = {
        Select: ("select", "from", "joins", "where", "order", "limit", "offset"),
        Insert: ("insert", "rows", "ignore_existing", "returning"),
        Update: ("update", "set", "where"),
        Delete: ("delete", "where"),
    }

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def supports_returning(self) -> bool:
        """Whether INSERT can answer columns of the new rows."""
        return self.features.returning

    def escape_identifier(self, identifier: str) -> str:
        """The name enclosed for SQL, with the enclosing character inside it doubled.

        Raises:
            ConfigurationError: The database could not take the name as it is.
        """
        check_identifier(identifier, self.features.max_identifier_bytes)
        return f"{self.escape}{identifier.replace(self.escape, self.escape * 2)}{self.escape}"

    def make_placeholder(self, index: int = 1) -> str:
        """The placeholder of the statement's value number ``index``, counted from 1."""
        return self.placeholder

    def make_placeholders(self, count: int, start: int = 1) -> str:
        """``count`` placeholders joined by commas, the first for value number ``start``."""
        return ", ".join(self.make_placeholder(start + i) for i in range(count))

    def column_type(self, field: Field[Any]) -> str:
        """The database's type for what the field stores.

        Raises:
            NotSupported: The database has no type that keeps the field's values.
        """
        raise NotSupported(f"the field type {type(field).__name__}", self.name)

    def literal(self, field: Field[Any], value: Any) -> str:
        """A field's value as SQL text, for the DEFAULT of a column; nothing else is not bound.

        Raises:
            InvalidValue: The value does not fit the field.
        """
        bound = self._binder(field, field.accept)(value)
        if isinstance(bound, bool):
            return "TRUE" if bound else "FALSE"
        if isinstance(bound, int) or (isinstance(bound, float) and isfinite(bound)):
            return repr(bound)
        if isinstance(bound, bytes):
            return self.literal_bytes(bound)
        text = str(bound)
        if "\0" in text:
            field.refuse(value, "a default cannot hold a NUL character")
        return "'" + text.replace("'", "''") + "'"

    def literal_bytes(self, value: bytes) -> str:
        """Bytes as SQL text."""
        return f"X'{value.hex()}'"

    def compile(self, query: Query, *, display: bool = False) -> Compiled:
        """The statement's text, its values, and the functions that convert them.

        Args:
            query: What to say.
            display: Write the text that `Builder` shows instead of what the driver executes.

        Raises:
            NotSupported: The database has no way to say it.
            ConfigurationError: A name cannot be used.
        """
        writer = SqlWriter(self, self._aliases(query), display=display)
        for clause in self.clauses[type(query)]:
            getattr(self, f"write_{clause}")(writer, query)
        return writer.done()

    def filter_binder(self, field: Field[Any] | None) -> Binder | None:
        """What converts a value that a column is compared with."""
        return None if field is None else self._binder(field, field.convert)

    def write_binder(self, field: Field[Any] | None) -> Binder | None:
        """What converts a value that is written into a column, and checks that it fits."""
        return None if field is None else self._binder(field, field.accept)

    def encode_column(self, field: Field[Any], values: list[Any]) -> list[Any]:
        """One column of many rows, checked and converted for the driver."""
        return self.encode_values(field, field.accept_column(values))

    def encode_values(self, field: Field[Any], values: list[Any]) -> list[Any]:
        """Values that the field has accepted, converted for the driver."""
        encode = self._encoder(field)
        if encode is None:
            return values
        return [None if value is None else encode(value) for value in values]

    def decoder(self, field: Field[Any]) -> Callable[[Any], Any] | None:
        """What converts the driver's value, when it is not None; None if it is right as it is."""
        return self.decoders.get(field.storage.kind)

    def encode_raw(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values of the user's own SQL, as the driver takes them."""
        return values

    def insert_values(self, columns: Sequence[list[Any]]) -> list[Any]:
        """The values of many rows, given by column, in the order that ``write_rows`` binds them."""
        return [value for row in zip(*columns, strict=True) for value in row]

    def in_order(self, rows: Sequence[Any]) -> Sequence[Any]:
        """What RETURNING answered of many rows, in the order in which they were given."""
        return rows

    def insert_rows(self, columns: int) -> int:
        """How many rows one INSERT of that many columns can take."""
        return max(1, self.features.max_parameters // max(1, columns))

    def list_size(self) -> int | None:
        """How many values a list in a statement can have; None for any number."""
        return None if self.features.list_parameters else self.features.max_parameters // 2

    def write_select(self, writer: SqlWriter, query: Select) -> None:
        """SELECT and what it answers."""
        writer.write("SELECT ")
        for index, column in enumerate(query.columns):
            if index:
                writer.write(", ")
            if isinstance(column, Fragment):
                writer.write(column.sql)
            else:
                writer.column(column)

    def write_from(self, writer: SqlWriter, query: Select) -> None:
        """FROM the statement's own table."""
        writer.write(" FROM ")
        self._table(writer, query.table, ())

    def write_joins(self, writer: SqlWriter, query: Select) -> None:
        """The tables that the columns' paths lead to."""
        for join in query.joins:
            writer.write(" LEFT JOIN " if join.outer else " JOIN ")
            self._table(writer, join.table, join.path)
            for index, (left, right) in enumerate(join.on):
                writer.write(" AND " if index else " ON ")
                writer.column(left)
                writer.write(" = ")
                writer.column(right)

    def write_where(self, writer: SqlWriter, query: Select | Update | Delete) -> None:
        """WHERE, if there is a condition."""
        if query.where is not None:
            writer.write(" WHERE ")
            self.write_node(writer, query.where)

    def write_order(self, writer: SqlWriter, query: Select) -> None:
        """ORDER BY, NULL last in both directions."""
        for index, part in enumerate(query.order):
            writer.write(", " if index else " ORDER BY ")
            writer.column(part.column, plain=True)
            writer.write(" DESC" if part.descending else " ASC")
            if part.column.field is None or part.column.field.null or part.column.path:
                writer.write(self.nulls_last(descending=part.descending))

    def nulls_last(self, *, descending: bool) -> str:
        """What to add to an ORDER BY column that can be NULL; databases differ in the default."""
        return " NULLS LAST"

    def write_limit(self, writer: SqlWriter, query: Select) -> None:
        """LIMIT, if there is one."""
        if query.limit is not None:
            writer.write(" LIMIT ")
            writer.bind(query.limit)

    def write_offset(self, writer: SqlWriter, query: Select) -> None:
        """OFFSET, if there is one."""
        if query.offset is not None:
            writer.write(" OFFSET ")
            writer.bind(query.offset)

    def write_insert(self, writer: SqlWriter, query: Insert) -> None:
        """INSERT INTO and the columns."""
        writer.write("INSERT INTO ")
        writer.plain(query.table)
        self._column_list(writer, query.columns)

    def write_rows(self, writer: SqlWriter, query: Insert) -> None:
        """The rows; by default one list of placeholders a row."""
        if not query.columns:
            writer.write(" DEFAULT VALUES")
            return
        binders = [self.write_binder(column.field) for column in query.columns]
        for row in range(query.rows):
            writer.write(", (" if row else " VALUES (")
            for index, binder in enumerate(binders):
                if index:
                    writer.write(", ")
                writer.bind(None, binder)
            writer.write(")")

    def write_ignore_existing(self, writer: SqlWriter, query: Insert) -> None:
        """Leave out rows that are there already."""
        if query.ignore_existing:
            writer.write(" ON CONFLICT DO NOTHING")

    def write_returning(self, writer: SqlWriter, query: Insert) -> None:
        """RETURNING, if columns of the new rows are wanted."""
        if not query.returning:
            return
        for index, column in enumerate(query.returning):
            writer.write(", " if index else " RETURNING ")
            writer.column(column, plain=True)

    def write_update(self, writer: SqlWriter, query: Update) -> None:
        """UPDATE and the table."""
        writer.write("UPDATE ")
        writer.plain(query.table)

    def write_set(self, writer: SqlWriter, query: Update) -> None:
        """SET and the new values."""
        for index, (column, value) in enumerate(zip(query.columns, query.values, strict=True)):
            writer.write(", " if index else " SET ")
            writer.column(column)
            writer.write(" = ")
            writer.bind(value, self.write_binder(column.field))

    def write_delete(self, writer: SqlWriter, query: Delete) -> None:
        """DELETE FROM the table."""
        writer.write("DELETE FROM ")
        writer.plain(query.table)

    def write_node(self, writer: SqlWriter, node: Node) -> None:
        """A condition, or several joined."""
        match node:
            case Comparison():
                self.write_comparison(writer, node)
            case And(items):
                self._joined(writer, items, " AND ")
            case Or(items):
                self._joined(writer, items, " OR ")
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
        outer = writer.alias(node.outer.path)
        assert outer is not None  # noqa: S101 - _aliases names every table around a subquery
        writer.write("EXISTS (")
        with writer.scope(lambda prefix: self._named(node.query, prefix)):
            for clause in ("select", "from", "joins"):
                getattr(self, f"write_{clause}")(writer, node.query)
            writer.write(" WHERE ")
            writer.column(node.inner)
            writer.write(" = ")
            writer.name(outer)
            writer.write(".")
            writer.name(node.outer.name)
            if node.query.where is not None:
                writer.write(" AND (")
                self.write_node(writer, node.query.where)
                writer.write(")")
        writer.write(")")

    def write_in_query(self, writer: SqlWriter, node: InQuery) -> None:
        """Columns among the rows of a subquery."""
        for index, column in enumerate(node.columns):
            writer.write(", " if index else "(")
            writer.column(column)
        writer.write(") IN (")
        with writer.scope(lambda prefix: self._named(node.query, prefix)):
            for clause in self.clauses[Select]:
                getattr(self, f"write_{clause}")(writer, node.query)
        writer.write(")")

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
                writer.bind(node.value, self.filter_binder(node.column.field))

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
        writer.bind(node.value[0], binder)
        writer.write(" AND ")
        writer.bind(node.value[1], binder)

    def _joined(self, writer: SqlWriter, items: tuple[Any, ...], word: str) -> None:
        for index, item in enumerate(items):
            bracketed = isinstance(item, And | Or)
            writer.write(word if index else "")
            writer.write("(" if bracketed else "")
            self.write_node(writer, item)
            writer.write(")" if bracketed else "")

    def _column_list(self, writer: SqlWriter, columns: tuple[ColumnRef, ...]) -> None:
        for index, column in enumerate(columns):
            writer.write(", " if index else " (")
            writer.column(column, plain=True)
        writer.write(")" if columns else "")

    def _table(self, writer: SqlWriter, table: str, path: tuple[str, ...]) -> None:
        writer.plain(table)
        alias = writer.alias(path)
        if alias is not None:
            writer.write(" AS ")
            writer.name(alias)

    def _aliases(self, query: Query) -> dict[tuple[str, ...], str]:
        """The aliases of a statement's tables; none where its columns can stand alone."""
        if not isinstance(query, Select) or not (query.joins or _has_subquery(query.where)):
            return {}
        return self._named(query, "t")

    def _named(self, query: Select, prefix: str) -> dict[tuple[str, ...], str]:
        joined = {join.path: f"{prefix}{number}" for number, join in enumerate(query.joins, 1)}
        return {(): f"{prefix}0", **joined}

    def _binder(self, field: Field[Any], convert: Binder) -> Binder:
        encode = self._encoder(field)
        if encode is None:
            return convert

        def bind(value: Any) -> Any:
            value = convert(value)
            return None if value is None else encode(value)

        return bind

    def _encoder(self, field: Field[Any]) -> Binder | None:
        encode = self.encoders.get(field.storage.kind)
        if encode is None:
            return None

        def encoded(value: Any) -> Any:
            try:
                return encode(value)
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                field.refuse(value, str(error))

        return encoded


def _has_subquery(node: Any) -> bool:
    match node:
        case Exists():
            return True
        case And(items) | Or(items):
            return any(map(_has_subquery, items))
        case Not(item):
            return _has_subquery(item)
        case _:
            return False


def contains_pattern(text: Any) -> str:
    """The LIKE pattern of "contains this text"; its special characters stand for themselves."""
    escaped = text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"
