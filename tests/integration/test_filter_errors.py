"""What is wrong with a call is said with its place, and nothing is sent."""

import re

import pytest

import dotorm
from dotorm import Boolean, Char, DotModel, Integer, JSONField, Many2many, Many2one, One2many


class Team(DotModel):
    __table__ = "teams"

    id: int = Integer(primary_key=True)
    name: str = Char()
    members: list["Member"] = One2many(lambda: Member, "team")


class Member(DotModel):
    __table__ = "members"

    id: int = Integer(primary_key=True)
    name: str = Char()
    age: int = Integer()
    active: bool = Boolean()
    extra: dict = JSONField()
    shown: str = Char(store=False, compute=lambda member: member.name.title())
    team: Team = Many2one(lambda: Team)
    tags: list[Team] = Many2many(lambda: Team, "member_tags", "team_id", "member_id")


GOOD = ("age", ">", 1)
INJECTION = 'id"; DROP TABLE members; --'


@pytest.fixture
async def members(db, sent):
    db.bind(Team, Member)
    await db.create_and_update_tables([Team, Member])
    await Member.create(Member(id=1, name="Ann", age=20))
    sent.forget()
    yield Member
    refused = sent.texts
    assert refused == []
    assert await Member.table_len() == 1


WRONG = [
    ([("nmae", "=", "x")], "filter[0]: unknown field 'nmae'; did you mean 'name'?"),
    ([GOOD, ("zzz", "=", 1)], "filter[1]: unknown field 'zzz'; there are active, age"),
    ([GOOD, "or", [GOOD, ("zzz", "=", 1)]], "filter[2][1]: unknown field 'zzz'"),
    ([("not", [("zzz", "=", 1)])], "filter[0][1][0]: unknown field 'zzz'"),
    ([("age", "==", 1)], "filter[0]: unknown operator '=='; did you mean '='?"),
    ([("age", "<>", 1)], "unknown operator '<>'"),
    ([("age", "; DROP", 1)], "unknown operator '; DROP'"),
    ([("age", None, 1)], "unknown operator None"),
    ([("age", "=", 1), "or"], "filter[1]: 'or' has nothing on its right"),
    ([GOOD, "and"], "'and' has nothing on its right"),
    (["or", GOOD], "filter[0]: 'or' has nothing on its left"),
    (["and"], "'and' has nothing on its left"),
    ([GOOD, "or", "or", GOOD], "filter[2]: 'or' follows 'or'"),
    ([GOOD, "and", "or", GOOD], "'or' follows 'and'"),
    ([GOOD, "xor", GOOD], "filter[1]: 'xor' is neither a condition nor 'and' / 'or'"),
    ([[]], "filter[0]: an empty group"),
    ([GOOD, "or", []], "filter[2]: an empty group"),
    ([()], "filter[0]: an empty group"),
    ([("not", [])], "filter[0][1]: an empty group"),
    ([("not",)], '("not", condition) takes exactly one'),
    ([("not", GOOD, GOOD)], '("not", condition) takes exactly one'),
    ([("age", "=")], "three parts (field, operator, value), this has 2"),
    ([("age",)], "three parts (field, operator, value), this has 1"),
    ([("age", "=", 1, 2)], "three parts (field, operator, value), this has 4"),
    ([5], "filter[0]: 5 is neither a condition"),
    ([None], "filter[0]: None is neither a condition"),
    ([{"age": 1}], "filter[0]: {'age': 1} is neither a condition"),
    ("age = 1", "filter: 'age = 1' is neither a condition"),
    ({"age": 1}, "filter: {'age': 1} is neither a condition"),
    (True, "filter: True is neither a condition"),
    ([(5, "=", 1)], "filter[0]"),
    ([(None, "=", 1)], "filter[0]"),
    ([("age", "in", 5)], "'in' takes a list, tuple or set of values, not 5"),
    ([("name", "in", "abc")], "'in' takes a list, tuple or set of values, not 'abc'"),
    ([("age", "in", None)], "'in' takes a list, tuple or set"),
    ([("age", "in", {1: 2})], "'in' takes a list, tuple or set"),
    ([("age", "between", 5)], "'between' takes [low, high], not 5"),
    ([("age", "between", [1])], "'between' takes [low, high]"),
    ([("age", "between", [1, 2, 3])], "'between' takes [low, high]"),
    ([("age", "between", [1, None])], "'between' takes [low, high]"),
    ([("age", "between", {1, 2})], "'between' takes [low, high]"),
    ([("age", "not between", "ab")], "'not between' takes [low, high]"),
    ([("age", "is null", 5)], "'is null' takes no value"),
    ([("age", ">", None)], "'>' None finds nothing"),
    ([("age", "like", "5")], "'like' works on Char and Text; Member.age is Integer"),
    ([("name", "like", 5)], "'like' looks for text, not 5"),
    ([("name", "ilike", None)], "'ilike' looks for text"),
    ([("team", "like", "x")], "'like' works on Char and Text"),
    ([("shown", "=", "x")], "Member.shown has no column"),
    ([("tags.zzz", "=", 1)], "filter[0]: Team: unknown field 'zzz'"),
    ([(INJECTION, "=", 1)], "unknown field"),
    ([("age", INJECTION, 1)], "unknown operator"),
]


