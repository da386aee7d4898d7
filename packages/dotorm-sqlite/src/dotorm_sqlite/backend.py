"""SQLite as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.backend import Backend
from dotorm_sqlite.ddl import SqliteDDL
from dotorm_sqlite.dialect import SQLITE
from dotorm_sqlite.errors import translate
from dotorm_sqlite.settings import SqlitePoolSettings

if TYPE_CHECKING:
    from dotorm_sqlite.connection import SqliteConnection

__all__ = ["BACKEND"]


async def _connect(settings: SqlitePoolSettings) -> SqliteConnection:
    from dotorm_sqlite.connection import connect  # noqa: PLC0415 - the driver, when it is needed

    return await connect(settings)


BACKEND = Backend(
    name="sqlite",
    distribution="dotorm-sqlite",
    schemes=("sqlite",),
    api=1,
    drivers=("aiosqlite",),
    dialect=SQLITE,
    ddl=SqliteDDL(SQLITE),
    settings=SqlitePoolSettings,
    connect=_connect,
    translate=translate,
)
