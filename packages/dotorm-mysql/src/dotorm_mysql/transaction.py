"""The seed's name for a transaction: ``async with ContainerTransaction(pool) as session:``."""

from __future__ import annotations

from dotorm.containers import ContainerTransaction

__all__ = ["ContainerTransaction"]
