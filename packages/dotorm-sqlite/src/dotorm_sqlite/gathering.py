"""Rows that SQLite gathered into one, whose columns are JSON arrays of the rows' values.

For each row that it answers, SQLite hands the interpreter's lock back and forth. While the program
has something else to do, Python gives the lock away after some milliseconds only, so that a
thousand rows, which take two milliseconds, take seconds. In one row they need the lock once, and
what the program does in the meantime costs nothing.

JSON keeps whole numbers, texts and NULL as they are. It keeps 15 digits of a float, and no bytes: a
table that is not STRICT may answer one where the model has none, and then is read row by row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import from_json

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["rows_of"]

_TEXTS = frozenset({str, type(None)})


def rows_of(arrays: Sequence[str]) -> list[tuple[Any, ...]] | None:
    """The rows of which these are the columns; None if a value may not be what it was."""
    columns = []
    for array in arrays:
        try:
            values = from_json(array, cache_strings="none")
        except ValueError:  # an infinity
            return None
        if ("." in array or "e" in array) and not _are_texts(array, values):
            return None
        columns.append(values)
    return [*zip(*columns, strict=True)]


def _are_texts(array: str, values: list[Any]) -> bool:
    """Whether no number is among them."""
    if "0.0" in array:  # the one that is passed over below
        return _TEXTS.issuperset(map(type, values))
    try:
        "".join(filter(None, values))
    except TypeError:
        return False
    return True
