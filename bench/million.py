"""Many rows, and how much memory they take: ``python -m bench.million URL [ROWS]``.

The table ``bench_rows`` is made in the database of the URL and dropped at the end. Each step shows
seconds, rows a second, and the most memory (RSS) that the process had during it, which Linux tells.
"""

import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any

import dotorm
from dotorm import Boolean, Char, Datetime, DotModel, Integer

PART = 10_000
_START = datetime(2024, 1, 1, tzinfo=UTC)


class Row(DotModel):
    """Five ordinary columns."""

    __table__ = "bench_rows"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50, required=True)
    number: int = Integer(required=True)
    active: bool = Boolean(required=True)
    seen: datetime = Datetime(required=True)


def _rows(count: int) -> Iterator[Row]:
    made = _pool().dialect.features.autoincrement
    for n in range(count):
        seen = _START + timedelta(seconds=n)
        key = {} if made else {"id": n + 1}
        yield Row(name=f"row {n}", number=n % 1000, active=n % 2 == 0, seen=seen, **key)


def _peak() -> float:
    """The most megabytes that the process has had since the last reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return 0.0


def _reset_peak() -> None:
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def _pool() -> dotorm.Pool:
    assert Row._pool
    return Row._pool


async def in_parts(rows: int) -> int:
    """Rows from a generator, so many at a time, in one transaction where there are any."""
    count, pool = 0, _pool()
    async with dotorm.Transaction(pool) if pool.dialect.features.transactions else nullcontext():
        for part in batched(_rows(rows), PART):
            count += len(await Row.create_bulk(part))
    return count


async def stream(rows: int) -> int:
    """Every record, one after another."""
    count = total = 0
    async for row in Row.stream(sort="id"):
        count += 1
        total += row.number
    assert total == sum(n % 1000 for n in range(rows))
    return count


async def update_where(_: int) -> int:
    """One statement for half of the rows; -1 if the database does not tell how many."""
    return await Row.update_where(Row.active == True, Row(number=-1))  # noqa: E712 - SQL's equality


async def delete_where(_: int) -> int:
    """One statement for all of them."""
    return await Row.delete_where(Row.id > 0)


async def from_a_list(_: int) -> int:
    """One call with a list of all rows, which is in memory before."""
    return len(await Row.create_bulk(_LIST))


_LIST: list[Row] = []


async def nothing(_: int) -> int:
    """What the process is without rows."""
    return 0


async def a_list(rows: int) -> int:
    """The list alone."""
    _LIST.extend(_rows(rows))
    return len(_LIST)


_STEPS: dict[str, Callable[[int], Awaitable[int]]] = {
    "connected": nothing,
    "`create_bulk` of 10,000 at a time": in_parts,
    "`stream`": stream,
    "`update_where` of half": update_where,
    "`delete_where` of all": delete_where,
    "a list of all records": a_list,
    "`create_bulk` of that list": from_a_list,
}


async def measured(url: str, rows: int) -> AsyncIterator[dict[str, Any]]:
    """What each step took."""
    async with dotorm.connect(url, models=[Row]) as db:
        await db.create_and_update_tables([Row])
        try:
            for name, step in _STEPS.items():
                _reset_peak()
                started = time.perf_counter()
                count = await step(rows)
                seconds = time.perf_counter() - started
                yield {"step": name, "rows": count, "seconds": seconds, "peak": _peak()}
        finally:
            await db.execute("DROP TABLE bench_rows")


async def main(url: str, rows: int) -> None:
    """Print a table, or JSON lines where nobody looks."""
    looks = sys.stdout.isatty()
    if looks:
        print("| step | rows | seconds | rows/s | peak RSS |\n|---|---|---|---|---|")
    async for found in measured(url, rows):
        step, count, seconds, peak = found.values()
        line = f"| {step} | {count:,} | {seconds:.1f} | {count / seconds:,.0f} | {peak:.0f} MB |"
        print(line if looks else json.dumps(found), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int((sys.argv[2:] or ["1_000_000"])[0])))
