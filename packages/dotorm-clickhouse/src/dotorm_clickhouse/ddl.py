"""How ClickHouse spells tables, and what it tells of those that exist."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Statement
from dotorm.ddl import DDL, Column, ExistingTable, ForeignKey, Index, Table
from dotorm_clickhouse.dialect import nullable
from dotorm_clickhouse.literals import Among
from dotorm_clickhouse.storage import Engine, MergeTree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components import Dialect
    from dotorm.databases.abstract import PoolSettings, Session

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

_NULL = re.compile(r"(LowCardinality\()?Nullable\((.*?)\)((?(1)\)))")
_NAME = re.compile(r"\s*(?:`((?:[^`\\]|\\.)+)`|([A-Za-z_]\w*))\s*(?:,|\Z)")

_USUAL = MergeTree()


class ClickhouseDDL(DDL):
    """Tables of engines, sorted by their key.

    Args:
        dialect: Spells names and types.
        cluster: Where tables are made and changed; None is the server that is connected to.
    """

    def __init__(self, dialect: Dialect, cluster: str | None = None) -> None:
        super().__init__(dialect)
        self._on = "" if cluster is None else f" ON CLUSTER {self.name(cluster)}"

    def configured(self, settings: PoolSettings) -> DDL:
        """The DDL for the cluster of the settings."""
        cluster = getattr(settings, "cluster", None)
        return self if cluster is None else ClickhouseDDL(self.dialect, cluster)

    def fitted(self, table: Table) -> Table:
        """A table without order has no indexes."""
        if _engine(table).sorted or not table.indexes:
            return table
        lost = f"{table.name} has no indexes: {_engine(table).engine} keeps none"
        return replace(table, indexes=(), left_out=(*table.left_out, lost))

    def create_table(self, table: Table) -> str:
        """CREATE TABLE; by default a MergeTree ordered by the key."""
        body = ",\n  ".join(self.column(column.without_rows()) for column in table.columns)
        engine = _engine(table).text(table, self.name)
        return f"CREATE TABLE {self.name(table.name)}{self._on} (\n  {body}\n)\n{engine}"

    def column(self, column: Column) -> str:
        """A column's definition; that it may be NULL is part of its type."""
        kind = nullable(column.type) if column.null else column.type
        default = "" if column.default is None else f" DEFAULT {column.default}"
        return f"{self.name(column.name)} {kind}{default}"

    def add_column(self, table: Table, column: Column, key: ForeignKey | None) -> list[str]:
        """ALTER TABLE ADD COLUMN; a default stays with the column, by which old rows read it."""
        return [f"{self._alter(table)} ADD COLUMN {self.column(column)}"]

    def create_index(self, table: Table, index: Index) -> str:
        """A data skipping index, which rows are written with from then on."""
        engine = _engine(table)
        kind = engine.index_type(index) if isinstance(engine, MergeTree) else "minmax"
        columns = self.names(index.columns)
        return f"{self._alter(table)} ADD INDEX {self.name(index.name)} ({columns}) TYPE {kind}"

    def _alter(self, table: Table) -> str:
        return f"ALTER TABLE {self.name(table.name)}{self._on}"

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
            tables[name].types[column] = kind if null is None else "".join(null.groups(""))
        for name, expression in await _rows(session, _INDEXES, known):
            tables[name].indexes.add(_names(expression))
        return tables


def _engine(table: Table) -> Engine:
    """What the model says, or a MergeTree."""
    return next((each for each in table.options if isinstance(each, Engine)), _USUAL)


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
