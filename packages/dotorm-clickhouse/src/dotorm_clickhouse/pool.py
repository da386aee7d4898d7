"""The seed's way to a database: a container of settings that makes a pool."""

from __future__ import annotations

from dotorm.containers import Container
from dotorm_clickhouse.backend import BACKEND

__all__ = ["ContainerClickhouse"]


class ContainerClickhouse(Container):
    """A ClickHouse database.

    Args:
        pool_settings: Where it is and how its pool behaves: a `ClickhousePoolSettings`.
        container_settings: How to connect; the only driver is ``asynch``.
    """

    backend = BACKEND
