"""Where a SQLite database is, and how it is opened."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from pydantic import Field, model_validator

from dotorm.databases.abstract import PoolSettings
from dotorm.databases.abstract.types import Seconds
from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from dotorm.url import URL

__all__ = ["SqlitePoolSettings"]

_MEMORY = ":memory:"


class SqlitePoolSettings(PoolSettings):
    """Settings of a SQLite database.

    A database in memory lives on one connection, which is kept until the pool is closed.

    Attributes:
        database: The file's path, or ``:memory:``.
        create: Make the file if there is none; otherwise a missing one is an error.
        busy_timeout: Seconds to wait for another connection that writes.
        max_size: The most connections at once. Any number can read while one writes.
    """

    database: str = _MEMORY
    create: bool = True
    busy_timeout: Seconds = 5.0
    max_size: int = Field(default=5, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _one_connection_for_memory(cls, values: Any) -> Any:
        if values.get("database", _MEMORY) != _MEMORY:
            return values
        for name in ("min_size", "max_size"):
            if str(values.get(name, 1)) != "1":
                raise ValueError(f"{name}: a database in memory has exactly one connection")
        forever = {"idle_timeout": math.inf, "max_lifetime": math.inf, "check_after": math.inf}
        return {**values, "min_size": 1, "max_size": 1, **forever}

    @classmethod
    def url_parts(cls, url: URL) -> dict[str, Any]:
        """The path: ``sqlite:///file.db`` is relative, ``sqlite:////tmp/file.db`` absolute."""
        url.check_driver("SQLite", "aiosqlite")
        if url.host is not None:
            raise ConfigurationError(
                f"a SQLite URL has three slashes before a relative path: sqlite:///{url.host}…"
            )
        path = url.path.removeprefix("/")
        return {"database": path or _MEMORY}

    def of_existing(self) -> Self:
        """These settings, without ``create``."""
        return self.model_copy(update={"create": False})

    @property
    def file(self) -> Path | None:
        """Where the database is; None in memory."""
        return None if self.database == _MEMORY else Path(self.database)
