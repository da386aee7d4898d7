"""How ClickHouse spells tables, and what it tells of those that exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Statement
from dotorm.ddl import DDL, Column, ExistingTable, ForeignKey, Index, Table
from dotorm_clickhouse.dialect import nullable
from dotorm_clickhouse.literals import Among

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.databases.abstract import Session

__all__ = ["ClickhouseDDL"]

_TABLES = """
SELECT name, sorting_key, total_rows FROM system.tables
WHERE database = currentDatabase() AND name IN $1"""
_COLUMNS = """
SELECT table, name, type FROM system.columns
WHERE database = currentDatabase() AND table IN $1 ORDER BY table, position"""
_INDEXES = """
SELECT table, expr FROM system.data_skipping_indices
WHERE database = currentDatabase() AND table IN $1"""

_NULL = re.compile(r"(.*?)Nullable\((.*)\)(.*)")
_NAME = re.compile(r"\s*(?:`((?:[^`\\]|\\.)+)`|([A-Za-z_]\w*))\s*(?:,|\Z)")


class ClickhouseDDL(DDL):
    """Tables of engines, sorted by their key."""

    def create_table(self, table: Table) -> str:
        """CREATE TABLE; by default a MergeTree ordered by the key."""
        body = ",\n  ".join(self.column(column.without_rows()) for column in table.columns)
        order = self.names(table.primary_key)
        return (
            f"CREATE TABLE {self.name(table.name)} (\n  {body}\n)\n"
            f"ENGINE = MergeTree ORDER BY ({order})"
        )

    def column(self, column: Column) -> str:
        """A column's definition; that it may be NULL is part of its type."""
        kind = nullable(column.type) if column.null else column.type
        default = "" if column.default is None else f" DEFAULT {column.default}"
        return f"{self.name(column.name)} {kind}{default}"

    def add_column(self, table: Table, column: Column, key: ForeignKey | None) -> list[str]:
        """ALTER TABLE ADD COLUMN; a default stays with the column, by which old rows read it."""
        return [f"ALTER TABLE {self.name(table.name)} ADD COLUMN {self.column(column)}"]

    def create_index(self, table: Table, index: Index) -> str:
        """A data skipping index, which the next rows are written with."""
        columns = self.names(index.columns)
        return (
            f"ALTER TABLE {self.name(table.name)} ADD INDEX {self.name(index.name)} ({columns}) "
            "TYPE minmax"
        )

    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """What exists, in the current database, of the tables named."""
        tables: dict[str, ExistingTable] = {}
        for name, key, rows in await _rows(session, _TABLES, names):
            tables[name] = table = ExistingTable(has_rows=rows != 0)
            table.indexes.add(_names(key))
        known = list(tables)
        for name, column, kind in await _rows(session, _COLUMNS, known):
            null = _NULL.fullmatch(kind)
            tables[name].columns[column] = null is not None
            tables[name].types[column] = kind if null is None else "".join(null.groups())
        for name, expression in await _rows(session, _INDEXES, known):
            tables[name].indexes.add(_names(expression))
        return tables


def _names(text: str) -> tuple[str, ...]:
    """The columns of a list of them; empty if an expression is among them."""
    names, place = [], 0
    text = text.removeprefix("(").removesuffix(")")
    while place < len(text):
        name = _NAME.match(text, place)
        if name is None:
            return ()
        names.append(re.sub(r"\\(.)", r"\1", name[1]) if name[1] else name[2])
        place = name.end()
    return tuple(names)


async def _rows(session: Session, sql: str, names: Sequence[str]) -> list[Any]:
    if not names:
        return []
    result = await session.run(Statement(sql, [Among(names)]))
    return [[v.decode() if isinstance(v, bytes) else v for v in row] for row in result.rows]
