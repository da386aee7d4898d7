"""The seed's way to a database: a container of settings that makes a pool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.containers import Container
from dotorm_mysql.backend import BACKEND

if TYPE_CHECKING:
    from dotorm.databases.abstract import ContainerSettings, PoolSettings

__all__ = ["ContainerMysql"]


class ContainerMysql(Container):
    """A MySQL database.

    Args:
        pool_settings: Where it is and how its pool behaves: a `MysqlPoolSettings`.
        container_settings: How to connect; the driver is ``aiomysql`` or ``asyncmy``.
    """

    backend = BACKEND

    def __init__(
        self, pool_settings: PoolSettings, container_settings: ContainerSettings | None = None
    ) -> None:
        driver = container_settings and container_settings.driver
        if driver in self.backend.drivers and isinstance(pool_settings, self.backend.settings):
            pool_settings = pool_settings.model_copy(update={"driver": driver})
        super().__init__(pool_settings, container_settings)
