"""DotORM: an async ORM whose databases are plugins.

``connect(url)`` answers a database, the URL's scheme picks the backend; `DotModel` is the base of
models. See the README for the first steps.
"""

from __future__ import annotations

from dotorm import _compat
from dotorm.backend import Backend
from dotorm.components import Dialect, Features, FilterParser
from dotorm.database import Database, connect
from dotorm.databases.abstract import (
    ContainerSettings,
    Pool,
    PoolSettings,
    Session,
    Transaction,
)
from dotorm.exceptions import (
    AccessDenied,
    BackendNotFound,
    CheckViolation,
    ConfigurationError,
    ConnectionFailed,
    DatabaseError,
    DotORMError,
    FieldNotLoaded,
    ForeignKeyViolation,
    IntegrityError,
    InvalidFilter,
    InvalidValue,
    LockNotAvailable,
    NotNullViolation,
    NotSupported,
    RecordNotFound,
    SchemaMismatch,
    SerializationFailure,
    Timeout,
    TransactionClosed,
    UniqueViolation,
)
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
    Field,
    Float,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    One2many,
    One2one,
    Ref,
    SmallInteger,
    Text,
    Time,
)
from dotorm.hookspecs import hookimpl
from dotorm.keys import Snowflake, snowflake, uuid7
from dotorm.model import DotModel
from dotorm.observers import count_statements, log_statements
from dotorm.orm.loads import Load
from dotorm.plugins import register_backend, register_observer, unregister_observer

__all__ = [
    "UUID",
    "AccessDenied",
    "Array",
    "Backend",
    "BackendNotFound",
    "BigInteger",
    "Binary",
    "Boolean",
    "Char",
    "CheckViolation",
    "ConfigurationError",
    "ConnectionFailed",
    "ContainerSettings",
    "Database",
    "DatabaseError",
    "Date",
    "Datetime",
    "Decimal",
    "Dialect",
    "DotModel",
    "DotORMError",
    "Enum",
    "Features",
    "Field",
    "FieldNotLoaded",
    "FilterParser",
    "Float",
    "ForeignKeyViolation",
    "Integer",
    "IntegrityError",
    "InvalidFilter",
    "InvalidValue",
    "JSONField",
    "Load",
    "LockNotAvailable",
    "Many2many",
    "Many2one",
    "NotNullViolation",
    "NotSupported",
    "One2many",
    "One2one",
    "Pool",
    "PoolSettings",
    "RecordNotFound",
    "Ref",
    "SchemaMismatch",
    "SerializationFailure",
    "Session",
    "SmallInteger",
    "Snowflake",
    "Text",
    "Time",
    "Timeout",
    "Transaction",
    "TransactionClosed",
    "UniqueViolation",
    "connect",
    "count_statements",
    "hookimpl",
    "log_statements",
    "register_backend",
    "register_observer",
    "snowflake",
    "unregister_observer",
    "uuid7",
]

_compat.install()
