"""Loading the four kinds of relations, and what records answer then."""

import json

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2many, Many2one, One2many, One2one, Ref


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char()
    level: int = Integer()
    users: list["User"] = One2many(lambda: User, "role_id")


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    name: str = Char()


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()
    role_id: Role = Many2one(lambda: Role)
    boss: Ref["User"] = Many2one(lambda: User)
    team: list["User"] = One2many(lambda: User, "boss")
    tags: list[Tag] = Many2many(lambda: Tag, "user_tags", column1="tag_id", column2="user_id")
    passport: "Passport" = One2one(lambda: Passport, "owner")


class Passport(DotModel):
    __table__ = "passports"

    id: int = Integer(primary_key=True)
    number: str = Char()
    owner: Ref[User] = Many2one(lambda: User, unique=True, required=True)


MODELS = [Role, User, Tag, Passport]


@pytest.fixture
async def users(db, sent):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    await Role.create_bulk([Role(name="admin", level=9), Role(name="guest")])
    await Role.create(Role(name="nobody"))
    await User.create_bulk(
        [
            User(name="Ann", role_id=1),
            User(name="Bob", role_id=1, boss=1),
            User(name="Cid", role_id=2, boss=1),
            User(name="Dan"),
        ]
    )
    await Tag.create_bulk([Tag(name=f"tag {n}") for n in (1, 2, 3)])
    await User.link_many2many("tags", [(1, 1), (1, 2), (2, 2), (3, 3)])
    await Passport.create_bulk([Passport(number="X1", owner=1), Passport(number="X2", owner=3)])
    sent.forget()
    return User


async def test_search_loads_every_kind_with_one_statement_each(users, sent):
    fields = ["name", "role_id", "tags", "team", "passport", "boss"]
    found = {user.name: user for user in await User.search(fields=fields)}
    assert len(sent) == 6
    ann, bob, cid, dan = (found[name] for name in ("Ann", "Bob", "Cid", "Dan"))
    assert (ann.role_id.name, bob.role_id.level, cid.role_id.name) == ("admin", 9, "guest")
    assert dan.role_id is None
    assert [tag.name for tag in ann.tags] == ["tag 1", "tag 2"]
    assert [[t.id for t in user.tags] for user in (bob, cid, dan)] == [[2], [3], []]
    assert [user.name for user in ann.team] == ["Bob", "Cid"]
    assert (bob.team, dan.team) == ([], [])
    assert (ann.passport.number, cid.passport.number) == ("X1", "X2")
    assert (bob.passport, dan.passport) == (None, None)
    assert (ann.boss, bob.boss.name, cid.boss.name) == (None, "Ann", "Ann")


async def test_the_statements_of_the_seeds_table(users, sent):
    for model, fields, statements in (
        (User, ["id", "name", "role_id"], 2),
        (User, ["id", "name", "tags"], 2),
        (Role, ["id", "name", "users"], 2),
        (User, ["name", "role_id", "tags", "team"], 4),
    ):
        sent.forget()
        await model.search(fields=fields)
        assert len(sent) == statements
    sent.forget()
    assert await User.search(fields=["role_id", "tags"], filter=[("id", "=", 99)]) == []
    assert len(sent) == 1


async def test_relations_load_without_keys_among_the_fields(users):
    (ann,) = await User.search(fields=["tags"], filter=[("name", "=", "Ann")])
    assert ([tag.id for tag in ann.tags], ann.id) == ([1, 2], 1)
    roles = await Role.search(fields=["users"], fields_info={"users": ["name"]}, order="ASC")
    assert [[user.name for user in role.users] for role in roles] == [["Ann", "Bob"], ["Cid"], []]
    with pytest.raises(dotorm.FieldNotLoaded):
        _ = roles[0].users[0].boss


