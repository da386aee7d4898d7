"""How MySQL and MariaDB spell statements.

Where the two servers differ, what MySQL says stands in ``/*!80019 … */``, which MariaDB takes for a
comment, and what MariaDB says in ``/*M! … */``, which MySQL takes for one ("Comment Syntax" in both
manuals). So one text serves both, and no statement waits for a connection to be written.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from dotorm.components import Dialect, Features
from dotorm.components.conditions import contains_pattern
from dotorm.components.queries import UpdateEach
from dotorm.exceptions import ConfigurationError, NotSupported
from dotorm_mysql.documents import document, mariadb_json, mysql_json
from dotorm_mysql.keys import key_length
from dotorm_mysql.literals import MOST_DIGITS, MOST_PLACES, Table, literal
from dotorm_mysql.weights import weight, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dotorm.components.expressions import AmongRows, ColumnRef, Comparison
    from dotorm.components.queries import Insert, Order, Select
    from dotorm.components.sql import Binder, SqlWriter
    from dotorm.field_types import Field

__all__ = [
    "KEPT",
    "MARIADB",
    "MYSQL",
    "OTHER_KEY",
    "MariadbDialect",
    "MysqlDialect",
]

KEPT = 2**63 + 987_654_321
"""What an INSERT answers as its last key when it left a row that was there.

