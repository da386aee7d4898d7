"""What is sent to read records, and what becomes of the answer."""

import pytest

from dotorm import ConfigurationError, FieldNotLoaded, InvalidFilter, InvalidValue, NotSupported
from dotorm.testing.recording import NOTHING, Recorder
from tests.unit.orm.library import Card, Member, Team

pytestmark = pytest.mark.usefixtures("database")


async def test_get(recorder):
    recorder.answer((7, "Ann"))
    member = await Member.get("7", fields=["name"])

    assert (member.id, member.name) == (7, "Ann")
    assert recorder.texts == ['SELECT "id", "name" FROM "members" WHERE "id" = ?']
    assert recorder.values == [[7]]
    with pytest.raises(FieldNotLoaded):
        _ = member.team


async def test_get_by_a_record(recorder):
    recorder.answer(("x", 3))
    card = await Card.get(Card(code="x"))
    assert (card.code, card.member) == ("x", 3)
    with pytest.raises(InvalidValue, match=r"Card\.code cannot take"):
        await Card.get(Member(id=3))


async def test_get_with_a_lock(recorder, database):
    async with database.transaction():
        await Team.get(1, fields=[], for_update=True)
    assert recorder.texts[0].endswith("FOR UPDATE")
    with pytest.raises(ConfigurationError, match="call it in 'async with"):
        await Team.get(1, for_update=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda: Member.get(1, fields="name"),
        lambda: Member.get(1, fields=["nmae"]),
        lambda: Member.get(1, fields=["skills"]),
        lambda: Member.get(1, fields=3),
        lambda: Member.search(fields=["name", "nmae"]),
        lambda: Member.search(filter=[("nmae", "=", 1)]),
        lambda: Member.search(sort="nmae"),
        lambda: Member.search(sort="skills"),
        lambda: Member.search(sort=["name", 3]),
        lambda: Member.search(sort="name; DROP TABLE members"),
        lambda: Member.search(order="ASC; DROP TABLE members"),
        lambda: Member.search(order=3),
        lambda: Member.search(limit=-1),
        lambda: Member.search(limit="3"),
        lambda: Member.search(limit=True),
        lambda: Member.search(limit=3, start=1),
        lambda: Member.search(start=5, end=3),
        lambda: Member.search(fields=["name"], fields_info={"team": ["name"]}),
        lambda: Member.search(fields=["team"], fields_info={"team": ["nmae"]}),
        lambda: Member.search(fields=["team"], fields_info={"team": ["members"]}),
        lambda: Member.search(fields=["team"], fields_info=["name"]),
        lambda: Member.search_count([("nmae", "=", 1)]),
        lambda: Member.exists([("name", "=", 1, 2)]),
        lambda: Member.get_with_relations(1, ["nmae"]),
        lambda: Member.get_many2many("team", 1),
        lambda: Member.get_many2many("nmae", 1),
        lambda: Member.get_many2many("skills", 1, fields=["nmae"]),
        lambda: Member.get_many2many("skills", 1, sort="name) --"),
        lambda: Member.get_many2many("skills", 1, order="DESC --"),
        lambda: Member.get_many2many("skills", 1, limit=3, end=3),
    ],
)
async def test_what_is_wrong_is_never_sent(recorder, call):
    with pytest.raises(InvalidFilter):
        await call()
    assert recorder.calls == []


async def test_a_relation_of_many_inside_a_list_of_names():
    for name in ("members", Team.members):
        with pytest.raises(InvalidFilter, match=r"Team\.members is a relation: .* give a Load\("):
            await Member.search(fields=["team"], fields_info={"team": [name]})
    with pytest.raises(InvalidFilter, match="use get_with_relations or search"):
        await Team.get(1, fields=["members"])


async def test_search(recorder):
    recorder.answer((2, "Bob", '{"a": 1}', None), (1, "Ann", None, 3))
    found = await Member.search()

    assert [(member.id, member.name, member.team) for member in found] == [
        (2, "Bob", None),
        (1, "Ann", 3),
    ]
    assert recorder.texts == [
        'SELECT "id", "name", "prefs", "team" FROM "members" ORDER BY "id" DESC'
    ]


async def test_window(recorder):
    await Team.search(fields=["name"], sort="-name", limit=3)
    await Team.search(fields=["name"], sort=["city"], order="desc", start=10, end=15)
    await Team.search(fields=["name"], start=0)
    assert recorder.values == [[3], [5, 10], []]
    assert recorder.texts[1].endswith('ORDER BY "city" DESC NULLS LAST LIMIT ? OFFSET ?')
    assert recorder.texts[2].endswith('ORDER BY "id" DESC')


