"""Which distribution serves which URL scheme: data for the error of a missing plugin, no more."""

from __future__ import annotations

__all__ = ["DISTRIBUTIONS"]

DISTRIBUTIONS: dict[str, str] = {
    "postgres": "dotorm-postgres",
    "postgresql": "dotorm-postgres",
    "sqlite": "dotorm-sqlite",
    "mysql": "dotorm-mysql",
    "mariadb": "dotorm-mysql",
    "clickhouse": "dotorm-clickhouse",
    "clickhouses": "dotorm-clickhouse",
}
"""URL scheme to the name of the distribution that pip installs for it."""
