"""What is sent to write records, and what the records answer afterwards."""

from dataclasses import replace

import pytest

from dotorm import DatabaseError, InvalidFilter, InvalidValue, NotSupported, RecordNotFound
from dotorm.testing.recording import EVERYTHING, NOTHING, Recorder
from tests.unit.orm.library import Card, Member, Skill, Team

pytestmark = pytest.mark.usefixtures("database")


class TestCreate:
    async def test_what_was_given_and_the_defaults(self, recorder):
        recorder.answer((7,))
        team = Team(name="red")

        assert await Team.create(team) == team.id == 7
        assert recorder.texts == [
            'INSERT INTO "teams" ("name", "city") VALUES (?, ?) RETURNING "id"'
        ]
        assert recorder.values == [["red", "Rome"]]
        assert (team.name, team.city) == ("red", "Rome")

    async def test_what_the_database_made_is_filled_in(self, recorder):
        recorder.answer((7, None, None))
        member = Member(team=Team(id=3))
        await Member.create(member)

        assert recorder.values == [[3]]
        assert vars(member).keys() >= {"id", "name", "prefs"}
        assert await member.update() is None
        assert len(recorder.statements) == 1

    async def test_values_are_answered_as_they_are_read(self, recorder):
        recorder.answer((None, None, None))
        member = Member(id="7")
        await Member.create(member)
        assert member.id == 7

    async def test_nothing_given(self, recorder):
        recorder.answer((1, None, None, None))
        assert await Member.create(Member()) == 1
        assert recorder.texts[0].startswith('INSERT INTO "members" DEFAULT VALUES RETURNING')

    @pytest.mark.parametrize(
        ("payload", "message"),
        [
            (Team(name=None), "Team.name is required: it cannot be None"),
            (Team(name="x" * 6), "max_length is 5"),
            (Skill(name="x"), "give a Team, not Skill"),
            ({"name": "x"}, r"give a Team, not dict: Team\(\*\*values\)"),
            (Team(name="x", members=[]), "Team.members has no column"),
        ],
    )
    async def test_what_is_refused(self, recorder, payload, message):
        with pytest.raises(InvalidValue, match=message):
            await Team.create(payload)
        assert recorder.calls == []

    async def test_a_key_that_nobody_makes(self):
        with pytest.raises(InvalidValue, match=r"Card\.code is the key and the database does not"):
            await Card.create(Card(member=1))

    async def test_the_last_id(self):
        recorder = Recorder(without("returning"))
        session = recorder.database().session
        recorder.answer(last_id=9, affected=1)
        team = Team(name="red")

        assert await Team.create(team, session=session) == team.id == 9
        assert (recorder.statements[0].wants, recorder.statements[0].sql.count("RETURNING")) == (
            "count",
            0,
        )

    async def test_a_given_key_is_not_the_last_id(self):
        recorder = Recorder(without("returning"))
        recorder.answer(last_id=0, affected=1)
        member = Member(id=7, name="Ann")
        assert await Member.create(member, session=recorder.database().session) == member.id == 7


def without(feature):
    return replace(EVERYTHING, **{feature: False})


