"""DuckDB for DotORM: ``duckdb:///file.duckdb``, or ``duckdb://`` in memory."""

import math
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

from pydantic import model_validator

from dotorm import Backend, ConnectionFailed, DotORMError, PoolSettings, hookimpl
from dotorm.databases.abstract import Connection
from dotorm.url import URL
from dotorm_duckdb.dialect import DuckDDL, DuckDialect


class DuckSettings(PoolSettings):
    database: str

    @classmethod
    def url_parts(cls, url: URL) -> dict[str, Any]:
        """The path: ``duckdb:///file`` is relative, ``duckdb:////tmp/file`` absolute."""
        return {"database": url.database} if url.database else {}

    @model_validator(mode="before")
    @classmethod
    def _keep_memory(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Connections share a database in memory by its name; with the last of them it goes."""
        if "database" in values:
            return values
        forever = {"min_size": 1, "idle_timeout": math.inf, "max_lifetime": math.inf}
        return {**values, "database": f":memory:{uuid4().hex}", **forever}

    def of_existing(self) -> Self:
        if not self.database.startswith(":memory:") and not Path(self.database).exists():
            raise ConnectionFailed(f"no such file: {self.database}")
        return self


async def _connect(settings: DuckSettings) -> Connection:
    from dotorm_duckdb.driver import connect  # noqa: PLC0415 - the driver, when it is needed

    return await connect(settings.database)


def _translate(error: BaseException) -> DotORMError | None:
    from dotorm_duckdb.driver import translate  # noqa: PLC0415 - as above

    return translate(error)


_DIALECT = DuckDialect()
_BACKEND = Backend(
    name="duckdb",
    distribution="dotorm-duckdb",
    schemes=("duckdb",),
    api=1,
    drivers=("duckdb",),
    dialect=_DIALECT,
    ddl=DuckDDL(_DIALECT),
    settings=DuckSettings,
    connect=_connect,
    translate=_translate,
)


@hookimpl
def dotorm_backend() -> Backend:
    return _BACKEND
