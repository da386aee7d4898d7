"""The fields of a model: ``name: str = Char(max_length=100)``.

For type checkers the constructors are functions that answer Any, so that the annotation alone
says what a record's attribute is; at run time they are the classes of `dotorm.field_types`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from dotorm.field_types import Field, Ref

if TYPE_CHECKING:
    import datetime as dt
    import decimal
    import enum
    import uuid
    from collections.abc import Callable

    from dotorm.field_types import OnDelete

__all__ = [
    "UUID",
    "Array",
    "BigInteger",
    "Binary",
    "Boolean",
    "Char",
    "Date",
    "Datetime",
    "Decimal",
    "Enum",
    "Field",
    "Float",
    "Integer",
    "JSONField",
    "Many2many",
    "Many2one",
    "One2many",
    "One2one",
    "Ref",
    "SmallInteger",
    "Text",
    "Time",
]

if TYPE_CHECKING:

    class FieldParameters[T](TypedDict, total=False):
        """What every field takes; `dotorm.field_types.Field` says what each means."""

        primary_key: bool
        null: bool
        required: bool
        unique: bool
        index: bool
        default: T | Callable[[], T] | None
        description: str | None
        store: bool
        compute: Callable[[Any], Any] | None
        column: str | None

    class ReferenceParameters(TypedDict, total=False):
        """What a reference takes besides; it is always stored."""

        primary_key: bool
        null: bool
        required: bool
        unique: bool
        index: bool
        default: Any
        description: str | None
        column: str | None

    def Integer(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 32 bits."""

    def BigInteger(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 64 bits."""

    def SmallInteger(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 16 bits."""

    def Text(**parameters: Unpack[FieldParameters[str]]) -> Any:
        """Text of any length."""

    def Boolean(**parameters: Unpack[FieldParameters[bool]]) -> Any:
        """True or False."""

    def Float(**parameters: Unpack[FieldParameters[float]]) -> Any:
        """A floating point number of 64 bits."""

    def Date(**parameters: Unpack[FieldParameters[dt.date]]) -> Any:
        """A day."""

    def Time(**parameters: Unpack[FieldParameters[dt.time]]) -> Any:
        """A time of day."""

    def Datetime(**parameters: Unpack[FieldParameters[dt.datetime]]) -> Any:
        """A moment, read back in UTC."""

    def Binary(**parameters: Unpack[FieldParameters[bytes]]) -> Any:
        """Bytes."""

    def UUID(**parameters: Unpack[FieldParameters[uuid.UUID]]) -> Any:
        """A UUID."""

    def Char(*, max_length: int | None = None, **parameters: Unpack[FieldParameters[str]]) -> Any:
        """Text of at most ``max_length`` characters."""

    def Decimal(
        max_digits: int = 18,
        decimal_places: int = 2,
        **parameters: Unpack[FieldParameters[decimal.Decimal]],
    ) -> Any:
        """An exact decimal number."""

    def Enum[E: enum.Enum](enum_type: type[E], **parameters: Unpack[FieldParameters[E]]) -> Any:
        """A member of an enumeration, stored as its value."""

    def JSONField(*, schema: Any = None, **parameters: Unpack[FieldParameters[Any]]) -> Any:
        """JSON data, or what a schema makes of it."""

    def Array(item: Any, **parameters: Unpack[FieldParameters[list[Any]]]) -> Any:
        """Several values of one type, which a field describes."""

    def Many2one(
        target: Callable[[], type[Any]],
        *,
        fields: tuple[str, ...] | list[str] | None = None,
        ondelete: OnDelete | None = None,
        **parameters: Unpack[ReferenceParameters],
    ) -> Any:
        """A reference to one record of another model."""

    def One2many(
        target: Callable[[], type[Any]], inverse: str, *, description: str | None = None
    ) -> Any:
        """The records of another model that refer to this one."""

    def One2one(
        target: Callable[[], type[Any]], inverse: str, *, description: str | None = None
    ) -> Any:
        """The one record of another model that refers to this one."""

    def Many2many(
        relation_table: Callable[[], type[Any]],
        many2many_table: str,
        column1: str | tuple[str, ...] | list[str],
        column2: str | tuple[str, ...] | list[str],
        *,
        description: str | None = None,
    ) -> Any:
        """Records of another model, joined through a table of links."""

else:
    from dotorm.field_types import (
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
        Many2many,
        Many2one,
        One2many,
        One2one,
        SmallInteger,
        Text,
        Time,
    )
