"""Values as SQL text: the drivers have no other way to bind them.

Each literal has the type of its column, so that a comparison is exact and can use an index: a
number in quotes, say, would be compared as a floating point number.
"""

from __future__ import annotations

import datetime as dt
import decimal
from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.components.moment_texts import moment_texts
from dotorm.exceptions import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["MOST_DIGITS", "MOST_PLACES", "Document", "Table", "bound", "literal"]


MOST_DIGITS, MOST_PLACES = 65, 30
"""Of a DECIMAL: all digits, and those after the point."""


class Document(str):
    """JSON text that MySQL shall take for JSON, not for text; MariaDB knows nothing but text."""

    __slots__ = ()


class Table(list[Any]):
    """Rows that stand for a table, where MySQL wants a word before each and MariaDB none."""

    __slots__ = ()


def bound(sql: str, values: Sequence[Any], *, backslashes: bool = True) -> bytes:
    """The statement with its values, as it is sent.

    Args:
        sql: The text, with ``%s`` for each value and ``%%`` for a percent sign.
        values: The values; a list stands for its members, a tuple for a row in brackets.
        backslashes: Whether the server takes a backslash in text for an escape.

    Raises:
        InvalidValue: A value cannot be written, or text is not valid Unicode.
    """
    text = sql % tuple([literal(value) for value in values])
    if not backslashes:
        text = sql % tuple([literal(value).replace("\\\\", "\\") for value in values])
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise InvalidValue(f"a text is not valid Unicode: {error.reason}") from error


def literal(value: Any) -> str:
    """A value as SQL text.

    Raises:
        InvalidValue: MySQL has nothing like it.
    """
    write = _WRITERS.get(type(value))
    if write is None:
        write = next((_WRITERS[kind] for kind in type(value).__mro__ if kind in _WRITERS), _refuse)
    return write(value)


def _refuse(value: Any) -> str:
    raise InvalidValue(f"MySQL cannot be given {shown(value)}")


def _float(value: float) -> str:
    text = float.__repr__(value)
    if "n" in text:
        _refuse(value)
    # With an exponent it is a DOUBLE, without one a DECIMAL.
    return text if "e" in text else f"{text}e0"


def _decimal(value: decimal.Decimal) -> str:
    if not value.is_finite():
        _refuse(value)
    # Without an exponent, which would make it a DOUBLE. The server cuts off what is too long.
    whole, _, places = format(value, "f").partition(".")
    places = places if len(places) <= MOST_PLACES else places.rstrip("0")
    if len(places) > MOST_PLACES or len(whole.lstrip("-0")) + len(places) > MOST_DIGITS:
        raise InvalidValue(
            f"MySQL cannot be given {shown(value)}: its numbers have at most {MOST_DIGITS} digits, "
            f"{MOST_PLACES} of them after the point"
        )
    return f"{whole}.{places}" if places else whole


def _text(value: str) -> str:
    doubled = value.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _document(value: str) -> str:
    return f"/*!80019 CAST(*/ {_text(value)} /*!80019 AS JSON)*/"


def _moment(value: dt.datetime) -> str:
    if value.tzinfo is not None and value.tzinfo is not dt.UTC:
        value = value.astimezone(dt.UTC)
    return f"TIMESTAMP'{value.isoformat(' ', 'microseconds')[:26]}'"


def _members(values: list[Any]) -> str:
    return ", ".join(_rows(values) if isinstance(values[0], tuple) else _column(values))


def _rows(rows: list[tuple[Any, ...]]) -> Iterable[str]:
    return _in_brackets(map(_column, zip(*rows, strict=True)))


def _table(rows: list[tuple[Any, ...]]) -> str:
    columns = map(_table_column, zip(*rows, strict=True))
    return ", ".join([f"/*!80019 ROW*/{row}" for row in _in_brackets(columns)])


def _in_brackets(columns: Iterable[Iterable[str]]) -> list[str]:
    return [f"({', '.join(row)})" for row in zip(*columns, strict=True)]


def _table_column(values: Sequence[Any]) -> Iterable[str]:
    """A column of a table of values, where MariaDB cuts 64 KB from X'…' but not from a cast."""
    return [
        f"CAST({text} AS BINARY)" if isinstance(value, bytes | bytearray) else text
        for value, text in zip(values, _column(values), strict=True)
    ]


def _column(values: Sequence[Any]) -> Iterable[str]:
    """Many values, whose type is looked up once if they have one, or else are NULL."""
    kinds = set(map(type, values)) - {type(None)}
    kind = kinds.pop() if len(kinds) == 1 else None
    texts = _COLUMNS[kind](values) if kind in _COLUMNS else None
    if texts is not None:
        return texts
    write = _WRITERS.get(kind, literal)
    return ["NULL" if value is None else write(value) for value in values]


def _texts(values: Sequence[Any]) -> list[str] | None:
    """Texts in quotes; None if any has to be looked at on its own."""
    if None in values:
        return None
    together = "".join(values)
    if "\\" in together or "'" in together:
        return None
    return [f"'{value}'" for value in values]


def _moments(values: Sequence[Any]) -> list[str] | None:
    return moment_texts(values, "TIMESTAMP'", "'", "NULL")


_COLUMNS: dict[Any, Callable[[Sequence[Any]], list[str] | None]] = {
    str: _texts,
    dt.datetime: _moments,
}
_WRITERS: dict[Any, Callable[[Any], str]] = {
    int: int.__repr__,
    str: _text,
    type(None): lambda _: "NULL",
    bool: lambda value: "1" if value else "0",
    float: _float,
    decimal.Decimal: _decimal,
    bytes: lambda value: f"X'{value.hex()}'",
    bytearray: lambda value: f"X'{value.hex()}'",
    Document: _document,
    dt.datetime: _moment,
    dt.date: lambda value: f"DATE'{value.isoformat()}'",
    dt.time: lambda value: f"TIME'{value.isoformat('microseconds')}'",
    list: _members,
    Table: _table,
}
