"""What a PostgreSQL database has of tables, read from its catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Statement
from dotorm.ddl import DDL, ExistingTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from dotorm.databases.abstract import Session

__all__ = ["PostgresDDL"]

# Any number that no other program is likely to lock: "dotorm" in ASCII.
_LOCK = 0x646F746F726D

# What format_type calls types that we call otherwise.
_NAMES = {
    "VARCHAR": "character varying",
    "BOOL": "boolean",
    "DECIMAL": "numeric",
    "TIME": "time without time zone",
    "TIMESTAMPTZ": "timestamp with time zone",
}

_ON_DELETE = {
    b"a": "no action",
    b"r": "restrict",
    b"c": "cascade",
    b"n": "set null",
    b"d": "set default",
}


def _names_of(table: str, numbers: str) -> str:
    """The names of columns that a constraint has by their numbers, in its order."""
    return f"""ARRAY(
  SELECT a.attname::text
  FROM unnest({numbers}) WITH ORDINALITY AS k(number, place)
  JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number
  ORDER BY k.place)"""  # noqa: S608 - no text but ours


# Each query is about the tables of the current schema that $1 names.
_OURS = """t.relkind IN ('r', 'p') AND t.relname = ANY($1::text[])
AND t.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"""

_COLUMNS = f"""
SELECT t.relname, a.attname, NOT a.attnotnull, format_type(a.atttypid, a.atttypmod)
FROM pg_class t
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE {_OURS}
ORDER BY t.relname, a.attnum"""  # noqa: S608 - no text but ours

# An index over an expression or over part of the rows is none that a model describes.
_INDEXES = f"""
SELECT t.relname, i.indisunique, i.indisprimary, ARRAY(
  SELECT a.attname
  FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
  WHERE k.place <= i.indnkeyatts
  ORDER BY k.place)
FROM pg_class t
JOIN pg_index i ON i.indrelid = t.oid
WHERE {_OURS}
AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL"""  # noqa: S608 - no text but ours

_FOREIGN_KEYS = f"""
SELECT t.relname, {_names_of("f.conrelid", "f.conkey")}, other.relname,
  {_names_of("f.confrelid", "f.confkey")}, f.confdeltype
FROM pg_class t
JOIN pg_constraint f ON f.conrelid = t.oid AND f.contype = 'f'
JOIN pg_class other ON other.oid = f.confrelid AND other.relnamespace = t.relnamespace
WHERE {_OURS}"""  # noqa: S608 - no text but ours


class PostgresDDL(DDL):
    """Tables as the standard has them; only looking at those that exist is PostgreSQL's own."""

    exclusive = f"SELECT pg_advisory_xact_lock({_LOCK})"

    def catalog_type(self, column_type: str) -> str:
        """The type as ``format_type`` spells it."""
        if column_type.endswith("[]"):
            return f"{self.catalog_type(column_type.removesuffix('[]'))}[]"
        name, bracket, rest = column_type.partition("(")
        return _NAMES.get(name, name.lower()) + (bracket + rest).replace(" ", "")

    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """What exists, in the current schema, of the tables named."""
        tables: dict[str, ExistingTable] = {}
        for name, column, nullable, kind in await _rows(session, _COLUMNS, names):
            found = tables.setdefault(name, ExistingTable())
            if column is not None:
                found.columns[column] = nullable
                found.types[column] = kind
        await _inspect_keys(session, tables)
        for name, table in tables.items():
            filled = f"SELECT EXISTS (SELECT 1 FROM {self.name(name)})"  # noqa: S608 - quoted
            ((table.has_rows,),) = (await session.run(Statement(filled))).rows
        return tables


async def _inspect_keys(session: Session, tables: dict[str, ExistingTable]) -> None:
    """Add indexes, unique constraints, the primary key and foreign keys."""
    names = list(tables)
    for table in tables.values():
        table.primary_key = ()
    for name, unique, primary, columns in await _rows(session, _INDEXES, names):
        table = tables[name]
        (table.unique if unique else table.indexes).add(tuple(columns))
        if primary:
            table.primary_key = tuple(columns)
    for name, columns, other, targets, deleted in await _rows(session, _FOREIGN_KEYS, names):
        key = (tuple(columns), other, tuple(targets))
        tables[name].foreign_keys.add(key)
        tables[name].ondelete[key] = _ON_DELETE[deleted]


async def _rows(session: Session, sql: str, names: Sequence[str]) -> Iterable[Any]:
    return (await session.run(Statement(sql, (list(names),)))).rows
