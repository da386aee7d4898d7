"""One update that writes a record and changes what it is related to, or does nothing at all."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2many, Many2one, One2many, One2one


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char()
    users: list["User"] = One2many(lambda: User, "role")
    rights: list["Right"] = Many2many(lambda: Right, "role_rights", "right_id", "role_id")
    badge: "Badge" = One2one(lambda: Badge, "role")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(unique=True)
    role: Role = Many2one(lambda: Role)


class Right(DotModel):
    __table__ = "rights"

    id: int = Integer(primary_key=True)
    name: str = Char()


class Badge(DotModel):
    __table__ = "badges"

    id: int = Integer(primary_key=True)
    role: Role = Many2one(lambda: Role, unique=True)


MODELS = [Role, User, Right, Badge]


@pytest.fixture
async def role(db, sent):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    await Role.create_bulk([Role(name="admin"), Role(name="guest")])
    owners = (1, 1, 1, 2, None)
    await User.create_bulk([User(name=f"u{n}", role=r) for n, r in enumerate(owners, 1)])
    await Right.create_bulk([Right(name=f"r{n}") for n in range(1, 6)])
    await Role.link_many2many("rights", [(1, 1), (1, 2), (1, 3), (2, 4)])
    sent.forget()
    return await Role.get(1)


async def state():
    role = await Role.get_with_relations(1, fields=["name", "users", "rights"])
    return (
        role.name,
        [user.id for user in role.users],
        [right.id for right in role.rights],
        await User.table_len(),
        await Right.table_len(),
    )


async def test_all_four_parts_of_both_kinds_in_one_transaction(role, sent):
    done = await role.update_with_relations(
        Role(
            name="root",
            users={
                "selected": [4, 5],
                "unselected": [1],
                "created": [User(name="new"), {"name": "newer"}],
                "deleted": [2],
            },
            rights={
                "selected": [4, 1],
                "unselected": [2],
                "created": [{"name": "fresh"}],
                "deleted": [3],
            },
        )
    )
    assert [event.outcome for event in sent.transactions] == ["committed"]
    assert await state() == ("root", [3, 4, 5, 6, 7], [1, 4, 6], 6, 5)
    assert done == {
        "name": "root",
        "users": {"selected": [4, 5], "unselected": [1], "created": [6, 7], "deleted": [2]},
        "rights": {"selected": [4, 1], "unselected": [2], "created": [6], "deleted": [3]},
    }
    assert role.name == "root"
    assert (await User.get(1)).role is None
    assert await User.get(2) is None


BEFORE = ("admin", [1, 2, 3], [1, 2, 3], 5, 5)


async def test_a_failure_at_the_end_leaves_nothing(role, sent):
    payloads = (
        Role(name="x", rights={"selected": [4]}, users={"created": [User(name="u1")]}),
        Role(name="x", users={"selected": [5]}, rights={"selected": [99]}),
        Role(name="x", users={"created": [{"name": "y"}]}, rights={"created": [{"nmae": "y"}]}),
        Role(name=5, users={"created": [{"name": "y"}]}),
        Role(name="x", users={"selected": ["y"]}, rights={"selected": [4]}),
    )
    for payload in payloads:
        with pytest.raises((dotorm.DotORMError, TypeError)):
            await role.update_with_relations(payload)
        assert await state() == BEFORE
    assert {event.outcome for event in sent.transactions} <= {"rolled back"}
    assert role.name == "admin"


async def test_it_joins_the_transaction_it_is_called_in(role, db, sent):
    with pytest.raises(ZeroDivisionError):
        await _undone(role, db)
    assert await state() == BEFORE
    assert len(sent.transactions) == 1


async def _undone(role, db):
    async with db.transaction():
        await role.update_with_relations(Role(name="x", users={"deleted": [1, 2, 3]}))
        assert await User.table_len() == 2
        raise ZeroDivisionError


async def test_what_is_not_related_is_left_alone(role):
    done = await role.update_with_relations(
        Role(users={"deleted": [1, 4, 99], "unselected": [4, 5]}, rights={"deleted": [4, 1]})
    )
    assert done["users"]["deleted"] == [1]
    assert done["rights"]["deleted"] == [1]
    assert await state() == ("admin", [2, 3], [2, 3], 4, 4)
    assert (await User.get(4)).role == 2


async def test_a_record_that_was_given_is_answered_as_its_key(role):
    user = await User.get(5)
    assert await user.update_with_relations(User(role=role)) == {"role": 1}
    assert await user.update_with_relations(User(role=2)) == {"role": 2}


async def test_fields_choose_what_is_done(role):
    payload = Role(name="x", users={"deleted": [1]}, rights={"unselected": [1]})
    done = await role.update_with_relations(payload, fields=["rights"])
    assert list(done) == ["rights"]
    assert await state() == ("admin", [1, 2, 3], [2, 3], 5, 5)
    assert await role.update_with_relations(payload, fields=["name"]) == {"name": "x"}
    assert await role.update_with_relations(Role()) == {}


async def test_a_payload_that_makes_no_sense_is_refused(role, sent):
    for payload in (
        User(name="x"),
        None,
        {"name": "x"},
        Role(users=[1, 2]),
        Role(users={"chosen": [1]}),
        Role(users={"selected": 1}),
        Role(users={"selected": "12"}),
        Role(rights={"created": ["x"]}),
        Role(rights={"selected": [None]}),
        Role(rights={"created": [User(name="x")]}),
    ):
        with pytest.raises((dotorm.InvalidValue, dotorm.InvalidFilter)):
            await role.update_with_relations(payload)
        assert await state() == BEFORE
    with pytest.raises(dotorm.InvalidFilter, match="unknown field 'zzz'"):
        await role.update_with_relations(Role(name="x"), fields=["zzz"])


async def test_a_missing_record_is_told_and_nothing_is_changed(role):
    await Role(id=2).delete()
    ghost = Role(id=2)
    for payload in (
        Role(name="x"),
        Role(rights={"selected": [1]}),
        Role(users={"created": [User(name="x")]}),
        Role(users={"selected": [5]}),
    ):
        with pytest.raises(dotorm.RecordNotFound):
            await ghost.update_with_relations(payload)
    assert await User.table_len() == 5


async def test_a_many2one_is_written_as_a_column(role):
    user = await User.get(5)
    done = await user.update_with_relations(User(role=role, name="z"))
    assert (await User.get(5)).role == 1
    assert done["name"] == "z"


async def test_the_one_of_a_one2one_can_be_changed(role):
    await Badge.create_bulk([Badge(role=1), Badge()])
    await role.update_with_relations(Role(badge={"unselected": [1], "created": []}))
    done = await role.update_with_relations(Role(badge={"selected": [2]}))
    assert done == {"badge": {"selected": [2]}}
    assert (await Role.get_with_relations(1, fields=["badge"])).badge.id == 2
