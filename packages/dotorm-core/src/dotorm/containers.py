"""The seed's face of a database: settings first, then a pool, then models bound one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.database import Database
from dotorm.databases.abstract import ContainerSettings, Pool, PoolSession, Transaction
from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.backend import Backend
    from dotorm.changes import Changes
    from dotorm.databases.abstract import PoolSettings

__all__ = ["Container", "ContainerTransaction"]


class Container:
    """Connects with settings instead of a URL; plugins derive from it and name their backend.

    Args:
        pool_settings: Where the database is, and sizes and time limits.
        container_settings: Which driver, and how long to try connecting.

    Raises:
        ConfigurationError: The settings are another backend's, or it has no such driver.
    """

    backend: ClassVar[Backend]

    def __init__(
        self, pool_settings: PoolSettings, container_settings: ContainerSettings | None = None
    ) -> None:
        self.container_settings = container_settings or ContainerSettings()
        self._check(pool_settings)
        if "reconnect_timeout" in self.container_settings.model_fields_set:
            patience = {"reconnect_timeout": self.container_settings.reconnect_timeout}
            pool_settings = pool_settings.model_copy(update=patience)
        self.pool_settings = pool_settings
        self.database = Database(self.backend, pool_settings)

    async def create_pool(self) -> Pool:
        """Connect, and answer the pool.

        Raises:
            ConnectionFailed: The server cannot be reached.
        """
        return await self.database.pool.open()

    async def close_pool(self) -> None:
        """Close all connections."""
        await self.database.close()

    def get_no_transaction_session(self) -> type[PoolSession]:
        """What makes a session of a pool: each of its statements stands for itself."""
        return PoolSession

    async def create_and_update_tables(self, models: Sequence[type[Any]]) -> Changes:
        """Create the models' tables and what is missing of those that exist."""
        return await self.database.create_and_update_tables(models)

    def _check(self, settings: PoolSettings) -> None:
        if not isinstance(settings, self.backend.settings):
            raise ConfigurationError(
                f"{type(self).__name__} takes {self.backend.settings.__name__}, "
                f"not {type(settings).__name__}"
            )
        driver = self.container_settings.driver
        if driver is not None and driver not in self.backend.drivers:
            raise ConfigurationError(
                f"{self.backend.name} has no driver {driver!r}: {', '.join(self.backend.drivers)}"
            )


class ContainerTransaction(Transaction):
    """``async with ContainerTransaction(pool) as session``: a transaction on that pool."""

    def __init__(self, pool: Pool) -> None:
        super().__init__(pool)
