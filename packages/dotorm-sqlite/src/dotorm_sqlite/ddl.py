"""How SQLite spells tables, and what it tells of those that exist."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

from dotorm.ddl import DDL, Column, ExistingTable, ForeignKey, Index, Table
from dotorm.exceptions import NotSupported
from dotorm_sqlite.dialect import DECIMAL_COLLATION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.databases.abstract import Session

__all__ = ["SqliteDDL"]


# What names no columns of the other table refers to its key.
_FOREIGN_KEYS = """
SELECT f.id, f."from", f."table", f.on_delete, coalesce(
  f."to", (SELECT name FROM pragma_table_info(f."table") WHERE pk = f.seq + 1)) AS "to"
FROM pragma_foreign_key_list(%s) AS f
ORDER BY f.id, f.seq"""


# Generated columns are columns; what a virtual table hides is none. Whether the table's text has
# the collation of decimals at all spares the others a look.
_COLUMNS = """
SELECT c.name, c.type, c."notnull", c.pk,
  c.type = 'TEXT' AND instr(m.sql, %s) AS decimals
FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS c
WHERE m.type = 'table' AND m.name = %s COLLATE NOCASE AND c.hidden <> 1 ORDER BY c.cid"""


class SqliteDDL(DDL):
    """STRICT tables, whose columns refuse values of another type."""

    def create_table(self, table: Table) -> str:
        """CREATE TABLE … STRICT, foreign keys in it: SQLite cannot add them later."""
        return f"{super().create_table(table)} STRICT"

    def key_in_column(self, table: Table) -> bool:
        """A key that the database makes is declared in its column."""
        return any(column.autoincrement for column in table.columns)

    def autoincrement(self) -> str:
        """Keys grow and are never used again."""
        return "PRIMARY KEY AUTOINCREMENT"

    def add_column(self, table: Table, column: Column, key: ForeignKey | None) -> list[str]:
        """ALTER TABLE ADD COLUMN; a default stays with the column, SQLite cannot drop it."""
        if not column.null and column.default is None:
            raise NotSupported(
                f"adding the required column {column.label} without a default",
                self.dialect.name,
                "give it a default, or null=True",
            )
        references = f" {self.references(key)}" if key is not None else ""
        return [f"ALTER TABLE {self.name(table.name)} ADD COLUMN {self.column(column)}{references}"]

    def add_unique(self, table: Table, index: Index) -> str:
        """A unique index, which is what a unique constraint is here."""
        columns = self.names(index.columns)
        return f"CREATE UNIQUE INDEX {self.name(index.name)} ON {self.name(table.name)} ({columns})"

    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """What exists of the tables named; SQLite does not tell the case of ASCII letters apart."""
        found = await session.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        present = {row["name"].encode().lower() for row in found}
        there = [name for name in names if name.encode().lower() in present]
        return {name: await self._table(session, name) for name in there}

    async def _table(self, session: Session, name: str) -> ExistingTable:
        table = ExistingTable()
        columns = await session.execute(_COLUMNS, [DECIMAL_COLLATION, name])
        table.columns = {row["name"]: not (row["notnull"] or row["pk"]) for row in columns}
        table.types = {row["name"]: row["type"] for row in columns}
        for row in columns:
            if row["decimals"]:
                table.types[row["name"]] += await self._collation(session, name, row["name"])
        key = sorted((row["pk"], row["name"]) for row in columns if row["pk"])
        table.primary_key = tuple(column for _, column in key)
        table.unique.add(table.primary_key)
        await self._indexes(session, name, table)
        await self._foreign_keys(session, name, table)
        some = f"SELECT EXISTS (SELECT 1 FROM {self._raw(name)}) AS has_rows"  # noqa: S608 - quoted
        rows = await session.execute(some)
        table.has_rows = bool(rows[0]["has_rows"])
        return table

    async def _collation(self, session: Session, table: str, column: str) -> str:
        """A text column's collation, which no catalog tells: that which a comparison would use."""
        told = await session.execute(
            f"EXPLAIN SELECT {self._raw(column)} < '' FROM {self._raw(table)}"  # noqa: S608 - quoted
        )
        names = [row["p4"].rpartition("-")[0] for row in told if row["opcode"] == "Lt"]
        return f" COLLATE {names[-1]}" if names and names[-1] != "BINARY" else ""

    async def _indexes(self, session: Session, name: str, table: ExistingTable) -> None:
        rows = await session.execute(
            'SELECT l.name AS "index", l."unique", i.name AS "column" '
            "FROM pragma_index_list(%s) AS l, pragma_index_info(l.name) AS i "
            "WHERE NOT l.partial ORDER BY l.name, i.seqno",
            [name],
        )
        columns: dict[tuple[str, int], list[str]] = {}
        for row in rows:
            columns.setdefault((row["index"], row["unique"]), []).append(row["column"])
        for (_, unique), group in columns.items():
            (table.unique if unique else table.indexes).add(tuple(group))

    async def _foreign_keys(self, session: Session, name: str, table: ExistingTable) -> None:
        rows = await session.execute(_FOREIGN_KEYS, [name])
        for _, group in groupby(rows, key=itemgetter("id")):
            pairs = list(group)
            columns, targets = (tuple(row[end] for row in pairs) for end in ("from", "to"))
            reference = (columns, pairs[0]["table"], targets)
            table.foreign_keys.add(reference)
            table.ondelete[reference] = pairs[0]["on_delete"].lower()

    def _raw(self, name: str) -> str:
        return self.name(name).replace("%", "%%")
