"""How SQLite spells statements, and how it keeps values that it has no type for.

Decimal, date, time, datetime, JSON and UUID are text, in forms whose order is the values' order:
moments in UTC with six digits of fraction, decimals under a collation that compares numbers.
"""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import operator
import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components import Dialect, Features
from dotorm.components.filter_parser import shown
from dotorm.components.queries import Select
from dotorm.exceptions import InvalidValue
from dotorm_sqlite.moments import moment, moments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from dotorm.components.expressions import ColumnRef, Comparison
    from dotorm.components.queries import Fragment, Windowed
    from dotorm.components.sql import SqlWriter
    from dotorm.field_types import Field

__all__ = ["DECIMAL_COLLATION", "LOWER", "SQLITE", "UNHEX", "SqliteDialect"]

DECIMAL_COLLATION = "dotorm_decimal"
"""Compares text as numbers; every connection of ours knows it."""
LOWER = "dotorm_lower"
"""Lower case of any letter; SQLite's own LOWER knows ASCII alone."""
UNHEX = "dotorm_unhex"
"""Bytes from their hex; SQLite has a function for it from 3.41 on."""

_PLAIN = frozenset({int, str})
_COMPACT = json.JSONEncoder(separators=(",", ":"))
_NOT_IN_JSON = frozenset({"float", "binary"})
_BOOLS = frozenset({bool, type(None)})
_BITS = {True: 1, False: 0, None: None}


def _time(value: dt.time) -> str:
    return value.isoformat("microseconds")


def _json(value: Any) -> str:
    plain = json.loads(json.dumps(value, allow_nan=False))
    return json.dumps(plain, sort_keys=True, separators=(",", ":"))


def _bits(values: list[Any]) -> list[Any] | None:
    return [*map(_BITS.get, values)] if _BOOLS.issuperset(map(type, values)) else None


def _float(value: float) -> float:
    if math.isnan(value):
        raise ValueError("SQLite would store NaN as NULL")
    return value


_COLUMNS: dict[str, Callable[[list[Any]], list[Any] | None]] = {
    "boolean": _bits,
    "datetime": moments,
}


