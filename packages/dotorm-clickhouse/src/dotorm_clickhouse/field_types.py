"""The classes of `dotorm_clickhouse.fields`: what they take, and how it is bound and read."""

from __future__ import annotations

import enum
import ipaddress
import struct
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.exceptions import ConfigurationError, InvalidValue
from dotorm.field_types import Char, Enum, Field, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from dotorm.components import Dialect

__all__ = [
    "ClickHouseField",
    "Enum8",
    "Enum16",
    "FixedString",
    "Float32",
    "IPv4",
    "IPv6",
    "Int8",
    "Int128",
    "Int256",
    "LowCardinality",
    "Map",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "UInt128",
    "UInt256",
]

type Convert = Callable[[Any], Any]


class ClickHouseField[T](Field[T]):
    """A field that knows its column's type, and how its values are bound and read."""

    kind = "clickhouse"

    def column_type(self, dialect: Dialect) -> str:
        """The type, without NULL."""
        return type(self).__name__

    def encoder(self, dialect: Dialect) -> Convert | None:
        """What converts a value for the driver; None if it is right as it is."""
        return None

    def decoder(self, dialect: Dialect) -> Convert | None:
        """What converts the driver's value, which is not None; None if it is right as it is."""
        return None


class _Whole(ClickHouseField[int]):
    """A whole number."""

    python_type = int
    exact = frozenset({int})
    low: ClassVar[int]
    high: ClassVar[int]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        signed, bits = cls.__name__[0] == "I", int("".join(filter(str.isdigit, cls.__name__)))
        cls.low = -(1 << bits - 1) if signed else 0
        cls.high = (1 << (bits - 1 if signed else bits)) - 1

    def convert(self, value: Any) -> Any:
        """The value as an int that the column can hold."""
        value = super().convert(value)
        if value is not None:
            self._check(value)
        return value

    def _coerce(self, value: Any) -> int:
        if isinstance(value, int):
            return int(value)
        self.refuse(value, "give a whole number")

    def _check(self, value: int) -> None:
        if not self.low <= value <= self.high:
            self.refuse(value, f"it is {self.low:,} to {self.high:,}")

    def _all_fit(self, values: list[int]) -> bool:
        return not values or (min(values) >= self.low and max(values) <= self.high)


class Int8(_Whole):
    """A whole number from -2**7 to 2**7 - 1."""


class Int128(_Whole):
    """A whole number from -2**127 to 2**127 - 1."""


class Int256(_Whole):
    """A whole number from -2**255 to 2**255 - 1."""


class UInt8(_Whole):
    """A whole number from 0 to 2**8 - 1."""


class UInt16(_Whole):
    """A whole number from 0 to 2**16 - 1."""


class UInt32(_Whole):
    """A whole number from 0 to 2**32 - 1."""


class UInt64(_Whole):
    """A whole number from 0 to 2**64 - 1."""


class UInt128(_Whole):
    """A whole number from 0 to 2**128 - 1."""


class UInt256(_Whole):
    """A whole number from 0 to 2**256 - 1."""


class _Address(ClickHouseField[Any]):
    """An address of the internet protocol; its text is taken as well."""

    def _coerce(self, value: Any) -> Any:
        try:
            address = self.python_type(value)
        except ValueError:
            self.refuse(value, f"give an {self.python_type.__name__} or its text")
        if getattr(address, "scope_id", None) is not None:
            self.refuse(value, "an address with a scope is of one machine only")
        return address


class IPv4(_Address):
    """An address of four bytes."""

    python_type = ipaddress.IPv4Address
    exact = frozenset({ipaddress.IPv4Address})


class IPv6(_Address):
    """An address of sixteen bytes."""

    python_type = ipaddress.IPv6Address
    exact = frozenset()  # an address may have a scope


class _Named(ClickHouseField[enum.Enum]):
    """A member of an enumeration.

    Args:
        enum_type: Its members' values are all text, which is what the database calls them, with
            numbers in their order from 1 on; or all whole numbers, whose names it knows.
    """

    bits: ClassVar[int]

    def __init__(self, enum_type: type[enum.Enum], **parameters: Any) -> None:
        super().__init__(**parameters)
        self._plain: Any = Enum(enum_type)
        self.python_type = enum_type
        self.exact = frozenset({enum_type})
        members = list(enum_type)
        text = isinstance(members[0].value, str)
        self._label = {m: m.value if text else m.name for m in members}
        self._member = {label: member for member, label in self._label.items()}
        self._number = {m: place if text else m.value for place, m in enumerate(members, 1)}
        limit = 1 << self.bits - 1
        if not all(-limit <= number < limit for number in self._number.values()):
            raise ConfigurationError(f"{type(self).__name__}: the numbers have {self.bits} bits")

    def column_type(self, dialect: Dialect) -> str:
        """The type with its labels and numbers, as the server spells it."""
        quoted = {
            m: label.replace("\\", "\\\\").replace("'", "\\'") for m, label in self._label.items()
        }
        pairs = sorted((number, quoted[m]) for m, number in self._number.items())
        return f"Enum{self.bits}({', '.join(f"'{label}' = {n}" for n, label in pairs)})"

    def encoder(self, dialect: Dialect) -> Convert:
        """The member's label."""
        return self._label.__getitem__

    def decoder(self, dialect: Dialect) -> Convert:
        """The member of a label."""
        return self._member.__getitem__

    def _coerce(self, value: Any) -> enum.Enum:
        member: enum.Enum = self._plain.bound_to(self.meta, self.name)._coerce(value)
        return member


