"""Fields that hold one value.

Reading gives every backend the same Python value that was written. Where a type cannot promise
that, its docstring says so.
"""

from __future__ import annotations

import decimal
import enum
import uuid
from functools import partial
from math import isinf
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import TypeAdapter, ValidationError

from dotorm.components.filter_parser import shown
from dotorm.exceptions import ConfigurationError
from dotorm.field_types.base import Field

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = [
    "UUID",
    "BigInteger",
    "Binary",
    "Boolean",
    "Char",
    "Decimal",
    "Enum",
    "Float",
    "Integer",
    "JSONField",
    "SmallInteger",
    "Text",
]


class Integer(Field[int]):
    """A whole number of 32 bits: -2,147,483,648 to 2,147,483,647."""

    kind = "integer"
    python_type = int
    exact = frozenset({int})
    bits: ClassVar[int] = 32
    wider: ClassVar[str] = "BigInteger has 64"

    def convert(self, value: Any) -> Any:
        """The value as an int that the column can hold."""
        if type(value) is not int:
            value = super().convert(value)
        if value is not None:
            self._check(value)
        return value

    def are_right(self, values: Collection[Any]) -> bool:
        """Whether all are ints that the column can hold."""
        return super().are_right(values) and self._all_fit(values)

    def _coerce(self, value: Any) -> int:
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float | decimal.Decimal) and _is_whole(value):
            return int(value)
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                pass
        self.refuse(value, "give a whole number")

    def _check(self, value: int) -> None:
        if not -(1 << self.bits - 1) <= value < 1 << self.bits - 1:
            self.refuse(value, f"it has {self.bits} bits; {self.wider}")

    def _all_fit(self, values: Collection[int]) -> bool:
        limit = 1 << self.bits - 1
        return not values or (min(values) >= -limit and max(values) < limit)


class BigInteger(Integer):
    """A whole number of 64 bits."""

    kind = "big_integer"
    bits = 64
    wider = "Decimal takes any number of digits"


class SmallInteger(Integer):
    """A whole number of 16 bits: -32,768 to 32,767."""

    kind = "small_integer"
    bits = 16


class Text(Field[str]):
    """Text of any length, without lone surrogates. PostgreSQL refuses the character NUL in it."""

    kind = "text"
    python_type = str
    exact = frozenset({str})

    def _coerce(self, value: Any) -> str:
        if isinstance(value, str):
            return str.__str__(value)
        self.refuse(value, "give text: str(…)")

    def _check(self, value: str) -> None:
        if not _is_unicode(value):
            self.refuse(value, "it has half of a character: surrogates not allowed")

    def _all_fit(self, values: list[str]) -> bool:
        return _is_unicode("".join(values))  # asked of one text, as a call for each takes longer


class Char(Text):
    """Text of limited length.

    Args:
        max_length: The most characters; None for no limit.
    """

    kind = "char"

    def __init__(self, *, max_length: int | None = None, **parameters: Any) -> None:
        super().__init__(**parameters)
        if max_length is not None and (type(max_length) is not int or max_length < 1):
            raise ConfigurationError(
                f"Char(max_length={max_length!r}): give a number of at least 1"
            )
        self.max_length = max_length

    def _check(self, value: str) -> None:
        super()._check(value)
        if self.max_length is not None and len(value) > self.max_length:
            self.refuse(value, f"it has {len(value)} characters, max_length is {self.max_length}")

    def _all_fit(self, values: list[str]) -> bool:
        longest = self.max_length
        return super()._all_fit(values) and (
            longest is None or max(map(len, values), default=0) <= longest
        )


class Boolean(Field[bool]):
    """True or False; 0 and 1 are taken as well."""

    kind = "boolean"
    python_type = bool
    exact = frozenset({bool})

    def _coerce(self, value: Any) -> bool:
        if isinstance(value, int) and value in (0, 1):
            return bool(value)
        self.refuse(value, "give True or False")


class Float(Field[float]):
    """A floating point number of 64 bits (IEEE 754).

    SQLite refuses NaN, which it would lose, and reads -0.0 as 0.0.
    """

    kind = "float"
    python_type = float
    exact = frozenset({float})

    def _coerce(self, value: Any) -> float:
        if isinstance(value, int | float | decimal.Decimal):
            try:
                number = float(value)
            except OverflowError:
                self.refuse(value, "it is too large for a float")
            except ValueError:
                self.refuse(value, "give a number")
            if isinf(number) and number != value:
                self.refuse(value, "it is too large for a float")
            if not isinstance(value, int) or int(number) == value:
                return number
            self.refuse(value, "a float would round it; use Decimal")
        self.refuse(value, "give a number")