class SqliteDialect(Dialect):
    """SQLite 3.37 and later."""

    name = "sqlite"
    unlimited = "-1"
    features = Features(
        returning=True,
        autoincrement=True,
        bulk_keys=True,
        transactions=True,
        savepoints=True,
        transactional_ddl=True,
        read_only_transactions=True,
        isolation_levels=frozenset({"serializable"}),
        foreign_keys=True,
        unique_constraints=True,
        upsert=True,
        streaming=True,
        counts_writes=True,
        required_values=True,
        window_functions=True,
        list_parameters=True,
        max_parameters=32766,
        max_identifier_bytes=1000,
    )
    no_row_locks = "a transaction that writes has the whole database to itself"
    keyed_by_row: ClassVar[bool] = True
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "boolean": int,
        "float": _float,
        "decimal": str,
        "date": dt.date.isoformat,
        "time": _time,
        "datetime": moment,
        "json": _json,
        "uuid": str,
    }
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "boolean": operator.truth,
        "decimal": decimal.Decimal,
        "date": dt.date.fromisoformat,
        "time": dt.time.fromisoformat,
        "datetime": dt.datetime.fromisoformat,
        "json": json.loads,
        "uuid": uuid.UUID,
    }
    types: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("char", "text", "date", "time", "datetime", "json", "uuid"), "TEXT"),
        "integer": "INTEGER",
        "big_integer": "INTEGER",
        "small_integer": "INTEGER",
        "boolean": "INTEGER",
        "float": "REAL",
        "binary": "BLOB",
        "decimal": f"TEXT COLLATE {DECIMAL_COLLATION}",
    }
    raw_encoders: ClassVar[Mapping[type, Callable[[Any], Any]]] = {
        dt.datetime: moment,
        dt.date: dt.date.isoformat,
        dt.time: _time,
        decimal.Decimal: str,
        uuid.UUID: str,
        dict: _json,
        list: _json,
        float: _float,
    }

    def column_type(self, field: Field[Any]) -> str:
        """The type of a STRICT table."""
        return self.types.get(field.storage.kind) or super().column_type(field)

    def encode_raw(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values of the user's own SQL, in the forms in which fields keep them."""
        return [_converted(self.raw_encoders.get(type(value), _same), value) for value in values]

    def encode_values(self, field: Field[Any], values: list[Any]) -> list[Any]:
        """Values that the field has accepted; bools and moments by the whole column."""
        encode = None if field.storage.unwrap else _COLUMNS.get(field.storage.kind)
        encoded = None if encode is None else encode(values)
        return super().encode_values(field, values) if encoded is None else encoded

    def update_rows(self, columns: int) -> int:
        """As many as an INSERT takes."""
        return self.insert_rows(columns)

    def tells_keys(self, rows: int) -> bool:
        """Of more than one row: counted, they are sure to be theirs, and many take less time."""
        return rows > 1

    def nulls_last(self, *, descending: bool) -> str:
        """NULL is SQLite's smallest value, last already when descending."""
        return "" if descending else " NULLS LAST"

    def gathered(self, sql: str, query: Select | Windowed) -> str | None:
        """One row of JSON arrays, unless there are floats or bytes.

        Below a LIMIT the order is kept, and what JSON functions made in a computed column is text
        like any other: without one SQLite may put the inner SELECT into the outer one.
        """
        if any(_kind(column) in _NOT_IN_JSON for column in query.columns):
            return None
        names = [f"c{number}" for number, _ in enumerate(query.columns)]
        arrays = ", ".join(f"json_group_array({name})" for name in names)
        limited = isinstance(query, Select) and (query.limit, query.offset) != (None, None)
        inner = sql if limited else f"{sql} LIMIT {self.unlimited}"
        rows = f"WITH dotorm_rows({', '.join(names)}) AS ({inner})"
        return f"{rows} SELECT {arrays} FROM dotorm_rows"  # noqa: S608 - names of our own

    def write_contains(self, writer: SqlWriter, node: Comparison) -> None:
        """A search for text in text; LIKE would ignore the case of ASCII letters and no others."""
        lower = LOWER if "ilike" in node.operator else ""
        writer.write(f"instr({lower}(")
        writer.column(node.column)
        writer.write(f"), {lower}(")
        writer.bind(node.value)
        writer.write(")) = 0" if node.operator.startswith("not") else ")) > 0")

    def write_in(self, writer: SqlWriter, column: ColumnRef, values: list[Any]) -> None:
        """A list of any length as one JSON parameter; bytes, which JSON has not, by their hex."""
        in_hex = column.field is not None and column.field.storage.kind == "binary"
        writer.column(column)
        writer.write(" IN (SELECT ")
        writer.write(f"{UNHEX}(value)" if in_hex else "value")
        writer.write(" FROM json_each(")
        convert = self.list_binder(column.field) or self.encode_raw
        writer.bind(values, lambda items: _json_list(convert(items)))
        writer.write("))")


def _kind(column: ColumnRef | Fragment) -> str | None:
    field = getattr(column, "field", None)
    return None if field is None else field.storage.kind


def _same(value: Any) -> Any:
    return value


def _json_list(items: Sequence[Any]) -> str:
    if _PLAIN.issuperset(map(type, items)):
        text = str(_converted(_COMPACT.encode, items))
        if "\\u0000" not in text:
            return text
    return f"[{','.join(map(_json_item, items))}]"


def _json_item(item: Any) -> str:
    if isinstance(item, bytes):
        return f'"{item.hex()}"'
    if isinstance(item, float) and math.isinf(item):
        return "9e999" if item > 0 else "-9e999"
    if isinstance(item, str) and "\0" in item:
        raise InvalidValue("SQLite cannot look for text with a NUL character in a list: use =")
    return str(_converted(json.dumps, item))


def _converted(convert: Callable[[Any], Any], value: Any) -> Any:
    try:
        return convert(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise InvalidValue(f"SQLite cannot be given {shown(value)}: {error}") from error


SQLITE = SqliteDialect()
