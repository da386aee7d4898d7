"""Models whose keys are several fields, and what refers to them."""

from dotorm import Char, DotModel, Integer, Many2many, Many2one, One2many
from dotorm.ddl import ExistingTable


class Order(DotModel):
    __table__ = "orders"

    tenant = Integer(primary_key=True)
    number = Integer(primary_key=True, column="The No")
    state = Char(max_length=10)
    lines = One2many(lambda: Line, "order")
    products = Many2many(
        lambda: Product, "order_products", ("tenant_id", "code"), ("tenant_id", "order_no")
    )


class Product(DotModel):
    __table__ = "products"

    tenant = Integer(primary_key=True)
    code = Char(max_length=9, primary_key=True)


class Line(DotModel):
    __table__ = "lines"

    id = Integer(primary_key=True)
    tenant = Integer(required=True)
    number = Integer(column="No")
    code = Char(max_length=9)
    order = Many2one(lambda: Order, fields=("tenant", "number"), index=True)
    product = Many2one(lambda: Product, fields=("tenant", "code"), ondelete="cascade")


class Note(DotModel):
    __table__ = "notes"

    id = Integer(primary_key=True)
    tenant = Integer()
    number = Integer()
    order = Many2one(lambda: Order, fields=("tenant", "number"), unique=True)
    again = Many2one(lambda: Order, fields=("tenant", "number"))
    bill = Many2one(lambda: Bill, fields=("tenant", "number"), ondelete="no action")


class Bill(DotModel):
    __table__ = "bills"

    tenant = Integer(primary_key=True)
    number = Integer(primary_key=True)


EXISTING = {
    "orders": ExistingTable({"tenant": False, "The No": False}, unique={("tenant", "The No")}),
    "bills": ExistingTable({"tenant": False, "number": False}, unique={("tenant", "number")}),
    "products": ExistingTable({"tenant": False, "code": False}, unique={("tenant", "code")}),
}


def lines(*references):
    """A table of lines that has these references already."""
    columns = {"id": False, "tenant": False, "No": True, "code": True}
    unique = {("id",)}
    return {"lines": ExistingTable(columns, set(), unique, set(references)), **EXISTING}


TO_ORDERS = (("No", "tenant"), "orders", ("The No", "tenant"))
TO_PRODUCTS = (("tenant", "code"), "products", ("tenant", "code"))
TO_OTHERS = (("tenant", "No"), "others", ("a", "b"))
