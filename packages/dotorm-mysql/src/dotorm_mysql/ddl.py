"""How MySQL and MariaDB spell tables, and what they have of them.

Text is compared as bytes, without a look at trailing spaces: Python's own equality, and that of the
other backends. The servers' default collations take ``a``, ``A`` and ``á`` for the same.
"""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Statement
from dotorm.databases.abstract.session import pinned
from dotorm.ddl import DDL, ExistingTable
from dotorm.exceptions import NotSupported, Timeout
from dotorm_mysql.keys import key_room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from dotorm.databases.abstract import Session
    from dotorm.ddl import Index, Reference, Table

__all__ = ["MysqlDDL"]

_TABLE_OPTIONS = (
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
    "/*!80019 COLLATE=utf8mb4_0900_bin */ /*M! COLLATE=utf8mb4_nopad_bin */"
)
_EXACT = {"utf8mb4_0900_bin", "utf8mb4_nopad_bin", "ascii_bin", "ascii_nopad_bin", None}

_LOCK = "SELECT GET_LOCK(CONCAT('dotorm_', LEFT(SHA2(DATABASE(), 256), 40)), %s)"
_LOCK_SECONDS = 3600

_VARCHAR = re.compile(r"VARCHAR\((\d+)\)")
_WIDTH = re.compile(r"^(smallint|int|bigint)\(\d+\)")

# Each query is about the tables of the current database that are named.
_OURS = "TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (%s)"

_COLUMNS = f"""
SELECT TABLE_NAME, COLUMN_NAME, IS_NULLABLE, COLUMN_TYPE, COLLATION_NAME
FROM information_schema.COLUMNS WHERE {_OURS} ORDER BY TABLE_NAME, ORDINAL_POSITION"""  # noqa: S608 - no text but ours

_INDEXES = f"""
SELECT TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME, SUB_PART
FROM information_schema.STATISTICS WHERE {_OURS}
ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX"""  # noqa: S608 - no text but ours

_FOREIGN_KEYS = """
SELECT k.TABLE_NAME, k.CONSTRAINT_NAME, k.COLUMN_NAME, k.REFERENCED_TABLE_NAME,
  k.REFERENCED_COLUMN_NAME, r.DELETE_RULE
FROM information_schema.KEY_COLUMN_USAGE AS k
JOIN information_schema.REFERENTIAL_CONSTRAINTS AS r
  ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.TABLE_NAME = k.TABLE_NAME
  AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE k.TABLE_SCHEMA = DATABASE() AND k.TABLE_NAME IN (%s)
AND k.REFERENCED_TABLE_SCHEMA = DATABASE()
ORDER BY k.TABLE_NAME, k.CONSTRAINT_NAME, k.ORDINAL_POSITION"""


