"""What type checkers must refuse of models in the typed style; it is checked, never run.

Every marked line, and no other. mypy takes `==` with any value, since the other side's own `__eq__`
would be asked, and does not mind a `__bool__` that never returns.
"""

from dotorm import Char, DotModel, Field, Integer, Load, Many2many, Many2one, One2many, Ref
from dotorm.pydantic import create_schema, from_record, read_schema, to_record


class Group(DotModel):
    __table__ = "groups"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char()
    members: Field[list["Person"]] = One2many(lambda: Person, "group")


class Person(DotModel):
    __table__ = "people"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char(max_length=100)
    age: Field[int] = Integer()
    born: Field[int | None] = Integer()
    group: Ref[Group] = Many2one(lambda: Group)


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


def records(person: Person) -> None:
    Person(nmae="x")  # wrong
    Person(name=3)  # wrong
    Person("x")  # wrong
    Person(age=None)  # wrong
    Person(born="x")  # wrong
    Group(members=3)  # wrong
    person.name = 3  # wrong
    person.age = None  # wrong
    person.nmae  # wrong
    person.age.upper()  # wrong
    person.born + 1  # wrong
    person.group.nmae  # wrong
    person.group.members[0].nmae  # wrong


def conditions() -> None:
    Person.nmae  # wrong
    Person.age > "x"  # wrong
    Person.age > None  # wrong
    Person.name == 3  # wrong for pyright
    Person.name < 3  # wrong
    Person.age <= "x"  # wrong
    Person.age.in_(["x"])  # wrong
    Person.age.in_(3)  # wrong
    Person.age.not_in(["x"])  # wrong
    Person.age.between("a", "b")  # wrong
    Person.age.between(1)  # wrong
    Person.age.not_between(1, "b")  # wrong
    Person.name.like(3)  # wrong
    Person.name.ilik("x")  # wrong
    Person.age.is_null(True)  # wrong
    Person.group.nmae  # wrong
    Person.group.name == 3  # wrong for pyright
    Person.group.name > 3  # wrong
    Person.group.members.nmae  # wrong


def expressions() -> None:
    (Person.age > 1) & 3  # wrong
    (Person.age > 1) | Person.name  # wrong
    ~Person.age  # wrong
    (Person.age > 1) + (Person.age < 5)  # wrong
    1 < Person.age < 5  # wrong for pyright
    (Person.age > 1) and (Person.age < 5)  # wrong for pyright
    not (Person.age > 1)  # wrong for pyright


async def operations(person: Person) -> None:
    await Person.create(Group(name="x"))  # wrong
    await Person.create_bulk([Group(name="x")])  # wrong
    (await Person.get(1)).name  # wrong
    (await Person.get_or_raise(1)).group.nmae  # wrong
    await person.update(Person.name)  # wrong
    await Person.update_bulk([1])  # wrong
    await Person.update_bulk([person], Person.age)  # wrong
    await Person.search(filter=Person.age > "x")  # wrong
    await Person.search(filter=Person.nmae == "x")  # wrong
    await Person.search(filter=Person.age)  # wrong
    await Person.search(fields=Person.name)  # wrong
    await Person.search_count(Person.age)  # wrong
    Person.stream(filter=Person.age)  # wrong


async def whole_tables(person: Person) -> None:
    await Person.update_where(Person.age, person)  # wrong
    await Person.update_where(Person.age > 3)  # wrong
    await Person.update_where(Person.age > 3, Group(name="x"))  # wrong
    await Person.delete_where(Person.age.is_null)  # wrong
    await Person.upsert(person, Person.name)  # wrong
    await Person.upsert_bulk([Group(name="x")], [Group.name])  # wrong


def relations_and_schemas(person: Person) -> None:
    Load(fields=Person.name)  # wrong
    Load(limit=Person.age)  # wrong
    to_record(person)  # wrong
    to_record(create_schema(Person)(name="x")).nmae  # wrong
    from_record(read_schema(Person), "x")  # wrong


def keys_of_several_fields(order: Order, line: Line) -> None:
    Line(order_=order)  # wrong
    line.order.nmae  # wrong
    line.order.lines.number  # wrong
    Line.order.nmae  # wrong
    Line.order.number > "x"  # wrong
    Line.order.number.in_(["x"])  # wrong
    Many2one(lambda: Order, fields="tenant")  # wrong
    Many2one(lambda: Order, fields=(1, 2))  # wrong
    Many2one(lambda: Order, fields=("tenant", "number"), ondelete="drop")  # wrong
    Many2many(lambda: Order, "pairs", 1, ("a", "b"))  # wrong
    Many2many(lambda: Order, "pairs", ("a", "b"), (1, 2))  # wrong
