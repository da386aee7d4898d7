"""The cases, by what they are about."""

from __future__ import annotations

from functools import cache

from dotorm.testing.cases import Case, cases_of
from dotorm.testing.suite import (
    bulk,
    constraints,
    features,
    keys,
    limits,
    locks,
    records,
    tables,
    transactions,
)

__all__ = ["all_cases"]

_MODULES = (features, records, keys, constraints, tables, bulk, transactions, locks, limits)


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of the suite.

    Raises:
        ConfigurationError: One is bound to nothing.
    """
    return (*cases_of(_MODULES), *features.honest_cases)
