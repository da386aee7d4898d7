"""The fields of a model: ``name: str = Char(max_length=100)``.

For type checkers the constructors are functions that answer Any, so that the annotation alone
says what a record's attribute is; at run time they are the classes of `dotorm.field_types`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

    def Integer(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: int | Callable[[], int] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A whole number of 32 bits."""

    def BigInteger(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: int | Callable[[], int] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A whole number of 64 bits."""

    def SmallInteger(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: int | Callable[[], int] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A whole number of 16 bits."""

    def Char(
        *,
        max_length: int | None = None,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: str | Callable[[], str] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """Text of at most ``max_length`` characters."""

    def Text(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: str | Callable[[], str] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """Text of any length."""

    def Boolean(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: bool | Callable[[], bool] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """True or False."""

    def Float(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: float | Callable[[], float] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A floating point number of 64 bits."""

    def Decimal(
        max_digits: int = 18,
        decimal_places: int = 2,
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: decimal.Decimal | Callable[[], decimal.Decimal] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """An exact decimal number."""

    def Date(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: dt.date | Callable[[], dt.date] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A day."""

    def Time(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: dt.time | Callable[[], dt.time] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A time of day."""

    def Datetime(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: dt.datetime | Callable[[], dt.datetime] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A moment, read back in UTC."""

    def Enum(
        enum_type: type[enum.Enum],
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: Any = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A member of an enumeration."""

    def JSONField(
        *,
        schema: Any = None,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: Any = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """JSON data."""

    def Binary(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: bytes | Callable[[], bytes] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """Bytes."""

    def UUID(
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: uuid.UUID | Callable[[], uuid.UUID] | None = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
    ) -> Any:
        """A UUID."""

    def Many2one(
        target: Callable[[], type[Any]],
        *,
        ondelete: OnDelete | None = None,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: Any = None,
        description: str | None = None,
        column: str | None = None,
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
        column1: str,
        column2: str,
        *,
        description: str | None = None,
    ) -> Any:
        """Records of another model, joined through a table of links."""

else:
    from dotorm.field_types import (
        UUID,
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
