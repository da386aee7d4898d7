"""What type checkers must refuse: every marked line, and no other; it is checked, never run.

mypy takes `==` with any value, since the other side's own `__eq__` would be asked, and does not
mind a `__bool__` that never returns.
"""

import dotorm
from dotorm import (
    Boolean,
    Char,
    Database,
    Decimal,
    DotModel,
    Field,
    Integer,
    Many2many,
    Many2one,
    One2many,
    Ref,
)


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


class Group(DotModel):
    __table__ = "groups"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char()


class Person(DotModel):
    __table__ = "people"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char(max_length=100)
    age: Field[int] = Integer()
    group: Ref[Group] = Many2one(lambda: Group)


def records(user: User, person: Person) -> None:
    User(nmae="x")  # wrong
    User(name=3)  # wrong
    User("x")  # wrong
    User(age="3")  # wrong
    User(role_id="admin")  # wrong
    Role(users=3)  # wrong
    Person(nmae="x")  # wrong
    Person(name=3)  # wrong
    Person(age=None)  # wrong
    user.name = 3  # wrong
    user.nmae  # wrong
    user.role_id.nmae  # wrong
    user.age + 1  # wrong
    person.name = 3  # wrong
    person.age.upper()  # wrong
    person.group.nmae  # wrong
    user.json(includes=["name"])  # wrong


def fields() -> None:
    Char(max_lenght=3)  # wrong
    Char(max_length="3")  # wrong
    Integer(5)  # wrong
    Integer(primary_key="yes")  # wrong
    Integer(default="x")  # wrong
    Boolean(default=lambda: "x")  # wrong
    Decimal(places=2)  # wrong
    Decimal(10, 2, True)  # wrong
    Many2one(Role)  # wrong
    Many2one(lambda: Role, ondelete="CASCADE")  # wrong
    One2many(lambda: User)  # wrong
    One2many(lambda: User, inverse="role_id", index=True)  # wrong
    Many2many(lambda: Role, "links", "role_id")  # wrong


def expressions() -> None:
    Person.nmae  # wrong
    Person.age > "x"  # wrong
    Person.name == 3  # wrong for pyright
    Person.name < 3  # wrong
    Person.age.in_(["x"])  # wrong
    Person.age.in_(3)  # wrong
    Person.age.between("a", "b")  # wrong
    Person.age.between(1)  # wrong
    Person.name.like(3)  # wrong
    Person.name.ilik("x")  # wrong
    Person.age.is_null(True)  # wrong
    Person.group.nmae  # wrong
    Person.group.name == 3  # wrong for pyright
    (Person.age > 1) & 3  # wrong
    (Person.age > 1) | Person.name  # wrong
    ~Person.age  # wrong
    1 < Person.age < 5  # wrong for pyright
    (Person.age > 1) and (Person.age < 5)  # wrong for pyright
    not (Person.age > 1)  # wrong for pyright


async def operations(user: User, db: Database) -> None:
    await User.create(Role(name="x"))  # wrong
    await User.create({"name": "x"})  # wrong
    await User.create_bulk(User(name="x"))  # wrong
    await User.get()  # wrong
    (await User.get(1)).name  # wrong
    await User.search(filters=[])  # wrong
    await User.search(filter="name = 'x'")  # wrong
    await User.search(filter=3)  # wrong
    await User.search(limit="3")  # wrong
    await User.search(session=db)  # wrong
    (await User.search())[0].nmae  # wrong
    await User.search(filter=Person.age > "x")  # wrong
    await user.update("name")  # wrong
    await user.update(Role(name="x"))  # wrong
    await User.exists(limit=1)  # wrong
    await User.unlink_many2many("tags")  # wrong
    db.transaction(isolation=3)  # wrong
    dotorm.connect(5)  # wrong
    await db.execute("SELECT %s", 5)  # wrong
    await db.create_and_update_tables(User)  # wrong
