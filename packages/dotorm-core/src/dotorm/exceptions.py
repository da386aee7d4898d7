"""Every error that DotORM raises, in one tree, so that one ``except`` catches what you mean.

Errors of a driver never leave DotORM bare: they arrive as one of these, ``from`` their cause.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AccessDenied",
    "BackendNotFound",
    "CheckViolation",
    "ConfigurationError",
    "ConnectionFailed",
    "DatabaseError",
    "DotORMError",
    "FieldNotLoaded",
    "ForeignKeyViolation",
    "IntegrityError",
    "InvalidFilter",
    "InvalidValue",
    "LockNotAvailable",
    "NotNullViolation",
    "NotSupported",
    "RecordNotFound",
    "SchemaMismatch",
    "SerializationFailure",
    "Timeout",
    "TransactionClosed",
    "UniqueViolation",
]


class DotORMError(Exception):
    """The root of the tree: catches whatever DotORM raises."""


class ConfigurationError(DotORMError):
    """A model, a setting or a binding is wrong; nothing was sent to a database."""


class BackendNotFound(ConfigurationError):
    """No installed plugin serves the URL's scheme; the text says which distribution does."""


class InvalidFilter(DotORMError, ValueError):
    """A filter, a sort or a list of fields is malformed; the text shows the place."""


class InvalidValue(DotORMError, ValueError):
    """A value cannot be stored in its field exactly; the text names model, field and remedy."""


class FieldNotLoaded(DotORMError, AttributeError):
    """A record from the database was read without this field.

    Attribute access never queries. It is an ``AttributeError``, so that ``hasattr`` and
    ``getattr(record, name, None)`` work as they do on any object.
    """


class RecordNotFound(DotORMError, LookupError):
    """The one record that was to be read, updated or deleted is not there."""


class NotSupported(DotORMError):
    """The backend cannot do what was asked; raised when the statement is compiled.

    Args:
        feature: The name of the missing feature.
        backend: The backend's name.
        reason: One sentence: why, and what to do instead.
    """

    def __init__(self, feature: str, backend: str, reason: str = "") -> None:
        self.feature = feature
        self.backend = backend
        self.reason = reason
        super().__init__(
            f"{backend} does not support {feature}" + (f": {reason}" if reason else "")
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.feature, self.backend, self.reason)


class DatabaseError(DotORMError):
    """The server refused a statement; the driver's error is the ``__cause__``."""


class ConnectionFailed(DatabaseError):
    """The server cannot be reached, or the connection was lost in the middle of a statement."""


class AccessDenied(ConnectionFailed):
    """The server will not let us in: wrong user, password or database; it is not asked again."""


class SchemaMismatch(DatabaseError):
    """The database has no such table or column; the text says what makes it."""

    def __str__(self) -> str:
        missing = "db.create_and_update_tables(models) makes tables and columns that are missing"
        return f"{super().__str__()}: {missing}"


class LockNotAvailable(DatabaseError):
    """A row that was to be locked at once is locked by another transaction."""


class Timeout(DatabaseError, TimeoutError):
    """A configured time limit (seconds) ran out: acquire, connect or statement."""


class SerializationFailure(DatabaseError):
    """The transaction lost against a concurrent one (conflict or deadlock): run it again."""


class TransactionClosed(DotORMError):
    """The transaction that this session belongs to has ended."""


class IntegrityError(DatabaseError):
    """A constraint of the database refused the data.

    Attributes:
        table: The table's name, where the database tells it.
        columns: The columns' names, where the database tells them, else an empty tuple.
        constraint: The constraint's name, where the database tells it.
    """

    def __init__(
        self,
        message: str,
        *,
        table: str | None = None,
        columns: tuple[str, ...] = (),
        constraint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.table = table
        self.columns = columns
        self.constraint = constraint


class UniqueViolation(IntegrityError):
    """A value that must be unique is there already."""


class ForeignKeyViolation(IntegrityError):
    """A referenced record does not exist, or a record is still referenced."""


class NotNullViolation(IntegrityError):
    """A required column was given no value."""


class CheckViolation(IntegrityError):
    """A CHECK constraint refused the row."""
