"""How ClickHouse spells statements, and how it keeps values that it has no type for.

Text is bound as bytes, which it is to the server. JSON and times of day are text: JSON with its
keys in order, so that equal documents are equal text.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components import Dialect, Features
from dotorm.components.expressions import Comparison, Exists, InQuery
from dotorm.components.queries import Delete, Fragment, Insert, Select, Update, UpdateEach
from dotorm.components.sql import SqlWriter
from dotorm.exceptions import InvalidValue, NotSupported
from dotorm.joins import leaves
from dotorm_clickhouse.clauses import clauses_of, condition_text
from dotorm_clickhouse.field_types import ClickHouseField
from dotorm_clickhouse.literals import Among, literal
from dotorm_clickhouse.options import Clauses, ClickHouseOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dotorm.components.expressions import AmongRows, ColumnRef
    from dotorm.components.queries import QueryOptions
    from dotorm.components.sql import Binder
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = ["CLICKHOUSE", "ONE_ROW", "ROWS", "ClickhouseDialect", "nullable"]

ONE_ROW = " VALUES"
"""What ends an INSERT whose values are one row, sent as data."""
ROWS = " FORMAT Native"
"""What ends an INSERT whose values are columns, sent as data."""

_TYPES = {
    "integer": "Int32",
    "big_integer": "Int64",
    "small_integer": "Int16",
    "char": "String",
    "text": "String",
    "boolean": "Bool",
    "float": "Float64",
    "date": "Date32",
    "time": "String",
    "datetime": "DateTime64(6, 'UTC')",
    "json": "String",
    "binary": "String",
    "uuid": "UUID",
}
_NEVER_NULL = ("Array(", "Map(", "Tuple(")
_ROWS_AT_ONCE = 100_000
_UPDATES_AT_ONCE = 1_000
_MOST_DIGITS = 76


_OF_MUTATIONS = Clauses(settings=(("join_use_nulls", "1"), ("transform_null_in", "0")))


def _json(value: Any) -> bytes:
    plain = json.loads(json.dumps(value, allow_nan=False))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise InvalidValue(f"text in the result is no UTF-8: {error}; use Binary") from error


class ClickhouseDialect(Dialect):
    """ClickHouse, by way of asynch."""

    name = "clickhouse"
    escape = "`"
    placeholder = "$"
    features = Features(
        streaming=True,
        arrays=True,
        window_functions=True,
        list_parameters=True,
        max_parameters=50_000,
        max_identifier_bytes=60,
    )
    no_row_locks = "it has no transactions"
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "char": str.encode,
        "text": str.encode,
        "time": lambda value: value.isoformat("microseconds").encode(),
        "json": _json,
    }
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "char": _text,
        "text": _text,
        "time": lambda value: dt.time.fromisoformat(value.decode()),
        "json": json.loads,
        "binary": bytes,  # the driver answers a large one as a bytearray
    }

    clauses: ClassVar[Mapping[type[Any], tuple[str, ...]]] = {
        **Dialect.clauses,
        Select: (
            *("select", "from", "joins", "prewhere", "where", "order", "limit_by"),
            *("limit", "offset", "lock", "settings"),
        ),
        Insert: ("insert", "settings", "rows", "on_conflict", "returning"),
        Update: ("update", "set", "where", "settings"),
        UpdateEach: ("update_each", "from_each", "where_each", "settings"),
        Delete: ("delete", "where", "settings"),
    }

    def accept_options(self, meta: ModelMeta, options: QueryOptions) -> Clauses:
        """The options as clauses.

        Raises:
            NotSupported: They are those of another database.
            InvalidFilter: They name something that the model has not.
        """
        if not isinstance(options, ClickHouseOptions):
            super().accept_options(meta, options)
            raise AssertionError  # it always raises
        return clauses_of(self, meta, options)

    def make_placeholder(self, index: int = 1) -> str:
        """``$1`` for the first value; the connection writes the value in its place."""
        return f"${index}"

    def escape_identifier(self, identifier: str) -> str:
        """The name in backticks, in which a backslash means something, too."""
        return super().escape_identifier(identifier).replace("\\", "\\\\")

    def column_type(self, field: Field[Any]) -> str:
        """The type of what the field stores, without NULL."""
        storage: Any = field.storage
        if isinstance(storage, ClickHouseField):
            return storage.column_type(self)
        if storage.kind == "array":
            item = self.column_type(storage.item)
            return f"Array({nullable(item) if storage.item.null else item})"
        if storage.kind == "decimal":
            if storage.max_digits > _MOST_DIGITS:
                raise NotSupported(
                    f"{storage.max_digits} digits", self.name, f"at most {_MOST_DIGITS}"
                )
            return f"Decimal({storage.max_digits}, {storage.decimal_places})"
        return _TYPES.get(storage.kind) or super().column_type(field)

    def encoder(self, field: Field[Any]) -> Binder | None:
        """Fields of ClickHouse's own know how they are kept."""
        if isinstance(field.storage, ClickHouseField):
            return field.storage.encoder(self)
        return super().encoder(field)

    def decoder(self, field: Field[Any]) -> Callable[[Any], Any] | None:
        """Fields of ClickHouse's own know how they are kept."""
        if isinstance(field.storage, ClickHouseField):
            return field.storage.decoder(self)
        return super().decoder(field)

    def placeholder_cast(self, field: Field[Any] | None) -> str:
        """A list has the type of its values, which may be none."""
        if field is None or field.storage.kind not in ("array", "map"):
            return ""
        return f"::{self.column_type(field)}"

    def literal(self, field: Field[Any], value: Any) -> str:
        """A field's value as SQL text, for the DEFAULT of a column."""
        return literal(self._binder(field, field.accept)(value))

    def write_from(self, writer: SqlWriter, query: Select) -> None:
        """FROM the table, and how it is read."""
        super().write_from(writer, query)
        told: Clauses | None = query.options
        if told is not None:
            writer.write(" FINAL" if told.final else "")
            writer.write(f" SAMPLE {told.sample}" if told.sample else "")

    def write_prewhere(self, writer: SqlWriter, query: Select) -> None:
        """PREWHERE, if there is such a condition, its values in it."""
        told: Clauses | None = query.options
        if told is not None and told.condition is not None:
            writer.write(f" PREWHERE {condition_text(self, told.condition, writer.alias(()))}")

    def write_limit_by(self, writer: SqlWriter, query: Select) -> None:
        """LIMIT BY, if rows are limited for each value of columns."""
        told: Clauses | None = query.options
        if told is None or not told.columns:
            return
        if any(isinstance(column, Fragment) for column in query.columns):
            raise NotSupported("limit_by in a count", self.name, "count what search answers")
        writer.write(f" LIMIT {told.limit_by[0]} BY ")
        for index, column in enumerate(told.columns):
            writer.write(", " if index else "")
            writer.column(column)

    def write_settings(
        self, writer: SqlWriter, query: Select | Insert | Update | UpdateEach | Delete
    ) -> None:
        """SETTINGS of the statement, if it has some."""
        told: Clauses | None = query.options
        if told is None:
            return
        if not isinstance(query, Select):
            told.check_write(self.name)
        pairs = told.told(waiting=isinstance(query, Update | UpdateEach | Delete))
        for index, (name, value) in enumerate(pairs):
            writer.write(", " if index else " SETTINGS ")
            writer.write(f"{name} = {value}")

    def write_rows(self, writer: SqlWriter, query: Insert) -> None:
        """The values travel beside the text, by column, in the server's own format."""
        if writer.display:
            super().write_rows(writer, query)
            return
        writer.write(ONE_ROW if query.rows == 1 else ROWS)
        for column in query.columns:
            writer.carry(self.write_binder(column.field))

    def insert_values(self, columns: Sequence[list[Any]], binders: Any = ()) -> list[Any]:
        """One list a column."""
        return list(columns)

    def insert_rows(self, columns: int) -> int:
        """As many rows as a server likes to get at once."""
        return _ROWS_AT_ONCE

    def insert_shape(self, rows: int) -> int:
        """The text for two rows is the text for any number."""
        return min(rows, 2)

    def row_values(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The rows as one value."""
        return [rows]

    def list_rows(self, columns: int) -> int | None:
        """Any number: rows are single values."""
        return None

    def write_in(self, writer: SqlWriter, column: ColumnRef, values: list[Any]) -> None:
        """``IN`` one list."""
        writer.column(column)
        writer.write(" IN ")
        writer.bind(values, self._list_binder(column.field))

    def write_among_rows(self, writer: SqlWriter, node: AmongRows) -> None:
        """Rows as one list of lists."""
        binders = [self._list_binder(column.field) for column in node.columns]
        self._row_of(writer, node.columns)
        writer.write(" IN ")
        writer.bind(node.value, lambda rows: _rows(rows, binders))

    def write_in_query(self, writer: SqlWriter, node: InQuery) -> None:
        """Columns among the rows of a subquery, which says what its joins and lists mean.

        It is for updates and deletes, and a mutation runs without the session's settings.
        """
        query = replace(node.query, options=_OF_MUTATIONS)
        super().write_in_query(writer, replace(node, query=query))

    def write_exists(self, writer: SqlWriter, node: Exists) -> None:
        """Related records as a list of the keys that they refer to, which is made once.

        A row without that key has none: NULL IN a list would be NULL, and so would NOT of it.
        """
        inner, outer = zip(*node.on, strict=True)
        unsure = any(column.path or column.field is None or column.field.null for column in outer)
        writer.write("ifNull(" if unsure else "")
        self._row_of(writer, outer)
        writer.write(" IN (SELECT ")
        with writer.scope(lambda prefix: self._named(node.query, prefix)):
            for index, column in enumerate(inner):
                writer.write(", " if index else "")
                writer.column(column)
            for clause in ("from", "joins", "where"):
                getattr(self, f"write_{clause}")(writer, node.query)
        writer.write("), 0)" if unsure else ")")

    def write_contains(self, writer: SqlWriter, node: Comparison) -> None:
        """Contains a text; a backslash takes the meaning from the pattern's characters."""
        writer.column(node.column)
        writer.write(f" {node.operator.upper()} ")
        writer.bind(node.value, _pattern)

    def write_update(self, writer: SqlWriter, query: Update) -> None:
        """ALTER TABLE and the table: a mutation."""
        writer.write("ALTER TABLE ")
        writer.plain(query.table)
        writer.write(" UPDATE")

    def write_set(self, writer: SqlWriter, query: Update) -> None:
        """The new values."""
        for index, (column, value) in enumerate(zip(query.columns, query.values, strict=True)):
            writer.write(", " if index else " ")
            writer.column(column)
            writer.write(" = ")
            cast = self.placeholder_cast(column.field)
            writer.bind(value, self.write_binder(column.field), cast)

    def write_update_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """Each column becomes the value at the place where the list of keys has the row's key."""
        for _ in (*query.columns, *query.keys):
            writer.carry(None)
        writer.write("ALTER TABLE ")
        writer.plain(query.table)
        keys = self._lists(query.keys, len(query.columns) + 1)
        for number, column in enumerate(query.columns, 1):
            writer.write(" UPDATE " if number == 1 else ", ")
            writer.column(column)
            writer.write(f" = {self._lists([column], number)}[indexOf({keys}, ")
            self._row_of(writer, query.keys)
            writer.write(")]")

    def write_from_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """Nothing: the rows are lists in the expressions."""

    def write_where_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """The rows that the lists are for."""
        writer.write(" WHERE ")
        self._row_of(writer, query.keys)
        writer.write(f" IN {self._lists(query.keys, len(query.columns) + 1)}")

    def update_rows(self, columns: int) -> int:
        """As many rows as are soon found in a list."""
        return _UPDATES_AT_ONCE

    def _named(self, query: Select, prefix: str) -> dict[tuple[str, ...], str]:
        """Aliases that no table is called by: the server looks for an alias first."""
        while any(re.fullmatch(rf"{prefix}\d+", table) for table in _tables(query)):
            prefix = f"_{prefix}"
        return super()._named(query, prefix)

    def _lists(self, columns: Sequence[ColumnRef], first: int) -> str:
        """Lists of the columns' values, of several columns as one list of rows."""
        parts = []
        for number, column in enumerate(columns, first):
            assert column.field is not None  # noqa: S101 - core writes into columns of fields
            kind = self.column_type(column.field)
            kind = nullable(kind) if column.field.null else kind
            parts.append(f"CAST({self.make_placeholder(number)} AS Array({kind}))")
        return parts[0] if len(parts) == 1 else f"arrayZip({', '.join(parts)})"

    def _list_binder(self, field: Field[Any] | None) -> Binder:
        convert = self.filter_binder(field)
        fits = _fits(field)

        def bind(values: Any) -> Any:
            converted = values if convert is None else map(convert, values)
            return Among(value for value in converted if fits is None or fits(value))

        return bind


def _tables(query: Select) -> set[str]:
    """The tables of a query and of those inside it."""
    inner = (leaf.query for leaf in leaves(query.where) if isinstance(leaf, Exists | InQuery))
    return {query.table, *(join.table for join in query.joins)}.union(*map(_tables, inner))


def nullable(kind: str) -> str:
    """The type with NULL; those of several values have none."""
    if kind.startswith(_NEVER_NULL):
        return kind
    if kind.startswith("LowCardinality("):
        return f"LowCardinality(Nullable({kind[15:-1]}))"
    return f"Nullable({kind})"


def _rows(rows: Sequence[tuple[Any, ...]], binders: Sequence[Binder]) -> Among:
    columns = (bind(column) for bind, column in zip(binders, zip(*rows, strict=True), strict=True))
    return Among(zip(*columns, strict=True))


def _fits(field: Field[Any] | None) -> Callable[[Any], bool] | None:
    """Whether a column can have a value that is looked for; in a list it would be rounded."""
    if field is None or field.storage.kind != "decimal":
        return None
    places = field.storage.decimal_places
    return lambda value: value is None or not value.normalize(_EXACT).as_tuple().exponent < -places


_EXACT = decimal.Context(prec=1000)


def _pattern(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


CLICKHOUSE = ClickhouseDialect()
