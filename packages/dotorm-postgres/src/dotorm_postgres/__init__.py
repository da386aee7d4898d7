"""PostgreSQL for DotORM, by way of asyncpg.

Importing it imports no driver: that happens when the first connection is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.hookspecs import hookimpl
from dotorm_postgres.backend import BACKEND
from dotorm_postgres.dialect import POSTGRES, PostgresDialect
from dotorm_postgres.settings import PostgresPoolSettings

if TYPE_CHECKING:
    from dotorm.backend import Backend
    from dotorm_postgres.pool import ContainerPostgres
    from dotorm_postgres.transaction import ContainerTransaction

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


def __getattr__(name: str) -> Any:
    # The containers stand on upper floors of the core, which nobody needs who only connects.
    if name == "ContainerPostgres":
        from dotorm_postgres.pool import ContainerPostgres  # noqa: PLC0415

        return ContainerPostgres
    if name == "ContainerTransaction":
        from dotorm_postgres.transaction import ContainerTransaction  # noqa: PLC0415

        return ContainerTransaction
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
