"""Payloads written and records shown, on every backend."""

import datetime as dt
import decimal
import uuid

import pytest

import dotorm
from dotorm import (
    UUID,
    Binary,
    Boolean,
    Char,
    Datetime,
    Decimal,
    DotModel,
    FieldNotLoaded,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    One2many,
    One2one,
)
from dotorm.pydantic import (
    create_schema,
    from_record,
    load_options,
    read_schema,
    to_record,
    update_schema,
)


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20, required=True)
    users: list["User"] = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=10, required=True)
    active: bool = Boolean(default=True)
    token: uuid.UUID = UUID(default=uuid.uuid4)
    balance: decimal.Decimal = Decimal(8, 2)
    born: dt.datetime = Datetime()
    data: dict = JSONField()
    photo: bytes = Binary()
    role_id: Role = Many2one(lambda: Role)
    card: "Card" = One2one(lambda: Card, "user_id")
    friends: list["User"] = Many2many(lambda: User, "friends", "friend_id", "user_id")
    shout: str = Char(store=False, compute=lambda user: user.name.upper())


class Card(DotModel):
    __table__ = "cards"

    id: int = Integer(primary_key=True)
    user_id: User = Many2one(lambda: User, unique=True)


MODELS = [Role, User, Card]


@pytest.fixture
async def tables(db, sent):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    sent.forget()


async def test_a_payload_is_created_and_shown(tables):
    text = (
        '{"name": "Ann", "balance": "12.30", "born": "2024-01-31T14:00:00+02:00",'
        ' "data": {"a": [1]}, "photo": "AP8="}'
    )
    user = to_record(create_schema(User).model_validate_json(text))
    key = await User.create(user)
    found = await User.get(key)
    shown = from_record(read_schema(User), found)
    assert shown.model_dump(mode="json") == {
        "id": key,
        "name": "Ann",
        "active": True,
        "token": str(user.token),
        "balance": "12.30",
        "born": "2024-01-31T12:00:00Z",
        "data": {"a": [1]},
        "photo": "AP8=",
        "role_id": None,
    }
    assert from_record(read_schema(User), user) == shown


async def test_an_update_writes_only_what_was_sent(tables, sent):
    user = User(name="Ann", balance=5)
    await User.create(user)
    sent.forget()
    schema = update_schema(User)
    await user.update(to_record(schema.model_validate({"balance": None})))
    [text] = sent.texts
    assert '"balance"' in text.split("WHERE")[0]
    assert '"name"' not in text.split("WHERE")[0]
    await user.update(to_record(schema.model_validate({})))
    assert len(sent) == 1
    assert (user.balance, (await User.get(user.id)).name) == (None, "Ann")


async def test_relations_are_loaded_as_a_schema_says(tables, sent):
    roles = [Role(name="admin"), Role(name="guest")]
    await Role.create_bulk(roles)
    users = [User(name=name, role_id=roles[0]) for name in ("Ann", "Bob", "Cid")]
    await User.create_bulk(users)
    await Card.create(Card(user_id=users[0]))
    await User.link_many2many("friends", [(users[0], users[1]), (users[1], users[2])])
    schema = read_schema(
        Role,
        ["name", {"users": ["name", {"card": ["id"], "friends": ["name", {"role_id": ["name"]}]}]}],
    )
    sent.forget()
    found = await Role.search(**load_options(schema), sort="id")
    assert len(sent) == 5  # roles, users, cards, friends, their roles
    shown = [from_record(schema, role).model_dump() for role in found]

    def friend(name):
        return {"name": name, "role_id": {"name": "admin"}}

    assert shown == [
        {
            "name": "admin",
            "users": [
                {"name": "Ann", "card": {"id": 1}, "friends": [friend("Bob")]},
                {"name": "Bob", "card": None, "friends": [friend("Cid")]},
                {"name": "Cid", "card": None, "friends": []},
            ],
        },
        {"name": "guest", "users": []},
    ]
    one = await Role.get_with_relations(roles[0], **load_options(schema))
    assert from_record(schema, one).model_dump() == shown[0]


async def test_changes_of_relations_are_written(tables):
    role = Role(name="admin")
    await Role.create(role)
    users = [User(name="Ann", role_id=role), User(name="Bob", role_id=role), User(name="Cid")]
    await User.create_bulk(users)
    schema = update_schema(Role, ["name", {"users": ["name"]}])
    payload = {
        "name": "chief",
        "users": {
            "selected": [users[2].id],
            "unselected": [users[0].id],
            "created": [{"name": "Dan"}],
            "deleted": [users[1].id],
        },
    }
    await role.update_with_relations(to_record(schema.model_validate(payload)))
    shown = read_schema(Role, ["name", {"users": ["name"]}])
    found = await Role.get_with_relations(role.id, **load_options(shown))
    assert from_record(shown, found).model_dump() == {
        "name": "chief",
        "users": [{"name": "Cid"}, {"name": "Dan"}],
    }


async def test_what_was_not_read_is_an_error(tables):
    await User.create(User(name="Ann"))
    [user] = await User.search(fields=["id"])
    for fields in (["name"], ["shout"], ["friends"]):
        with pytest.raises(FieldNotLoaded):
            from_record(read_schema(User, fields), user)
    [user] = await User.search(fields=["name"])
    assert from_record(read_schema(User, ["id", "shout"]), user).shout == "ANN"


async def test_what_a_schema_admits_the_database_takes(tables):
    schema = create_schema(User)
    for payload in (
        {"name": "x" * 10, "balance": "999999.99", "born": "0001-01-01T00:00:00"},
        {"name": "ä€😀'\"\\", "balance": "-999999.99", "born": "9999-12-31T23:59:59.999999Z"},
        {"name": "", "data": {"": ["'", {"k": None}]}, "photo": ""},
    ):
        given = schema.model_validate(payload)
        key = await User.create(to_record(given))
        found = from_record(read_schema(User), await User.get(key))
        assert found.model_dump(include=set(payload)) == given.model_dump(exclude_unset=True)


async def test_a_page_of_records_takes_one_statement(tables, sent):
    await User.create_bulk([User(name=f"user {i}") for i in range(50)])
    schema = read_schema(User, ["id", "name", "born"])
    sent.forget()
    found = await User.search(**load_options(schema), sort="id", start=10, end=20)
    assert [from_record(schema, user).name for user in found] == [
        f"user {i}" for i in range(10, 20)
    ]
    assert len(sent) == 1


async def test_a_reference_to_nothing_is_the_databases_error(tables):
    payload = create_schema(User).model_validate({"name": "Ann", "role_id": 99})
    with pytest.raises(dotorm.ForeignKeyViolation):
        await User.create(to_record(payload))
