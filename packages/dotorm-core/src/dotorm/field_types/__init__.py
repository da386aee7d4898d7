"""The classes behind the constructors of `dotorm.fields`: what core and backends ask a field."""

from __future__ import annotations

from dotorm.field_types.arrays import Array
from dotorm.field_types.base import Field, is_record, key_of, key_value
from dotorm.field_types.many import Many2many, One2many, One2one
from dotorm.field_types.moments import Date, Datetime, Time
from dotorm.field_types.references import Many2one, OnDelete
from dotorm.field_types.relations import Ref, Relation, RelationPath
from dotorm.field_types.scalars import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Decimal,
    Enum,
    Float,
    Integer,
    JSONField,
    SmallInteger,
    Text,
)

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
    "OnDelete",
    "One2many",
    "One2one",
    "Ref",
    "Relation",
    "RelationPath",
    "SmallInteger",
    "Text",
    "Time",
    "is_record",
    "key_of",
    "key_value",
]
