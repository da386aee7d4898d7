"""Transactions on a SQLite database are core's own."""

from __future__ import annotations

from dotorm.containers import ContainerTransaction

__all__ = ["ContainerTransaction"]
