"""Relations to and from models whose key is several fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import ForeignKeyViolation, InvalidValue
from dotorm.fields import Char, Integer, Many2many, Many2one, One2many, Ref
from dotorm.model import DotModel
from dotorm.orm.loads import Load
from dotorm.testing.cases import case
from dotorm.testing.stage import expects

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


class _Shop:
    """Orders and products of tenants, whose keys are the tenant and one more field.

    Attributes:
        order, product, line: Lines belong to an order and a product of one tenant; products are
            linked to orders, too.
    """

    def __init__(self, stage: Stage) -> None:
        self.links = links = stage.table("order_products")

        class Order(DotModel):
            __table__ = stage.table("orders")

            tenant: int = Integer(primary_key=True)
            number: int = Integer(primary_key=True, column="The No")
            state: str | None = Char(max_length=9)
            lines: Any = One2many(lambda: Line, "order")
            products: Any = Many2many(
                lambda: Product, links, ("tenant", "code"), ("tenant", "number")
            )

        class Product(DotModel):
            __table__ = stage.table("products")

            tenant: int = Integer(primary_key=True)
            code: str = Char(max_length=9, primary_key=True)
            name: str | None = Char(max_length=9)

        class Line(DotModel):
            __table__ = stage.table("lines")

            id: int = Integer(primary_key=True)
            tenant: int = Integer(required=True)
            number: int | None = Integer()
            code: str | None = Char(max_length=9)
            order: Ref[Order] = Many2one(lambda: Order, fields=("tenant", "number"))
            product: Ref[Product] = Many2one(
                lambda: Product, fields=("tenant", "code"), ondelete="cascade"
            )

        stage.keep(links)
        self.order, self.product, self.line = Order, Product, Line
        self.models: list[Any] = [Order, Product, Line]


async def _shop(stage: Stage) -> Any:
    """Those models with their records.

    Orders (1, 1), (1, 2) and (2, 1), products (1, "x"), (1, "y") and (2, "x"); lines 1 and 2 of
    order (1, 1) and both products of tenant 1, line 3 of order (2, 1), and line 4 of nothing; both
    products of tenant 1 are linked to order (1, 1), that of tenant 2 to order (2, 1).
    """
    made = _Shop(stage)
    await stage.make(*made.models)
    order, product, line = made.order, made.product, made.line
    keys = [(1, 1), (1, 2), (2, 1)]
    await order.create_bulk([order(tenant=t, number=n, state=f"s{t}{n}") for t, n in keys])
    codes = [(1, "x"), (1, "y"), (2, "x")]
    await product.create_bulk([product(tenant=t, code=c, name=f"{c}{t}") for t, c in codes])
    await line.create_bulk([line(id=n, order=(1, 1), product=codes[n - 1]) for n in (1, 2)])
    await line.create_bulk([line(id=3, order=(2, 1)), line(id=4, tenant=1, order=None)])
    columns = ", ".join(map(stage.quoted, ("tenant", "number", "code")))
    for row in ((1, 1, "x"), (1, 1, "y"), (2, 1, "x")):
        sql = f"INSERT INTO {stage.quoted(made.links)} ({columns}) VALUES (%s, %s, %s)"  # noqa: S608 - quoted
        await stage.db.execute(sql, row)
    stage.sent.forget()
    return made


async def _ids(line: Any, given: Any) -> list[int]:
    return [each.id for each in await line.search(filter=given, sort="id")]


@case("core", profile="relational")
async def references_of_several_fields_fill_them(stage: Stage) -> None:
    made = await _shop(stage)
    read = await made.line.get(1)
    assert (read.tenant, read.number, read.code) == (1, 1, "x")
    assert (read.order, read.product) == ((1, 1), (1, "x"))
    assert (await made.line.get(4)).order is None
    stage.sent.forget()
    with expects(InvalidValue, match=r"Line\.tenant is 2"):
        await made.line.create(made.line(id=9, order=(1, 1), tenant=2))
    assert stage.sent.nothing()
    read.order = await made.order.get((1, 2))
    await read.update()
    assert (await made.line.get(1)).order == (1, 2)


@case("core", profile="relational")
async def relations_of_several_fields_are_loaded_with_one_statement_each(stage: Stage) -> None:
    made = await _shop(stage)
    orders = await made.order.search(fields=["state", "lines", "products"], order="ASC")
    assert len(stage.sent) == 3
    assert [[line.id for line in order.lines] for order in orders] == [[1, 2], [], [3]]
    assert [[each.name for each in order.products] for order in orders] == [
        ["x1", "y1"],
        [],
        ["x2"],
    ]
    stage.sent.forget()
    lines = await made.line.search(fields=["order", "product"], sort="id")
    assert len(stage.sent) == 3
    assert [line.order and line.order.state for line in lines] == ["s11", "s11", "s21", None]
    assert [line.product and line.product.name for line in lines] == ["x1", "y1", None, None]
    products = await made.order.get_many2many("products", (1, 1), sort="-code")
    assert [each.code for each in products] == ["y", "x"]


@case("core", profile="relational")
async def paths_lead_through_relations_of_several_fields(stage: Stage) -> None:
    line = (made := await _shop(stage)).line
    assert await _ids(line, [("order", "=", (1, 1))]) == [1, 2]
    assert await _ids(line, [("order", "!=", (1, 1))]) == [3]
    assert await _ids(line, [("order", "in", [(2, 1), (9, 9), None])]) == [3, 4]
    assert await _ids(line, [("order", "not in", [(1, 1), (9, 9)])]) == [3]
    assert await _ids(line, [("order", "is null", None)]) == [4]
    assert await _ids(line, [("order.state", "=", "s21")]) == [3]
    assert await _ids(line, [("order.products.name", "=", "y1")]) == [1, 2]
    assert [each.id for each in await line.search(sort=["-order", "-id"])] == [3, 2, 1, 4]

    async def states(given: Any) -> list[str]:
        return [each.state for each in await made.order.search(filter=given, order="ASC")]

    assert await states([("lines.product.name", "=", "y1")]) == ["s11"]
    assert await states([("products", "=", (2, "x"))]) == ["s21"]
    assert await states([("lines", "is null", None)]) == ["s12"]


@case("core", profile="relational")
async def thousands_of_keys_of_several_fields_come_whole(stage: Stage) -> None:
    made = await _shop(stage)
    numbers = range(10, 3_010)
    await made.order.create_bulk([made.order(tenant=3, number=n) for n in numbers])
    await made.line.create_bulk([made.line(id=n, order=(3, n)) for n in numbers])
    given = [("tenant", "=", 3)]
    orders = await made.order.search(fields=["lines"], filter=given)
    assert all([line.id for line in order.lines] == [order.number] for order in orders)
    lines = await made.line.search(fields=["order"], filter=given)
    assert len(lines) == 3_000
    assert all(line.order.number == line.id for line in lines)


@case("window_functions", profile="olap")
async def a_limit_counts_for_each_key_of_several_fields(stage: Stage) -> None:
    made = await _shop(stage)
    info = {"lines": Load(sort="-id", limit=1), "products": Load(sort="-code", limit=1)}
    orders = await made.order.search(fields=list(info), fields_info=info, order="ASC")
    assert [[line.id for line in order.lines] for order in orders] == [[2], [], [3]]
    assert [[each.name for each in order.products] for order in orders] == [["y1"], [], ["x2"]]


@case("upsert", "unique_constraints", profile="relational")
async def links_of_several_fields_are_made_and_removed(stage: Stage) -> None:
    order = (made := await _shop(stage)).order
    await order.link_many2many("products", [((1, 2), (1, "x")), ((1, 1), (1, "x"))])
    assert [each.code for each in await order.get_many2many("products", (1, 2))] == ["x"]
    await (await order.get((1, 1))).unlink_many2many("products", [(1, "x")])
    assert [each.code for each in await order.get_many2many("products", (1, 1))] == ["y"]
    await order.unlink_many2many("products", [await made.product.get((1, "x")), (2, "x")])
    assert await order.get_many2many("products", (1, 2)) == []
    assert await order.get_many2many("products", (2, 1)) == []


@case("transactions", "upsert", "unique_constraints", profile="relational")
async def records_with_keys_of_several_fields_are_changed_together(stage: Stage) -> None:
    made = await _shop(stage)
    changes = made.order(
        state="new",
        lines={"selected": [4], "unselected": [1], "created": [made.line(id=9)], "deleted": [2, 3]},
        products={"unselected": [(1, "x")], "created": [made.product(tenant=1, code="z")]},
    )
    order = await made.order.get((1, 1))
    await order.update_with_relations(changes)
    read = await made.order.get_with_relations((1, 1))
    assert (read.state, [line.id for line in read.lines]) == ("new", [4, 9])
    assert [each.code for each in read.products] == ["y", "z"]
    assert (await made.line.get(1)).order is None
    assert await made.line.get(3) is not None


@case("foreign_keys", profile="relational")
async def references_of_several_fields_are_enforced(stage: Stage) -> None:
    made = await _shop(stage)
    for ask in (
        made.line.create(made.line(id=9, order=(1, 9))),
        made.line.update_bulk([3], made.line(number=2)),
        made.order.delete_bulk([(1, 1)]),
    ):
        with expects(ForeignKeyViolation):
            await ask
    await made.line.create(made.line(id=9, tenant=7))
    await made.product.delete_bulk([(1, "y")])
    assert await made.line.get(2) is None
    assert [each.code for each in await made.order.get_many2many("products", (1, 1))] == ["x"]
