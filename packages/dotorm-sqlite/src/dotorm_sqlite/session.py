"""Sessions on a SQLite database are core's own."""

from __future__ import annotations

from dotorm.databases.abstract import PoolSession, Session, TransactionSession

__all__ = ["PoolSession", "Session", "TransactionSession"]
