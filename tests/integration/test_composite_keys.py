"""Keys of several fields."""

import uuid

import pytest

import dotorm
from dotorm import UUID, Char, DotModel, Integer, Many2one, One2many


class Order(DotModel):
    __table__ = "orders"

    id: int = Integer(primary_key=True)
    lines: list["Line"] = One2many(lambda: Line, "order")


class Product(DotModel):
    __table__ = "products"

    key: uuid.UUID = UUID(primary_key=True, default=uuid.uuid4)
    name: str = Char(max_length=20)


class Line(DotModel):
    __table__ = "order lines"

    order: Order = Many2one(lambda: Order, primary_key=True, ondelete="cascade")
    product: Product = Many2one(lambda: Product, primary_key=True)
    count: int = Integer(default=1)


MODELS = [Order, Product, Line]


@pytest.fixture
async def goods(db):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    orders, goods = [Order(), Order()], [Product(name=f"p{i}") for i in range(3)]
    await Order.create_bulk(orders)
    await Product.create_bulk(goods)
    lines = [Line(order=order, product=product) for order in orders for product in goods]
    assert await Line.create_bulk(lines) == [
        {"order": line.order.id, "product": line.product.key} for line in lines
    ]
    return goods


async def test_one_record_is_created_read_changed_and_deleted(goods):
    order = await Order.create(Order())
    line = Line(order=order, product=goods[0], count=7)
    assert await Line.create(line) == (order, goods[0].key)
    again = await Line.get((order, goods[0]))
    assert again == line
    assert (again.count, (await Line.get(line)).count) == (7, 7)
    again.count = 8
    await again.update()
    assert (await Line.get([order, str(goods[0].key)])).count == 8
    assert await Line.get((order, uuid.UUID(int=0))) is None
    await again.delete()
    with pytest.raises(dotorm.RecordNotFound):
        await again.delete()


async def test_many_are_changed_and_deleted_by_their_keys(goods):
    keys = [(1, product.key) for product in goods]
    assert await Line.update_bulk([*keys, (9, goods[0].key)], Line(count=5)) == 3
    assert await Line.search_count([("count", "=", 5)]) == 3
    assert await Line.delete_bulk([keys[0], Line(order=2, product=goods[1])]) == 2
    assert await Line.delete_bulk([]) == 0
    assert await Line.table_len() == 4


async def test_a_large_number_of_keys(goods, db):
    orders = [Order() for _ in range(12_000)]
    await Order.create_bulk(orders)
    lines = [Line(order=order, product=goods[0]) for order in orders]
    await Line.create_bulk(lines)
    assert await Line.update_bulk(lines, Line(count=3)) == 12_000
    assert await Line.delete_bulk(lines) == 12_000


async def test_relations_lead_to_and_from_it(goods):
    orders = await Order.search(fields=["lines"], sort="id")
    assert [len(order.lines) for order in orders] == [3, 3]
    lines = await Line.search(fields=["product", "count"], filter=[("order.id", "=", 1)])
    assert {line.product.name for line in lines} == {"p0", "p1", "p2"}
    assert await Order.search_count([("lines.product.name", "=", "p1")]) == 2
    assert await Line.update_where([("product.name", "=", "p1")], Line(count=9)) == 2
    await orders[0].delete()
    assert await Line.table_len() == 3


async def test_upsert_by_the_whole_key(goods):
    line = Line(order=1, product=goods[0], count=4)
    assert await Line.upsert(line, ["order", "product"]) == (1, goods[0].key)
    assert (await Line.get(line)).count == 4
    assert await Line.table_len() == 6


@pytest.mark.parametrize("key", [1, (1,), (1, 2, 3), "ab", None])
async def test_a_key_of_another_shape_is_refused(goods, key):
    with pytest.raises(dotorm.InvalidValue, match=r"a key is a tuple \(order, product\)"):
        await Line.get(key)
    with pytest.raises(dotorm.InvalidValue, match=r"a key is a tuple \(order, product\)"):
        await Line.delete_bulk([key])


async def test_a_part_that_is_missing_is_refused(goods):
    with pytest.raises(dotorm.InvalidValue, match=r"Line\.product is the key"):
        await Line.create(Line(order=1))


async def test_the_relation_itself_is_compared_with_whole_keys(goods):
    key = (2, goods[0].key)
    found = await Order.search(filter=[("lines", "=", key)])
    assert [order.id for order in found] == [2]
    assert await Order.search_count([("lines", "in", [key, (1, goods[1])])]) == 2
    assert await Order.search_count([("lines", "is null", None)]) == 0
    with pytest.raises(dotorm.InvalidValue, match=r"a key is a tuple \(order, product\)"):
        await Order.search(filter=[("lines", "=", 1)])
    with pytest.raises(dotorm.InvalidFilter, match="'>' cannot compare"):
        await Order.search(filter=[("lines", ">", key)])
