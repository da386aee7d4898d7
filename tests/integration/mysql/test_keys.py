"""Keys that the server makes, under concurrency and whatever their step."""

import asyncio
import subprocess
import sys
from itertools import pairwise

import pytest

from dotorm import Char, DotModel, Integer

PROGRAM = """
import asyncio, sys
import dotorm
from tests.integration.mysql.test_keys import Item, work

async def main(url, name):
    async with dotorm.connect(url, models=[Item], max_size=20) as db:
        print(len(await work(name)))

asyncio.run(main(*sys.argv[1:]))
"""


class Item(DotModel):
    __table__ = "items"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=60)
    note: str | None = Char(max_length=10)


async def insert(name, count):
    """Create items; answer each one's name by the key that it was told."""
    items = [Item(name=f"{name} {number}") for number in range(count)]
    keys = await Item.create_bulk(items)
    assert [key["id"] for key in keys] == [item.id for item in items]
    return {item.id: item.name for item in items}


async def work(name, tasks=50):
    """Create items in many tasks, by ones and many; every key belongs to its row."""
    found = await asyncio.gather(*(insert(f"{name} {n}", 1 + n % 7) for n in range(tasks)))
    told = {key: name for part in found for key, name in part.items()}
    assert len(told) == sum(map(len, found))
    stored = {each.id: each.name for each in await Item.search(filter=[("id", "in", [*told])])}
    assert stored == told
    return told


@pytest.fixture
async def items(db):
    db.bind(Item)
    await db.create_and_update_tables([Item])
    return db


async def test_two_processes_of_fifty_tasks(items, mysqls):
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM, mysqls, name), stdout=subprocess.PIPE
        )
        for name in ("one", "two")
    ]
    for process in processes:
        said, _ = await process.communicate()
        assert (process.returncode, said.strip()) == (0, b"197")
    assert await Item.table_len() == 2 * 197


@pytest.mark.parametrize("step", [3, 7])
async def test_keys_that_are_far_apart(items, step):
    async with items.transaction() as session:
        await session.execute(f"SET SESSION auto_increment_increment = {step}")
        told = await insert("far", 10)
        one = Item(name="one")
        assert await Item.create(one) == one.id
    keys = list(told)
    assert {after - before for before, after in pairwise(keys)} == {step}
    stored = {each.id: each.name for each in await Item.search()}
    assert stored == {**told, one.id: "one"}
    assert len(await insert("near", 3)) == 3  # the connection has forgotten the step


async def test_records_that_bring_keys_and_others_in_one_call(items):
    mixed = [Item(id=n if n % 3 else None, name=f"m{n}") for n in range(100, 160)]
    records = [Item(name=each.name) if each.id is None else each for each in mixed]
    await Item.create_bulk(records)
    assert {each.id: each.name for each in await Item.search()} == {
        each.id: each.name for each in records
    }


async def test_a_key_of_zero_is_a_key(items):
    assert await Item.create(Item(id=0, name="zero")) == 0
    assert (await Item.get(0)).name == "zero"
