"""MariaDB in its own words, for the scheme ``mariadb``.

It differs from `dotorm_mysql.BACKEND` in what MariaDB has and MySQL has not: RETURNING. A ``mysql``
URL may lead to a MariaDB server, a ``mariadb`` URL leads to no other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dotorm.hookspecs import hookimpl
from dotorm_mysql.backend import BACKEND as MYSQL_BACKEND
from dotorm_mysql.ddl import MysqlDDL
from dotorm_mysql.dialect import MARIADB, MariadbDialect
from dotorm_mysql.pool import ContainerMysql
from dotorm_mysql.settings import MysqlPoolSettings
from dotorm_mysql.transaction import ContainerTransaction

if TYPE_CHECKING:
    from dotorm.backend import Backend
    from dotorm.databases.abstract import Connection

__all__ = [
    "BACKEND",
    "MARIADB",
    "ContainerMariadb",
    "ContainerTransaction",
    "MariadbDialect",
    "MysqlPoolSettings",
    "dotorm_backend",
]


async def _connect(settings: MysqlPoolSettings) -> Connection:
    from dotorm_mysql.connection import connect  # noqa: PLC0415 - it imports the driver

    return await connect(settings, mariadb_only=True)


BACKEND = replace(
    MYSQL_BACKEND,
    name="mariadb",
    schemes=("mariadb",),
    dialect=MARIADB,
    ddl=MysqlDDL(MARIADB),
    connect=_connect,
)


class ContainerMariadb(ContainerMysql):
    """A MariaDB database: as `ContainerMysql`."""

    backend = BACKEND


@hookimpl
def dotorm_backend() -> Backend:
    """MariaDB, for the scheme ``mariadb``."""
    return BACKEND
