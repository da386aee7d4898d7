"""Create, read, update and delete single records."""

import datetime as dt
import decimal
import json
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
    Integer,
    JSONField,
    Many2one,
)


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    age: int = Integer()
    active: bool = Boolean(default=True)
    tags: list = JSONField(default=[])
    token: uuid.UUID = UUID(default=uuid.uuid4)
    balance: decimal.Decimal = Decimal(10, 2)
    created: dt.datetime = Datetime()
    photo: bytes = Binary()
    boss: "User" = Many2one(lambda: User)
    shout: str = Char(store=False, compute=lambda user: user.name.upper())


@pytest.fixture
async def users(db, sent):
    db.bind(User)
    await db.create_and_update_tables([User])
    sent.forget()
    return User


async def test_create_answers_the_key_and_fills_it_in(users, sent):
    user = User(name="Ann", age=3)
    key = await User.create(user)
    assert type(key) is int
    assert user.id == key
    assert await User.create(User()) == key + 1
    assert len(sent) == 2


async def test_an_explicit_key_is_kept(users):
    assert await User.create(User(id=77, name="Ann")) == 77
    assert (await User.get(77)).name == "Ann"
    with pytest.raises(dotorm.UniqueViolation) as error:
        await User.create(User(id=77))
    assert error.value.__cause__ is not None


async def test_an_empty_payload_is_a_row_of_defaults(users):
    user = User()
    key = await User.create(user)
    found = await User.get(key)
    assert (found.name, found.age, found.active, found.tags) == (None, None, True, [])
    assert isinstance(found.token, uuid.UUID)
    assert (user.id, user.name, user.active, user.token) == (key, None, True, found.token)


class Bare(DotModel):
    __table__ = "bare"

    id: int = Integer(primary_key=True)


async def test_a_model_that_is_nothing_but_a_key(db):
    db.bind(Bare)
    await db.create_and_update_tables([Bare])
    assert await Bare.create(Bare()) == 1
    assert await Bare.create_bulk([Bare(), Bare()]) == [{"id": 2}, {"id": 3}]
    assert [bare.id for bare in await Bare.search()] == [3, 2, 1]


async def test_unknown_keywords_are_refused():
    with pytest.raises(TypeError, match="nmae"):
        User(nmae="x")
    with pytest.raises(TypeError, match="positional"):
        User("Ann")


async def test_a_default_that_can_change_is_not_shared(users):
    first, second = User(), User()
    first.tags.append("x")
    assert (first.tags, second.tags, User().tags) == (["x"], [], [])
    await User.create_bulk([first, second])
    found = {user.id: user.tags for user in await User.search()}
    assert found == {first.id: ["x"], second.id: []}
    assert first.token != second.token


async def test_a_given_none_is_no_default(users):
    key = await User.create(User(active=None, tags=None, token=None))
    user = await User.get(key)
    assert (user.active, user.tags, user.token) == (None, None, None)


async def test_get_answers_none_and_get_or_raise_raises(users):
    key = await User.create(User(name="Ann"))
    assert (await User.get(key)).name == "Ann"
    assert (await User.get_or_raise(User(id=key))).name == "Ann"
    assert await User.get(99) is None
    assert await User.get(None) is None
    with pytest.raises(dotorm.RecordNotFound, match="there is no User with the key 99"):
        await User.get_or_raise(99)


async def test_get_refuses_what_is_no_key(users, sent):
    for key in ("x", 1.5, [1], {}, 2**40):
        with pytest.raises(dotorm.InvalidValue, match=r"User\.id"):
            await User.get(key)
    with pytest.raises(dotorm.InvalidValue, match="no key yet"):
        await User.get(User(name="x"))
    assert sent.texts == []


async def test_what_was_not_read_says_how_to_read_it(users):
    key = await User.create(User(name="Ann", age=5))
    user = await User.get(key, fields=["name"])
    assert (user.id, user.name, user.shout) == (key, "Ann", "ANN")
    with pytest.raises(dotorm.FieldNotLoaded, match=r"User\.age was not loaded: name 'age'"):
        _ = user.age
    assert not hasattr(user, "age")
    assert getattr(user, "age", "?") == "?"
    with pytest.raises(AttributeError, match="no attribute 'nmae'; did you mean 'name'"):
        _ = user.nmae


async def test_search_count_exists_and_length(users):
    assert (await User.search(), await User.table_len(), await User.exists()) == ([], 0, False)
    await User.create_bulk([User(name=name, age=age) for age, name in enumerate("abcdefgh")])
    assert await User.table_len() == 8
    assert await User.search_count([("age", "<", 3)]) == 3
    assert await User.search_count() == 8
    assert await User.exists([("name", "=", "c")]) is True
    assert await User.exists(User.name == "z") is False


