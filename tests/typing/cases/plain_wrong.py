"""What type checkers must refuse of models in the plain style; it is checked, never run.

Every marked line, and no other.
"""

from dotorm import (
    Array,
    Boolean,
    Char,
    Database,
    Decimal,
    DotModel,
    Enum,
    Integer,
    JSONField,
    Load,
    Many2many,
    Many2one,
    One2many,
)
from dotorm.pydantic import create_schema, from_record, load_options, read_schema, to_record


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100)
    users: list["User"] = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100)
    age: int | None = Integer()
    role_id: Role = Many2one(lambda: Role)


class Order(DotModel):
    __table__ = "orders"

    tenant: int = Integer(primary_key=True)
    number: int = Integer(primary_key=True)
    lines: list["Line"] = One2many(lambda: Line, "order")
    others: list["Order"] = Many2many(
        lambda: Order, "order_pairs", ("tenant", "other"), ("tenant", "number")
    )


class Line(DotModel):
    __table__ = "lines"

    id: int = Integer(primary_key=True)
    tenant: int = Integer(required=True)
    number: int | None = Integer()
    order: Order = Many2one(lambda: Order, fields=("tenant", "number"), index=True)


def records(user: User) -> None:
    User(nmae="x")  # wrong
    User(name=3)  # wrong
    User("x")  # wrong
    User(age="3")  # wrong
    User(role_id="admin")  # wrong
    Role(users=3)  # wrong
    user.name = 3  # wrong
    user.role_id = User()  # wrong
    user.nmae  # wrong
    user.role_id.nmae  # wrong
    user.role_id.users.name  # wrong
    user.age + 1  # wrong
    user.json(includes=["name"])  # wrong
    user.json(include=3)  # wrong


def fields() -> None:
    Char(max_lenght=3)  # wrong
    Char(max_length="3")  # wrong
    Integer(5)  # wrong
    Integer(primary_key="yes")  # wrong
    Integer(default="x")  # wrong
    Boolean(default=lambda: "x")  # wrong
    Decimal(places=2)  # wrong
    Decimal(10, 2, True)  # wrong
    Enum("red")  # wrong
    Array()  # wrong
    JSONField(int)  # wrong
    Many2one(Role)  # wrong
    Many2one(lambda: Role, fields="role_id")  # wrong
    Many2one(lambda: Role, ondelete="CASCADE")  # wrong
    Many2one(lambda: Role, compute=lambda user: None)  # wrong
    One2many(lambda: User)  # wrong
    One2many(lambda: User, inverse="role_id", index=True)  # wrong
    Many2many(lambda: Role, "links", "role_id")  # wrong


async def operations(user: User) -> None:
    await User.create(Role(name="x"))  # wrong
    await User.create({"name": "x"})  # wrong
    await User.create_bulk(User(name="x"))  # wrong
    await User.create_bulk([Role(name="x")])  # wrong
    await User.get()  # wrong
    (await User.get(1)).name  # wrong
    await User.get(1, for_update="wait")  # wrong
    await user.update("name")  # wrong
    await user.update(Role(name="x"))  # wrong
    await User.update_bulk([1])  # wrong
    await User.update_bulk([Role(name="x")])  # wrong
    await User.update_bulk([1], Role(name="x"))  # wrong
    await User.update_bulk([Role(name="x")])  # wrong
    await User.delete_bulk(1)  # wrong
    await User.exists(limit=1)  # wrong


async def whole_tables(user: User) -> None:
    await User.update_where(User(active=True))  # wrong
    await User.update_where([("age", "=", 3)], Role(name="x"))  # wrong
    await User.update_where([("age", "=", 3)], {"name": "x"})  # wrong
    await User.delete_where()  # wrong
    await User.delete_where("age = 3")  # wrong
    await User.upsert(user)  # wrong
    await User.upsert(Role(name="x"), on_conflict=["name"])  # wrong
    await User.upsert_bulk(user, on_conflict=["name"])  # wrong
    await User.upsert_bulk([user], on_conflict=["name"], session="x")  # wrong


async def searches(db: Database) -> None:
    await User.search(filters=[])  # wrong
    await User.search(filter="name = 'x'")  # wrong
    await User.search(filter=3)  # wrong
    await User.search(limit="3")  # wrong
    await User.search(session=db)  # wrong
    (await User.search())[0].nmae  # wrong
    await User.stream()  # wrong
    for _ in User.stream():  # wrong
        pass
    User.stream(batch="10")  # wrong


async def relations(user: User) -> None:
    await User.search(fields=["role_id"], fields_info=["role_id"])  # wrong
    await User.search(fields=["role_id"], fields_info={"role_id": 3})  # wrong
    Load("name")  # wrong
    Load(limit="3")  # wrong
    Load(fields=["users"], field_info={})  # wrong
    (await User.get_with_relations(1)).name  # wrong
    await user.update_with_relations(Role(name="x"))  # wrong
    await User.link_many2many("tags", [1, 2])  # wrong
    await User.unlink_many2many("tags")  # wrong


def schemas(user: User) -> None:
    create_schema(3)  # wrong
    create_schema(User, field=["name"])  # wrong
    to_record(user)  # wrong
    to_record(create_schema(User)(name="x")).nmae  # wrong
    from_record(create_schema(User), user)  # wrong
    from_record(read_schema(User), 3)  # wrong
    load_options(User)  # wrong


def keys_of_several_fields(order: Order, line: Line) -> None:
    Line(order=(1, 7))  # wrong
    Line(order="x")  # wrong
    line.order = 7  # wrong
    line.order.nmae  # wrong
    order.lines[0].order.others[0].nmae  # wrong
    Many2one(lambda: Order, field=("tenant", "number"))  # wrong
    Many2one(lambda: Order, fields={"tenant": "number"})  # wrong
    Many2many(lambda: Order, "pairs", None, ("a", "b"))  # wrong
