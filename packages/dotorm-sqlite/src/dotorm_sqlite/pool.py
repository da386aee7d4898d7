"""The container of a SQLite database."""

from __future__ import annotations

from dotorm.containers import Container
from dotorm_sqlite.backend import BACKEND

__all__ = ["ContainerSqlite"]


class ContainerSqlite(Container):
    """Connects to a SQLite database with `SqlitePoolSettings`."""

    backend = BACKEND
