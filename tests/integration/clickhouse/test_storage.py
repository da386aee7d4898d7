"""Tables of every engine, made by the server, and left as they are."""

import datetime as dt
import logging

import pytest

import dotorm
from dotorm import BigInteger, Char, Datetime, DotModel, Integer, Many2one
from dotorm_clickhouse import (
    AggregatingMergeTree,
    CollapsingMergeTree,
    Memory,
    MergeTree,
    ReplacingMergeTree,
    SummingMergeTree,
    VersionedCollapsingMergeTree,
)
from dotorm_clickhouse.fields import Int8, UInt8, UInt64


class Row(DotModel):
    id: int = BigInteger(primary_key=True)
    at: dt.datetime = Datetime(required=True, column="the `moment`\\")
    sign: int = Int8(required=True)
    gone: int = UInt8(required=True)
    version: int = UInt64(required=True)
    count: int = BigInteger(required=True)
    note: str = Char(index=True)


ENGINES = {
    "plain": (MergeTree(), "MergeTree"),
    "unsorted": (MergeTree(order_by=()), "MergeTree"),
    "full": (
        MergeTree(
            order_by=("toDate(`the \\`moment\\`\\\\`)", "id"),
            partition_by="toYYYYMM(`the \\`moment\\`\\\\`)",
            primary_key="toDate(`the \\`moment\\`\\\\`)",
            ttl="`the \\`moment\\`\\\\` + INTERVAL 30 YEAR DELETE",
            settings={"index_granularity": 512, "min_bytes_for_wide_part": 0},
            index_types={"note": "set(100)"},
        ),
        "MergeTree",
    ),
    "replacing": (ReplacingMergeTree(version="version", is_deleted="gone"), "ReplacingMergeTree"),
    "summing": (SummingMergeTree(summed=("count",)), "SummingMergeTree"),
    "aggregating": (AggregatingMergeTree(), "AggregatingMergeTree"),
    "collapsing": (CollapsingMergeTree(sign="sign"), "CollapsingMergeTree"),
    "versioned": (
        VersionedCollapsingMergeTree(sign="sign", version="version"),
        "VersionedCollapsingMergeTree",
    ),
    "memory": (Memory(), "Memory"),
    "several": ([Memory()], "Memory"),
}


@pytest.mark.parametrize("name", ENGINES)
async def test_a_table_of_each_engine_is_made_and_left(make, db, name):
    storage, engine = ENGINES[name]
    model = type("Row_", (Row,), {"__table__": "rows", "__storage__": storage})
    first = await make(model)
    assert len(first.statements) == (1 if engine == "Memory" else 2)
    again = await make(model)
    assert (again.statements, again.skipped) == ([], [])
    (found,) = await db.execute("SELECT engine FROM system.tables WHERE name = 'rows' AND "
                                "database = currentDatabase()")  # fmt: skip
    assert found == {"engine": engine}
    row = {"at": dt.datetime(2024, 1, 1), "sign": 1, "gone": 0, "version": 1, "count": 2}  # noqa: DTZ001
    await model.create_bulk([model(id=1, note="a", **row), model(id=2, **row)])
    assert await model.search_count([("note", "=", "a")]) == 1


async def test_rows_with_one_order_are_summed(make):
    class Total(DotModel):
        __table__ = "totals"
        __storage__ = SummingMergeTree(summed=("count",))

        id: int = BigInteger(primary_key=True)
        count: int = BigInteger(required=True)

    await make(Total)
    await Total.create_bulk([Total(id=key % 2, count=key) for key in range(10)])
    assert [(each.id, each.count) for each in await Total.search(sort="id")] == [(0, 20), (1, 25)]


async def test_what_is_not_enforced_is_told_once(make, caplog):
    class Other(DotModel):
        __table__ = "others"

        id: int = BigInteger(primary_key=True)

    class Strict(DotModel):
        __table__ = "strict"
        __unique__ = (("name", "other"),)
        __storage__ = Memory()

        id: int = BigInteger(primary_key=True)
        name: str = Char(unique=True)
        size: int = Integer(index=True)
        other: Other = Many2one(lambda: Other)

    told = [
        "Strict.other refers to other records, which clickhouse does not enforce",
        "Strict.name is to be unique, which clickhouse does not enforce",
        "Strict.name and Strict.other is to be unique, which clickhouse does not enforce",
        "strict has no indexes: Memory keeps none",
    ]
    with caplog.at_level(logging.WARNING, "dotorm.schema"):
        assert (await make(Other, Strict)).skipped == told
        assert (await make(Other, Strict)).skipped == []
    assert caplog.messages == told


@pytest.mark.parametrize(
    ("storage", "said"),
    [
        (MergeTree(order_by="nmae"), "there is no column 'nmae'"),
        (MergeTree(partition_by="toYYYYMM(id"), "a bracket is missing"),
        (MergeTree(ttl="id; DROP TABLE x"), "cannot read '; DROP TABLE x'"),
        (MergeTree(order_by="id -- "), "cannot read"),
        (MergeTree(order_by="id /* x */"), "cannot read"),
        (MergeTree(order_by="id /*"), "cannot read"),
        (MergeTree(order_by="id) + (id"), "a bracket is missing"),
        (ReplacingMergeTree(version="v"), "there is no column 'v'"),
        ("MergeTree", "__storage__ takes what a backend has for tables, not 'MergeTree'"),
    ],
)
async def test_an_expression_that_is_none_is_refused(db, sent, storage, said):
    class Wrong(DotModel):
        __table__ = "wrong"
        __storage__ = storage

        id: int = BigInteger(primary_key=True)
        name: str = Char()

    with pytest.raises(dotorm.ConfigurationError, match=said):
        await db.create_and_update_tables([Wrong])
    assert not [text for text in sent.texts if text.startswith("CREATE")]


async def test_other_databases_pass_over_it(sqlite_url):
    class Click(DotModel):
        __table__ = "clicks"
        __storage__ = MergeTree(partition_by="id % 10")

        id: int = BigInteger(primary_key=True)

    async with dotorm.connect(sqlite_url, models=[Click]) as db:
        await db.create_and_update_tables([Click])
        assert await Click.create(Click(id=1)) == 1


async def test_types_of_its_own_have_no_table_elsewhere(sqlite_url):
    class Small(DotModel):
        __table__ = "small"

        id: int = BigInteger(primary_key=True)
        n: int = UInt8()

    async with dotorm.connect(sqlite_url) as db:
        with pytest.raises(dotorm.NotSupported, match="UInt8"):
            await db.create_and_update_tables([Small])
