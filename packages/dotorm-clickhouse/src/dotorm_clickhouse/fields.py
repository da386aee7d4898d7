"""Types that only ClickHouse has, as fields: ``hits: int = UInt64()``.

A model with one of them has no table in another database: `NotSupported`. For type checkers the
constructors are functions that answer Any, as those of `dotorm.fields` are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

if TYPE_CHECKING:
    import enum
    import ipaddress

    from dotorm.fields import FieldParameters

__all__ = [
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

if TYPE_CHECKING:

    def Int8(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 8 bits."""

    def Int128(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 128 bits."""

    def Int256(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 256 bits."""

    def UInt8(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 8 bits, from 0 on."""

    def UInt16(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 16 bits, from 0 on."""

    def UInt32(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 32 bits, from 0 on."""

    def UInt64(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 64 bits, from 0 on."""

    def UInt128(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 128 bits, from 0 on."""

    def UInt256(**parameters: Unpack[FieldParameters[int]]) -> Any:
        """A whole number of 256 bits, from 0 on."""

    def Float32(**parameters: Unpack[FieldParameters[float]]) -> Any:
        """A floating point number of 32 bits."""

    def FixedString(length: int, **parameters: Unpack[FieldParameters[bytes]]) -> Any:
        """So many bytes."""

    def IPv4(**parameters: Unpack[FieldParameters[ipaddress.IPv4Address]]) -> Any:
        """An address of four bytes."""

    def IPv6(**parameters: Unpack[FieldParameters[ipaddress.IPv6Address]]) -> Any:
        """An address of sixteen bytes."""

    def Enum8[E: enum.Enum](enum_type: type[E], **parameters: Unpack[FieldParameters[E]]) -> Any:
        """A member of an enumeration, in one byte."""

    def Enum16[E: enum.Enum](enum_type: type[E], **parameters: Unpack[FieldParameters[E]]) -> Any:
        """A member of an enumeration, in two bytes."""

    def LowCardinality(item: Any, **parameters: Unpack[FieldParameters[Any]]) -> Any:
        """Text of few different values."""

    def Map(key: Any, value: Any, **parameters: Unpack[FieldParameters[dict[Any, Any]]]) -> Any:
        """A dict of plain values."""

else:
    from dotorm_clickhouse.field_types import (
        Enum8,
        Enum16,
        FixedString,
        Float32,
        Int8,
        Int128,
        Int256,
        IPv4,
        IPv6,
        LowCardinality,
        Map,
        UInt8,
        UInt16,
        UInt32,
        UInt64,
        UInt128,
        UInt256,
    )