async def test_a_wrong_filter_is_refused_with_its_place(members):
    for given, message in WRONG:
        for ask in (members.search_count, members.exists):
            with pytest.raises(dotorm.InvalidFilter) as error:
                await ask(given)
        with pytest.raises(dotorm.InvalidFilter) as error:
            await members.search(filter=given)
        assert message in str(error.value), given
        assert str(error.value).startswith("Member, filter"), given


WRONG_VALUES = [
    ([("age", "=", "twenty")], "Member.age cannot take 'twenty'"),
    ([("age", "in", [1, "x"])], "Member.age cannot take 'x'"),
    ([("age", "between", [1, "x"])], "Member.age cannot take 'x'"),
    ([("age", "=", 1.5)], "Member.age cannot take 1.5"),
    ([("age", "=", 2**31)], "Member.age cannot take 2147483648"),
    ([("age", "=", [1])], "Member.age cannot take [1]"),
    ([("name", "=", 5)], "Member.name cannot take 5"),
    ([("active", "=", "yes")], "Member.active cannot take 'yes'"),
    ([("team", "=", "x")], "Member.team cannot take 'x'"),
    ([("team", "=", Member(id=1))], "Member.team cannot take Member(id=1)"),
    ([("id", "=", Team(id=1))], "Member.id cannot take Team(id=1)"),
    ([("team", "=", Team())], "this Team has no key yet"),
    ([("extra", "=", {1, 2})], "Member.extra cannot take {1, 2}"),
]  # fmt: skip


async def test_a_value_that_does_not_fit_is_refused(members):
    for given, message in WRONG_VALUES:
        with pytest.raises(dotorm.InvalidValue, match=re.escape(message)):
            await members.search(filter=given)


