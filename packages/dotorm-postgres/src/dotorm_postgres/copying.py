"""When rows can be streamed into a table by COPY instead of being inserted.

COPY answers no keys, so these are taken from the column's sequence before. It also knows neither
row-level policies nor rules, shows nobody what a trigger made of a row, and takes values of exactly
the columns' types. Whether all that is so is asked of the catalog in the statement that takes the
keys: it answers none where it is not, and the rows are inserted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["next_keys"]

# Bit 1 of tgtype is BEFORE, bit 2 is INSERT: only such a trigger changes a row or leaves it out.
_CAN_BE_COPIED = """SELECT t.relkind = 'r' AND NOT t.relhasrules
AND NOT row_security_active(t.oid)
AND has_table_privilege(t.oid, 'INSERT') AND has_table_privilege(t.oid, 'SELECT')
AND NOT EXISTS (
  SELECT FROM pg_trigger WHERE tgrelid = t.oid AND NOT tgisinternal AND tgtype & 6 = 6)
AND NOT EXISTS (
  SELECT FROM unnest(ARRAY[{names}], ARRAY[{types}]::regtype[]) AS w(name, type)
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = w.name
  WHERE a.atttypid IS DISTINCT FROM w.type)
{more}FROM pg_class t WHERE t.oid = {table}::regclass"""

_MAKES_KEYS = """AND (
  SELECT has_sequence_privilege(s.name, 'USAGE, UPDATE') AND (a.attidentity <> ''
  OR pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', s.name::regclass))
  FROM (SELECT {sequence} AS name) s, pg_attribute a
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = t.oid AND a.attname = {key})
"""


def next_keys(table: str, types: dict[str, str], made: Sequence[str]) -> str:
    """A SELECT of the next keys for $1 rows as an array; of NULL if they cannot be copied.

    Args:
        table: Its name, quoted.
        types: The type of each column that is written, by its name.
        made: The column of the key, if the database makes it; else the array is of TRUE.
    """
    more, answer = "", "TRUE"
    for key in made:
        sequence = f"pg_get_serial_sequence({_text(table)}, {_text(key)})"
        more = _MAKES_KEYS.format(sequence=sequence, key=_text(key))
        answer = f"nextval((SELECT {sequence}::regclass))"
    can = _CAN_BE_COPIED.format(
        names=", ".join(map(_text, types)),
        types=", ".join(map(_text, types.values())),
        more=more,
        table=_text(table),
    )
    series = "generate_series(1, $1::INT)"
    return f"SELECT array_agg({answer}) FROM {series} WHERE ({can})"  # noqa: S608 - names are quoted


def _text(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
