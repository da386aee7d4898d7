"""PostgreSQL as one value, the answer to the hook ``dotorm_backend``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.backend import Backend
from dotorm_postgres.ddl import PostgresDDL
from dotorm_postgres.dialect import POSTGRES
from dotorm_postgres.settings import PostgresPoolSettings

if TYPE_CHECKING:
    from dotorm.databases.abstract import Connection
    from dotorm.exceptions import DotORMError

__all__ = ["BACKEND"]


async def _connect(settings: PostgresPoolSettings) -> Connection:
    from dotorm_postgres.connection import connect  # noqa: PLC0415 - it imports the driver

    return await connect(settings)


def _translate(error: BaseException) -> DotORMError | None:
    from dotorm_postgres.errors import translate  # noqa: PLC0415 - it imports the driver

    return translate(error)


BACKEND = Backend(
    name="postgres",
    distribution="dotorm-postgres",
    schemes=("postgres", "postgresql"),
    api=1,
    drivers=("asyncpg",),
    dialect=POSTGRES,
    ddl=PostgresDDL(POSTGRES),
    settings=PostgresPoolSettings,
    connect=_connect,
    translate=_translate,
)
