"""`Builder`: its arguments, and the statements that load relations."""

import pytest

from dotorm import Char, Integer, InvalidFilter, InvalidValue
from dotorm.builder import Builder, RequestBuilderForm
from dotorm.components.filter_parser import FilterParser
from dotorm.testing.recording import RecordingDialect
from dotorm_sqlite import SQLITE
from tests.unit.orm.library import Card, Member, Skill, Team


@pytest.fixture
def builder():
    return Builder.of(Member.__meta__, RecordingDialect())


def test_parts(builder):
    assert builder.table == "members"
    assert builder.store_fields == ["id", "name", "prefs", "team"]
    assert builder.fields is Member.__meta__.fields
    assert isinstance(builder.filter_parser, FilterParser)
    assert builder.filter_parser.parse([("name", "=", "x")]) == ('"name" = %s', ("x",))


def test_by_hand():
    builder = Builder("users", {"id": Integer(primary_key=True), "name": Char()}, SQLITE)
    assert builder.build_search(["name"], [("id", "=", 1)], None, sort="name") == (
        'SELECT "name" FROM users WHERE "id" = %s ORDER BY name ASC NULLS LAST',
        (1,),
    )
    without_key = Builder("users", {"name": Char()}, SQLITE)
    assert without_key.build_create({"name": "x"})[0].endswith("VALUES (%s)")


WRONG = {
    "unknown to create": (lambda b: b.build_create({"nmae": "x"}), InvalidValue),
    "no column to create": (lambda b: b.build_create({"skills": []}), InvalidValue),
    "a wrong value": (lambda b: b.build_create({"name": 3}), InvalidValue),
    "no rows": (lambda b: b.build_create_bulk([]), InvalidValue),
    "different rows": (lambda b: b.build_create_bulk([{"name": "x"}, {}]), InvalidValue),
    "unknown to get": (lambda b: b.build_get(1, ["nmae"]), InvalidFilter),
    "no column to get": (lambda b: b.build_get(1, ["skills"]), InvalidFilter),
    "a wrong key": (lambda b: b.build_get("x"), InvalidValue),
    "unknown to update": (lambda b: b.build_update({"nmae": 1}, 1), InvalidValue),
    "wrong keys": (lambda b: b.build_delete_bulk(["x"]), InvalidValue),
    "a wrong filter": (lambda b: b.build_search(filter=[("nmae", "=", 1)]), InvalidFilter),
    "a wrong sort": (lambda b: b.build_search(sort="id; --"), InvalidFilter),
    "a wrong order": (lambda b: b.build_search(order="up"), InvalidFilter),
    "a wrong limit": (lambda b: b.build_search(limit=-1), InvalidFilter),
    "no many2many": (lambda b: b.build_get_m2m("team", 1), InvalidFilter),
    "no relation": (lambda b: b.build_search_relation(["name"]), InvalidFilter),
}


@pytest.mark.parametrize(("build", "error"), WRONG.values(), ids=WRONG)
def test_wrong_arguments(builder, build, error):
    with pytest.raises(error):
        build(builder)


class TestRelations:
    records = (Member(id=1, team=7), Member(id=2, team=None), Member(id=3, team=Team(id=8)))

    def requests(self, builder, *names, **info):
        return builder.build_search_relation(names, self.records, info)

    def test_one_statement_each(self, builder):
        team, skills, card = self.requests(builder, "team", "skills", "card", team=["id", "name"])

        assert (team.stmt, team.value) == (
            'SELECT "id", "name" FROM teams WHERE "id" IN (%s, %s) ORDER BY id ASC',
            (7, 8),
        )
        assert skills.value == card.value == (1, 2, 3)
        assert "JOIN member_skills" in skills.stmt
        assert (team.field_name, team.field) == ("team", Member.__meta__.fields["team"])
        assert (team.fields, card.fields) == (["id", "name"], ["code", "member"])
        assert team.function_cursor == "fetch"

    def test_rows_become_records(self, builder):
        team, skills = self.requests(builder, "team", "skills")

        assert [t.name for t in team.function_prepare([(7, "red", "Rome")])] == ["red"]
        assert [s.name for s in skills.function_prepare([(5, "run", 1)])] == ["run"]
        assert isinstance(skills.function_prepare([(5, "run", 1)])[0], Skill)

    def test_rows_become_dicts(self, builder):
        (plain,) = self.requests(builder, "team", team=["id"])
        form = RequestBuilderForm(
            plain.stmt, plain.value, plain.field_name, plain.field, plain.fields, plain.dialect
        )
        assert form.function_prepare([(7,)]) == [{"id": 7}]

    def test_the_inverse_is_read_too(self):
        builder = Builder.of(Team.__meta__, RecordingDialect())
        (request,) = builder.build_search_relation(
            [Team.members], [Team(id=1)], {"members": ["name"]}
        )
        assert request.fields == ["name", "team"]
        assert request.value == (1,)

    def test_records_without_a_key(self, builder):
        with pytest.raises(InvalidValue, match="has no key yet"):
            builder.build_search_relation(["skills"], [Member()])

    def test_keys_that_are_text(self):
        builder = Builder.of(Card.__meta__, RecordingDialect())
        (request,) = builder.build_search_relation(["member"], [Card(code="a", member=3)])
        assert request.value == (3,)
