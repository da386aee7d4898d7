"""PostgreSQL for DotORM, by way of asyncpg.

Importing it imports no driver: that happens when the first connection is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.hookspecs import hookimpl
from dotorm_postgres.backend import BACKEND
from dotorm_postgres.dialect import POSTGRES, PostgresDialect
from dotorm_postgres.pool import ContainerPostgres
from dotorm_postgres.settings import PostgresPoolSettings
from dotorm_postgres.transaction import ContainerTransaction

if TYPE_CHECKING:
    from dotorm.backend import Backend

__all__ = [
    "BACKEND",
    "POSTGRES",
    "ContainerPostgres",
    "ContainerTransaction",
    "PostgresDialect",
    "PostgresPoolSettings",
    "dotorm_backend",
]


@hookimpl
def dotorm_backend() -> Backend:
    """PostgreSQL, for the schemes ``postgres`` and ``postgresql``."""
    return BACKEND