async def test_fields_info_names_what_is_read_of_related_records(users, sent):
    user = await User.get_with_relations(
        1,
        fields=["name", "role_id", "tags", "passport"],
        fields_info={"role_id": ["name"], "tags": ["id"], "passport": ["number"]},
    )
    assert (user.role_id.name, user.role_id.id) == ("admin", 1)
    with pytest.raises(dotorm.FieldNotLoaded, match=r"Role\.level"):
        _ = user.role_id.level
    with pytest.raises(dotorm.FieldNotLoaded, match=r"Tag\.name"):
        _ = user.tags[0].name
    assert '"level"' not in "".join(sent.texts)
    assert (user.passport.number, user.passport.owner) == ("X1", 1)


async def test_get_with_relations_of_a_key_loads_all_relations_by_default(users, sent):
    user = await User.get_with_relations(User(id=3))
    assert len(sent) == 6
    assert (user.role_id.name, user.boss.name, user.passport.number) == ("guest", "Ann", "X2")
    assert [tag.id for tag in user.tags] == [3]
    assert await User.get_with_relations(99) is None


async def test_what_a_many2one_answers(users):
    assert (await User.get(2)).role_id == 1
    assert (await User.search(filter=[("id", "=", 2)]))[0].role_id == 1
    (bob,) = await User.search(fields=["name", "role_id"], filter=[("id", "=", 2)])
    assert isinstance(bob.role_id, Role)
    assert (await Role.get(bob.role_id)).name == "admin"
    assert (await Role.get((await User.get(2)).role_id)).name == "admin"
    assert await User.search_count([("role_id", "=", bob.role_id)]) == 2
    assert await User.search_count(User.role_id == bob.role_id) == 2


async def test_one_related_record_is_one_object(users):
    found = {user.name: user for user in await User.search(fields=["name", "role_id", "tags"])}
    assert found["Ann"].role_id is found["Bob"].role_id
    assert found["Ann"].tags[1] is found["Bob"].tags[0]


async def test_lists_also_answer_data(users):
    role = await Role.get_with_relations(1, fields=["id", "users"])
    assert role.users["data"] is role.users
    assert [user.name for user in role.users["data"]] == ["Ann", "Bob"]
    assert (role.users[0].name, role.users[-1].name, len(role.users[:1])) == ("Ann", "Bob", 1)
    tags = await User.get_many2many("tags", 1)
    assert tags["data"] is tags


async def test_relations_that_were_not_read_say_so(users):
    ann = await User.get(1)
    with pytest.raises(dotorm.FieldNotLoaded, match=r"User\.tags was not loaded"):
        _ = ann.tags
    with pytest.raises(dotorm.InvalidFilter, match=r"User\.tags is a relation"):
        await User.get(1, fields=["tags"])


async def test_json_nests_related_records(users):
    user = await User.get_with_relations(2, fields=["name", "role_id", "tags", "boss"])
    assert user.json() == {
        "id": 2,
        "name": "Bob",
        "role_id": {"id": 1, "name": "admin", "level": 9},
        "boss": {"id": 1, "name": "Ann", "role_id": 1, "boss": None},
        "tags": [{"id": 2, "name": "tag 2"}],
    }
    (passport,) = await Passport.search(fields=["owner"], limit=1)
    json.dumps(passport.json())
    role = await Role.get_with_relations(1, fields=["users"])
    for member in role.users:
        member.role_id = role
    assert role.json() == {
        "id": 1,
        "users": [
            {"id": 1, "name": "Ann", "role_id": 1, "boss": None},
            {"id": 2, "name": "Bob", "role_id": 1, "boss": 1},
        ],
    }


async def test_a_loaded_relation_is_no_change(users, sent):
    (bob,) = await User.search(fields=["name", "role_id", "tags"], filter=[("id", "=", 2)])
    sent.forget()
    await bob.update()
    assert sent.texts == []
    bob.role_id = await Role.get(2)
    await bob.update()
    assert (await User.get(2)).role_id == 2
    bob.role_id = None
    await bob.update()
    assert (await User.get(2)).role_id is None


