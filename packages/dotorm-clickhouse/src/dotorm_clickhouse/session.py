"""The seed's name for a session, which is core's own; there are no transactions."""

from __future__ import annotations

from dotorm.databases.abstract import PoolSession as NoTransactionSession

__all__ = ["NoTransactionSession"]
