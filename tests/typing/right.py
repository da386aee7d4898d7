"""What type checkers must accept; it is checked, never run."""

import datetime as dt
import decimal
import uuid
from collections.abc import Sequence
from typing import Any, assert_type

import dotorm
from dotorm import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Database,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Field,
    FieldNotLoaded,
    Float,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    One2many,
    One2one,
    Ref,
    Session,
    SmallInteger,
    Text,
    Time,
    UniqueViolation,
)
from dotorm.components.expressions import Condition, Expr

# ---------------------------------------------------------------- the plain style


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
    photo: bytes | None = Binary()
    role_id: Role = Many2one(lambda: Role, ondelete="cascade")
    tags: list[Tag] = Many2many(lambda: Tag, "user_tags", "tag_id", "user_id")
    card: "Card" = One2one(lambda: Card, "user_id")
    loud: str = Char(store=False, compute=lambda user: user.name.upper())

    def greeting(self) -> str:
        return f"I am {self.name}"


class Card(DotModel):
    __table__ = "cards"

    id: uuid.UUID = UUID(primary_key=True, default=uuid.uuid4)
    user_id: User = Many2one(lambda: User, unique=True)


def records() -> None:
    User()
    User(name="x")
    User(active=False)
    User(name="x", age=None, role_id=Role(id=1), prefs={"a": 1})
    User(created=dt.datetime.now(dt.UTC), comment="inherited")
    user = User(name="x")
    assert_type(user.name, str)
    assert_type(user.age, int | None)
    assert_type(user.role_id, Role)
    assert_type(user.role_id.name, str)
    assert_type(user.tags, list[Tag])
    assert_type(user.card.user_id.created, dt.datetime)
    assert_type(user.greeting(), str)
    assert_type(user.json(include=["name"]), dict[str, Any])
    user.name = "y"
    user.age = None
    assert_type(user == User(id=1), bool)
    assert_type({user: 1}[user], int)


async def operations(user: User) -> None:
    await User.create(User(name="x"))
    await User.create(payload=user)
    assert_type(await User.create_bulk([User(name="x"), user]), list[dict[str, Any]])
    found = await User.get(1)
    assert_type(found, User | None)
    if found is not None:
        assert_type(found.name, str)
    assert_type(await User.get_or_raise(1, fields=["name"]), User)
    assert_type(await User.get_with_relations(1, ["name", "tags"]), User | None)
    await user.update()
    await user.update(User(name="y"))
    await user.update(payload=User(name="y"), fields=["name"])
    await user.delete()
    assert_type(await User.table_len(), int)
    assert_type(await User.search_count([("active", "=", True)]), int)
    assert_type(await User.exists([("active", "=", True)]), bool)
    assert_type(await User.__create_table__(), list[str])
    assert_type(await user.update_with_relations(User(name="x")), dict[str, Any])
    await User.link_many2many("tags", [(1, 2), (user, Tag(id=1))])
    await User.unlink_many2many("tags", [1])
    await user.unlink_many2many("tags", ids=[1])
    for tag in await User.get_many2many("tags", 1, fields=["name"], limit=3):
        assert_type(tag, Any)


async def searches() -> list[User]:
    assert_type(await User.search(), list[User])
    await User.search(["name"], [("active", "=", True)], "name")
    await User.search(fields=["id", "role_id"], filter=[("age", ">", 3), "or", ("age", "=", None)])
    await User.search(filter=[("role_id.name", "ilike", "x"), ("not", [("age", "in", [1, 2])])])
    await User.search(filter=User.id > 3)
    await User.search(filter=User.role_id.name == "x", sort="-name", limit=3)
    await User.search(sort=["name", "-id"], order="ASC", start=0, end=10)
    await User.search(fields=["tags"], fields_info={"tags": ["name"]})
    return await User.search(filter=None)


# ---------------------------------------------------------------- the typed style


class Group(DotModel):
    __table__ = "groups"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char(max_length=100)
    members: Field[list["Person"]] = One2many(lambda: Person, "group")


class Person(DotModel):
    __table__ = "people"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char(max_length=100)
    age: Field[int | None] = Integer()
    born: Field[dt.date] = Date()
    group: Ref[Group] = Many2one(lambda: Group)
    boss: Ref["Person"] = Many2one(lambda: Person, null=True)


def typed_records(group: Group) -> None:
    Person()
    Person(name="x")
    Person(name="x", age=None, group=group)
    Person(group=1)
    Person(group=None, boss=uuid.uuid4())
    person = Person(name="x")
    assert_type(person.name, str)
    assert_type(person.age, int | None)
    assert_type(person.group, Group)
    assert_type(person.group.name, str)
    assert_type(person.boss.boss.group.members, list[Person])
    person.name = "y"
    person.group = 3
    person.group = group
    person.age = None


def expressions() -> Sequence[Expr]:
    assert_type(Person.age > 3, Condition)
    assert_type(Person.name == "x", Condition)
    assert_type(Person.name != None, Condition)  # noqa: E711
    assert_type(Person.group.name == "x", Condition)
    assert_type(Person.boss.boss.age >= 3, Condition)
    return [
        (Person.age > 18) & (Person.age <= 30),
        (Person.age < 18) | ~(Person.name == "x"),
        Person.name.like("x") & Person.name.not_like("y"),
        Person.name.ilike("x") | Person.name.not_ilike("y"),
        Person.age.in_([1, 2, None]) | Person.age.not_in({3}),
        Person.name.in_(name for name in "abc"),
        Person.age.between(1, 2) & Person.age.not_between(3, 4),
        Person.age.is_null() | Person.born.is_not_null(),
        Person.born < dt.date(2024, 1, 1),
        Person.group.id == 1,
    ]


async def typed_operations(person: Person) -> None:
    assert_type(await Person.search(filter=Person.age > 18), list[Person])
    await Person.search(
        fields=[Person.name, "age"], filter=(Person.age > 3) & Person.group.name.ilike("x")
    )
    await Person.search(filter=[Person.age > 3, "or", ("name", "=", "x")], sort=Person.name)
    assert_type(await Person.exists(~(Person.name == "x")), bool)
    assert_type(await Person.search_count(Person.group.name == "x"), int)
    await Person.create(Person(name="x", group=1))
    await person.update(fields=[Person.name])
    assert_type((await Person.get_or_raise(1)).group.name, str)


# ---------------------------------------------------------------- databases


async def databases() -> None:
    db = dotorm.connect("sqlite://", models=[User, Role], max_size=3)
    assert_type(db, Database)
    assert_type(await db, Database)
    async with dotorm.connect("sqlite://") as other:
        assert_type(other, Database)
    db.bind(User, Role)
    async with db.transaction(isolation="serializable", readonly=True) as session:
        await User.search(session=session)
        await use(session)
    async with db.detached() as session:
        await use(session)
    changes = await db.create_and_update_tables([User, Role])
    assert_type(changes.statements, list[str])
    rows = await db.execute("SELECT %s AS one", [1])
    assert_type(rows[0]["one"], Any)
    await db.close()


async def use(session: Session) -> None:
    rows = await session.execute("SELECT 1 AS one")
    assert_type(rows.affected, int)


def faces(db: Database) -> None:
    assert_type(User.__table__, str)
    User._pool = db.pool
    User._no_transaction = None
    User._dialect = db.pool.dialect
    sql, values = User._builder.build_search(fields=["name"], limit=None)
    assert_type((sql, values), tuple[str, tuple[Any, ...]])


def errors(person: Person) -> str | None:
    try:
        return person.name
    except FieldNotLoaded as error:
        return str(error)
    except UniqueViolation as error:
        return error.constraint
