"""Statements that commit a transaction by the way."""

from __future__ import annotations

import re

__all__ = ["committing"]

# A comment that MySQL or MariaDB executes is no comment: what it says counts.
_BEFORE = r"(?:\s|/\*(?!M?!).*?\*/|/\*M?!\d*|--(?=\s)[^\n]*\n|#[^\n]*\n)*+"
# See "Statements That Cause an Implicit Commit" in MySQL's manual. BEGIN NOT ATOMIC is MariaDB's
# block of statements.
_COMMITS = re.compile(
    _BEFORE + r"((?:CREATE|DROP)(?!\s+TEMPORARY)|ALTER|TRUNCATE|RENAME|GRANT|REVOKE"
    r"|BEGIN(?!\s+NOT)|START\s+TRANSACTION|LOCK\s+TABLES?|FLUSH"
    r"|ANALYZE\s+TABLE|OPTIMIZE|REPAIR|INSTALL|UNINSTALL)\b",
    re.IGNORECASE | re.DOTALL,
)


def committing(sql: str) -> str:
    """The first words of a statement that would commit what was done; empty if it would not."""
    match = _COMMITS.match(sql)
    return match[1].upper() if match else ""
