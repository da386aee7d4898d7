"""Two servers that share the rows of one table."""

import pytest

import dotorm
from dotorm import BigInteger, Char, DotModel
from dotorm_clickhouse import ClickHouseOptions, Distributed, MergeTree
from tests.databases import available
from tests.servers._clickhouse import ClickHouse

pytestmark = [pytest.mark.clickhouse, pytest.mark.slow]


class Local(DotModel):
    __table__ = "visits_local"
    __storage__ = MergeTree(order_by=("user_id", "id"))

    id: int = BigInteger(primary_key=True)
    user_id: int = BigInteger(required=True)
    page: str = Char()


class Visit(DotModel):
    __table__ = "visits"
    __storage__ = Distributed(cluster="both", table="visits_local", sharding_key="user_id")

    id: int = BigInteger(primary_key=True)
    user_id: int = BigInteger(required=True)
    page: str = Char()


@pytest.fixture
def servers(pytestconfig):
    """The URLs of two servers, which know each other as the cluster `both`."""
    with available(pytestconfig, "clickhouse", lambda _: ClickHouse.cluster("both", 2)) as urls:
        yield urls


async def test_rows_are_written_to_and_read_from_both(servers):
    first, second = servers
    async with dotorm.connect(first) as one, dotorm.connect(second) as two:
        for db in (one, two):
            await db.create_and_update_tables([Local])
        await one.create_and_update_tables([Visit])
        one.bind(Visit)
        told = ClickHouseOptions(settings={"distributed_foreground_insert": 1})
        visits = [Visit(id=key, user_id=key % 10, page=f"p{key % 3}") for key in range(1_000)]
        await Visit.create_bulk(visits, options=told)
        await Visit.create(Visit(id=5_000, user_id=3, page="last"), options=told)
        counts = [await Local.table_len(session=db.session) for db in (one, two)]
        assert sum(counts) == 1_001
        assert min(counts) >= 400
        assert await Visit.table_len() == 1_001
        assert await Visit.search_count([("page", "=", "p1")]) == 333
        assert (await Visit.get(5_000)).page == "last"
        assert [visit.id for visit in await Visit.search(sort="id", limit=3)] == [0, 1, 2]
        assert len([each async for each in Visit.stream(filter=[("user_id", "in", [1, 2])])]) == 200
        changes = await one.create_and_update_tables([Visit, Local])
        assert (changes.statements, changes.skipped) == ([], [])
