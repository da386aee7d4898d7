"""SQLite for DotORM, by way of aiosqlite.

Importing it imports no driver: that happens when the first connection is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.hookspecs import hookimpl
from dotorm_sqlite.backend import BACKEND
from dotorm_sqlite.dialect import SQLITE, SqliteDialect
from dotorm_sqlite.pool import ContainerSqlite
from dotorm_sqlite.settings import SqlitePoolSettings
from dotorm_sqlite.transaction import ContainerTransaction

if TYPE_CHECKING:
    from dotorm.backend import Backend

__all__ = [
    "BACKEND",
    "SQLITE",
    "ContainerSqlite",
    "ContainerTransaction",
    "SqliteDialect",
    "SqlitePoolSettings",
    "dotorm_backend",
]


@hookimpl
def dotorm_backend() -> Backend:
    """SQLite, for the scheme ``sqlite``: ``sqlite:///file.db``, or ``sqlite://`` in memory."""
    return BACKEND