class TestUpdate:
    async def read(self, recorder, *row):
        recorder.answer(row)
        member = await Member.get(1)
        recorder.statements.clear()
        recorder.calls.clear()
        return member

    async def test_what_changed(self, recorder):
        member = await self.read(recorder, 1, "Ann", {"a": [1]}, 3)
        member.name = "Bea"
        await member.update()
        await member.update()

        assert recorder.texts == ['UPDATE "members" SET "name" = ? WHERE "id" = ?']
        assert recorder.values == [["Bea", 1]]

    async def test_nothing_changed(self, recorder):
        member = await self.read(recorder, 1, "Ann", {"a": [1]}, 3)
        member.name = "Ann"
        member.team = Team(id=3)
        await member.update()
        assert recorder.calls == []

    async def test_a_payload(self, recorder):
        member = await self.read(recorder, 1, "Ann", None, 3)
        await member.update(Member(name="Bea", team=None))
        assert recorder.values == [["Bea", None, 1]]
        assert (member.name, member.team) == ("Bea", None)
        await member.update(Member(name="Cleo", team=5), fields=["team"])
        assert recorder.values[1:] == [[5, 1]]
        assert (member.name, member.team) == ("Bea", 5)
        await member.update()
        assert len(recorder.statements) == 2

    async def test_a_record_that_was_not_read(self, recorder):
        await Member(id=1, name="Ann").update()
        assert recorder.values == [["Ann", 1]]

    async def test_a_record_that_is_gone(self, recorder):
        recorder.answer(affected=0)
        with pytest.raises(RecordNotFound, match="there is no Member with the key 1"):
            await Member(id=1, name="x").update()

    @pytest.mark.parametrize(
        ("given", "error", "message"),
        [
            ({"fields": ["age"]}, InvalidFilter, "unknown field 'age'"),
            ({"fields": "name"}, InvalidFilter, "fields is a list of names"),
            ({"fields": ["skills"]}, InvalidFilter, "has no column: use update_with_relations"),
            ({"fields": ["id"]}, InvalidValue, "is the key: it does not change"),
            ({"fields": ["team"]}, InvalidValue, "was given no value"),
            ({"payload": Team(name="x")}, InvalidValue, "give a Member, not Team"),
        ],
    )
    async def test_what_is_refused(self, recorder, given, error, message):
        with pytest.raises(error, match=message):
            await Member(id=1, name="x").update(**given)
        assert recorder.calls == []

    async def test_the_key_stays(self, recorder):
        member = await self.read(recorder, 1, "Ann", None, 3)
        member.id = 2
        with pytest.raises(InvalidValue, match=r"Member\.id is the key: it does not change"):
            await member.update()
        with pytest.raises(InvalidValue, match="has no key yet"):
            await Member(name="x").update()


class TestBulk:
    async def test_update_in_chunks(self, recorder):
        recorder.answer(affected=5)
        recorder.answer(affected=2)
        touched = await Member.update_bulk([*range(7), 0, Member(id=1)], Member(name="x"))

        assert touched == 7
        assert recorder.calls[0] == "[begin]"
        assert recorder.calls[-1] == "[commit]"
        assert [len(values) for values in recorder.values] == [6, 3]

    async def test_values_of_their_own_one_by_one(self, recorder):
        recorder.answer(affected=1)
        recorder.answer(affected=0)
        payloads = [Member(id=1, name="Ann", team=Team(id=4)), Member(id=2, name="Bea", team=5)]
        assert await Member.update_bulk(payloads) == 1
        update = 'UPDATE "members" SET "name" = ?, "team" = ? WHERE "id" = ?'
        assert recorder.calls == ["[begin]", update, update, "[commit]"]
        assert recorder.values == [["Ann", 4, 1], ["Bea", 5, 2]]

    async def test_delete_in_chunks(self, recorder):
        recorder.answer(affected=3)
        assert await Member.delete_bulk([1, 2, 3]) == 3
        assert recorder.calls == ['DELETE FROM "members" WHERE "id" IN (?, ?, ?)']

    async def test_no_keys(self, recorder):
        assert await Member.update_bulk([], Member(name="x")) == 0
        assert await Member.delete_bulk([]) == 0
        assert recorder.calls == []

    @pytest.mark.parametrize("keys", ["12", b"12", 3, None, Member(id=1), [None], [1, None]])
    async def test_what_are_no_keys(self, keys):
        with pytest.raises(InvalidValue):
            await Member.delete_bulk(keys)

    async def test_nothing_to_write(self):
        with pytest.raises(InvalidValue, match="was given no value to write"):
            await Member.update_bulk([1], Member())

    async def test_by_filter(self, recorder):
        recorder.answer(affected=4)
        recorder.answer(affected=5)
        assert await Member.update_where(Member.name == "x", Member(team=3)) == 4
        assert await Member.delete_where([("team", "=", 3)]) == 5
        assert recorder.values == [[3, "x"], [3]]


