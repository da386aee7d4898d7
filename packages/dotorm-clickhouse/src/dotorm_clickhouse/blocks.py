"""Columns as the native protocol has them.

The driver's own writers change the lists that they are given, turn days outside of 1900 to 2299
into the first of 1970, and are slow with moments; the types written here are exact. What is not
known here goes through the driver.
"""

from __future__ import annotations

import datetime as dt
import decimal
import re
import uuid
from array import array
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

from asynch.proto.block import BlockInfo
from asynch.proto.columns import write_column
from asynch.proto.protocol import ClientPacket

from dotorm_clickhouse.literals import microseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asynch.proto.connection import Connection as Wire
    from asynch.proto.streams.buffered import BufferedWriter

__all__ = ["write_block"]

type Pack = Callable[[Sequence[Any]], bytes]

_UNIX_DAY = 719_163  # of the first of January 1970, as date.toordinal counts

_CODES = {
    "Int8": "b",
    "Int16": "h",
    "Int32": "i",
    "Int64": "q",
    "UInt8": "B",
    "UInt16": "H",
    "UInt32": "I",
    "UInt64": "Q",
    "Float32": "f",
    "Float64": "d",
    "Bool": "B",
}
_WIDE = {"Int128": 16, "Int256": 32, "UInt128": 16, "UInt256": 32}
_WIDTHS = ((9, 4), (18, 8), (38, 16), (76, 32))
_DECIMAL = re.compile(r"Decimal\((\d+), (\d+)\)")
_MOMENT = re.compile(r"DateTime64\(6(, '[\w/+-]+')?\)")

_MIDNIGHT = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_NOTHING = {"String": b"", "Date32": _MIDNIGHT.date(), "UUID": uuid.UUID(int=0)}


async def write_block(
    wire: Wire, types: Sequence[tuple[str, str]], columns: Sequence[Sequence[Any]]
) -> None:
    """Send rows, given by column, as one block of data; no columns are the end of the data.

    Args:
        wire: The connection, on which the server waits for data.
        types: The columns' names and types, as the server told them.
        columns: The values, a list for each column.
    """
    await wire.writer.write_varint(ClientPacket.DATA)
    await wire.writer.write_str("")  # not for a temporary table
    block = wire.block_writer
    await BlockInfo().write(block.writer)
    await block.writer.write_varint(len(columns))
    await block.writer.write_varint(len(columns[0]) if columns else 0)
    for (name, kind), items in zip(types, columns, strict=True):
        await block.writer.write_str(name)
        await block.writer.write_str(kind)
        if _is_known(kind):
            await _write(block.writer, kind, items)
        else:
            # It changes its list.
            await write_column(wire.reader, block.writer, wire.context, name, kind, list(items))
    await block.finalize()


async def _write(writer: BufferedWriter, kind: str, items: Sequence[Any]) -> None:
    if kind.startswith("Nullable("):
        inner = kind[9:-1]
        await writer.write_bytes(bytes([item is None for item in items]))
        nothing = _nothing(inner)
        await _write(writer, inner, [nothing if item is None else item for item in items])
    elif kind.startswith("Array("):
        await writer.write_bytes(array("Q", accumulate(map(len, items))).tobytes())
        await _write(writer, kind[6:-1], list(chain.from_iterable(items)))
    elif kind == "String":
        await writer.write_strings(items)
    else:
        pack = _packer(kind)
        assert pack is not None  # noqa: S101 - _is_known has asked
        await writer.write_bytes(pack(items))


def _is_known(kind: str) -> bool:
    while kind.startswith(("Nullable(", "Array(")):
        kind = kind.partition("(")[2][:-1]
    return kind == "String" or _packer(kind) is not None


def _nothing(kind: str) -> Any:
    """What stands in the place of NULL."""
    if kind in _CODES or kind in _WIDE:
        return 0
    if kind.startswith("Decimal"):
        return decimal.Decimal(0)
    return _NOTHING.get(kind, _MIDNIGHT)


def _packer(kind: str) -> Pack | None:
    """What writes the values of a plain type; None if it is not known here."""
    if kind in _CODES:
        code = _CODES[kind]
        return lambda items: array(code, items).tobytes()
    if kind in _WIDE:
        return _numbers(_WIDE[kind], signed=kind[0] == "I")
    number = _DECIMAL.fullmatch(kind)
    if number:
        return _decimals(int(number[1]), int(number[2]))
    if _MOMENT.fullmatch(kind):
        return lambda items: array("q", map(microseconds, items)).tobytes()
    return _OTHERS.get(kind)


def _numbers(size: int, *, signed: bool) -> Pack:
    def pack(items: Sequence[Any]) -> bytes:
        return b"".join([item.to_bytes(size, "little", signed=signed) for item in items])

    return pack


def _decimals(digits: int, places: int) -> Pack:
    size = next(size for most, size in _WIDTHS if digits <= most)
    context = decimal.Context(prec=100)
    write = _numbers(size, signed=True)
    return lambda items: write([int(item.scaleb(places, context)) for item in items])


def _days(items: Sequence[dt.date]) -> bytes:
    return array("i", [item.toordinal() - _UNIX_DAY for item in items]).tobytes()


def _uuids(items: Sequence[uuid.UUID]) -> bytes:
    """Each half of a UUID has its bytes in reverse."""
    return b"".join([item.bytes[7::-1] + item.bytes[:7:-1] for item in items])


_OTHERS: dict[str, Pack] = {"Date32": _days, "UUID": _uuids}
