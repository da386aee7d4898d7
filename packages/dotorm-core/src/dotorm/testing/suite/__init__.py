"""The cases, by what they are about."""

from __future__ import annotations

from functools import cache

from dotorm.testing.cases import Case, cases_of
from dotorm.testing.suite import (
    analysis,
    arrays,
    bulk,
    constraints,
    features,
    filters,
    keys,
    limits,
    locks,
    names,
    paths,
    raw,
    records,
    relations,
    tables,
    transactions,
    types,
    values,
    wide_keys,
)

__all__ = ["all_cases"]

_MODULES = (
    *(features, records, values, arrays, filters, names, keys, limits, raw),
    *(constraints, relations, wide_keys, paths),
    *(tables, bulk, analysis, transactions, locks),
)


@cache
def all_cases() -> tuple[Case, ...]:
    """Every case of the suite.

    Raises:
        ConfigurationError: One is bound to nothing.
    """
    return (*cases_of(_MODULES), *types.type_cases, *features.honest_cases)
