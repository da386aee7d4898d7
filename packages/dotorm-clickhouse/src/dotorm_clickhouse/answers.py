"""Blocks of an answer, read from the native protocol.

The driver reads moments by way of floats and time zones, fails at the last ones, and drops the
zeros at the end of decimals. So both are read as the whole numbers that they are on the wire.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from asynch.proto.block import BlockInfo, ColumnOrientedBlock
from asynch.proto.columns import read_column

from dotorm.exceptions import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asynch.proto.connection import Connection as Wire

__all__ = ["AnswerReader"]

type Convert = Callable[[Sequence[Any]], Sequence[Any]]

_LEAF = re.compile(
    r"((?:Array\(|Nullable\()*)(DateTime64\(6, 'UTC'\)|Decimal\((\d+), (\d+)\))(\)*)"
)
_WIDTHS = ((9, "Int32"), (18, "Int64"), (38, "Int128"), (76, "Int256"))
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EXACT = 1 << 32  # seconds from 1970 up to which a float keeps microseconds


class AnswerReader:
    """Reads blocks in the place of the driver's own reader.

    Args:
        wire: A connection that is open.
    """

    def __init__(self, wire: Wire) -> None:
        self._reader = wire.block_reader.reader
        self._wire = wire

    async def read(self) -> ColumnOrientedBlock:
        """The next block."""
        reader = self._reader
        await BlockInfo().read(reader)
        columns, rows = await reader.read_varint(), await reader.read_varint()
        types, data = [], []
        for _ in range(columns):
            name, kind = await reader.read_str(), await reader.read_str()
            types.append((name, kind))
            if rows:
                data.append(await self._column(kind, rows))
        return ColumnOrientedBlock(columns_with_types=types, data=data)

    async def _column(self, kind: str, rows: int) -> Sequence[Any]:
        plan = _plan(kind)
        values = await read_column(self._reader, None, self._wire.context, plan.kind, rows)
        return values if plan.convert is None else plan.convert(values)


class _Plan(NamedTuple):
    """The type that a column is read as, and what makes its values of that."""

    kind: str
    convert: Convert | None


@lru_cache(maxsize=1000)
def _plan(kind: str) -> _Plan:
    leaf = _LEAF.fullmatch(kind)
    if leaf is None:
        return _Plan(kind, None)
    around, _, digits, places, closed = leaf.groups()
    if digits is None:
        return _Plan(f"{around}Int64{closed}", _converted(around, _moment))
    plain = next(name for most, name in _WIDTHS if int(digits) <= most)
    return _Plan(f"{around}{plain}{closed}", _converted(around, _number(places)))


def _converted(around: str, one: Callable[[int], Any]) -> Convert:
    """What converts a column, whose type is wrapped in arrays and NULL."""
    outer, _, inner = around.partition("(")
    if outer == "Array":
        items = _converted(inner, one)
        return lambda column: [items(each) for each in column]
    if outer == "Nullable":
        return lambda column: [None if value is None else one(value) for value in column]
    return lambda column: [one(value) for value in column]


def _number(places: str) -> Callable[[int], decimal.Decimal]:
    shift, context = -int(places), decimal.Context(prec=100)
    return lambda value: decimal.Decimal(value).scaleb(shift, context)


def _moment(microseconds: int) -> dt.datetime:
    seconds = microseconds / 1_000_000
    if -_EXACT < seconds < _EXACT:
        return dt.datetime.fromtimestamp(seconds, dt.UTC)
    try:
        return _EPOCH + dt.timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise InvalidValue(
            "a moment in the result is outside the years 1 to 9999 that Python has"
        ) from error
