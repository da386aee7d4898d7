"""MySQL as one value, the answer to the hook ``dotorm_backend``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.backend import Backend
from dotorm_mysql.ddl import MysqlDDL
from dotorm_mysql.dialect import MYSQL
from dotorm_mysql.settings import MysqlPoolSettings

if TYPE_CHECKING:
    from dotorm.databases.abstract import Connection
    from dotorm.exceptions import DotORMError

__all__ = ["BACKEND"]


async def _connect(settings: MysqlPoolSettings) -> Connection:
    from dotorm_mysql.connection import connect  # noqa: PLC0415 - it imports the driver

    return await connect(settings)


def _translate(error: BaseException) -> DotORMError | None:
    from dotorm_mysql.errors import translate  # noqa: PLC0415 - it imports the driver

    return translate(error)


BACKEND = Backend(
    name="mysql",
    distribution="dotorm-mysql",
    schemes=("mysql",),
    api=1,
    drivers=("aiomysql", "asyncmy"),
    dialect=MYSQL,
    ddl=MysqlDDL(MYSQL),
    settings=MysqlPoolSettings,
    connect=_connect,
    translate=_translate,
)