async def test_count_and_exists(recorder):
    recorder.answer((3,))
    recorder.answer((5,))
    recorder.answer((1,))
    recorder.answer()

    assert await Team.table_len() == 3
    assert await Team.search_count(Team.name == "x") == 5
    assert await Team.exists() is True
    assert await Team.exists([("name", "=", "x")]) is False


class TestRelations:
    async def test_each_with_one_statement(self, recorder):
        recorder.answer((1, 7), (2, 8), (3, 7), (4, None))
        recorder.answer((7, "red"), (8, "blue"))
        recorder.answer((5, "run", 1), (6, "swim", 1), (5, "run", 3))
        recorder.answer(("x", 2))
        members = await Member.search(
            fields=["team", "skills", "card"], fields_info={"team": ["name"], "skills": ["name"]}
        )

        assert len(recorder.statements) == 4
        assert [member.team and member.team.name for member in members] == [
            "red",
            "blue",
            "red",
            None,
        ]
        assert [[skill.name for skill in member.skills] for member in members] == [
            ["run", "swim"],
            [],
            ["run"],
            [],
        ]
        assert members[0].skills[0] is members[2].skills[0]
        assert [member.card and member.card.code for member in members] == [None, "x", None, None]
        assert members[0].skills["data"] is members[0].skills
        assert recorder.values[1] == [7, 8]
        assert recorder.values[2] == recorder.values[3] == [1, 2, 3, 4]

    async def test_keys_in_as_many_statements_as_it_takes(self, recorder):
        recorder.answer(*((number, "x") for number in range(12)))
        recorder.answer((100, 0), (101, 4), (102, 4))
        recorder.answer((103, 9))
        teams = await Team.search(fields=["name", "members"], fields_info={"members": ["team"]})

        assert [len(values) for values in recorder.values] == [0, 5, 5, 2]
        assert {team.id: [m.id for m in team.members] for team in teams if team.members} == {
            0: [100],
            4: [101, 102],
            9: [103],
        }

    async def test_nothing_to_load(self, recorder):
        assert await Member.search(fields=["team", "skills"]) == []
        recorder.answer((1, None))
        (member,) = await Member.search(fields=["team"])
        assert member.team is None
        assert len(recorder.statements) == 2

    async def test_get_with_relations(self, recorder):
        recorder.answer((1, "Ann", None, 7))
        recorder.answer((7, "red", "Rome"))
        recorder.answer((5, "run", 1))
        recorder.answer()
        member = await Member.get_with_relations(1)

        assert (member.team.city, member.skills[0].name, member.card) == ("Rome", "run", None)
        assert await Member.get_with_relations(2) is None
        assert len(recorder.statements) == 5

    async def test_get_many2many(self, recorder):
        recorder.answer((5, "run", 1))
        found = await Member.get_many2many("skills", 1, fields=["name"], limit=3)
        assert [skill.name for skill in found] == ["run"]
        assert recorder.values == [[1, 3]]
        with pytest.raises(InvalidValue, match="None is no key"):
            await Member.get_many2many("skills", None)

    async def test_records_that_were_read_before(self, recorder, database):
        recorder.answer((7, "red", "Rome"))
        member = Member(id=1, team=7)
        await Member._records_list_get_relation(database.session, ["team"], [member])
        assert member.team.name == "red"


class TestStream:
    async def test_in_portions(self, recorder):
        recorder.answer(*((number,) for number in range(5)))
        ids = [team.id async for team in Team.stream(fields=["id"], batch=2)]

        assert ids == [0, 1, 2, 3, 4]
        assert recorder.calls[0] == "[begin readonly]"
        assert recorder.calls[-1] in ("[commit]", "[reset]")

    async def test_inside_a_transaction(self, recorder, database):
        recorder.answer((1,))
        async with database.transaction():
            assert [team.id async for team in Team.stream(fields=["id"])] == [1]
        assert recorder.calls[0] == "[begin]"

    @pytest.mark.parametrize("batch", [0, -1, "3", True, None])
    async def test_wrong_batches(self, batch):
        with pytest.raises(InvalidFilter, match="batch counts records"):
            await anext(Team.stream(batch=batch))

    async def test_where_it_cannot_be(self):
        other = Recorder(NOTHING).database()
        with pytest.raises(NotSupported):
            await anext(Team.stream(session=other.session))
