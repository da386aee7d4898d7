"""The seed's names for sessions, which are core's own."""

from __future__ import annotations

from dotorm.databases.abstract import PoolSession as NoTransactionSession
from dotorm.databases.abstract import TransactionSession

__all__ = ["NoTransactionSession", "TransactionSession"]
