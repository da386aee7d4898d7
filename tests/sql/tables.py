"""Models whose tables `test_tables` makes."""

from dotorm import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Float,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    One2many,
    SmallInteger,
    Text,
    Time,
)
from dotorm.changes import plan_changes
from dotorm.ddl import ExistingTable
from dotorm.tables import table_plans
from dotorm_mysql.backend import BACKEND as MYSQL_BACKEND
from dotorm_postgres.backend import BACKEND as POSTGRES_BACKEND
from dotorm_sqlite.backend import BACKEND as SQLITE_BACKEND

BACKENDS = (SQLITE_BACKEND, POSTGRES_BACKEND, MYSQL_BACKEND)
DDL = {backend.dialect: backend.ddl for backend in BACKENDS}


class Every(DotModel):
    __table__ = "every"

    id = Integer(primary_key=True)
    big = BigInteger(required=True)
    small = SmallInteger()
    char = Char(max_length=7)
    line = Char()
    text = Text()
    boolean = Boolean()
    float = Float()
    decimal = Decimal(20, 4)
    date = Date()
    time = Time()
    datetime = Datetime()
    json_ = JSONField(column="json")
    binary = Binary()
    uuid = UUID()


class Defaults(DotModel):
    __table__ = "defaults"

    id = Integer(primary_key=True)
    number = Integer(default=3, required=True)
    text = Char(default="it's \\ %s")
    flag = Boolean(default=True, required=True)
    price = Decimal(default="1.5")
    data = Binary(default=b"\x00\xff")
    prefs = JSONField(default={"a": [1]})
    day = Date(default=lambda: "2024-01-02", required=True)


class Named(DotModel):
    __table__ = "named"

    name = Char(max_length=9, primary_key=True)


class Numbered(DotModel):
    __table__ = "numbered"

    number = BigInteger(primary_key=True)


class Given(DotModel):
    __table__ = "given"

    number = Integer(primary_key=True, default=lambda: 7)


class Owner(DotModel):
    __table__ = "owners"

    id = BigInteger(primary_key=True)
    pets = One2many(lambda: Pet, "owner_id")


class Pet(DotModel):
    __table__ = "pets"

    id = Integer(primary_key=True)
    name = Char(index=True)
    owner_id = Many2one(lambda: Owner, index=True)
    toys = Many2many(lambda: Toy, "pet_toys", "toy_id", "pet_id")


class Toy(DotModel):
    __table__ = "toys"

    id = Integer(primary_key=True)
    pets = Many2many(lambda: Pet, "pet_toys", "pet_id", "toy_id")


class Node(DotModel):
    __table__ = "nodes"

    id = Integer(primary_key=True)
    parent = Many2one(lambda: Node, ondelete="cascade")


class Egg(DotModel):
    __table__ = "eggs"

    id = Integer(primary_key=True)
    hen = Many2one(lambda: Hen, required=True)


class Hen(DotModel):
    __table__ = "hens"

    id = Integer(primary_key=True)
    egg = Many2one(lambda: Egg, unique=True)


class Quoted(DotModel):
    __table__ = "order"

    id = Integer(primary_key=True, column='Ke"y')
    group = Char(index=True, column="Group By")


class Grouped(DotModel):
    __table__ = "grouped"
    __indexes__ = (("city", "name"),)
    __unique__ = (("name", "city"),)

    id = Integer(primary_key=True)
    name = Char(unique=True)
    city = Char()


OTHERS = {
    "owners": ExistingTable({"id": False}, unique={("id",)}, has_rows=True),
    "toys": ExistingTable({"id": False}, unique={("id",)}, has_rows=True),
    "pet_toys": ExistingTable(
        {"pet_id": False, "toy_id": False},
        {("toy_id",)},
        {("pet_id", "toy_id")},
        {(("pet_id",), "pets", ("id",)), (("toy_id",), "toys", ("id",))},
        has_rows=True,
    ),
}


def pets(*columns):
    """A table of pets with some columns that may be null."""
    return {"pets": ExistingTable({"id": False, **dict.fromkeys(columns, True)}, unique={("id",)})}


def changes(models, existing, dialect):
    wanted = table_plans([model.__meta__ for model in models], dialect)
    planned = plan_changes(wanted, existing, DDL[dialect])
    return (planned.statements, planned.skipped)
