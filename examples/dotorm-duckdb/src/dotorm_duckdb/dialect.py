"""How DuckDB spells statements, values and tables, where it is not as others do."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from dotorm import Dialect, Features, Field, NotSupported, Session
from dotorm.components.expressions import ColumnRef
from dotorm.components.sql import SqlWriter
from dotorm.databases.abstract import Statement
from dotorm.ddl import DDL, Column, ExistingTable, Index, Table, shortened


def _moment(value: dt.datetime) -> dt.datetime:
    """A moment in UTC that does not say so: reading TIMESTAMPTZ would need another package."""
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


def _json(value: Any) -> str:
    return json.dumps(json.loads(json.dumps(value, allow_nan=False)), sort_keys=True)


class DuckDialect(Dialect):
    name = "duckdb"
    features = Features(
        returning=True,
        autoincrement=True,
        bulk_keys=True,
        transactions=True,
        transactional_ddl=True,
        read_only_transactions=True,
        unique_constraints=True,
        upsert=True,
        counts_writes=True,
        required_values=True,
        arrays=True,
        null_arrays=True,
        window_functions=True,
        list_parameters=True,
        max_parameters=10_000,
        max_identifier_bytes=1000,
    )
    types: ClassVar[Mapping[str, str]] = {
        "integer": "INTEGER",
        "big_integer": "BIGINT",
        "small_integer": "SMALLINT",
        "char": "VARCHAR",
        "text": "VARCHAR",
        "boolean": "BOOLEAN",
        "float": "DOUBLE",
        "decimal": "DECIMAL",
        "date": "DATE",
        "time": "TIME",
        "datetime": "TIMESTAMP",
        "json": "VARCHAR",
        "binary": "BLOB",
        "uuid": "UUID",
    }
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"datetime": _moment, "json": _json}
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "datetime": lambda value: value.replace(tzinfo=dt.UTC),
        "json": json.loads,
    }

    def column_type(self, field: Field[Any]) -> str:
        storage: Any = field.storage  # of a reference, the key that it refers to
        if storage.kind == "array":
            return f"{self.column_type(storage.item)}[]"
        if storage.kind not in self.types:
            return super().column_type(field)  # which refuses it
        if storage.kind != "decimal":
            return self.types[storage.kind]
        if storage.max_digits > 38:
            raise NotSupported(f"Decimal(max_digits={storage.max_digits})", self.name, "at most 38")
        return f"DECIMAL({storage.max_digits},{storage.decimal_places})"

    def encode_raw(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values of the user's own SQL, moments as fields keep them."""
        return [_moment(value) if isinstance(value, dt.datetime) else value for value in values]

    def write_in(self, writer: SqlWriter, column: ColumnRef, values: list[Any]) -> None:
        """One list as one parameter, instead of a placeholder for each value."""
        convert = self.filter_binder(column.field)
        writer.column(column)
        writer.write(" = ANY(")
        writer.bind(values, lambda items: [convert(i) for i in items] if convert else list(items))
        writer.write(")")


_HERE = "database_name = current_database() AND schema_name = current_schema()"
_COLUMNS = f"""SELECT table_name, column_name, is_nullable, data_type
FROM duckdb_columns() WHERE {_HERE} AND table_name = ANY($1)"""  # noqa: S608 - no text but ours
_INDEXES = f"""SELECT table_name, constraint_column_names, TRUE FROM duckdb_constraints()
WHERE {_HERE} AND table_name = ANY($1) AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
UNION ALL SELECT table_name, expressions::VARCHAR[], is_unique FROM duckdb_indexes()
WHERE {_HERE} AND table_name = ANY($1)"""  # noqa: S608 - as above


class DuckDDL(DDL):
    """Keys come from sequences; a unique constraint of a table that exists is an index."""

    def before_table(self, table: Table) -> list[str]:
        made = any(column.autoincrement for column in table.columns)
        return [f"CREATE SEQUENCE IF NOT EXISTS {self._sequence(table)}"] if made else []

    def create_table(self, table: Table) -> str:
        columns = tuple(self._sequenced(column, table) for column in table.columns)
        return super().create_table(replace(table, columns=columns))

    def _sequenced(self, column: Column, table: Table) -> Column:
        if not column.autoincrement:
            return column
        sequence = self._sequence(table).replace("'", "''")
        return replace(column, autoincrement=False, default=f"nextval('{sequence}')")

    def _sequence(self, table: Table) -> str:
        longest = self.dialect.features.max_identifier_bytes
        return self.name(shortened(f"{table.name}_seq", longest))

    def add_unique(self, table: Table, index: Index) -> str:
        return self.create_index(table, index).replace("CREATE", "CREATE UNIQUE", 1)

    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        async def rows(sql: str, *values: Any) -> Sequence[Any]:
            return (await session.run(Statement(sql, values))).rows

        tables: dict[str, ExistingTable] = {}
        for name, column, nullable, kind in await rows(_COLUMNS, list(names)):
            table = tables.setdefault(name, ExistingTable())
            table.columns[column], table.types[column] = nullable, kind
        for name, columns, unique in await rows(_INDEXES, list(tables)):
            (tables[name].unique if unique else tables[name].indexes).add(tuple(columns))
        for name, table in tables.items():
            some = f"SELECT 1 FROM {self.name(name)} LIMIT 1"  # noqa: S608 - quoted
            table.has_rows = bool(await rows(some))
        return tables