async def test_a_record_is_taken_where_a_key_is(users):
    role = await Role.get(2)
    key = await User.create(User(name="Eve", role_id=role, boss=User(id=1)))
    assert (await User.get(key)).role_id == 2
    await User.create_bulk([User(name="Fay", role_id=role), User(name="Gus", role_id=1)])
    assert await User.update_bulk([User(id=key), 4], User(role_id=role)) == 2
    assert await User.search_count([("role_id", "in", [role, 99])]) == 4
    for wrong in (Tag(id=1), Role(), "x", 1.5):
        with pytest.raises(dotorm.InvalidValue, match=r"User\.role_id|no key yet"):
            await User.create(User(role_id=wrong))


async def test_150_links_and_2000_children_of_one_record_come_whole(users, sent):
    await Tag.create_bulk([Tag(id=n) for n in range(1000, 1150)])
    await User.link_many2many("tags", [(4, n) for n in range(1000, 1150)])
    await User.create_bulk([User(role_id=3) for _ in range(2000)])
    found = {user.id: user.tags for user in await User.search(fields=["tags"])}
    assert [len(found[key]) for key in (1, 2, 3, 4)] == [2, 1, 1, 150]
    found = {role.id: role.users for role in await Role.search(fields=["users"])}
    assert [len(found[key]) for key in (1, 2, 3)] == [2, 1, 2000]


@pytest.mark.slow
async def test_10_000_parents_lose_nothing_and_take_no_more_statements(users, sent):
    keys = range(10_001, 20_001)
    await User.create_bulk([User(id=n, role_id=n % 3 + 1, boss=n % 4 + 1) for n in keys])
    await User.link_many2many("tags", [(n, t) for n in keys for t in (1, 1 + n % 2)])
    await Passport.create_bulk([Passport(number=str(n), owner=n) for n in keys])
    sent.forget()
    found = await User.search(
        fields=["role_id", "tags", "boss", "passport", "team"], filter=[("id", ">", 10_000)]
    )
    assert len(sent) == 6
    assert len(found) == 10_000
    for user in found:
        assert user.role_id.id == user.id % 3 + 1
        assert [tag.id for tag in user.tags] == ([1, 2] if user.id % 2 else [1])
        assert (user.passport.number, user.boss.id) == (str(user.id), user.id % 4 + 1)
    sent.forget()
    chiefs = await User.search(fields=["team"], filter=[("id", "<=", 4)])
    assert [len(user.team) for user in chiefs] == [2500, 2500, 2500, 2502]
    assert len(sent) == 2


async def test_a_reverse_side_needs_its_other_end(db):
    class Lone(DotModel):
        __table__ = "lone"

        id: int = Integer(primary_key=True)
        many: list[User] = One2many(lambda: User, "nothing")
        one: User = One2one(lambda: User, "boss")

    db.bind(Lone, User)
    await db.create_and_update_tables(MODELS)
    with pytest.raises(dotorm.ConfigurationError, match="User has no Many2one named 'nothing'"):
        await db.create_and_update_tables([Lone])
    with pytest.raises(dotorm.ConfigurationError, match="User has no Many2one named 'nothing'"):
        await Lone.search(fields=["many"])
    with pytest.raises(dotorm.ConfigurationError, match="must be declared with unique=True"):
        await Lone.search(fields=["one"])


async def test_a_class_that_is_defined_twice_counts_in_its_newest_form(db):
    class Group(DotModel):
        __table__ = "groups"

        id: int = Integer(primary_key=True)
        name: str = Char()

    class Member(DotModel):
        __table__ = "members"

        id: int = Integer(primary_key=True)
        group: Group = Many2one(lambda: Group)

    old = Group

    class Group(DotModel):
        __table__ = "groups"

        id: int = Integer(primary_key=True)
        name: str = Char()
        members: list[Member] = One2many(lambda: Member, "group")

    db.bind(Group, Member)
    await db.create_and_update_tables([Group, Member])
    key = await Group.create(Group(name="x"))
    await Member.create(Member(group=old(id=key)))
    (member,) = await Member.search(fields=["group"])
    assert isinstance(member.group, Group)
    (group,) = await Group.search(fields=["members"])
    assert [member.id for member in group.members] == [1]
