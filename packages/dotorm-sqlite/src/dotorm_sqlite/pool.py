"""The seed's way to a database: a container of settings that makes a pool."""

from __future__ import annotations

from dotorm.containers import Container
from dotorm_sqlite.backend import BACKEND

__all__ = ["ContainerSqlite"]


class ContainerSqlite(Container):
    """A SQLite database.

    Args:
        pool_settings: Where it is and how its pool behaves: a `SqlitePoolSettings`.
        container_settings: How to connect; the only driver is ``aiosqlite``.
    """

    backend = BACKEND
