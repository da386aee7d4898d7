"""What every backend shares: the connection port, the pool, sessions, transactions, settings.

The settings class of an installed backend is answered by its name, as the seed of this library's
API has it: ``from dotorm.databases.abstract import PostgresPoolSettings``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract.connection import (
    Connection,
    Copy,
    Driver,
    Gathered,
    Keyed,
    Nesting,
    Result,
    Statement,
    Transactional,
)
from dotorm.databases.abstract.events import Observer, StatementFinished, TransactionFinished
from dotorm.databases.abstract.pool import Pool, PoolStatistics
from dotorm.databases.abstract.session import PoolSession, Rows, Session
from dotorm.databases.abstract.tasks import side_by_side
from dotorm.databases.abstract.transaction import (
    Transaction,
    TransactionSession,
    current_session,
    detached,
)
from dotorm.databases.abstract.transports import read_in_portions
from dotorm.databases.abstract.types import ContainerSettings, PoolSettings

__all__ = [
    "Connection",
    "ContainerSettings",
    "Copy",
    "Driver",
    "Gathered",
    "Keyed",
    "Nesting",
    "Observer",
    "Pool",
    "PoolSession",
    "PoolSettings",
    "PoolStatistics",
    "Result",
    "Rows",
    "Session",
    "Statement",
    "StatementFinished",
    "Transaction",
    "TransactionFinished",
    "TransactionSession",
    "Transactional",
    "current_session",
    "detached",
    "read_in_portions",
    "side_by_side",
]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
