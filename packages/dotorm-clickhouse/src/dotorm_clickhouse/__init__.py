"""ClickHouse for DotORM, by way of asynch.

Importing it imports no driver: that happens when the first connection is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dotorm.hookspecs import hookimpl
from dotorm_clickhouse.backend import BACKEND
from dotorm_clickhouse.dialect import CLICKHOUSE, ClickhouseDialect
from dotorm_clickhouse.options import ClickHouseOptions
from dotorm_clickhouse.pool import ContainerClickhouse
from dotorm_clickhouse.settings import ClickhousePoolSettings
from dotorm_clickhouse.storage import (
    AggregatingMergeTree,
    CollapsingMergeTree,
    Distributed,
    Memory,
    MergeTree,
    ReplacingMergeTree,
    SummingMergeTree,
    VersionedCollapsingMergeTree,
)

if TYPE_CHECKING:
    from dotorm.backend import Backend

__all__ = [
    "BACKEND",
    "CLICKHOUSE",
    "AggregatingMergeTree",
    "ClickHouseOptions",
    "ClickhouseDialect",
    "ClickhousePoolSettings",
    "CollapsingMergeTree",
    "ContainerClickhouse",
    "Distributed",
    "Memory",
    "MergeTree",
    "ReplacingMergeTree",
    "SummingMergeTree",
    "VersionedCollapsingMergeTree",
    "dotorm_backend",
]


@hookimpl
def dotorm_backend() -> Backend:
    """ClickHouse, for ``clickhouse://`` and, with TLS, ``clickhouses://``."""
    return BACKEND