async def test_search_has_no_hidden_limit_and_begins_with_the_newest(users):
    await User.create_bulk([User(age=n) for n in range(300)])
    found = await User.search()
    assert [user.age for user in found] == list(reversed(range(300)))


async def test_limit_start_and_end(users):
    await User.create_bulk([User(id=n) for n in range(1, 8)])

    async def ids(**options):
        return [user.id for user in await User.search(fields=["id"], order="ASC", **options)]

    assert await ids(limit=2) == [1, 2]
    assert await ids(limit=0) == []
    assert await ids(limit=99) == [1, 2, 3, 4, 5, 6, 7]
    assert await ids(start=0, end=2) == [1, 2]
    assert await ids(start=2, end=4) == [3, 4]
    assert await ids(start=5) == [6, 7]
    assert await ids(end=3) == [1, 2, 3]
    assert await ids(start=3, end=3) == []
    assert await ids(start=70, end=80) == []


async def test_sort_by_several_fields(users):
    rows = [("a", 2), ("b", 1), ("a", 1), (None, 3), ("b", None)]
    await User.create_bulk([User(id=n, name=name, age=age) for n, (name, age) in enumerate(rows)])

    async def ids(*sort, **options):
        return [user.id for user in await User.search(fields=["id"], sort=list(sort), **options)]

    assert await ids("name", "age") == [2, 0, 1, 4, 3]
    assert await ids("-name", "age") == [1, 4, 2, 0, 3]
    assert await ids("name", "-age") == [0, 2, 1, 4, 3]
    assert await ids("-name", "-age") == [1, 4, 0, 2, 3]
    assert await ids("name", "age", order="desc") == [1, 4, 0, 2, 3]
    assert await ids(User.name, "-id") == [2, 0, 4, 1, 3]
    assert sorted(await ids()) == [0, 1, 2, 3, 4]


async def test_update_writes_what_changed_and_nothing_else(users, sent):
    key = await User.create(User(name="Ann", age=5, tags=["a", {"b": [1]}]))
    user = await User.get(key)
    sent.forget()
    await user.update()
    assert sent.texts == []
    user.age = 6
    await user.update()
    (text,) = sent.texts
    assert '"age"' in text
    assert '"name"' not in text
    user.tags[1]["b"].append(2)
    await user.update()
    assert '"tags"' in sent.texts[1]
    assert '"age"' not in sent.texts[1]
    await user.update()
    assert len(sent) == 2
    found = await User.get(key)
    assert (found.name, found.age, found.tags) == ("Ann", 6, ["a", {"b": [1, 2]}])


async def test_a_record_that_was_just_created_has_no_changes(users, sent):
    user = User(
        name="Ann",
        tags={"b": 1, "a": [(1, 2)], "ä": {"z": None, "c": True}},
        balance="5.1",
        created="2024-01-31T12:00:00+02:00",
        photo=bytearray(b"x"),
        token="12345678123456781234567812345678",  # noqa: S106 - a key of no door
        age="7",
    )
    await User.create(user)
    sent.forget()
    await user.update()
    (bulk,) = users_ = [User(name="Bob", tags={"b": 1, "a": 2}, balance=3, created="2024-01-31")]
    await User.create_bulk(users_)
    sent.forget()
    await bulk.update()
    assert sent.texts == []
    assert (user.age, user.balance, user.photo) == (7, decimal.Decimal("5.10"), b"x")
    assert user.created == dt.datetime(2024, 1, 31, 10, tzinfo=dt.UTC)
    assert user == await User.get(user.id)


async def test_update_with_a_payload_writes_what_it_was_given(users, sent):
    key = await User.create(User(name="Ann", age=5))
    user = await User.get(key)
    await user.update(User(name="Bea", age=None, active=False))
    assert (user.name, user.age, user.active) == ("Bea", None, False)
    await user.update(User(name="Cleo", age=9), fields=["age"])
    assert (user.name, user.age) == ("Bea", 9)
    user.name, user.age = "Dora", 10
    await user.update(fields=["name"])
    found = await User.get(key)
    assert (found.name, found.age, found.active, found.tags) == ("Dora", 9, False, [])
    sent.forget()
    await user.update(User())
    assert sent.texts == []


async def test_a_partly_read_record_updates_what_it_has(users, sent):
    key = await User.create(User(name="Ann", age=5))
    user = await User.get(key, fields=["name"])
    user.name = "Bea"
    user.age = 6
    await user.update()
    assert len(sent) == 3
    found = await User.get(key)
    assert (found.name, found.age, found.active) == ("Bea", 6, True)


