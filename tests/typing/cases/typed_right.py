"""What type checkers must accept of models in the typed style; it is checked, never run."""

import datetime as dt
import decimal
import enum
import uuid
from typing import Any, assert_type

from dotorm import (
    UUID,
    Array,
    Boolean,
    Char,
    Date,
    Decimal,
    DotModel,
    Enum,
    Field,
    FieldNotLoaded,
    Float,
    Integer,
    JSONField,
    Load,
    Many2many,
    Many2one,
    One2many,
    One2one,
    Ref,
    Session,
    UniqueViolation,
)
from dotorm.components.expressions import And, Condition, Expr, Not, Or
from dotorm.pydantic import (
    CreateSchema,
    ReadSchema,
    create_schema,
    from_record,
    load_options,
    read_schema,
    to_record,
    update_schema,
)


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Badge(DotModel):
    __table__ = "badges"

    id: Field[int] = Integer(primary_key=True)
    text: Field[str] = Char(max_length=20, unique=True)


class Group(DotModel):
    __table__ = "groups"
    __unique__ = (("name", "city"),)

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char(max_length=100)
    city: Field[str | None] = Char(max_length=100)
    members: Field[list["Person"]] = One2many(lambda: Person, "group")


class Named(DotModel):
    name: Field[str] = Char(max_length=100, required=True)


class Person(Named):
    __table__ = "people"

    id: Field[int] = Integer(primary_key=True)
    age: Field[int | None] = Integer()
    born: Field[dt.date] = Date()
    active: Field[bool] = Boolean(default=True)
    weight: Field[float] = Float(default=0)
    wage: Field[decimal.Decimal] = Decimal(10, 2)
    token: Field[uuid.UUID] = UUID(default=uuid.uuid4)
    size: Field[Size] = Enum(Size, default=Size.SMALL)
    words: Field[list[str]] = Array(Char())
    prefs: Field[dict[str, Any]] = JSONField(default=dict)
    group: Ref[Group] = Many2one(lambda: Group)
    boss: Ref["Person"] = Many2one(lambda: Person, null=True)
    badges: Field[list[Badge]] = Many2many(lambda: Badge, "person_badges", "badge_id", "person_id")
    desk: Field["Desk"] = One2one(lambda: Desk, "person")


class Seat(DotModel):
    __table__ = "seats"

    hall: Field[int] = Integer(primary_key=True)
    number: Field[int] = Integer(primary_key=True)


class Ticket(DotModel):
    __table__ = "tickets"

    id: Field[int] = Integer(primary_key=True)
    seat: Ref[Seat] = Many2one(lambda: Seat)


class Desk(DotModel):
    __table__ = "desks"

    id: Field[int] = Integer(primary_key=True)
    person: Ref[Person] = Many2one(lambda: Person, unique=True)


class Order(DotModel):
    __table__ = "orders"

    tenant: Field[int] = Integer(primary_key=True)
    number: Field[int] = Integer(primary_key=True)
    lines: Field[list["Line"]] = One2many(lambda: Line, "order")
    others: Field[list["Order"]] = Many2many(
        lambda: Order, "order_pairs", ("tenant", "other"), ("tenant", "number")
    )


class Line(DotModel):
    __table__ = "lines"

    id: Field[int] = Integer(primary_key=True)
    tenant: Field[int] = Integer(required=True)
    number: Field[int | None] = Integer()
    order: Ref[Order] = Many2one(lambda: Order, fields=("tenant", "number"), index=True)


def records(group: Group) -> None:
    Person()
    Person(name="x")
    Person(name="x", age=None, group=group)
    Person(group=1)
    Person(group=None, boss=uuid.uuid4())
    Person(size=Size.LARGE, words=["a"], prefs={"a": 1})
    person = Person(name="x")
    person.name = "y"
    person.group = 3
    person.group = group
    person.group = None
    person.age = None
    person.badges.append(Badge(text="x"))
    assert_type(person == Person(id=1), bool)
    assert_type({person: 1}[person], int)
    assert_type(person.json(include=["name"]), dict[str, Any])


def wide_references(ticket: Ticket) -> None:
    Ticket(seat=(1, 2))
    assert_type(ticket.seat.number, int)
    assert_type(Ticket.seat.hall > 3, Condition)
    ticket.seat = Seat(hall=1, number=2)
    ticket.seat = (1, 2)


def attributes(person: Person) -> None:
    assert_type(person.id, int)
    assert_type(person.name, str)
    assert_type(person.age, int | None)
    assert_type(person.born, dt.date)
    assert_type(person.active, bool)
    assert_type(person.weight, float)
    assert_type(person.wage, decimal.Decimal)
    assert_type(person.token, uuid.UUID)
    assert_type(person.size, Size)
    assert_type(person.words, list[str])
    assert_type(person.group, Group)
    assert_type(person.group.name, str)
    assert_type(person.boss.boss.group.members, list[Person])
    assert_type(person.badges[0].text, str)
    assert_type(person.desk.person.name, str)