class MysqlDDL(DDL):
    """InnoDB tables; what changes a table commits, so that no transaction holds it."""

    @asynccontextmanager
    async def alone(self, session: Session) -> AsyncIterator[Session]:
        """One connection, which has the lock that other processes wait for.

        Raises:
            NotSupported: It is a transaction, which the first statement would commit.
            Timeout: Another process has been changing tables for an hour.
        """
        if session.in_transaction:
            raise NotSupported(
                "changing tables in a transaction", self.dialect.name, "it would be committed"
            )
        async with pinned(session.pool) as inside:
            ((locked,),) = (await inside.run(Statement(_LOCK, [_LOCK_SECONDS]))).rows
            if not locked:
                raise Timeout(f"another process changes tables, for {_LOCK_SECONDS} s now")
            yield inside

    def create_table(self, table: Table) -> str:
        """CREATE TABLE, with InnoDB and a collation that tells all texts apart."""
        self._key_parts(table, table.primary_key, unique=True)
        for index in table.indexes:
            self._key_parts(table, index.columns, unique=index.unique)
        return f"{super().create_table(table)} {_TABLE_OPTIONS}"

    def catalog_type(self, column_type: str) -> str:
        """The type as the catalog has it."""
        return column_type.lower().replace(" ", "")

    def autoincrement(self) -> str:
        """AUTO_INCREMENT."""
        return "AUTO_INCREMENT"

    def add_unique(self, table: Table, index: Index) -> str:
        """ALTER TABLE ADD CONSTRAINT."""
        self._key_parts(table, index.columns, unique=True)
        return super().add_unique(table, index)

    def create_index(self, table: Table, index: Index) -> str:
        """CREATE INDEX, over the beginning of what is too long for it."""
        parts = ", ".join(self._key_parts(table, index.columns, unique=False))
        return f"CREATE INDEX {self.name(index.name)} ON {self.name(table.name)} ({parts})"

    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """What exists, in the current database, of the tables named."""
        tables: dict[str, ExistingTable] = {}
        for table, column, nullable, kind, collation in await _rows(session, _COLUMNS, names):
            found = tables.setdefault(table, ExistingTable(primary_key=()))
            found.columns[column] = nullable == "YES"
            found.types[column] = _type(kind, collation)
        for table, unique, name, columns in _indexes(await _rows(session, _INDEXES, names)):
            (tables[table].unique if unique else tables[table].indexes).add(columns)
            if name == "PRIMARY":
                tables[table].primary_key = columns
        for table, reference, rule in _references(await _rows(session, _FOREIGN_KEYS, names)):
            tables[table].foreign_keys.add(reference)
            tables[table].ondelete[reference] = rule.lower()
        for name, table in tables.items():
            filled = f"SELECT EXISTS (SELECT 1 FROM {self.name(name)})"  # noqa: S608 - quoted
            ((rows,),) = (await session.run(Statement(filled.replace("%", "%%")))).rows
            table.has_rows = bool(rows)
        return tables

    def _key_parts(self, table: Table, columns: Iterable[str], *, unique: bool) -> list[str]:
        """The columns of an index; of text that is too long for it, so many characters.

        Raises:
            NotSupported: It is to be unique, which the beginning says nothing about.
        """
        types = {column.name: column for column in table.columns}
        wanted = [types[name] for name in columns]
        texts = [c for c in wanted if c.type in _LIMITLESS or _VARCHAR.match(c.type)]
        room = key_room(len(texts), len(wanted) - len(texts))
        parts = []
        for column in wanted:
            length = _VARCHAR.match(column.type)
            cut = column.type in _LIMITLESS or (length is not None and int(length[1]) > room)
            if cut and (unique or column.type == "JSON"):
                raise NotSupported(
                    f"a key or index over {column.label}",
                    self.dialect.name,
                    f"it takes {room} characters: Char(max_length={room})",
                )
            parts.append(self.name(column.name) + (f"({room})" if cut else ""))
        return parts


_LIMITLESS = frozenset({"LONGTEXT", "LONGBLOB", "JSON"})


def _type(kind: str, collation: str | None) -> str:
    """A column's type, with its collation if that takes different texts for the same."""
    if (kind, collation) == ("longtext", "utf8mb4_bin"):
        return "json"  # what MariaDB makes of it
    plain = _WIDTH.sub(r"\1", kind)
    return plain if collation in _EXACT else f"{plain} collate {collation}"


def _indexes(rows: Iterable[Any]) -> Iterator[tuple[str, bool, str, tuple[str, ...]]]:
    """Table, whether it is unique, name and columns of each index."""
    found: dict[tuple[str, str], list[Any]] = {}
    for table, name, *part in rows:
        found.setdefault((table, name), []).append(part)
    for (table, name), parts in found.items():
        columns = tuple(column for _, column, _ in parts)
        cut = any(length is not None for _, _, length in parts)
        if None not in columns and not (cut and not parts[0][0]):
            yield table, not parts[0][0], name, columns


def _references(rows: Iterable[Any]) -> Iterator[tuple[str, Reference, str]]:
    """Table, reference and what becomes of it, of each foreign key."""
    found: dict[tuple[str, str], list[Any]] = {}
    for table, name, *part in rows:
        found.setdefault((table, name), []).append(part)
    for (table, _), parts in found.items():
        columns, others, targets, rules = zip(*parts, strict=True)
        yield table, (columns, others[0], targets), rules[0]


async def _rows(session: Session, sql: str, names: Sequence[str]) -> list[Any]:
    # Names in the catalog have no characters outside the Basic Multilingual Plane.
    known = [name for name in names if max(name) <= "\uffff"]
    rows = (await session.run(Statement(sql, [known]))).rows if known else ()
    return [row for row in rows if row[0] in names]
