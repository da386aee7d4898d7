"""What every type of field is asked to keep: values by what is particular about them."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import math
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dotorm.fields import (
    UUID,
    Array,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Decimal,
    Enum,
    Float,
    Integer,
    JSONField,
    SmallInteger,
    Text,
    Time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = ["EXAMPLES", "Example"]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A field and the values that it is asked to keep.

    Attributes:
        title: What the table calls the field.
        make: Makes the field, with its other parameters.
        values: By what is particular about them.
        needs: The features without which the field is refused.
    """

    title: str
    make: Callable[..., Any]
    values: Mapping[str, Sequence[Any]]
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What its case is called: the title's words."""
        words = "".join(letter if letter.isalnum() else " " for letter in self.title)
        return "_".join(words.lower().split())


class _Colour(enum.Enum):
    RED = "red"
    BLUE = "bl'ue"
    NONE = ""
    FACE = "😀"


class _Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2**63 - 1
    NEGATIVE = -(2**63)


_D = decimal.Decimal
_EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
_WEST = dt.timezone(-dt.timedelta(hours=11, minutes=59))
_LARGEST = 1.7976931348623157e308


def _whole(bits: int) -> dict[str, Sequence[Any]]:
    most = 2 ** (bits - 1)
    return {"0": [0], "negative": [-1], "smallest": [-most], "largest": [most - 1]}


def _decimals(digits: int, places: int) -> dict[str, Sequence[Any]]:
    unit = _D(1).scaleb(-places, decimal.Context(prec=2000))
    mixed = _D(("1234567890" * 100)[:digits]).scaleb(-places, decimal.Context(prec=2000))
    return {
        "0": [_D(0), _D("-0")],
        "negative": [_D(-1), -mixed],
        "smallest step": [unit, -unit],
        "whole": [_D(1), _D("1E+2"), _D(10) ** (digits - places - 1)],
        "all digits": [mixed, _D("9" * digits).scaleb(-places, decimal.Context(prec=2000))],
    }


_SHORT_TEXTS: dict[str, Sequence[Any]] = {
    "empty": [""],
    "blanks": [" ", " both ", "a", "a ", "\t\r\n"],
    "unicode": ["ünïcödé", "日本語", "שלום", "A", "á", "ß", "ss"],
    "combining marks": ["é", "e\u0301"],
    "emoji": ["😀", "👩‍👩‍👧", "\U0010ffff"],
    "quotes": ["'\"`", "\\", "\\N", "\\'", "%_!$1?:x", "100%s", "%(a)s", "{x}", "NULL", "null"],
    "control characters": ["\x01\x7f\x85", "\u200b\ufeff", "\u2028\ufffe"],
    "NUL": ["\0", "a\0b"],
}
_TEXTS: dict[str, Sequence[Any]] = {**_SHORT_TEXTS, "1 MB": ["ä" * 500_000]}
_FLOATS: dict[str, Sequence[Any]] = {
    "0": [0.0],
    "-0.0": [-0.0],
    "fractions": [0.1, -1.5, 1 / 3, 123456789.123456789],
    "whole": [1.0, -3.0, 1e15, 1e16, 1e23, 2.0**53 + 2],
    "smallest, largest": [2.2250738585072014e-308, _LARGEST, -_LARGEST],
    "denormals": [5e-324, -2.225073858507201e-308],
    "infinities": [math.inf, -math.inf],
    "NaN": [math.nan],
}
_DAYS: dict[str, Sequence[Any]] = {
    "first, last": [dt.date.min, dt.date.max],
    "before 1970": [dt.date(1582, 10, 10), dt.date(1899, 12, 31), dt.date(1969, 12, 31)],
    "from 1970": [dt.date(1970, 1, 1), dt.date(2024, 2, 29), dt.date(2300, 1, 1)],
}
_TIMES: dict[str, Sequence[Any]] = {
    "first, last": [dt.time.min, dt.time.max],
    "whole seconds": [dt.time(12, 30), dt.time(23, 59, 59)],
    "microseconds": [dt.time(0, 0, 0, 1), dt.time(1, 2, 3, 456_789), dt.time(9, 0, 0, 500_000)],
}
_MOMENTS: dict[str, Sequence[Any]] = {
    "first, last": [dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)],
    "before 1970": [
        dt.datetime(1582, 10, 10, 1, 2, 3, tzinfo=dt.UTC),
        dt.datetime(1899, 12, 31, 23, 59, 59, 999_999, dt.UTC),
        dt.datetime(1969, 12, 31, 23, 59, 59, 999_999, dt.UTC),
    ],
    "from 1970": [
        dt.datetime(1970, 1, 1, tzinfo=dt.UTC),
        dt.datetime(2038, 1, 19, 3, 14, 8, tzinfo=dt.UTC),
        dt.datetime(2300, 1, 1, tzinfo=dt.UTC),
    ],
    "microseconds": [
        dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, dt.UTC),
        dt.datetime(5000, 1, 1, 0, 0, 0, 1, dt.UTC),
    ],
    "other zones": [
        dt.datetime(2024, 7, 1, 2, 0, 0, 7, _EAST),
        dt.datetime(9999, 12, 31, 12, 0, 59, 999_999, _WEST),
    ],
    "no zone": [dt.datetime(2024, 6, 30, 20, 30, 0, 5)],  # noqa: DTZ001 - taken to be UTC
}
_UUIDS: dict[str, Sequence[Any]] = {
    "smallest, largest": [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1)],
    "others": [uuid.UUID("12345678-1234-5678-1234-567812345678"), uuid.UUID(int=1)],
}
_BYTES: dict[str, Sequence[Any]] = {
    "empty": [b""],
    "every byte": [bytes(range(256)), b"\0", b"\xff"],
    "quotes": [b"'\"\\", b"\\x00", b"NULL", b"%s", b"\xc3\xa9"],
    "1 MB": [bytes(range(256)) * 4096],
}
_FLAGS: dict[str, Sequence[Any]] = {"True, False": [True, False]}


