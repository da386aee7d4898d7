"""Many records in few statements, and all of them or none."""

import datetime as dt
import decimal
import uuid
from contextlib import suppress

import pytest

import dotorm
from dotorm import (
    UUID,
    Binary,
    Boolean,
    Char,
    Datetime,
    Decimal,
    DotModel,
    Integer,
    JSONField,
    Text,
)


class Item(DotModel):
    __table__ = "items"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=30, unique=True)
    count: int = Integer(default=7)
    data: bytes = Binary()
    doc: dict = JSONField(default=dict)
    price: decimal.Decimal = Decimal(12, 3)
    at: dt.datetime = Datetime()
    code: uuid.UUID = UUID()
    fresh: bool = Boolean()


@pytest.fixture
async def items(db, sent):
    db.bind(Item)
    await db.create_and_update_tables([Item])
    sent.forget()
    return Item


async def test_records_that_were_given_different_fields(items, sent):
    moment = dt.datetime(2024, 1, 31, 12, 0, 0, 1, tzinfo=dt.UTC)
    records = [
        Item(name="a", data=b"\0\1", doc={"x": [1, None]}),
        Item(),
        Item(name="b", price="1.5", at=moment, code=uuid.UUID(int=1), fresh=True),
        Item(name="c", count=None),
        Item(id=100, name="d"),
        Item(data=b"", doc={}),
    ]
    rows = await Item.create_bulk(records)
    assert [row["id"] for row in rows] == [record.id for record in records]
    assert rows[4] == {"id": 100}
    assert len({record.id for record in records}) == len(sent) == 6
    for record in records:
        found = await Item.get(record.id)
        assert found.json() == {**dict.fromkeys(found.json()), **record.json()}
    assert [record.count for record in records] == [7, 7, 7, None, 7, 7]
    assert (records[0].data, records[2].price, records[2].at) == (
        b"\0\1",
        decimal.Decimal("1.500"),
        moment,
    )


async def test_nothing_to_do_sends_nothing(items, sent):
    assert await Item.create_bulk([]) == []
    assert await Item.update_bulk([], Item(count=1)) == 0
    assert await Item.delete_bulk([]) == 0
    assert sent.texts == []


async def test_what_is_no_list_of_records_is_refused(items, sent):
    for payloads in ("ab", None, 5, Item(name="x"), [{"name": "x"}], [Item(), None]):
        with pytest.raises(dotorm.InvalidValue):
            await Item.create_bulk(payloads)
    for ids in ("ab", 5, None, Item(id=1), [None], ["x"], [1, Item()]):
        with pytest.raises(dotorm.InvalidValue):
            await Item.delete_bulk(ids)
        with pytest.raises(dotorm.InvalidValue):
            await Item.update_bulk(ids, Item(count=1))
    with pytest.raises(dotorm.InvalidValue, match="given no value to write"):
        await Item.update_bulk([1], Item())
    with pytest.raises(dotorm.InvalidValue, match=r"Item\.count cannot take 'x'"):
        await Item.create_bulk([Item(count=1), Item(count="x")])
    with pytest.raises(dotorm.InvalidValue, match=r"Item\.name cannot take .*max_length is 30"):
        await Item.create_bulk([*(Item(name=str(n)) for n in range(50)), Item(name="x" * 31)])
    assert sent.texts == []


async def test_bulk_updates_and_deletes_answer_how_many_there_were(items, sent):
    await Item.create_bulk([Item(id=n, name=f"n{n}") for n in range(1, 11)])
    sent.forget()
    payload = Item(count=1, doc={"a": 1}, price="2", data=b"x")
    assert await Item.update_bulk([1, 2, Item(id=3), 3, 99], payload) == 3
    assert await Item.update_bulk({4, 5}, Item(count=2, name="unused"), fields=["count"]) == 2
    assert await Item.delete_bulk((8, 9, 10, 11)) == 3
    assert len(sent) == 3
    found = await Item.search(order="ASC")
    assert [item.count for item in found] == [1, 1, 1, 2, 2, 7, 7]
    assert (found[0].doc, found[0].price, found[0].data) == ({"a": 1}, 2, b"x")


