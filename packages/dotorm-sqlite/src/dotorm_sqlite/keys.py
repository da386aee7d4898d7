"""The keys of many new rows, counted back from the last one.

RETURNING takes a good part of the time that an INSERT of many rows takes. The keys of one INSERT
follow one another ("Autoincrement" in SQLite's documentation), unless

- the key is not SQLite's own number of the row,
- a trigger puts rows there as well,
- the largest possible number is in use: then SQLite draws lots.

That is asked before, in the same transaction. What RETURNING answers is in no promised order.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import DatabaseError
from dotorm_sqlite.dialect import SQLITE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from dotorm.databases.abstract import Keyed

__all__ = ["insert_keyed"]

# A table has pages of its own, a view and a virtual table have not. What is temporary hides what
# has the same name. A key that is the row's number has no index of its own.
_FOLLOW = """
SELECT
  EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE type = 'table' AND rootpage > 0 AND name = :table COLLATE NOCASE)
  AND NOT EXISTS (
    SELECT 1 FROM main.sqlite_master WHERE type = 'trigger' AND tbl_name = :table COLLATE NOCASE)
  AND NOT EXISTS (SELECT 1 FROM temp.sqlite_master)
  AND NOT EXISTS (SELECT 1 FROM pragma_index_list(:table) WHERE origin = 'pk')
  AND (
    SELECT count(*) = 1 AND max(name) = :column COLLATE NOCASE
    FROM pragma_table_info(:table) WHERE pk)"""

_NEAR_THE_END = 2**63 - 1 - SQLITE.features.max_parameters
"""Above it, the rows of a statement may use up the numbers."""


def insert_keyed(database: sqlite3.Connection, statement: Keyed) -> Sequence[int]:
    """Insert rows in a transaction, and answer the key of each.

    Raises:
        DatabaseError: The keys cannot be told apart.
    """
    cursor = database.cursor()
    ours = not database.in_transaction
    if ours:
        cursor.execute("BEGIN IMMEDIATE")
    try:
        keys = _insert(cursor, statement)
        if ours:
            cursor.execute("COMMIT")
    finally:
        if ours and database.in_transaction:
            cursor.execute("ROLLBACK")
    return keys


def _insert(cursor: sqlite3.Cursor, statement: Keyed) -> Sequence[int]:
    sql, values = statement.sql, statement.values
    if _follow(cursor, statement):
        last: Any = cursor.execute(sql, values).lastrowid
        return range(last - cursor.rowcount + 1, last + 1)
    returning = f"{sql} RETURNING {SQLITE.escape_identifier(statement.column)}"
    keys = [key for (key,) in cursor.execute(returning, values)]
    _check(statement, keys)
    return keys


def _check(statement: Keyed, keys: list[Any]) -> None:
    where = f"{statement.table}.{statement.column}"
    if None in keys:
        raise DatabaseError(
            f"SQLite makes no keys for {where}, which is not declared INTEGER PRIMARY KEY: give "
            "the records their keys"
        )
    if any(after < before for before, after in pairwise(keys)):
        raise DatabaseError(
            f"SQLite drew the keys of {where} by lot, as the largest possible one is in use, and "
            "does not tell whose they are: create one record at a time, or give them their keys"
        )


def _follow(cursor: sqlite3.Cursor, statement: Keyed) -> bool:
    """Whether the keys of the new rows will follow one another."""
    asked = {"table": statement.table, "column": statement.column}
    if not cursor.execute(_FOLLOW, asked).fetchone()[0]:
        return False
    table, column = map(SQLITE.escape_identifier, asked.values())
    ((largest,),) = cursor.execute(f"SELECT max({column}) FROM {table}")  # noqa: S608 - quoted
    return largest is None or largest <= _NEAR_THE_END
