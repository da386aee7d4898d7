"""Values as SQL text, and their places in a statement.

The driver sends no parameters beside a statement, so values are written into it. This is the only
place that does so: a value can be nothing but one literal, whatever characters it has.
"""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import re
import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.exceptions import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Among", "literal", "microseconds", "worded"]

# What is quoted or a comment has no places for values in it; nor has a word, such as a$1.
_PLACES = re.compile(
    r"""'(?:[^'\\]|\\.)*'
    | "(?:[^"\\]|\\.)*"
    | `(?:[^`\\]|\\.)*`
    | \u2018[^\u2019]*\u2019 | \u201c[^\u201d]*\u201d
    | --[^\n]* | \#[ !][^\n]* | /\*.*?\*/
    | \$(\w*)\$.*?\$\1\$
    | [^\W\d][\w$]*
    | (?P<place>\$\d+)""",
    re.VERBOSE | re.DOTALL,
)

_QUOTED = str.maketrans({"\\": "\\\\", "'": "\\'", "\0": "\\0"})
_BYTES = {byte: f"\\x{byte:02X}" for byte in (*range(32), 0x27, 0x5C, *range(127, 256))}

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
_WIDE = ((9, 32), (18, 64), (38, 128), (76, 256))


class Among(list[Any]):
    """The values, or rows of values, that a list in a condition has."""

    __slots__ = ()


def worded(sql: str, values: Sequence[Any]) -> str:
    """The statement with its values in their places.

    Raises:
        InvalidValue: A value has no literal, or the text has not a place for each.
    """
    first, pieces, count = _pieces(sql)
    if count != len(values):
        raise InvalidValue(
            f"the statement has places for {count} values outside of quotes and comments, and was "
            f"given {len(values)}"
        )
    words = list(map(_word, values))
    return first + "".join([words[place] + text for place, text in pieces])


def _word(value: Any) -> str:
    """A value as text that means the same after any other; two minus signs begin a comment."""
    text = literal(value)
    return f"({text})" if text.startswith("-") else text


def literal(value: Any) -> str:
    """A value as SQL text of its own type.

    Raises:
        InvalidValue: There is no literal for the type.
    """
    write = _WRITERS.get(type(value)) or _of_base(value)
    return write(value)


def microseconds(moment: dt.datetime) -> int:
    """From 1970 in UTC; a moment without time zone is in UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return (moment - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=2000)
def _pieces(sql: str) -> tuple[str, tuple[tuple[int, str], ...], int]:
    """The text before the first place, each place with the text after it, and how many differ."""
    places = [match for match in _PLACES.finditer(sql) if match["place"]]
    if not places:
        return sql, (), 0
    ends = [*(match.start() for match in places[1:]), len(sql)]
    numbers = [int(match["place"][1:]) - 1 for match in places]
    texts = (sql[match.end() : end] for match, end in zip(places, ends, strict=True))
    known = len(set(numbers)) if set(numbers) == set(range(max(numbers) + 1)) else -1
    return sql[: places[0].start()], tuple(zip(numbers, texts, strict=True)), known


def _of_base(value: Any) -> Callable[[Any], str]:
    """What writes a value whose type derives from one that has a literal."""
    for kind, write in _WRITERS.items():
        if isinstance(value, kind):
            return write
    raise InvalidValue(f"ClickHouse cannot be given {shown(value)}: {type(value).__name__}")


def _text(value: str) -> str:
    return f"'{value.translate(_QUOTED)}'"


def _bytes(value: bytes) -> str:
    try:
        return _text(value.decode())
    except UnicodeDecodeError:
        return f"'{value.decode('latin-1').translate(_BYTES)}'"


def _integer(value: int) -> str:
    """A number; one of more than 64 bits would be taken for a float."""
    text = int.__repr__(value)
    if -(1 << 63) <= value < 1 << 64:
        return text
    return f"to{'U' if value > 0 else ''}Int256('{text}')"


def _float(value: float) -> str:
    return float.__repr__(value)


def _decimal(value: decimal.Decimal) -> str:
    """A number of the narrowest decimal type that has all of its digits."""
    if not value.is_finite():
        raise InvalidValue(f"ClickHouse has no decimal {value}")
    text = f"{value:f}"
    whole, _, fraction = text.lstrip("-").partition(".")
    digits = len(whole.lstrip("0")) + len(fraction)
    for most, bits in _WIDE:
        if digits <= most:
            return f"toDecimal{bits}('{text}', {len(fraction)})"
    raise InvalidValue(f"{text} has {digits} digits, ClickHouse takes 76")


def _moment(value: dt.datetime) -> str:
    return f"fromUnixTimestamp64Micro({microseconds(value)}, 'UTC')"


def _array(value: Sequence[Any]) -> str:
    return f"[{', '.join(map(literal, value))}]"


def _mapping(value: dict[Any, Any]) -> str:
    return f"map({', '.join(f'{literal(k)}, {literal(v)}' for k, v in value.items())})"


def _among(values: Among) -> str:
    """A list of plain literals, which the server reads as fast as data; it knows the types."""
    return f"({', '.join(map(_plain, values))})"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_plain, value))})"
    if isinstance(value, dt.datetime):
        moment = value if value.tzinfo is None else value.astimezone(dt.UTC)
        return _text(moment.replace(tzinfo=None).isoformat(" ", "microseconds"))
    if isinstance(value, decimal.Decimal):
        return _text(f"{value:f}")
    if isinstance(value, dt.date | uuid.UUID):
        return _text(str(value))
    return literal(value)


# A type stands before those it derives from.
_WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "NULL",
    bool: lambda value: "true" if value else "false",
    int: _integer,
    float: _float,
    str: _text,
    bytes: _bytes,
    bytearray: lambda value: _bytes(bytes(value)),
    memoryview: lambda value: _bytes(bytes(value)),
    decimal.Decimal: _decimal,
    dt.datetime: _moment,
    dt.date: lambda value: f"toDate32({_text(value.isoformat())})",
    dt.time: lambda value: _text(value.isoformat("microseconds")),
    uuid.UUID: lambda value: f"toUUID({_text(str(value))})",
    ipaddress.IPv4Address: lambda value: f"toIPv4({_text(str(value))})",
    ipaddress.IPv6Address: lambda value: f"toIPv6({_text(str(value))})",
    Among: _among,
    list: _array,
    tuple: _array,
    dict: _mapping,
}