WRONG_SEARCHES = [
    ({"sort": "nmae"}, "unknown field 'nmae'; did you mean 'name'"),
    ({"sort": ["age", "zzz"]}, "unknown field 'zzz'"),
    ({"sort": "--age"}, "unknown field '-age'"),
    ({"sort": ""}, "unknown field ''"),
    ({"sort": "age DESC"}, "unknown field 'age DESC'"),
    ({"sort": INJECTION}, "unknown field"),
    ({"sort": f"-{INJECTION}"}, "unknown field"),
    ({"sort": 5}, "sort takes names of fields, not 5"),
    ({"sort": "tags"}, "Member.tags has no column"),
    ({"sort": "shown"}, "Member.shown has no column"),
    ({"sort": Team.name}, "a field of another model"),
    ({"sort": "age", "order": "UP"}, "order is 'ASC' or 'DESC', not 'UP'"),
    ({"sort": "age", "order": "ASC; DROP TABLE members"}, "order is 'ASC' or 'DESC'"),
    ({"order": 1}, "order is 'ASC' or 'DESC'"),
    ({"fields": ["nmae"]}, "unknown field 'nmae'"),
    ({"fields": [INJECTION]}, "unknown field"),
    ({"fields": "name"}, "fields is a list of names, not 'name'"),
    ({"fields": 5}, "fields is a list of names, not 5"),
    ({"fields": [("name", "=", "x")]}, "a filter is given as filter="),
    ({"fields": [5]}, "unknown field 5"),
    ({"fields": ["team.name"]}, "unknown field 'team.name'"),
    ({"fields": ["name"], "fields_info": {"tags": ["name"]}}, "fields_info names 'tags'"),
    ({"fields": ["tags"], "fields_info": {"tags": [INJECTION]}}, "unknown field"),
    ({"fields": ["team"], "fields_info": {"team": ["members"]}}, "Team.members is a relation"),
    ({"fields": ["team"], "fields_info": ["team"]}, "fields_info"),
    ({"limit": -1}, "limit counts rows"),
    ({"limit": "5"}, "limit counts rows"),
    ({"limit": True}, "limit counts rows"),
    ({"limit": 1.0}, "limit counts rows"),
    ({"limit": 2**63}, "limit counts rows"),
    ({"start": 2**63, "end": 2**64}, "start counts rows"),
    ({"start": -1}, "start counts rows"),
    ({"end": "1; DROP TABLE members"}, "end counts rows"),
    ({"limit": 1, "start": 0}, "give either limit, or start and end"),
    ({"limit": 1, "end": 5}, "give either limit, or start and end"),
    ({"start": 5, "end": 1}, "end=1 is before start=5"),
]


async def test_wrong_options_of_a_search_are_refused(members):
    for options, message in WRONG_SEARCHES:
        with pytest.raises(dotorm.InvalidFilter) as error:
            await members.search(**options)
        assert message in str(error.value), options


async def test_wrong_options_of_links_are_refused(members):
    for options in (
        {"sort": INJECTION},
        {"sort": "member_id"},
        {"sort": "name", "order": INJECTION},
        {"order": INJECTION},
        {"fields": [INJECTION]},
        {"filter": [(INJECTION, "=", 1)]},
        {"limit": 1, "start": 1},
    ):
        with pytest.raises(dotorm.InvalidFilter):
            await members.get_many2many("tags", 1, **options)
    for field in (INJECTION, "team", Team.members, "name", None):
        with pytest.raises(dotorm.InvalidFilter):
            await members.get_many2many(field, 1)
        with pytest.raises(dotorm.InvalidFilter):
            await members.link_many2many(field, [(1, 1)])


async def test_text_in_values_stays_a_value(db, sent):
    db.bind(Team, Member)
    await db.create_and_update_tables([Team, Member])
    evil = "x'; DROP TABLE members; --\" %s $1 ? :a \\"
    key = await Member.create(Member(name=evil, extra={evil: evil}))
    assert (await Member.get(key)).extra == {evil: evil}
    for given in (
        [("name", "=", evil)],
        [("name", "in", [evil])],
        [("name", "like", evil)],
        [("name", "ilike", evil)],
        [("extra", "=", {evil: evil})],
    ):
        assert await Member.search_count(given) == 1, given
    assert not any("DROP" in text for text in sent.texts)


async def test_an_expression_has_no_truth_value(members):
    with pytest.raises(TypeError, match="no truth value"):
        _ = 1 < Member.age < 5
    with pytest.raises(TypeError, match="no truth value"):
        _ = Member.age > 1 and Member.age < 5
    with pytest.raises(TypeError, match="is a bracket missing"):
        _ = (Member.age > 1) & "x"
    with pytest.raises(TypeError, match="comparing two fields"):
        _ = Member.age > Member.id