def conditions() -> None:
    assert_type(Person.age > 3, Condition)
    assert_type(Person.name == "x", Condition)
    assert_type(Person.name != None, Condition)  # noqa: E711
    assert_type(Person.age <= 3, Condition)
    assert_type(Person.age < 3, Condition)
    assert_type(Person.boss.boss.age >= 3, Condition)
    assert_type(Person.born < dt.date(2024, 1, 1), Condition)
    assert_type(Person.size == Size.LARGE, Condition)
    assert_type(Person.wage > decimal.Decimal(3), Condition)
    assert_type(Person.group.name == "x", Condition)
    assert_type(Person.group.id == 1, Condition)
    assert_type(Person.name.like("x"), Condition)
    assert_type(Person.name.not_like("y"), Condition)
    assert_type(Person.name.ilike("x"), Condition)
    assert_type(Person.name.not_ilike("y"), Condition)
    assert_type(Person.age.in_([1, 2, None]), Condition)
    assert_type(Person.age.not_in({3}), Condition)
    assert_type(Person.name.in_(name for name in "abc"), Condition)
    assert_type(Person.age.between(1, 2), Condition)
    assert_type(Person.age.not_between(3, 4), Condition)
    assert_type(Person.age.is_null(), Condition)
    assert_type(Person.born.is_not_null(), Condition)


def expressions() -> list[Expr]:
    assert_type((Person.age > 18) & (Person.age <= 30), And)
    assert_type((Person.age < 18) | (Person.name == "x"), Or)
    assert_type(~(Person.name == "x"), Not)
    return [Person.age > 3, ~((Person.age > 3) & ((Person.name == "x") | Person.age.is_null()))]


async def operations(person: Person, session: Session) -> None:
    await Person.create(Person(name="x", group=1), session=session)
    assert_type(await Person.create_bulk([Person(name="x")]), list[dict[str, Any]])
    assert_type(await Person.get(1), Person | None)
    assert_type((await Person.get_or_raise(1)).group.name, str)
    await person.update(fields=[Person.name])
    await person.update(Person(name="y"))
    await person.delete()
    assert_type(await Person.update_bulk([1, person], Person(age=3), [Person.age]), int)
    assert_type(await Person.update_bulk([person], fields=[Person.age]), int)
    assert_type(await Person.exists(~(Person.name == "x")), bool)
    assert_type(await Person.search_count(Person.group.name == "x"), int)


async def whole_tables() -> None:
    assert_type(await Person.update_where(Person.age < 3, Person(active=False)), int)
    await Person.update_where(Person.group.name == "x", Person(age=3), fields=[Person.age])
    assert_type(await Person.delete_where(Person.boss.name.like("x")), int)
    await Badge.upsert(Badge(text="x"), on_conflict=[Badge.text])
    assert_type(await Badge.upsert_bulk([Badge(text="x")], [Badge.text], update=[]), int)
    await Group.upsert(Group(name="x", city="y"), [Group.name, Group.city], [Group.city])


async def searches() -> None:
    assert_type(await Person.search(filter=Person.age > 18), list[Person])
    await Person.search(
        fields=[Person.name, "age"], filter=(Person.age > 3) & Person.group.name.ilike("x")
    )
    await Person.search(filter=[Person.age > 3, "or", ("name", "=", "x")], sort=Person.name)
    await Person.search(filter=expressions(), sort=[Person.name, "-age"])
    async for person in Person.stream(fields=[Person.name], filter=Person.age > 3):
        assert_type(person, Person)


async def relations(person: Person) -> None:
    members = Load(fields=[Person.name], filter=Person.age > 3, sort=Person.name, limit=2)
    await Group.search(fields=[Group.name, Group.members], fields_info={"members": members})
    assert_type(await Person.get_with_relations(person, [Person.group]), Person | None)
    assert_type(await person.update_with_relations(Person(name="x")), dict[str, Any])
    await Person.link_many2many(Person.badges, [(person, 1)])
    await person.unlink_many2many(Person.badges, [Badge(id=1)])
    for badge in await Person.get_many2many(Person.badges, person, filter=Badge.text == "x"):
        assert_type(badge, Any)


async def schemas(person: Person) -> None:
    assert_type(create_schema(Person, [Person.name]), type[CreateSchema[Person]])
    assert_type(to_record(create_schema(Person)(name="x")), Person)
    assert_type(to_record(update_schema(Person)(age=None)), Person)
    shown = read_schema(Person, [Person.id, Person.name], fields_info={"group": [Group.name]})
    assert_type(from_record(shown, person), ReadSchema[Person])
    assert_type(await Person.search(**load_options(shown)), list[Person])


def errors(person: Person) -> str | None:
    try:
        return person.name
    except FieldNotLoaded as error:
        return str(error)
    except UniqueViolation as error:
        return error.constraint


async def keys_of_several_fields(order: Order) -> None:
    line = Line(order=order)
    assert_type(line.order.number, int)
    Line(order=(1, 7))
    Line(order=None, tenant=1)
    line.order = order
    line.order = (1, 7)
    assert_type(order.lines[0].order.others, list[Order])
    assert_type(Line.order.number == 7, Condition)
    assert_type(await Line.search(filter=Line.order.number.in_([7])), list[Line])
    assert_type(await Order.get((1, 7)), Order | None)
    assert_type(await Line.search(filter=[("order", "=", order)], sort="order"), list[Line])
    await Order.link_many2many(Order.others, [((1, 7), (1, 8)), (order, order)])
