"""Arrays as PostgreSQL writes them: see "Array Value Input" in its manual.

asyncpg looks at every item of a list to find out whether it is a list itself, which takes ten times
as long as to join texts. So the lists of many rows travel as one text each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "KEY_LISTS",
    "LIST_TEXTS",
    "array_item",
    "boolean_list",
    "integer_list",
    "text_list",
    "uuid_list",
]

_FLAGS = {True: "t", False: "f", None: "NULL"}


def integer_list(values: Sequence[int | None]) -> str:
    """Whole numbers as the text of an array."""
    text = str([*values])[1:-1]  # the quickest way to write many
    return f"{{{text.replace('None', 'NULL')}}}"


def boolean_list(values: Sequence[bool | None]) -> str:
    """Truth values as the text of an array."""
    return f"{{{','.join(map(_FLAGS.__getitem__, values))}}}"


def text_list(values: Sequence[str | None]) -> str:
    """Texts as the text of an array."""
    joined = "".join(filter(None, values))
    if '"' in joined or "\\" in joined:
        return f"{{{','.join(map(array_item, values))}}}"
    if None in values:
        return f"{{{','.join(['NULL' if v is None else f'"{v}"' for v in values])}}}"
    return '{"' + '","'.join(values) + '"}'  # type: ignore[arg-type] # none is None


def array_item(item: Any) -> str:
    """One item of an array: what is no text, bytes or None is written as `str` has it."""
    if item is None:
        return "NULL"
    text = f"\\x{item.hex()}" if isinstance(item, bytes) else str(item)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WHOLE = dict.fromkeys(("integer", "big_integer", "small_integer"), integer_list)

LIST_TEXTS: dict[str, Callable[[Any], str]] = {
    **_WHOLE,
    "boolean": boolean_list,
    "char": text_list,
    "text": text_list,
}
"""By the kind of a field, what writes many of its values as one array."""


def uuid_list(values: Sequence[Any]) -> str:
    """UUIDs, none of them None, as the text of an array."""
    return f"{{{','.join(map(str, values))}}}"


KEY_LISTS: dict[str, Callable[[Any], str]] = {**_WHOLE, "uuid": uuid_list}
"""The same for keys to compare with: no texts, whose column may have a type of its own."""
