"""SQL that the user wrote: ``%s`` for a value on every backend."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from dotorm.components.filter_parser import plain, shown
from dotorm.exceptions import InvalidValue

if TYPE_CHECKING:
    from dotorm.components.dialect import Dialect

__all__ = ["raw_statement"]

_PERCENT = re.compile(r"%(.?)", re.DOTALL)


def raw_statement(dialect: Dialect, sql: str, values: int) -> str:
    """The statement with the driver's placeholders.

    Args:
        dialect: Spells the placeholders.
        sql: The text, with ``%s`` for each value and ``%%`` for a percent sign.
        values: How many values there are.

    Raises:
        InvalidValue: It is no text, or has another number of ``%s``, or a lone percent sign.
    """
    text = plain(sql)
    if text is None:
        raise InvalidValue(f"SQL is text, not {shown(sql)}")
    return _spelled(dialect, text, values)


def _spell(dialect: Dialect, sql: str, values: int) -> str:
    count = 0

    def replaced(match: re.Match[str]) -> str:
        nonlocal count
        if match[1] == "%":
            return dialect.percent
        if match[1] != "s":
            raise InvalidValue(
                f"{match[0]!r} in the SQL: write %s for a value and %% for a percent sign"
            )
        count += 1
        return dialect.make_placeholder(count)

    text = _PERCENT.sub(replaced, sql)
    if count != values:
        raise InvalidValue(f"the SQL has {count} %s and was given {values} values")
    return text


_spelled = lru_cache(maxsize=1000)(_spell)
