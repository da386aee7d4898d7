"""Keys that lead to no record: where the database does not enforce references, they happen."""

import pytest

from dotorm import Char, DotModel, Integer, Many2one, Ref


class Loose(DotModel):
    """The table without its references, so that any key may be written."""

    __table__ = "lines"

    id: int = Integer(primary_key=True)
    text: str = Char()
    product: int = Integer()
    tenant: int = Integer()
    number: int = Integer()


class Product(DotModel):
    __table__ = "products"

    id: int = Integer(primary_key=True)


class Order(DotModel):
    __table__ = "orders"

    tenant: int = Integer(primary_key=True)
    number: int = Integer(primary_key=True)


class Line(DotModel):
    __table__ = "lines"

    id: int = Integer(primary_key=True)
    text: str = Char()
    product: Ref[Product] = Many2one(lambda: Product)
    tenant: int = Integer()
    number: int = Integer()
    order: Ref[Order] = Many2one(lambda: Order, fields=("tenant", "number"))


@pytest.fixture
async def line(db):
    db.bind(Loose, Product, Order, Line)
    await db.create_and_update_tables([Loose, Product, Order])
    await Loose.create(Loose(id=1, text="lost", product=7, tenant=1, number=9))
    return await Line.get_with_relations(1)


async def test_a_key_that_leads_nowhere_stays_a_key(line):
    assert (line.product, line.order) == (7, (1, 9))


async def test_an_update_does_not_write_what_loading_did_not_find(line):
    line.text = "found"
    await line.update()
    row = await Loose.get(1)
    assert (row.text, row.product, row.tenant, row.number) == ("found", 7, 1, 9)
