"""Several relations are read at the same time where connections are free, else one by one."""

import asyncio

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2one, One2many
from dotorm_postgres.connection import PostgresConnection


class Box(DotModel):
    __table__ = "boxes"

    id: int = Integer(primary_key=True)
    outer: "Box" = Many2one(lambda: Box)
    lid: "Box" = Many2one(lambda: Box)
    name: str = Char(max_length=20)
    inner: list["Box"] = One2many(lambda: Box, "outer")


READ = ["id", "outer", "lid", "inner"]


@pytest.fixture
async def db(postgres_url):
    async with dotorm.connect(postgres_url, models=[Box], max_size=4) as db:
        await db.create_and_update_tables([Box])
        await Box.create_bulk([Box(name=str(n), outer=n // 2 + 1, lid=1) for n in range(20)])
        yield db


@pytest.fixture
def most(monkeypatch):
    """A function that answers how many statements ran at the same time, at most, since its last."""
    running = [0, 0]
    execute = PostgresConnection.execute

    async def counted(self, statement):
        running[0] += 1
        running[1] = max(running)
        await asyncio.sleep(0.005)
        try:
            return await execute(self, statement)
        finally:
            running[0] -= 1

    def most():
        found, running[1] = running[1], 0
        return found

    monkeypatch.setattr(PostgresConnection, "execute", counted)
    return most


async def open_connections(db, count):
    await asyncio.gather(*(db.execute("SELECT pg_sleep(0.02)") for _ in range(count)))
    for _ in range(500):  # what was used is being reset
        if db.pool.free >= count:
            break
        await asyncio.sleep(0.01)


def shown(boxes):
    return [
        (box.id, box.outer.id, box.lid.id, sorted(inner.id for inner in box.inner)) for box in boxes
    ]


EXPECTED = [(n + 1, n // 2 + 1, 1, [m + 1 for m in range(20) if m // 2 == n]) for n in range(20)]


@pytest.mark.parametrize(("open_ones", "seen"), [(1, 1), (2, 2), (4, 3)])
async def test_on_as_many_connections_as_are_free(db, most, open_ones, seen):
    await open_connections(db, open_ones)
    opened = db.pool.statistics().size
    most()
    assert shown(await Box.search(fields=READ, sort="id", order="ASC")) == EXPECTED
    assert most() == seen
    assert db.pool.statistics().size == opened


async def test_one_by_one_in_a_transaction(db, most):
    await open_connections(db, 3)
    most()
    async with db.transaction():
        assert shown(await Box.search(fields=READ, sort="id", order="ASC")) == EXPECTED
    assert most() == 1


async def test_an_error_of_one_is_raised_as_it_is(db):
    await open_connections(db, 3)
    await db.execute("ALTER TABLE boxes RENAME lid TO cover")
    with pytest.raises(dotorm.DatabaseError):
        await Box.search(fields=READ)
    assert await Box.search_count([("id", ">", 0)]) == 20
