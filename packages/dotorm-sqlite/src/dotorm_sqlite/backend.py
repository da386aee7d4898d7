"""SQLite as one value, the answer to the hook ``dotorm_backend``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.backend import Backend
from dotorm_sqlite.ddl import SqliteDDL
from dotorm_sqlite.dialect import SQLITE
from dotorm_sqlite.settings import SqlitePoolSettings

if TYPE_CHECKING:
    from dotorm.databases.abstract import Connection
    from dotorm.exceptions import DotORMError

__all__ = ["BACKEND"]


async def _connect(settings: SqlitePoolSettings) -> Connection:
    from dotorm_sqlite.connection import connect  # noqa: PLC0415 - it imports the driver

    return await connect(settings)


def _translate(error: BaseException) -> DotORMError | None:
    from dotorm_sqlite.errors import translate  # noqa: PLC0415 - it imports sqlite3

    return translate(error)


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
    translate=_translate,
)