def _nested(levels: int) -> Any:
    value: Any = "core"
    for level in range(levels):
        value = [value] if level % 2 else {"in": value}
    return value


_DOCUMENTS: dict[str, Sequence[Any]] = {
    "empty": [{}, [], ""],
    "text, numbers, flags": ["text", "null", 0, 7, -1, 1.5, True, False],
    "null inside": [[None], {"a": None}],
    "nested": [[1, 2.5, "x", None, True, {"b": [{}]}], _nested(30)],
    "nested 90 levels": [_nested(90)],
    "unicode": [{"ünï": "日本語", "": "é e\u0301"}, "😀\U0010ffff"],
    "quotes": [{"q\"'`": "\\ \n\t"}, "\\u0000", ["\\\\u0041", "%s", "{}"], "\x01\x7f\u2028"],
    "big integers": [2**53 + 1, [2**63 - 1, -(2**63)], [2**64 - 1]],
    "integers beyond 64 bits": [2**64, [10**30, -(10**30)], {"n": 10**400}],
    "floats": [0.1, [1 / 3, -1.5e-7, 5e-324, 123456789.123456789], {"n": -_LARGEST / 3}],
    "whole floats": [1.0, [0.0, 1e15, 1e16, -1e23, 1e300], {"e+16": 1e16, "1e+16": "1e+16"}],
    "-0.0": [-0.0, {"n": [-0.0]}],
    "NUL": ["a\0", {"n": ["\0"]}, {"a\0": 1}, "\\\0"],
    "lone surrogates": ["\ud800", {"\udfff": 1}],
    "1 MB": [["x" * 1000] * 1000, "ä" * 500_000],
}

_CHAR_10 = {**_SHORT_TEXTS, "ten characters": ["ä" * 10, "😀" * 10, " " * 10]}
_COLOURS: dict[str, Sequence[Any]] = {"members": [*_Colour]}
_SIZES: dict[str, Sequence[Any]] = {"members": [*_Size]}

_PLAIN: list[tuple[str, Callable[..., Any], Mapping[str, Sequence[Any]]]] = [
    ("SmallInteger()", SmallInteger, _whole(16)),
    ("Integer()", Integer, _whole(32)),
    ("BigInteger()", BigInteger, {**_whole(64), "beyond 2**53": [2**53 + 1, -(2**53) - 1]}),
    ("Float()", Float, _FLOATS),
    ("Decimal(18, 2)", lambda **more: Decimal(18, 2, **more), _decimals(18, 2)),
    ("Decimal(38, 10)", lambda **more: Decimal(38, 10, **more), _decimals(38, 10)),
    ("Decimal(65, 30)", lambda **more: Decimal(65, 30, **more), _decimals(65, 30)),
    ("Decimal(76, 0)", lambda **more: Decimal(76, 0, **more), _decimals(76, 0)),
    ("Decimal(1000, 400)", lambda **more: Decimal(1000, 400, **more), _decimals(1000, 400)),
    ("Boolean()", Boolean, _FLAGS),
    ("Char()", Char, _TEXTS),
    ("Char(max_length=10)", lambda **more: Char(max_length=10, **more), _CHAR_10),
    ("Text()", Text, _TEXTS),
    ("Enum(…) of text", lambda **more: Enum(_Colour, **more), _COLOURS),
    ("Enum(…) of int", lambda **more: Enum(_Size, **more), _SIZES),
    ("Date()", Date, _DAYS),
    ("Time()", Time, _TIMES),
    ("Datetime()", Datetime, _MOMENTS),
    ("UUID()", UUID, _UUIDS),
    ("Binary()", Binary, _BYTES),
]

_NOT_IN_ARRAYS = {"Decimal(18, 2)", "Decimal(65, 30)", "Decimal(76, 0)", "Char(max_length=10)"}


def _array(title: str, make: Callable[..., Any], values: Mapping[str, Sequence[Any]]) -> Example:
    """Several values of a field: of each kind a list, with NULL among them, and none."""
    lists = {label: [list(group)] for label, group in values.items()}
    some = next(iter(values.values()))[0]
    lists |= {"no values": [[]], "NULL inside": [[None], [None, some, None]]}
    return Example(f"Array({title})", lambda **more: Array(make(), **more), lists, ("arrays",))


EXAMPLES = (
    *(Example(*plain) for plain in _PLAIN),
    Example("JSONField()", JSONField, _DOCUMENTS),
    Example(
        "JSONField(schema=…)",
        lambda **more: JSONField(schema=list[dt.date], **more),
        {"dates": [[], [dt.date.min, dt.date.max]]},
    ),
    *(_array(*plain) for plain in _PLAIN if plain[0] not in _NOT_IN_ARRAYS),
)
"""Every type of field; a reference keeps what the key keeps that it refers to."""
