"""The seed's way to a database: a container of settings that makes a pool."""

from __future__ import annotations

from dotorm.containers import Container
from dotorm_postgres.backend import BACKEND

__all__ = ["ContainerPostgres"]


class ContainerPostgres(Container):
    """A PostgreSQL database.

    Args:
        pool_settings: Where it is and how its pool behaves: a `PostgresPoolSettings`.
        container_settings: How to connect; the only driver is ``asyncpg``.
    """

    backend = BACKEND
