"""The seed's names for sessions."""

from __future__ import annotations

from dotorm.databases.abstract.session import PoolSession
from dotorm.databases.abstract.transaction import TransactionSession

__all__ = ["NoTransactionSession", "TransactionSession"]


class NoTransactionSession(PoolSession):
    """Runs each statement on a connection of its own, and each is its own transaction."""

    __slots__ = ()