class TestDelete:
    async def test_one(self, recorder):
        await Member(id=1).delete()
        assert (recorder.texts, recorder.values) == (
            ['DELETE FROM "members" WHERE "id" = ?'],
            [[1]],
        )

    async def test_one_that_is_gone(self, recorder):
        recorder.answer(affected=0)
        with pytest.raises(RecordNotFound):
            await Member(id=1).delete()
        with pytest.raises(InvalidValue, match="has no key yet"):
            await Member().delete()


class TestCreateBulk:
    async def test_in_few_statements(self, recorder):
        for start in (1, 6, 11):
            recorder.answer(*((number,) for number in range(start, min(start + 5, 13))))
        teams = [Team(name=f"t{number}") for number in range(12)]
        keys = await Team.create_bulk(teams)

        assert keys == [{"id": number} for number in range(1, 13)]
        assert [team.id for team in teams] == list(range(1, 13))
        assert [len(values) for values in recorder.values] == [10, 10, 4]
        assert (recorder.calls[0], recorder.calls[-1]) == ("[begin]", "[commit]")
        assert teams[0].city == "Rome"

    async def test_records_that_were_given_different_fields(self, recorder):
        recorder.answer((1,), (3,))
        recorder.answer((2,))
        members = [Member(name="a"), Member(team=3), Member(name="c")]
        assert await Member.create_bulk(members) == [{"id": 1}, {"id": 2}, {"id": 3}]
        assert recorder.values == [["a", "c"], [3]]

    async def test_records_that_were_given_nothing(self, recorder):
        recorder.answer((1,))
        recorder.answer((2,))
        assert await Member.create_bulk([Member(), Member()]) == [{"id": 1}, {"id": 2}]

    async def test_none(self, recorder):
        assert await Team.create_bulk([]) == []
        assert recorder.calls == []

    @pytest.mark.parametrize(
        "records",
        [
            "teams",
            3,
            [Team(name="x"), {"name": "y"}],
            [Skill()],
            [Team(name="x" * 6)],
            [Team(name=None)],
        ],
    )
    async def test_what_is_refused(self, recorder, records):
        with pytest.raises(InvalidValue):
            await Team.create_bulk(records)
        assert recorder.calls == []

    async def test_rows_that_a_trigger_left_out(self, recorder):
        recorder.answer((1,))
        with pytest.raises(DatabaseError, match="2 rows were inserted and 1 keys answered"):
            await Team.create_bulk([Team(name="a"), Team(name="b")])

    async def test_keys_that_cannot_be_answered(self):
        session = Recorder(without("bulk_keys")).database().session
        with pytest.raises(NotSupported, match="create_bulk of records without keys"):
            await Team.create_bulk([Team(name="a")], session=session)

    async def test_given_keys(self):
        recorder = Recorder(NOTHING)
        cards = [Card(code="a"), Card(code="b")]
        keys = await Card.create_bulk(cards, session=recorder.database().session)
        assert keys == [{"code": "a"}, {"code": "b"}]
        assert recorder.calls == ['INSERT INTO "cards" ("code") VALUES (?), (?)']


class TestUpsert:
    async def test_one(self, recorder):
        recorder.answer((7,))
        skill = Skill(name="run")
        assert await Skill.upsert(skill, ["name"]) == skill.id == 7
        assert recorder.texts[0].startswith('INSERT INTO "skills" ("name") VALUES (?) ON CONFLICT')

    @pytest.mark.parametrize("fields", [["id", "name"], "name", [], None, ["nmae"]])
    async def test_by_what_is_not_unique(self, recorder, fields):
        with pytest.raises(InvalidFilter):
            await Skill.upsert(Skill(name="run"), fields)
        assert recorder.calls == []

    async def test_many(self, recorder):
        recorder.answer(affected=2)
        assert await Skill.upsert_bulk([Skill(name="a"), Skill(name="b")], ["name"]) == 2
        with pytest.raises(InvalidValue, match="two records have the same name"):
            await Skill.upsert_bulk([Skill(name="a"), Skill(name="a")], ["name"])

    async def test_where_it_cannot_be(self):
        session = Recorder(without("upsert")).database().session
        with pytest.raises(NotSupported, match="does not support"):
            await Skill.upsert(Skill(name="a"), ["name"], session=session)