class Enum8(_Named):
    """A member of an enumeration of up to 256, in one byte."""

    bits = 8


class Enum16(_Named):
    """A member of an enumeration, in two bytes."""

    bits = 16


class Float32(ClickHouseField[float]):
    """A floating point number of 32 bits; one that it would round is refused."""

    python_type = float

    def _coerce(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(value, "give a number")
        try:
            (kept,) = struct.unpack("f", struct.pack("f", value))
        except OverflowError:
            self.refuse(value, "it is too large for 32 bits")
        if kept != value and value == value:  # noqa: PLR0124 - not NaN
            self.refuse(value, "32 bits would round it; use Float")
        return float(kept)


class FixedString(ClickHouseField[bytes]):
    """So many bytes; fewer would be filled up, and are refused.

    Args:
        length: How many.
    """

    python_type = bytes
    exact = frozenset({bytes})

    def __init__(self, length: int, **parameters: Any) -> None:
        super().__init__(**parameters)
        if type(length) is not int or length < 1:
            raise ConfigurationError(f"FixedString({length!r}): give a number of at least 1")
        self.length = length

    def column_type(self, dialect: Dialect) -> str:
        """The type with its length."""
        return f"FixedString({self.length})"

    def _check(self, value: bytes) -> None:
        if len(value) != self.length:
            self.refuse(value, f"it has {len(value)} bytes, not {self.length}")


class LowCardinality(ClickHouseField[Any]):
    """Text of few different values, each kept once.

    Args:
        item: A `Char`, a `Text`, or an `Enum` of text.
    """

    def __init__(self, item: Any, **parameters: Any) -> None:
        super().__init__(**parameters)
        if not isinstance(item, Char | Text | Enum) or item.kind not in ("char", "text"):
            raise ConfigurationError("LowCardinality(…): give a Char, a Text or an Enum of text")
        self.item: Any = item
        self.python_type = item.python_type
        self.exact = item.exact if type(item) is Text else frozenset()

    def column_type(self, dialect: Dialect) -> str:
        """The type around the item's."""
        return f"LowCardinality({dialect.column_type(self.item)})"

    def encoder(self, dialect: Dialect) -> Convert | None:
        """The item's."""
        return dialect.encoder(self.item)

    def decoder(self, dialect: Dialect) -> Convert | None:
        """The item's."""
        return dialect.decoder(self.item)

    def _coerce(self, value: Any) -> Any:
        return self.item.bound_to(self.meta, self.name).convert(value)

    def _check(self, value: Any) -> None:
        self.item.bound_to(self.meta, self.name).accept(value)


_IN_MAPS = ("char", "text", "integer", "big_integer", "small_integer", "boolean", "float", "uuid")


class Map(ClickHouseField[dict[Any, Any]]):
    """A dict. The column cannot be NULL: make the field required.

    Args:
        key, value: Fields of plain values: text, whole numbers, `Boolean`, `Float`, `UUID`. A
            value may be None if its field allows it.
    """

    kind = "map"
    python_type = dict

    def __init__(self, key: Field[Any], value: Field[Any], **parameters: Any) -> None:
        super().__init__(**parameters)
        for part in (key, value):
            if not isinstance(part, Field) or part.kind not in _IN_MAPS:
                raise ConfigurationError(f"Map: {part!r} is no field of a plain value")
        self.key, self.value = key, value

    def column_type(self, dialect: Dialect) -> str:
        """The type with those of keys and values."""
        value = dialect.column_type(self.value)
        value = f"Nullable({value})" if self.value.null else value
        return f"Map({dialect.column_type(self.key)}, {value})"

    def encoder(self, dialect: Dialect) -> Convert:
        """Keys and values as their fields are bound."""
        return _of_pairs(dialect.encoder(self.key), dialect.encoder(self.value))

    def decoder(self, dialect: Dialect) -> Convert:
        """Keys and values as their fields are read."""
        return _of_pairs(dialect.decoder(self.key), dialect.decoder(self.value))

    def _coerce(self, value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            self.refuse(value, "give a dict")
        try:
            pairs = {self.key.accept(k): self.value.accept(v) for k, v in value.items()}
        except InvalidValue as error:
            self.refuse(value, str(error))
        if None in pairs:
            self.refuse(value, "None is no key")
        return pairs


def _of_pairs(of_key: Convert | None, of_value: Convert | None) -> Convert:
    def convert(pairs: dict[Any, Any]) -> dict[Any, Any]:
        return {
            k if of_key is None else of_key(k): v if v is None or of_value is None else of_value(v)
            for k, v in pairs.items()
        }

    return convert