A number that is no key of anybody's: the server tells negative ones as 2**64 more than they are.
"""
OTHER_KEY = "1062 + rand()"
"""What the error of an upsert has that met a row by another unique key than the one it named."""

_TYPES = {
    "integer": "INT",
    "big_integer": "BIGINT",
    "small_integer": "SMALLINT",
    "boolean": "TINYINT(1)",
    "float": "DOUBLE",
    "date": "DATE",
    "time": "TIME(6)",
    "datetime": "DATETIME(6)",
    "json": "JSON",
    "binary": "LONGBLOB",
    "uuid": "BINARY(16)",
}
# A row has 65,535 bytes in all, of which a character may take four.
_LONGEST_VARCHAR = 4000
# max_allowed_packet is 16 MB unless the server says otherwise; a byte takes up to four of text.
_WEIGHT = 1_000_000
_ROWS_AT_ONCE = 10_000


def _float(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("MySQL has neither infinities nor NaN")
    return value


class MysqlDialect(Dialect):
    """MySQL 8.0.19 and later; MariaDB 10.6 and later understands it."""

    name = "mysql"
    escape = "`"
    placeholder = "%s"
    clauses: ClassVar[Mapping[type[Any], tuple[str, ...]]] = {
        **Dialect.clauses,
        UpdateEach: ("update_each", "join_each", "set_each"),
    }
    percent = "%%"
    unlimited = "18446744073709551615"
    features = Features(
        autoincrement=True,
        bulk_keys=True,
        transactions=True,
        savepoints=True,
        read_only_transactions=True,
        isolation_levels=frozenset(
            {"read uncommitted", "read committed", "repeatable read", "serializable"}
        ),
        foreign_keys=True,
        unique_constraints=True,
        required_values=True,
        counts_writes=True,
        alter_constraints=True,
        upsert=True,
        row_locks=True,
        streaming=True,
        window_functions=True,
        list_parameters=True,
        max_parameters=65535,
        max_identifier_bytes=64,
    )
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "json": mysql_json,
        "float": _float,
        "uuid": lambda value: value.bytes,
    }
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "boolean": bool,
        "json": json.loads,
        "uuid": lambda value: UUID(bytes=value),
    }

    def escape_identifier(self, identifier: str) -> str:
        """The name in backticks.

        Raises:
            ConfigurationError: A character needs more than three bytes, or a space is the last.
        """
        name = super().escape_identifier(identifier)
        if name.endswith(" `") or max(name) > "\uffff":
            raise ConfigurationError(
                f"the name {identifier!r}: MySQL takes no name that ends with a space or has a "
                "character outside the Basic Multilingual Plane"
            )
        return name

    def column_type(self, field: Field[Any]) -> str:
        """The type, with its length or digits; of text that a key needs, the longest there is."""
        storage: Any = field.storage
        if storage.kind in ("char", "text"):
            length = getattr(storage, "max_length", None) or key_length(storage)
            return "LONGTEXT" if length > _LONGEST_VARCHAR else f"VARCHAR({int(length)})"
        if storage.kind == "decimal":
            return self._decimal(storage.max_digits, storage.decimal_places)
        return _TYPES.get(storage.kind) or super().column_type(field)

    def literal(self, field: Field[Any], value: Any) -> str:
        """A default; types without a limit take expressions only, which stand in brackets."""
        text = literal(self._binder(field, field.accept)(value))
        if self.column_type(field) in ("LONGTEXT", "LONGBLOB", "JSON"):
            return f"({text})"
        return text

    def encode_raw(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values of the user's own SQL, in the forms in which fields keep them."""
        return [self._raw(value) for value in values]

    def nulls_last(self, *, descending: bool) -> str:
        """NULL is MySQL's smallest value; see `write_order_part`."""
        return ""

    def write_order_part(self, writer: SqlWriter, part: Order, *, nullable: bool) -> None:
        """First by whether it is NULL, where NULL would not be last by itself."""
        if nullable and not part.descending:
            writer.column(part.column, plain=True)
            writer.write(" IS NULL, ")
        super().write_order_part(writer, part, nullable=nullable)

    def write_lock_of(self, writer: SqlWriter, alias: str) -> None:
        """MariaDB has no such words, and locks the rows of all the tables."""
        writer.write(" /*!80001 OF ")
        writer.name(alias)
        writer.write(" */")

    def write_contains(self, writer: SqlWriter, node: Comparison) -> None:
        """LIKE, which tells upper from lower case; ILIKE is that of both in lower case."""
        if "ilike" not in node.operator:
            super().write_contains(writer, node)
            return
        writer.write("LOWER(")
        writer.column(node.column)
        writer.write(f") {node.operator.upper().replace('ILIKE', 'LIKE')} LOWER(")
        writer.bind(node.value, contains_pattern)
        writer.write(") ESCAPE '!'")

    def write_in(self, writer: SqlWriter, column: ColumnRef, values: list[Any]) -> None:
        """A list of any length is one value, which is written out when it is bound."""
        writer.column(column)
        writer.write(" IN (")
        writer.bind(values, self.list_binder(column.field))
        writer.write(")")

    def write_among_rows(self, writer: SqlWriter, node: AmongRows) -> None:
        """A list of rows is one value."""
        binders = [self.filter_binder(column.field) for column in node.columns]

        def bind(rows: list[Any]) -> list[Any]:
            return [
                tuple([b(v) if b else v for b, v in zip(binders, row, strict=True)]) for row in rows
            ]

        self._row_of(writer, node.columns)
        writer.write(" IN (")
        writer.bind(node.value, bind)
        writer.write(")")

    def write_subquery(self, writer: SqlWriter, query: Select) -> None:
        """A table that is changed cannot be read, but for a table made of it before."""
        writer.write("SELECT * FROM (")
        super().write_subquery(writer, query)
        writer.write(") AS q")

    def row_values(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """One list of rows."""
        return [list(rows)]

    def list_rows(self, columns: int) -> int | None:
        """Any number: a list is one value."""
        return None

    def write_rows(self, writer: SqlWriter, query: Insert) -> None:
        """Several rows are one value."""
        if not query.columns:
            writer.write(" () VALUES ()")
        elif query.rows == 1 or writer.display:
            super().write_rows(writer, query)
        else:
            writer.write(" VALUES ")
            writer.bind(None)  # the rows

    def insert_values(
        self, columns: Sequence[list[Any]], binders: Sequence[Binder | None] = ()
    ) -> list[Any]:
        """One list of rows."""
        return [list(zip(*columns, strict=True))]

    def write_update_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """UPDATE of the table joined with the rows of new values."""
        writer.write("UPDATE ")
        writer.plain(query.table)
        names = ", ".join(f"c{n}" for n, _ in enumerate((*query.columns, *query.keys), 1))
        writer.write(f" AS t0 JOIN (WITH r({names}) AS (VALUES ")
        writer.bind(None)
        writer.write(") SELECT * FROM r) AS u")

    def write_join_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """ON the keys."""
        for number, column in enumerate(query.keys, len(query.columns) + 1):
            writer.write(" ON t0." if number == len(query.columns) + 1 else " AND t0.")
            writer.column(column)
            writer.write(f" = u.c{number}")

    def write_set_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """SET, from the rows."""
        for number, column in enumerate(query.columns, 1):
            writer.write(" SET t0." if number == 1 else ", t0.")
            writer.column(column)
            writer.write(f" = u.c{number}")

    def update_values(
        self, columns: Sequence[list[Any]], binders: Sequence[Binder | None] = ()
    ) -> list[Any]:
        """One list of rows, which stands for a table."""
        return [Table(zip(*columns, strict=True))]

    def update_rows(self, columns: int) -> int:
        """As many as leave room for values of a common size."""
        return _ROWS_AT_ONCE

    def insert_rows(self, columns: int) -> int:
        """As many as leave room for values of a common size."""
        return _ROWS_AT_ONCE

    def parts(
        self, columns: Sequence[list[Any]], count: int, most: int
    ) -> Iterator[tuple[int, int]]:
        """As many rows as have about a megabyte; a server refuses statements that are too long."""
        if 0 < count <= most and weight(columns, count) <= _WEIGHT:
            yield 0, count
            return
        each = weights(columns, count)
        for start, rows in super().parts(columns, count, most):
            first, so_far = start, 0
            for place in range(start, start + rows):
                so_far += each[place]
                if so_far > _WEIGHT and place > first:
                    yield first, place - first
                    first, so_far = place, each[place]
            yield first, start + rows - first

    def insert_shape(self, rows: int) -> int:
        """The text for two rows is the text for any number."""
        return min(rows, 2)

    def write_insert(self, writer: SqlWriter, query: Insert) -> None:
        """INSERT INTO and the columns; the table itself cannot have another name here."""
        writer.write("INSERT INTO ")
        writer.plain(query.table)
        self._column_list(writer, query.columns)

    def write_on_conflict(self, writer: SqlWriter, query: Insert) -> None:
        """ON DUPLICATE KEY UPDATE, which any unique key sets off.

        A row that was met by another key than the one named is an error (`OTHER_KEY`), as it is
        elsewhere: EXP of such a number is one, and RAND keeps the server from looking before. A
        row that is left makes the statement answer `KEPT`; else it would count as one written.
        """
        conflict = query.on_conflict
        if conflict is None:
            return
        kept = (conflict.key or query.columns)[0]
        there = f"{self.escape_identifier(query.table)}.{self.escape_identifier(kept.name)}"
        there = there.replace("%", self.percent)
        writer.write(" /*!80019 AS new_row */ ON DUPLICATE KEY UPDATE ")
        writer.name(kept.name)
        writer.write(" = IF(")
        self._write_met(writer, query, conflict.columns)
        left = f"LAST_INSERT_ID({KEPT} + 0 * LENGTH({there}))"
        writer.write(f"{'TRUE' if conflict.update else left}, {there}, {there})")
        for column in conflict.update:
            writer.write(", ")
            writer.name(column.name)
            writer.write(" = ")
            self._write_new(writer, column)

    def _write_met(self, writer: SqlWriter, query: Insert, columns: tuple[ColumnRef, ...]) -> None:
        """Whether the row that is there has the new row's values in the columns, or an error."""
        written = {column.name for column in query.columns}
        for index, column in enumerate(columns):
            writer.write(" AND " if index else "(")
            if column.name not in written:
                writer.write("FALSE")  # it has no value, by which nothing can be there
                continue
            writer.name(query.table)
            writer.write(".")
            writer.name(column.name)
            writer.write(" = ")
            self._write_new(writer, column)
        writer.write(" OR EXP(1062 + RAND())) AND " if columns else "")

    def _write_new(self, writer: SqlWriter, column: ColumnRef) -> None:
        writer.write("/*!80019 new_row.")
        writer.name(column.name)
        writer.write(" */ /*M! VALUES(")
        writer.name(column.name)
        writer.write(") */")

    def _decimal(self, digits: int, places: int) -> str:
        if digits > MOST_DIGITS or places > MOST_PLACES:
            raise NotSupported(
                f"Decimal({digits}, {places})",
                self.name,
                f"at most {MOST_DIGITS} digits, {MOST_PLACES} of them after the point",
            )
        return f"DECIMAL({digits}, {places})"

    def _raw(self, value: Any) -> Any:
        if isinstance(value, UUID):
            return value.bytes
        return document(value) if isinstance(value, dict | list | tuple) else value


class MariadbDialect(MysqlDialect):
    """MariaDB 10.6 and later, which knows RETURNING."""

    name = "mariadb"
    features = replace(MysqlDialect.features, returning=True)
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **MysqlDialect.encoders,
        "json": mariadb_json,
    }

    def returns_on_conflict(self, *, updates: bool) -> bool:
        """It answers a row that was left, too."""
        return updates

    def in_order(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Keys that the database made, in the order of the rows: each is larger than the last."""
        return sorted(rows)


MYSQL = MysqlDialect()
MARIADB = MariadbDialect()