class Decimal(Field[decimal.Decimal]):
    """An exact decimal number.

    A value with more decimal places than the column keeps is refused, not rounded. Reading
    answers it with exactly ``decimal_places`` places, and 0 without a sign. NaN and infinities are
    refused.

    Args:
        max_digits: Digits in all, at least 1.
        decimal_places: Digits after the point, 0 to ``max_digits``.
    """

    kind = "decimal"
    python_type = decimal.Decimal

    def __init__(self, max_digits: int = 18, decimal_places: int = 2, **parameters: Any) -> None:
        super().__init__(**parameters)
        if not (1 <= max_digits <= 1000 and 0 <= decimal_places <= max_digits):
            raise ConfigurationError(
                f"Decimal(max_digits={max_digits}, decimal_places={decimal_places}): max_digits is "
                "1 to 1000, decimal_places 0 to max_digits"
            )
        self.max_digits = max_digits
        self.decimal_places = decimal_places
        self._unit = decimal.Decimal(1).scaleb(-decimal_places)
        self._limit = decimal.Decimal(10) ** (max_digits - decimal_places)
        self._context = decimal.Context(prec=max_digits + decimal_places + 1)

    def _coerce(self, value: Any) -> decimal.Decimal:
        if isinstance(value, bool) or not isinstance(value, decimal.Decimal | int | str):
            self.refuse(value, 'give Decimal, int or text such as "19.90"')
        try:
            number = decimal.Decimal(value)
        except decimal.InvalidOperation:
            self.refuse(value, 'give a number such as "19.90"')
        if not number.is_finite():
            self.refuse(value, "NaN and infinities are not kept exactly by every backend")
        return number

    def accept(self, value: Any) -> Any:
        """The value with the column's places, which it must fit; a filter may compare with any."""
        value = super().accept(value)
        return None if value is None else self._fitted(value)

    def _fitted(self, number: decimal.Decimal) -> decimal.Decimal:
        if number.copy_abs() >= self._limit:
            self.refuse(
                number, f"more than {self.max_digits - self.decimal_places} digits before the point"
            )
        quantized = number.quantize(self._unit, context=self._context)
        if quantized != number:
            self.refuse(number, f"it keeps {self.decimal_places} decimal places: quantize it first")
        return quantized or quantized.copy_abs()


class Enum(Field[enum.Enum]):
    """One of the members of an enumeration, stored as its value: text or a whole number.

    The value of a member is taken as well. A value in the database that no member has is a
    ``ValueError`` when it is read.

    Args:
        enum_type: The enumeration; the values of its members are all text or all int.
    """

    def __init__(self, enum_type: type[enum.Enum], **parameters: Any) -> None:
        super().__init__(**parameters)
        if not (isinstance(enum_type, type) and issubclass(enum_type, enum.Enum)):
            raise ConfigurationError(f"Enum takes a class of enum.Enum, not {shown(enum_type)}")
        kinds = {type(member.value) for member in enum_type}
        if kinds not in ({str}, {int}):
            raise ConfigurationError(
                f"Enum({enum_type.__name__}): the members' values are all text or all int"
            )
        self.enum_type = self.wrap = self.python_type = enum_type
        self.exact = frozenset({enum_type})
        self.kind = "char" if kinds == {str} else "big_integer"
        self.max_length: int | None = None

    @staticmethod
    def unwrap(value: enum.Enum) -> Any:
        """The member's value."""
        return value.value

    def _coerce(self, value: Any) -> enum.Enum:
        plain = str.__str__(value) if isinstance(value, str) else value
        if isinstance(plain, str if self.kind == "char" else int):
            try:
                return self.enum_type(plain)
            except ValueError:
                pass
        known = ", ".join(repr(member.value) for member in self.enum_type)
        self.refuse(value, f"give a {self.enum_type.__name__}: {known}")


class JSONField(Field[Any]):
    """JSON data: dict, list, text, number, bool; with a schema, what the schema describes.

    What JSON itself changes, changes: tuples come back as lists, the keys of dicts as text, and
    the order of keys is not kept. None is SQL's NULL. NaN and infinities are refused.

    PostgreSQL (JSONB) reads -0.0 as 0.0, and refuses the character NUL and lone surrogates in text.

    Args:
        schema: A Pydantic model, dataclass, TypedDict or annotation such as ``list[Address]``;
            values are checked against it when they are written and made from it when read.
    """

    kind = "json"
    python_type = dict

    def __init__(self, *, schema: Any = None, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.schema = schema
        if schema is not None:
            self._adapter = TypeAdapter(schema)
            self.wrap = self._adapter.validate_python
            self.unwrap = partial(self._adapter.dump_python, mode="json")

    def _coerce(self, value: Any) -> Any:
        if self.schema is None:
            return value
        try:
            return self._adapter.validate_python(value)
        except ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in problem["loc"])
            self.refuse(value, f"{place}: {problem['msg']}" if place else problem["msg"])


class Binary(Field[bytes]):
    """Bytes; bytearray and memoryview are taken as well."""

    kind = "binary"
    python_type = bytes
    exact = frozenset({bytes})

    def _coerce(self, value: Any) -> bytes:
        if isinstance(value, bytearray | memoryview):
            return bytes(value)
        self.refuse(value, "give bytes; text has .encode()")


class UUID(Field[uuid.UUID]):
    """A UUID (RFC 9562); its text is taken as well."""

    kind = "uuid"
    python_type = uuid.UUID
    exact = frozenset({uuid.UUID})

    def _coerce(self, value: Any) -> uuid.UUID:
        if isinstance(value, str):
            try:
                return uuid.UUID(str.__str__(value))
            except ValueError:
                self.refuse(value, "give a UUID or its text")
        if isinstance(value, uuid.UUID):
            return uuid.UUID(int=value.int)
        self.refuse(value, "give a UUID")


def _is_unicode(text: str) -> bool:
    """Whether it can be written as UTF-8."""
    try:
        return text.isascii() or bool(text.encode())
    except UnicodeEncodeError:
        return False


def _is_whole(number: float | decimal.Decimal) -> bool:
    if isinstance(number, float):
        return number.is_integer()
    # An int of many more digits would fill the memory.
    return number.is_finite() and number.adjusted() < 30 and number == number.to_integral_value()
