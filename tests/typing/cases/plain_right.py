"""What type checkers must accept of models in the plain style; it is checked, never run."""

import datetime as dt
import decimal
import enum
import uuid
from typing import Any, assert_type

from dotorm import (
    UUID,
    Array,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Database,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Enum,
    Float,
    Integer,
    JSONField,
    Load,
    Many2many,
    Many2one,
    One2many,
    One2one,
    Session,
    SmallInteger,
    Text,
    Time,
)
from dotorm.pydantic import (
    CreateSchema,
    ReadSchema,
    UpdateSchema,
    create_schema,
    from_record,
    load_options,
    read_schema,
    to_record,
    update_schema,
)


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50, required=True, unique=True)


class Role(DotModel):
    __table__ = "roles"
    __indexes__ = [("name", "level")]  # noqa: RUF012 - it is taken out of the class
    __unique__ = (("name", "level"),)

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    level: int = SmallInteger(default=0)
    users: list["User"] = One2many(lambda: User, "role_id")


class Stamped(DotModel):
    created: dt.datetime = Datetime(default=lambda: dt.datetime.now(dt.UTC))
    comment: str | None = Text()


class User(Stamped):
    __table__ = "users"

    id: int = BigInteger(primary_key=True)
    key: uuid.UUID = UUID(default=uuid.uuid4)
    name: str = Char(max_length=100, required=True, index=True, description="The full name")
    age: int | None = Integer()
    active: bool = Boolean(default=True)
    score: float = Float(default=0)
    price: decimal.Decimal = Decimal(10, 2)
    rate: decimal.Decimal = Decimal(max_digits=5, decimal_places=4, default=decimal.Decimal(1))
    day: dt.date | None = Date()
    hour: dt.time | None = Time()
    prefs: dict[str, Any] = JSONField(default=dict)
    places: list[int] = JSONField(schema=list[int], null=True)
    photo: bytes | None = Binary(column="picture")
    colour: Colour = Enum(Colour, default=Colour.RED)
    words: list[str] = Array(Char(max_length=20))
    role_id: Role = Many2one(lambda: Role, ondelete="cascade")
    tags: list[Tag] = Many2many(lambda: Tag, "user_tags", "tag_id", "user_id")
    card: "Card" = One2one(lambda: Card, "user_id")
    loud: str = Char(store=False, compute=lambda user: user.name.upper())

    def greeting(self) -> str:
        return f"I am {self.name}"


class Seat(DotModel):
    __table__ = "seats"

    hall: int = Integer(primary_key=True)
    number: int = Integer(primary_key=True)
    guests: list[Tag] = Many2many(lambda: Tag, "guests", "tag_id", ("hall", "number"))


class Ticket(DotModel):
    __table__ = "tickets"

    id: int = Integer(primary_key=True)
    seat: Seat = Many2one(lambda: Seat, fields=("seat_hall", "seat_number"))


class Card(DotModel):
    __table__ = "cards"

    id: uuid.UUID = UUID(primary_key=True, default=uuid.uuid4)
    user_id: User = Many2one(lambda: User, unique=True)


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


def records() -> None:
    User()
    User(name="x")
    User(active=False)
    User(name="x", age=None, role_id=Role(id=1), prefs={"a": 1})
    User(created=dt.datetime.now(dt.UTC), comment="inherited")
    User(colour=Colour.BLUE, words=["a"], places=[1])
    user = User(name="x")
    user.name = "y"
    user.age = None
    user.role_id = Role(name="x")
    user.tags.append(Tag(name="x"))
    assert_type(user == User(id=1), bool)
    assert_type({user: 1}[user], int)
    assert_type(user.greeting(), str)
    assert_type(user.json(include=["name"]), dict[str, Any])
    assert_type(user.json(exclude={"photo"}), dict[str, Any])


def wide_references(ticket: Ticket) -> None:
    Ticket(seat=Seat(hall=1, number=2))
    assert_type(ticket.seat.number, int)
    assert_type(ticket.seat.guests[0].name, str)


def attributes(user: User) -> None:
    assert_type(user.id, int)
    assert_type(user.key, uuid.UUID)
    assert_type(user.name, str)
    assert_type(user.age, int | None)
    assert_type(user.active, bool)
    assert_type(user.price, decimal.Decimal)
    assert_type(user.day, dt.date | None)
    assert_type(user.hour, dt.time | None)
    assert_type(user.photo, bytes | None)
    assert_type(user.colour, Colour)
    assert_type(user.words, list[str])
    assert_type(user.created, dt.datetime)
    assert_type(user.role_id, Role)
    assert_type(user.role_id.name, str)
    assert_type(user.role_id.users[0].tags, list[Tag])
    assert_type(user.tags, list[Tag])
    assert_type(user.card.user_id.created, dt.datetime)
    assert_type(user.loud, str)


