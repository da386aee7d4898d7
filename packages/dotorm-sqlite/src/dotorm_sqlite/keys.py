"""The keys of many new rows, counted back from the last one.

RETURNING takes a good part of the time that an INSERT takes. Rows that are inserted one after
another in a transaction have keys that follow one another ("Autoincrement" in SQLite's
documentation), unless

- the key is not SQLite's own number of the row,
- a trigger puts rows there as well,
- the largest possible number is in use: then SQLite draws lots.

That is asked before, in the same transaction. Where one of them holds, each row tells its key.

Each statement hands the interpreter's lock back and forth, so several rows share one; but the text
of a statement for all of them would be made for each number of rows anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import DatabaseError
from dotorm_sqlite.dialect import SQLITE

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

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

_ALONE = "BEGIN IMMEDIATE", "COMMIT", ["ROLLBACK"]
_INSIDE = (
    "SAVEPOINT dotorm_rows",
    "RELEASE dotorm_rows",
    ["ROLLBACK TO dotorm_rows", "RELEASE dotorm_rows"],
)

_SIZES = 100, 10, 1
"""How many rows a statement inserts, the largest first: more at once take no less time."""

_NEAR_THE_END = 2**63 - 1 - SQLITE.features.max_parameters
"""Above it, the rows of a statement may use up the numbers."""


def insert_keyed(database: sqlite3.Connection, statement: Keyed) -> Sequence[int]:
    """Insert rows, all or none, and answer the key of each.

    Raises:
        DatabaseError: The database makes no keys for that column.
    """
    cursor = database.cursor()
    begin, end, undo = _INSIDE if database.in_transaction else _ALONE
    cursor.execute(begin)
    try:
        keys = _insert(cursor, statement)
        cursor.execute(end)
    except BaseException:
        for sql in undo if database.in_transaction else ():
            cursor.execute(sql)
        raise
    return keys


def _insert(cursor: sqlite3.Cursor, statement: Keyed) -> Sequence[int]:
    if _follow(cursor, statement):
        inserted = sum(cursor.executemany(*part).rowcount for part in _parts(statement))
        ((last,),) = cursor.execute("SELECT last_insert_rowid()")
        return range(last - inserted + 1, last + 1)
    returning = f"{statement.sql} RETURNING {SQLITE.escape_identifier(statement.column)}"
    rows = _repeats(statement, 0, 1, statement.rows)
    keys = [key for row in rows for (key,) in cursor.execute(returning, row)]
    if None in keys:
        raise DatabaseError(
            f"SQLite makes no keys for {statement.table}.{statement.column}, which is not declared "
            "INTEGER PRIMARY KEY: give the records their keys"
        )
    return keys


def _parts(statement: Keyed) -> Iterator[tuple[str, Iterator[Sequence[Any]]]]:
    """Statements for several rows each, with the values that each is repeated with."""
    width, start = len(statement.values) // statement.rows, 0
    one_more = f", ({SQLITE.make_placeholders(width)})"
    for size in _SIZES:
        times = (statement.rows - start) // size
        if times and size * width <= SQLITE.features.max_parameters and (width or size == 1):
            sql = f"{statement.sql}{one_more * (size - 1)}"
            yield sql, _repeats(statement, start, size, times)
            start += size * times


def _repeats(statement: Keyed, start: int, size: int, times: int) -> Iterator[Sequence[Any]]:
    """The values of so many rows at a time, so many times, from a row on."""
    values, width = statement.values, len(statement.values) // statement.rows
    for row in range(start, start + size * times, size):
        yield values[row * width : (row + size) * width]


def _follow(cursor: sqlite3.Cursor, statement: Keyed) -> bool:
    """Whether the keys of the new rows will follow one another."""
    asked = {"table": statement.table, "column": statement.column}
    if not cursor.execute(_FOLLOW, asked).fetchone()[0]:
        return False
    table, column = map(SQLITE.escape_identifier, asked.values())
    ((largest,),) = cursor.execute(f"SELECT max({column}) FROM {table}")  # noqa: S608 - quoted
    return largest is None or largest <= _NEAR_THE_END
