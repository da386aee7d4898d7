"""Updates and deletes whose conditions lead elsewhere mean what a search means."""

import pytest

import dotorm
from dotorm import BigInteger, Char, DotModel, Integer, Many2one, One2many


class Team(DotModel):
    __table__ = "teams"

    id: int = BigInteger(primary_key=True)
    name: str = Char(required=True)
    members: "list[Member]" = One2many(lambda: Member, "team")


class Member(DotModel):
    __table__ = "members"

    id: int = BigInteger(primary_key=True)
    name: str = Char(required=True)
    age: int = Integer()
    n: int = Integer(required=True, default=0)
    team: Team = Many2one(lambda: Team)


@pytest.fixture
async def members(make):
    await make(Team, Member)
    await Team.create_bulk([Team(id=1, name="red"), Team(id=2, name=""), Team(id=3, name="blue")])
    await Member.create_bulk(
        [
            Member(id=1, name="a", age=1, team=1),
            Member(id=2, name="", team=2),
            Member(id=3, name="c", age=3),
            Member(id=4, name="d", age=4, team=9),
        ]
    )


FILTERS = [
    [("team.name", "=", None)], [("team.name", "!=", None)], [("team.name", "=", "")],
    [("team.name", "not in", ["red"])], [("team.name", "in", ["red", None])],
    [("not", ("team.name", "=", "red"))], [("team.members.age", ">", 0)],
    [("not", ("team.members.age", ">", 0))], [("age", "not in", [1])], [("team", "not in", [1])],
    [("not", [("age", "in", [1, 3]), "or", ("team", "in", [2])])], [("team.name", "like", "e")],
]  # fmt: skip


@pytest.mark.parametrize("given", FILTERS, ids=str)
async def test_what_is_found_is_what_is_changed_and_deleted(members, given):
    found = {each.id for each in await Member.search(filter=given)}
    await Member.update_where(given, Member(n=1))
    assert {each.id for each in await Member.search(filter=[("n", "=", 1)])} == found
    await Member.delete_where(given)
    assert {each.id for each in await Member.search()} == {1, 2, 3, 4} - found


async def test_a_key_is_not_changed(members):
    with pytest.raises((dotorm.DatabaseError, dotorm.InvalidValue)):
        await Member.update_where([("id", "=", 1)], Member(id=7))
    assert await Member.table_len() == 4


async def test_many_records_get_values_of_their_own_in_one_mutation(members, sent):
    sent.forget()
    await Member.update_bulk([Member(id=1, age=None, name="x'"), Member(id=3, age=-1, name="\\")])
    assert len(sent) == 1
    assert {each.id: (each.name, each.age) for each in await Member.search()} == {
        1: ("x'", None), 2: ("", None), 3: ("\\", -1), 4: ("d", 4)
    }  # fmt: skip