async def operations(user: User) -> None:
    await User.create(User(name="x"))
    await User.create(payload=user)
    assert_type(await User.create_bulk([User(name="x"), user]), list[dict[str, Any]])
    found = await User.get(1)
    assert_type(found, User | None)
    if found is not None:
        assert_type(found.name, str)
    assert_type(await User.get_or_raise(1, fields=["name"]), User)
    await user.update()
    await user.update(User(name="y"))
    await user.update(payload=User(name="y"), fields=["name"])
    await user.delete()
    assert_type(await User.update_bulk([1, user], User(active=False)), int)
    assert_type(await User.update_bulk([user], fields=["name"]), int)
    assert_type(await User.update_bulk([user, User(id=1, name="y")], fields=["name"]), int)
    assert_type(await User.delete_bulk([1, user]), int)
    assert_type(await User.table_len(), int)
    assert_type(await User.search_count([("active", "=", True)]), int)
    assert_type(await User.exists([("active", "=", True)]), bool)
    assert_type(await User.__create_table__(), list[str])


async def whole_tables(user: User) -> None:
    assert_type(await User.update_where([("age", "<", 3)], User(active=False)), int)
    assert_type(await User.update_where(User.id > 3, user, fields=["name"]), int)
    assert_type(await User.delete_where([("role_id.name", "=", "guest")]), int)
    assert_type(await Tag.upsert_bulk([Tag(name="x")], on_conflict=["name"]), int)
    await Tag.upsert(Tag(name="x"), on_conflict=["name"], update=[])
    await Role.upsert(Role(name="x", level=1), ["name", "level"])


async def searches(session: Session) -> list[User]:
    assert_type(await User.search(), list[User])
    await User.search(["name"], [("active", "=", True)], "name")
    await User.search(fields=["id", "role_id"], filter=[("age", ">", 3), "or", ("age", "=", None)])
    await User.search(filter=[("role_id.name", "ilike", "x"), ("not", [("age", "in", [1, 2])])])
    await User.search(filter=User.id > 3)
    await User.search(filter=User.role_id.name == "x", sort="-name", limit=3)
    await User.search(sort=["name", "-id"], order="ASC", start=0, end=10)
    await User.search(for_update="skip locked", session=session)
    await User.get(1, for_update=True)
    async for user in User.stream(filter=[("active", "=", True)], batch=100):
        assert_type(user, User)
    return await User.search(filter=None)


async def relations(user: User) -> None:
    await User.search(fields=["tags"], fields_info={"tags": ["name"]})
    deep = Load(fields=["name", "users"], fields_info={"users": Load(sort="-name", limit=2)})
    await User.search(fields=["role_id"], fields_info={"role_id": deep})
    assert_type(await User.get_with_relations(1, ["name", "tags"]), User | None)
    assert_type(await user.update_with_relations(User(name="x")), dict[str, Any])
    await User.link_many2many("tags", [(1, 2), (user, Tag(id=1))])
    await User.unlink_many2many("tags", [1])
    await user.unlink_many2many("tags", ids=[1])
    for tag in await User.get_many2many("tags", 1, fields=["name"], limit=3):
        assert_type(tag, Any)


def what_clients_send(data: dict[str, Any]) -> None:
    create = create_schema(User, fields=["name", "age"])
    assert_type(create, type[CreateSchema[User]])
    payload = create(name="x")
    assert_type(payload.name, Any)
    assert_type(to_record(payload), User)
    assert_type(to_record(update_schema(User).model_validate(data)), User)
    assert_type(to_record(UpdateSchema[User](name="x")), User)


async def what_clients_are_shown(user: User) -> None:
    read = read_schema(User, ["id", {"role_id": ["name"]}], name="UserRead")
    assert_type(read, type[ReadSchema[User]])
    assert_type(from_record(read, user), ReadSchema[User])
    assert_type(from_record(read, user).model_dump_json(), str)
    assert_type(await User.search(**load_options(read), limit=3), list[User])


def faces(db: Database) -> None:
    assert_type(User.__table__, str)
    User._pool = db.pool
    User._no_transaction = None
    User._dialect = db.pool.dialect
    sql, values = User._builder.build_search(fields=["name"], limit=None)
    assert_type((sql, values), tuple[str, tuple[Any, ...]])


async def keys_of_several_fields(order: Order) -> None:
    line = Line(order=order)
    assert_type(line.order.number, int)
    line.order = order
    assert_type(order.lines[0].order.others, list[Order])
    assert_type(await Order.get((1, 7)), Order | None)
    assert_type(await Line.search(filter=[("order", "=", order)], sort="order"), list[Line])
    await Order.link_many2many("others", [((1, 7), (1, 8)), (order, order)])
