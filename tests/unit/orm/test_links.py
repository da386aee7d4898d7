"""Links between records, and updates that reach related records."""

from dataclasses import replace

import pytest

from dotorm import InvalidFilter, InvalidValue, RecordNotFound
from dotorm.testing.recording import NOTHING, Recorder
from tests.unit.orm.library import Member, Skill, Team

pytestmark = pytest.mark.usefixtures("database")


class TestLink:
    async def test_pairs(self, recorder):
        await Member.link_many2many("skills", [(1, 5), [Member(id=1), Skill(id=6)], ("1", 5)])
        (text,) = recorder.texts
        assert text.endswith(
            '("skill_id", "member_id") VALUES (?, ?), (?, ?) ON CONFLICT DO NOTHING'
        )
        assert recorder.values == [[5, 1, 6, 1]]

    async def test_in_as_many_statements_as_it_takes(self, recorder):
        await Member.link_many2many(Member.skills, [(1, number) for number in range(7)])
        assert [len(values) for values in recorder.values] == [10, 4]
        assert (recorder.calls[0], recorder.calls[-1]) == ("[begin]", "[commit]")

    async def test_none(self, recorder):
        await Member.link_many2many("skills", [])
        assert recorder.calls == []

    @pytest.mark.parametrize(
        "values",
        ["12", 3, None, Member(id=1), [1], [(1,)], [(1, 2, 3)], [(1, None)], [(Skill(), 1)]],
    )
    async def test_what_are_no_pairs(self, recorder, values):
        with pytest.raises(InvalidValue):
            await Member.link_many2many("skills", values)
        assert recorder.calls == []

    @pytest.mark.parametrize("field", ["team", "name", "nmae", None, Team.name])
    async def test_what_is_no_many2many(self, field):
        with pytest.raises(InvalidFilter):
            await Member.link_many2many(field, [(1, 2)])
        with pytest.raises(InvalidFilter):
            await Member.unlink_many2many(field, [1])


class TestUnlink:
    async def test_of_one(self, recorder):
        await Member(id=1).unlink_many2many("skills", [5, Skill(id=6), 5])
        assert recorder.texts == [
            'DELETE FROM "member_skills" WHERE "skill_id" IN (?, ?) AND "member_id" IN (?)'
        ]
        assert recorder.values == [[5, 6, 1]]

    async def test_of_all(self, recorder):
        await Member.unlink_many2many("skills", list(range(7)))
        assert recorder.values == [[0, 1, 2, 3, 4], [5, 6]]
        assert recorder.calls[0] == "[begin]"

    async def test_of_a_record_without_a_key(self):
        with pytest.raises(InvalidValue, match="has no key yet"):
            await Member().unlink_many2many("skills", [1])

    def test_it_is_documented_on_both(self):
        for method in (Member.unlink_many2many, Member(id=1).unlink_many2many):
            assert "Remove links" in method.__doc__
            assert method.__name__ == "unlink_many2many"


class TestUpdateWithRelations:
    async def test_columns(self, recorder):
        member = Member(id=1)
        done = await member.update_with_relations(Member(name="x", team=Team(id=3)))
        assert done["name"] == "x"
        assert recorder.values == [["x", 3, 1]]
        assert (recorder.calls[0], recorder.calls[-1]) == ("[begin]", "[commit]")

    async def test_links(self, recorder):
        recorder.answer((1,))
        recorder.answer((2,))
        recorder.answer(affected=2)
        recorder.answer(affected=1)
        recorder.answer((7,))
        recorder.answer(affected=1)
        recorder.answer((8, 1))
        recorder.answer(affected=1)
        payload = Member(
            skills={
                "selected": [5, 6],
                "unselected": [4],
                "created": [{"name": "new"}],
                "deleted": [8, 9],
            }
        )
        done = await Member(id=1).update_with_relations(payload)

        assert done == {
            "skills": {"selected": [5, 6], "unselected": [4], "created": [7], "deleted": [8]}
        }
        assert recorder.values[:2] == [[1], [5, 6]]
        assert recorder.values[2:] == [[5, 1, 6, 1], [4, 1], ["new"], [7, 1], [1, 8, 9], [8]]

    async def test_children(self, recorder):
        recorder.answer((1,))
        recorder.answer(affected=2)
        recorder.answer((4,))
        recorder.answer(affected=1)
        recorder.answer((7,))
        recorder.answer()
        payload = Team(
            members={
                "selected": [5, 6],
                "unselected": [4, 3],
                "created": [Member(name="new")],
                "deleted": [8],
            }
        )
        done = await Team(id=1).update_with_relations(payload, ["members"])

        assert done == {
            "members": {"selected": [5, 6], "unselected": [4], "created": [7], "deleted": []}
        }
        assert recorder.values[1] == [1, 5, 6]
        assert recorder.values[3] == [None, 4]
        assert recorder.values[4] == ["new", 1]

    async def test_children_that_are_not_there(self, recorder):
        recorder.answer((1,))
        recorder.answer(affected=1)
        with pytest.raises(RecordNotFound, match="1 of the Member to select are not there"):
            await Team(id=1).update_with_relations(Team(members={"selected": [5, 6]}))
        assert "[rollback]" in recorder.calls

    async def test_a_record_that_is_gone(self, recorder):
        recorder.answer(affected=0)
        with pytest.raises(RecordNotFound):
            await Member(id=1).update_with_relations(Member(name="x"))
        with pytest.raises(RecordNotFound):
            await Member(id=1).update_with_relations(Member(skills={"selected": [1]}))
        assert "[rollback]" in recorder.calls

    @pytest.mark.parametrize(
        ("payload", "fields", "error"),
        [
            (Member(skills=[1]), None, InvalidValue),
            (Member(skills={"chosen": [1]}), None, InvalidValue),
            (Member(skills={"selected": 1}), None, InvalidValue),
            (Member(skills={"selected": "1"}), None, InvalidValue),
            (Member(name="x"), ["skills"], InvalidValue),
            (Member(name="x"), ["nmae"], InvalidFilter),
            (Member(name="x"), "name", InvalidFilter),
            (Member(name="x"), ["id"], InvalidValue),
            (Team(name="x"), None, InvalidValue),
            ({"name": "x"}, None, InvalidValue),
        ],
    )
    async def test_what_is_refused(self, recorder, payload, fields, error):
        with pytest.raises(error):
            await Member(id=1).update_with_relations(payload, fields)
        assert recorder.statements == []

    async def test_without_transactions(self):
        recorder = Recorder(replace(NOTHING, counts_writes=True))
        session = recorder.database().session
        await Member(id=1).update_with_relations(Member(name="x"), session=session)
        assert recorder.calls == ['UPDATE "members" SET "name" = ? WHERE "id" = ?']
