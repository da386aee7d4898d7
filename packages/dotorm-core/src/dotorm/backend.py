"""What a backend is: one value behind one hook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from dotorm.components.dialect import Dialect
    from dotorm.components.features import Features
    from dotorm.databases.abstract.connection import Connection
    from dotorm.databases.abstract.types import PoolSettings
    from dotorm.ddl import DDL
    from dotorm.exceptions import DotORMError

__all__ = ["API", "Backend"]

API = 1
"""The version of the contract between core and backends; it grows when a backend must change."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backend:
    """Everything core needs to know of a kind of database.

    Attributes:
        name: Its name, in lower case.
        distribution: What pip installs.
        schemes: The URL schemes it serves.
        api: The version of the contract it was written for: a number, not `API`, which grows
            while the plugin stays as it is.
        drivers: The names of the drivers it can use, the usual one first.
        dialect: How it spells statements, and its features.
        ddl: How it spells tables.
        settings: The class of its settings, which reads its URLs.
        connect: Opens a connection; the driver is imported here and not before.
        translate: The driver's error as one of ours; None if it is not the driver's.
    """

    name: str
    distribution: str
    schemes: tuple[str, ...]
    api: int
    drivers: tuple[str, ...]
    dialect: Dialect
    ddl: DDL
    settings: type[PoolSettings]
    connect: Callable[[Any], Awaitable[Connection]]
    translate: Callable[[BaseException], DotORMError | None]

    @property
    def features(self) -> Features:
        """What the database promises."""
        return self.dialect.features
