"""ClickHouse as one value, the answer to the hook ``dotorm_backend``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.backend import Backend
from dotorm_clickhouse.ddl import ClickhouseDDL
from dotorm_clickhouse.dialect import CLICKHOUSE
from dotorm_clickhouse.settings import ClickhousePoolSettings

if TYPE_CHECKING:
    from dotorm.databases.abstract import Connection
    from dotorm.exceptions import DotORMError

__all__ = ["BACKEND"]


async def _connect(settings: ClickhousePoolSettings) -> Connection:
    from dotorm_clickhouse.connection import connect  # noqa: PLC0415 - it imports the driver

    return await connect(settings)


def _translate(error: BaseException) -> DotORMError | None:
    from dotorm_clickhouse.errors import translate  # noqa: PLC0415 - it imports the driver

    return translate(error)


BACKEND = Backend(
    name="clickhouse",
    distribution="dotorm-clickhouse",
    schemes=("clickhouse", "clickhouses"),
    api=1,
    drivers=("asynch",),
    dialect=CLICKHOUSE,
    ddl=ClickhouseDDL(CLICKHOUSE),
    settings=ClickhousePoolSettings,
    connect=_connect,
    translate=_translate,
)