async def test_a_key_does_not_change(users, sent):
    user = User(name="Ann")
    await User.create(user)
    sent.forget()
    user.id += 1
    with pytest.raises(dotorm.InvalidValue, match=r"User\.id is the key"):
        await user.update()
    user.id -= 1
    for bad in ({"fields": ["id"]}, {"fields": ["zzz"]}, {"fields": ["shout"]}, {"fields": "name"}):
        with pytest.raises((dotorm.InvalidValue, dotorm.InvalidFilter)):
            await user.update(User(id=1, name="x"), **bad)
    with pytest.raises(dotorm.InvalidValue, match="given no value"):
        await user.update(User(name="x"), fields=["age"])
    with pytest.raises(dotorm.InvalidValue, match="give a User, not Bare"):
        await user.update(Bare(id=1))
    assert sent.texts == []


async def test_a_missing_record_is_neither_updated_nor_deleted_in_silence(users):
    user = User(name="Ann")
    await User.create(user)
    await (await User.get(user.id)).delete()
    user.name = "Bea"
    with pytest.raises(dotorm.RecordNotFound, match=f"no User with the key {user.id}"):
        await user.update()
    with pytest.raises(dotorm.RecordNotFound):
        await user.delete()
    with pytest.raises(dotorm.InvalidValue, match="no key yet"):
        await User(name="x").delete()
    with pytest.raises(dotorm.InvalidValue, match="no key yet"):
        await User(name="x").update()


async def test_a_record_that_was_never_read_can_be_updated_by_its_key(users):
    key = await User.create(User(name="Ann", age=5))
    await User(id=key, name="Bea").update()
    found = await User.get(key)
    assert (found.name, found.age) == ("Bea", 5)
    await User(id=key).delete()
    assert await User.table_len() == 0


async def test_json_answers_what_json_takes(users):
    user = User(name="Ann", balance="1.5", created="2024-01-31T12:00:00", photo=b"\0\xff")
    await User.create(user)
    answer = (await User.get(user.id)).json()
    assert (
        json.loads(json.dumps(answer))
        == answer
        == {
            "id": user.id,
            "name": "Ann",
            "age": None,
            "active": True,
            "tags": [],
            "token": str(user.token),
            "balance": "1.50",
            "created": "2024-01-31T12:00:00+00:00",
            "photo": "AP8=",
            "boss": None,
            "shout": "ANN",
        }
    )
    part = await User.get(user.id, fields=["name"])
    assert part.json() == {"id": user.id, "name": "Ann", "shout": "ANN"}
    assert part.json(include=["name"]) == {"name": "Ann"}
    assert part.json(exclude=["shout"]) == {"id": user.id, "name": "Ann"}
    assert User(name="x", boss=user).json(include=["boss"])["boss"]["name"] == "Ann"
    with pytest.raises(dotorm.InvalidFilter, match="zzz"):
        part.json(include=["zzz"])


async def test_raw_sql_takes_the_same_text_everywhere(users, db):
    await User.create_bulk([User(name="50%", age=1), User(name="it's", age=2)])
    sql = (
        "SELECT name, age AS years FROM users WHERE name LIKE %s AND name LIKE '%%\\%%' ESCAPE '\\'"
    )
    assert await db.execute(sql, ["50%"]) == [{"name": "50%", "years": 1}]
    assert await db.execute("SELECT name FROM users WHERE age = %s", (2,)) == [{"name": "it's"}]
    changed = await db.execute("UPDATE users SET age = age + %s", [1])
    assert (changed, changed.affected) == ([], 2)
    assert await db.session.execute("SELECT COUNT(*) AS n FROM users WHERE age > 1") == [{"n": 2}]
    for sql, values in (
        ("SELECT %s", []),
        ("SELECT 1", [1]),
        ("SELECT '5%'", []),
        ("SELECT %d", [1]),
        ("SELECT %s", "x"),
        ("SELECT %(a)s", {"a": 1}),
        ("SELECT 1 AS a, 2 AS a", []),
    ):
        with pytest.raises(dotorm.InvalidValue):
            await db.execute(sql, values)
    with pytest.raises(dotorm.DatabaseError):
        await db.execute("SELEKT 1")


async def test_session_overrides_the_binding(users, db, tmp_path):
    async with dotorm.connect(f"sqlite:///{tmp_path}/other.db") as other:
        await other.create_and_update_tables([User])
        key = await User.create(User(id=500, name="there"), session=other.session)
        assert await User.get(key) is None
        assert (await User.get(key, session=other.session)).name == "there"
        assert await User.table_len() == 0
        with pytest.raises(dotorm.ConfigurationError, match="session= takes a session"):
            await User.get(key, session=other)


async def test_a_model_that_is_bound_to_nothing_says_so():
    class Loose(DotModel):
        __table__ = "loose"

        id: int = Integer(primary_key=True)

    with pytest.raises(dotorm.ConfigurationError, match="Loose is not bound to a database"):
        await Loose.search()
