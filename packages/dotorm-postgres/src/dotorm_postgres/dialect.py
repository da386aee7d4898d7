"""PostgreSQL's spelling.

Lists and rows travel as arrays, so that a statement's text does not depend on how many there are:
the driver prepares it once.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components import Dialect, Features
from dotorm.components.queries import CopyRows, NextKeys
from dotorm_postgres.copying import next_keys
from dotorm_postgres.lists import KEY_LISTS, LIST_TEXTS, array_item
from dotorm_postgres.moments import read_moment
from dotorm_postgres.texts import encode_json, encode_text, has_nul

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dotorm.components.expressions import AmongRows, ColumnRef
    from dotorm.components.queries import Insert, UpdateEach
    from dotorm.components.sql import Binder, SqlWriter
    from dotorm.field_types import Field

__all__ = ["POSTGRES", "PostgresDialect"]

# A type with its length or digits would cut and round silently in a cast.
_TYPES = {
    "integer": "INTEGER",
    "big_integer": "BIGINT",
    "small_integer": "SMALLINT",
    "char": "VARCHAR",
    "text": "TEXT",
    "boolean": "BOOL",
    "float": "DOUBLE PRECISION",
    "decimal": "DECIMAL",
    "date": "DATE",
    "time": "TIME",
    "datetime": "TIMESTAMPTZ",
    "json": "JSONB",
    "binary": "BYTEA",
    "uuid": "UUID",
}

# The server takes arrays up to 1 GB: 100 KB a value.
_ROWS_AT_ONCE = 10_000
# Fewer rows are one statement, as people expect of an INSERT, and take hardly longer.
_ROWS_TO_COPY = 2_000
# The most keys of a list that are compared one by one, if a table is so small that it comes to it.
_SOME = 2_000


class PostgresDialect(Dialect):
    """How PostgreSQL, by way of asyncpg, differs from the common spelling."""

    name = "postgres"
    placeholder = "$"
    features = Features(
        returning=True,
        autoincrement=True,
        bulk_keys=True,
        transactions=True,
        savepoints=True,
        transactional_ddl=True,
        read_only_transactions=True,
        isolation_levels=frozenset(
            {"read uncommitted", "read committed", "repeatable read", "serializable"}
        ),
        foreign_keys=True,
        unique_constraints=True,
        alter_constraints=True,
        upsert=True,
        row_locks=True,
        streaming=True,
        counts_writes=True,
        required_values=True,
        window_functions=True,
        arrays=True,
        null_arrays=True,
        list_parameters=True,
        max_parameters=32767,
        max_identifier_bytes=63,
    )
    slices_rows = True
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "json": encode_json,
        "char": encode_text,
        "text": encode_text,
    }
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "json": json.loads,
        "datetime": read_moment,
    }

    clauses: ClassVar[Mapping[type[Any], tuple[str, ...]]] = {
        **Dialect.clauses,
        NextKeys: ("next_keys",),
        CopyRows: ("copy_rows",),
    }

    def make_placeholder(self, index: int = 1) -> str:
        """``$1`` for the first value."""
        return f"${index}"

    def column_type(self, field: Field[Any]) -> str:
        """The type, with its length or digits."""
        storage: Any = field.storage
        if storage.kind == "array":
            return f"{self.column_type(storage.item)}[]"
        if storage.kind not in _TYPES:
            return super().column_type(field)
        name = _TYPES[storage.kind]
        if storage.kind == "decimal":
            return f"{name}({storage.max_digits}, {storage.decimal_places})"
        if storage.kind == "char" and storage.max_length is not None:
            return f"{name}({storage.max_length})"
        return name

    def decoder(self, field: Field[Any]) -> Callable[[Any], Any] | None:
        """JSON arrives as text; whole decimals arrive as 1E+2 where 100 was written."""
        storage: Any = field.storage
        if storage.kind == "decimal" and not storage.decimal_places:
            return _whole
        decode = super().decoder(field)
        if storage.kind != "array" or decode is None:
            return decode
        return lambda value: decode(value.items if isinstance(value, _ArrayText) else value)

    def encode_values(self, field: Field[Any], values: list[Any]) -> list[Any]:
        """Text is looked through in one go, and is right as it is."""
        if _is_text(field) and not has_nul(values):
            return values
        return super().encode_values(field, values)

    def list_binder(self, field: Field[Any] | None) -> Callable[[Sequence[Any]], list[Any]] | None:
        """Text is looked through in one go, as where it is written."""
        bind = super().list_binder(field)
        if field is None or bind is None or not _is_text(field):
            return bind
        storage = field.storage

        def bound(items: Sequence[Any]) -> list[Any]:
            if isinstance(items, list) and storage.are_right(items) and not has_nul(items):
                return items
            return bind(items)

        return bound

    def array_text(self, items: list[Any]) -> str:
        """An array as PostgreSQL writes one, so that an array of such texts is an array of arrays.

        See "Array Value Input" in PostgreSQL's manual.
        """
        text = _ArrayText(f"{{{','.join(map(array_item, items))}}}")
        text.items = items
        return text

    def placeholder_cast(self, field: Field[Any] | None) -> str:
        """An array arrives as text."""
        if field is None or field.storage.kind != "array":
            return ""
        return f"::TEXT::{self.column_type(field)}"

    def read_cast(self, field: Field[Any] | None) -> str:
        """A moment is read as text: Python parses it in a sixth of the time of its binary form."""
        return "::TEXT" if field is not None and field.storage.kind == "datetime" else ""

    def literal_bytes(self, value: bytes) -> str:
        """Bytes as SQL text."""
        return f"'\\x{value.hex()}'"

    def nulls_last(self, *, descending: bool) -> str:
        """NULL counts as the largest value."""
        return " NULLS LAST" if descending else ""

    def list_shape(self, items: int) -> int:
        """One, some or many: see `write_in`."""
        return items if items < 2 else 2 if items <= _SOME else _SOME + 1

    def write_in(self, writer: SqlWriter, column: ColumnRef, values: list[Any]) -> None:
        """``= ANY`` of one array, which is no text: that would be taken apart for every row.

        The server plans a short array anew for each execution, as it looks at what is in it. So one
        item is compared with ``=``. Of some keys, which find a row each at most, it has nothing to
        learn: they are a text, which the driver writes faster, and a subquery makes it an array,
        once. Of many, or where the server may have to look at every row, it can put an array into a
        hash table, but none that comes from a subquery.
        """
        as_text = _key_list(column) if len(values) <= _SOME else None
        writer.column(column)
        if len(values) == 1 and not writer.display:
            only = _the_only(self.filter_binder(column.field))
            writer.write(" = ")
            writer.bind(values, only, self.placeholder_cast(column.field))
        elif as_text is None or writer.display:
            writer.write(" = ANY(")
            writer.bind(values, self.list_binder(column.field))
            writer.write(")")
        else:
            kind, bind = self._array_type(column), _chained(self.list_binder(column.field), as_text)
            writer.write(" = ANY((SELECT ")
            writer.bind(values, bind, f"::TEXT::{kind}")
            writer.write(f")::{kind})")

    def write_among_rows(self, writer: SqlWriter, node: AmongRows) -> None:
        """Rows as one array a column."""
        self._row_of(writer, node.columns)
        writer.write(" IN (SELECT * FROM unnest(")
        for index, (column, values) in enumerate(
            zip(node.columns, self.row_values(node.value), strict=True)
        ):
            writer.write(", " if index else "")
            writer.bind(values, self.list_binder(column.field))
            writer.write(f"::{self._array_type(column)}")
        writer.write("))")

    def row_values(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """One array a column."""
        return [list(column) for column in zip(*rows, strict=True)]

    def list_rows(self, columns: int) -> int | None:
        """Any number: arrays are single parameters."""
        return None

    def write_rows(self, writer: SqlWriter, query: Insert) -> None:
        """Several rows as one array a column, numbered, so that RETURNING keeps their order."""
        if query.rows == 1 or not query.columns or writer.display:
            super().write_rows(writer, query)
            return
        writer.write(" ")
        names = self._unnest(writer, query.columns)
        writer.write(f" WITH ORDINALITY AS u({names}, n) ORDER BY n")

    def copy_rows(self, fields: Sequence[Field[Any]]) -> int | None:
        """Where it takes less time, and each value travels as itself, not as text."""
        known = all(field.storage.kind in _TYPES for field in fields)
        return _ROWS_TO_COPY if known else None

    def write_next_keys(self, writer: SqlWriter, query: NextKeys) -> None:
        """From the sequence of the key's column."""
        types = {column.name: self._type(column) for column in query.columns}
        made = [column.name for column in query.made]
        writer.write(next_keys(self.escape_identifier(query.table), types, made))

    def write_copy_rows(self, writer: SqlWriter, query: CopyRows) -> None:
        """COPY, as the driver writes it."""
        writer.write("COPY ")
        writer.name(query.table)
        self._column_list(writer, query.columns)
        writer.write(" FROM STDIN (FORMAT binary)")

    def write_from_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """Rows as one array a column."""
        writer.write(" FROM (")
        names = self._unnest(writer, (*query.columns, *query.keys))
        writer.write(f" AS r({names})) AS u")

    def update_rows(self, columns: int) -> int:
        """As many rows as leave room for large values."""
        return _ROWS_AT_ONCE

    def insert_values(
        self, columns: Sequence[list[Any]], binders: Sequence[Binder | None] = ()
    ) -> list[Any]:
        """One array a column, as text where there is a way to write it as one."""
        return [
            column if as_text is None else as_text(column)
            for column, as_text in zip(columns, binders, strict=True)
        ]

    def insert_rows(self, columns: int) -> int:
        """As many rows as leave room for large values."""
        return _ROWS_AT_ONCE

    def insert_shape(self, rows: int) -> int:
        """The text for two rows is the text for any number."""
        return min(rows, 2)

    def _array_type(self, column: ColumnRef) -> str:
        return f"{self._type(column)}[]"

    def _type(self, column: ColumnRef) -> str:
        """Its type without its length or digits; what is written as an array travels as text."""
        assert column.field is not None  # noqa: S101 - core writes into columns of fields
        return _TYPES.get(column.field.storage.kind, "TEXT")

    def _unnest(self, writer: SqlWriter, columns: Sequence[ColumnRef]) -> str:
        """Write a SELECT from one array a column; answer what its columns are to be called."""
        names = [f"c{number}" for number in range(1, len(columns) + 1)]
        chosen = ", ".join(map(self._from_array, names, columns))
        writer.write(f"SELECT {chosen} FROM unnest(")  # noqa: S608 - names of our own
        for index, column in enumerate(columns):
            writer.write(", " if index else "")
            as_text = self._list_text(column)
            writer.bind(None, as_text, "::TEXT" if as_text else "")
            writer.write(f"::{self._array_type(column)}")
        writer.write(")")
        return ", ".join(names)

    def _list_text(self, column: ColumnRef) -> Binder | None:
        """What writes its values as the text of one array, if that is the faster way."""
        assert column.field is not None  # noqa: S101 - core writes into columns of fields
        return LIST_TEXTS.get(column.field.storage.kind)

    def _from_array(self, name: str, column: ColumnRef) -> str:
        """Unnest takes arrays of arrays apart to the last value, so they travel as text."""
        cast = self.placeholder_cast(column.field).removeprefix("::TEXT")
        return f"{name}{cast} AS {name}" if cast else name


class _ArrayText(str):
    """An array as text, which remembers its items: a record that was written answers them."""

    __slots__ = ("items",)

    items: list[Any]


def _is_text(field: Field[Any]) -> bool:
    """Whether its values are text, and not what stands for it, as the members of an Enum do."""
    return field.storage.kind in ("char", "text") and field.storage.unwrap is None


def _key_list(column: ColumnRef) -> Binder | None:
    """What writes values of a column as one array, if no two rows have the same value in it."""
    field = column.field
    if field is None or field.meta is None or field.column != column.name:
        return None  # such as the columns of a table of links, whose fields are others' keys
    is_unique = field.unique or field.meta.key_names == (field.name,)
    return KEY_LISTS.get(field.storage.kind) if is_unique else None


def _the_only(bind: Binder | None) -> Binder:
    def bound(items: Sequence[Any]) -> Any:
        (item,) = items
        return item if bind is None else bind(item)

    return bound


def _chained(first: Binder | None, second: Binder) -> Binder:
    return second if first is None else lambda value: second(first(value))


def _whole(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number.is_finite() else number


POSTGRES = PostgresDialect()
