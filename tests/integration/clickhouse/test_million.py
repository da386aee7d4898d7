"""Many records: created in portions and flat memory, in one INSERT a portion."""

import tracemalloc

import pytest

import dotorm
from dotorm import BigInteger, Char, DotModel, Float, Integer
from dotorm_clickhouse import ClickHouseOptions


class Event(DotModel):
    __table__ = "events"

    id: int = BigInteger(primary_key=True, default=dotorm.snowflake)
    kind: str = Char(max_length=10)
    user_id: int = Integer()
    ratio: float = Float()


async def created(count, portion):
    for start in range(0, count, portion):
        await Event.create_bulk(
            [Event(kind=f"k{n % 7}", user_id=n, ratio=n / 7) for n in range(start, start + portion)]
        )


async def test_many_records_are_created_in_portions_and_flat_memory(make, sent):
    await make(Event)
    await created(10_000, 10_000)
    tracemalloc.start()
    try:
        await created(10_000, 10_000)
        _, once = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        await created(50_000, 10_000)
        _, often = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert often < 3 * once  # all of it would be five times as much
    assert len(sent) == 7
    assert await Event.table_len() == 70_000
    assert await Event.search_count([("user_id", ">=", 10_000)]) == 40_000


async def test_keys_grow_with_time(make):
    await make(Event)
    records = [Event(kind="a") for _ in range(5_000)]
    answered = await Event.create_bulk(records)
    keys = [row["id"] for row in answered]
    assert keys == sorted(set(keys)) == [record.id for record in records]
    assert [record.id for record in await Event.search(order="ASC")] == keys


async def test_what_was_written_before_an_error_is_told_to_stay(make, db, monkeypatch):
    await make(Event)
    monkeypatch.setattr("dotorm_clickhouse.dialect._ROWS_AT_ONCE", 1_000)
    await db.execute("ALTER TABLE events ADD CONSTRAINT few CHECK user_id < 2500")
    records = [Event(user_id=number) for number in range(5_000)]
    with pytest.raises(dotorm.CheckViolation) as caught:
        await Event.create_bulk(records)
    assert caught.value.__notes__ == [
        "clickhouse has no transactions: what this call had written before stays"
    ]
    assert await Event.table_len() == 2_000
    with pytest.raises(dotorm.CheckViolation) as caught:
        await Event.create(Event(user_id=9_999))
    assert not hasattr(caught.value, "__notes__")


async def test_a_missing_key_is_refused_with_a_remedy(make, sent):
    class Bare(DotModel):
        __table__ = "bare"

        id: int = BigInteger(primary_key=True)

    await make(Bare)
    for ask in (lambda: Bare.create(Bare()), lambda: Bare.create_bulk([Bare()])):
        with pytest.raises(dotorm.InvalidValue, match=r"Bare\.id is the key .*default=dotorm\.sn"):
            await ask()
    assert not sent.events


async def test_inserts_can_be_gathered_by_the_server(make):
    await make(Event)
    told = ClickHouseOptions(settings={"async_insert": 1, "wait_for_async_insert": 1})
    for number in range(5):
        await Event.create(Event(user_id=number), options=told)
    assert await Event.table_len() == 5