async def test_any_number_of_records_get_values_of_their_own(items, sent):
    keys = [row["id"] for row in await Item.create_bulk([Item() for _ in range(12_000)])]
    sent.forget()
    given = [Item(id=key, name=f"n{key}", doc={"n": [n]}) for n, key in enumerate(keys)]
    assert await Item.update_bulk(given) == 12_000
    assert len(sent) < 5
    found = await Item.search(fields=["name", "doc", "count"], sort="id")
    assert [(item.name, item.doc) for item in found] == [(item.name, item.doc) for item in given]
    assert {item.count for item in found} == {7}


async def test_records_remember_what_was_written_of_them(items, sent):
    await Item.create_bulk([Item(name=name) for name in "ab"])
    first, second = await Item.search(fields=["name", "doc", "price", "at"], sort="id")
    first.price, second.price, second.doc["x"] = "1.5", "2.5", 1
    assert await Item.update_bulk([first, second]) == 2
    assert (first.price, second.price) == (decimal.Decimal("1.500"), decimal.Decimal("2.500"))
    sent.forget()
    assert await Item.update_bulk([first, second]) == 0
    await second.update()
    assert sent.texts == []
    second.doc["x"] = 2
    second.id = 9
    with pytest.raises(dotorm.InvalidValue, match=r"Item\.id is the key"):
        await Item.update_bulk([second])


async def test_a_bulk_that_breaks_a_constraint_leaves_nothing(items, db):
    records = [Item(name=f"n{n}") for n in range(20_500)]
    records += [Item(name="n5"), Item(count=3)]
    with pytest.raises(dotorm.UniqueViolation):
        await Item.create_bulk(records)
    assert await Item.table_len() == 0
    assert all("id" not in vars(record) for record in records)
    records[-2].name = "fine"
    await Item.create_bulk(records)
    assert await Item.table_len() == 20_502


class Row(DotModel):
    __table__ = "rows_of_it"

    id: int = Integer(primary_key=True)
    name: str = Text()
    number: int = Integer()


@pytest.mark.slow
async def test_100_000_rows_in_few_statements(db, sent):
    db.bind(Row)
    await db.create_and_update_tables([Row])
    records = [Row(name=f"row {n}", number=n) for n in range(100_000)]
    sent.forget()
    keys = [row["id"] for row in await Row.create_bulk(records)]
    assert keys == [record.id for record in records]
    assert len(set(keys)) == 100_000
    assert len(sent) <= 20
    assert len(sent.transactions) == 1
    sent.forget()
    found = await Row.search(filter=[("id", "in", keys)], sort="id")
    assert [(row.id, row.number) for row in found] == list(zip(keys, range(100_000), strict=True))
    assert await Row.update_bulk(keys, Row(name="same")) == 100_000
    assert await Row.search_count([("name", "=", "same")]) == 100_000
    assert await Row.delete_bulk(keys[:70_000]) == 70_000
    assert await Row.table_len() == 30_000
    assert len(sent) == 5


async def test_a_bulk_joins_the_transaction_it_is_in(items, db, sent):
    with suppress(ZeroDivisionError):
        async with db.transaction():
            await Item.create_bulk([Item(name=str(n)) for n in range(100)])
            await Item.update_bulk([1, 2, 3], Item(count=1))
            raise ZeroDivisionError
    assert await Item.table_len() == 0
    assert [event.outcome for event in sent.transactions] == ["rolled back"]


async def test_keys_come_in_the_order_of_the_records(items):
    names = [f"{n * 7919 % 1000:04}" for n in range(1000)]
    records = [Item(name=name) for name in names]
    keys = [row["id"] for row in await Item.create_bulk(records)]
    found = {item.name: item.id for item in await Item.search(fields=["name"])}
    assert keys == [found[name] for name in names]
    assert keys == sorted(keys)
