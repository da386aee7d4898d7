"""What is not held in memory once nobody holds it any more."""

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator

import pytest

from dotorm import Char, Database, DotModel, Integer
from tests.integration.conftest import Sent

ROWS, LENGTH = 2000, 2000
SIZE = ROWS * LENGTH / 1e6


class Line(DotModel):
    __table__ = "lines"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=LENGTH)


@pytest.fixture
def traced() -> Iterator[None]:
    """Allocations are counted."""
    tracemalloc.start()
    yield
    tracemalloc.stop()


def megabytes() -> float:
    """What is in use, without what only cycles hold."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0] / 1e6


async def test_an_idle_connection_keeps_no_rows(db: Database, traced: None) -> None:
    db.bind(Line)
    await db.create_and_update_tables([Line])
    await Line.create_bulk([Line(name=f"{n:{LENGTH}}") for n in range(ROWS)])
    await Line.search(limit=1)
    before = megabytes()
    for read in (Line.search, lambda: db.execute("SELECT * FROM lines")):
        rows = await read()
        assert len(rows) == ROWS
        assert megabytes() - before > SIZE
        del rows
        await asyncio.sleep(0)
        assert megabytes() - before < SIZE / 4


async def test_an_idle_connection_keeps_nothing_that_was_written(
    db: Database, sent: Sent, traced: None
) -> None:
    db.bind(Line)
    await db.create_and_update_tables([Line])
    await Line.create_bulk([Line(name="first") for n in range(ROWS)])
    before = megabytes()
    written = [Line(name=f"{n:{LENGTH}}") for n in range(ROWS)]
    await Line.create_bulk(written)
    assert megabytes() - before > SIZE
    del written
    sent.forget()
    await asyncio.sleep(0)
    assert megabytes() - before < SIZE / 4
