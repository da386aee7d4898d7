"""MySQL and MariaDB for DotORM, by way of aiomysql or asyncmy.

Importing it imports no driver: that happens when the first connection is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.hookspecs import hookimpl
from dotorm_mysql.backend import BACKEND
from dotorm_mysql.dialect import MYSQL, MysqlDialect
from dotorm_mysql.pool import ContainerMysql
from dotorm_mysql.settings import MysqlPoolSettings
from dotorm_mysql.transaction import ContainerTransaction

if TYPE_CHECKING:
    from dotorm.backend import Backend

__all__ = [
    "BACKEND",
    "MYSQL",
    "ContainerMysql",
    "ContainerTransaction",
    "MysqlDialect",
    "MysqlPoolSettings",
    "dotorm_backend",
]


@hookimpl
def dotorm_backend() -> Backend:
    """MySQL, for the scheme ``mysql``; a MariaDB server understands what it says, too."""
    return BACKEND
