"""Filters: what they mean, and every way to get one wrong."""

import re

import pytest

from dotorm import Array, Char, DotModel, Integer, JSONField, Many2many, Many2one, One2many, Text
from dotorm.components.expressions import And, Comparison, Condition, Exists, Expr, Not, Or
from dotorm.components.filter_parser import DEEPEST, FilterParser, OpenNames, parse_filter, shown
from dotorm.exceptions import InvalidFilter
from dotorm_sqlite import SQLITE


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char()
    users = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()
    age: int = Integer()
    prefs = JSONField()
    role_id: Role = Many2one(lambda: Role)
    tags = Many2many(lambda: Role, "links", "role_id", "user_id")
    notes: str = Text()
    marks = Array(Integer())
    seats = One2many(lambda: Seat, "user_id")
    shout = Char(store=False, compute=lambda user: user.name.upper())


class Seat(DotModel):
    __table__ = "seats"

    row: int = Integer(primary_key=True)
    number: int = Integer(primary_key=True)
    user_id: User = Many2one(lambda: User)


A, B, C = ("id", "=", 1), ("name", "=", "x"), ("age", ">", 3)


def said(node):
    """A node in words."""
    match node:
        case None:
            return ""
        case Comparison():
            path = ".".join((*node.column.path, node.column.name))
            null = " or null" if node.with_null else ""
            value = "" if node.value is None else f" {node.value}"
            return f"{path} {node.operator}{value}{null}"
        case And(items):
            return "(" + " and ".join(map(said, items)) + ")"
        case Or(items):
            return "(" + " or ".join(map(said, items)) + ")"
        case Not(item):
            return f"not {said(item)}"
        case Exists(query, [(inner, outer)]):
            key = ".".join((*outer.path, outer.name))
            return f"some {query.table} by {inner.name} of {key}: {said(query.where) or 'any'}"


MEANINGS = {
    "nothing": (None, ""),
    "empty": ([], ""),
    "one": ([A], "id = 1"),
    "bare": (A, "id = 1"),
    "a list as condition": ([["id", "=", 1]], "id = 1"),
    "and by default": ([A, B], "(id = 1 and name = x)"),
    "and": ([A, "and", B], "(id = 1 and name = x)"),
    "or": ([A, "OR", B], "(id = 1 or name = x)"),
    "and binds first": ([A, "or", B, "and", C], "(id = 1 or (name = x and age > 3))"),
    "and binds first, too": ([A, B, "or", C], "((id = 1 and name = x) or age > 3)"),
    "brackets": ([[A, "or", B], C], "((id = 1 or name = x) and age > 3)"),
    "not": ([("not", A)], "not id = 1"),
    "not a list": ([("NOT", [A, "or", B]), C], "(not (id = 1 or name = x) and age > 3)"),
    "expression": (User.age > 3, "age > 3"),
    "expressions in a list": ([User.age > 3, "or", B], "(age > 3 or name = x)"),
    "joined": (~((User.age > 3) & (User.id == 1)), "not (age > 3 and id = 1)"),
    "path": ([("role_id.name", "=", "x")], "role_id.name = x"),
    "path expression": (User.role_id.name == "x", "role_id.name = x"),
    "= None": ([("age", "=", None)], "age is null"),
    "!= None": (User.age != None, "age is not null"),  # noqa: E711 - it builds a node
    "is null": ([("age", "IS NULL", None)], "age is null"),
    "is null, short": ([("age", "is not null")], "age is not null"),
    "in": ([("age", "in", (1, 2))], "age in [1, 2]"),
    "in nothing": ([("age", "in", [])], "age in []"),
    "in, null apart": ([("age", "not in", [1, None])], "age not in [1] or null"),
    "in, only null": ([("age", "in", {None})], "age in [] or null"),
    "in a dict's keys": ([("age", "in", {1: 2}.keys())], "age in [1]"),
    "between": ([("age", "between", [1, 2])], "age between (1, 2)"),
    "like": ([("name", "iLike", "x")], "name ilike x"),
    "like in long text": ([("notes", "like", "x")], "notes like x"),
    "a field behind a key of several": (
        [("seats.number", "=", 2)],
        "some seats by user_id of id: number = 2",
    ),
    "over many": ([("tags.name", "=", "x")], "some roles by user_id of id: name = x"),
    "over many, deep": (
        [("role_id.users.tags", "in", [1])],
        "some users by role_id of role_id.id: some roles by user_id of id: id in [1]",
    ),
    "a related record": (User.tags == 1, "some roles by user_id of id: id = 1"),
    "not this related record": (User.tags != 1, "some roles by user_id of id: id != 1"),
    "no related record": ([("tags", "is null")], "not some roles by user_id of id: any"),
    "none": ([("tags", "=", None)], "not some roles by user_id of id: any"),
    "some": (User.tags.is_not_null(), "some roles by user_id of id: any"),
    "some, too": ([("tags", "!=", None)], "some roles by user_id of id: any"),
    "null over many": ([("tags.name", "=", None)], "some roles by user_id of id: name is null"),
    "already parsed": ([parse_filter(User.__meta__, A)], "id = 1"),
}


@pytest.mark.parametrize(("given", "meaning"), MEANINGS.values(), ids=MEANINGS)
def test_meaning(given, meaning):
    assert said(parse_filter(User.__meta__, given)) == meaning


class Rude:
    def __repr__(self):
        raise RuntimeError


DEEP = A
for _ in range(200):
    DEEP = [DEEP]
DEEP_EXPRESSION = User.age > 3
for _ in range(2000):
    DEEP_EXPRESSION = ~DEEP_EXPRESSION

WRONG = {
    "text": ("name", "filter: 'name' is neither a condition"),
    "truth": (True, "filter: True is neither a condition"),
    "mapping": ({"name": "x"}, "filter: {'name': 'x'} is neither"),
    "set": ([{1}], r"filter\[0\]: \{1\} is neither"),
    "number in it": ([A, 7], r"filter\[1\]: 7 is neither"),
    "foreign repr": ([Rude()], r"filter\[0\]: <Rude> is neither"),
    "empty group": ([A, []], r"filter\[1\]: an empty group"),
    "empty group, deep": ([[A, [B, ()]]], r"filter\[0\]\[1\]\[1\]: an empty group"),
    "trailing or": ([A, "or"], r"filter\[1\]: 'or' has nothing on its right"),
    "trailing and": ([A, "AND"], r"filter\[1\]: 'and' has nothing on its right"),
    "leading or": (["or", A], r"filter\[0\]: 'or' has nothing on its left"),
    "only a word": (["and"], r"filter\[0\]: 'and' has nothing on its left"),
    "two words": ([A, "or", "and", B], r"filter\[2\]: 'and' follows 'or'"),
    "another word": ([A, "xor", B], r"filter\[1\]: 'xor' is neither a condition nor 'and'"),
    "one part": ([("name",)], r"filter\[0\]: a condition has three parts .*, this has 1"),
    "two parts": ([("name", "=")], r"filter\[0\]: a condition has three parts .*, this has 2"),
    "four parts": ([("name", "=", 1, 2)], r"filter\[0\]: a condition has three .*, this has 4"),
    "not of nothing": ([("not",)], r"filter\[0\]: \(\"not\", condition\) takes exactly one"),
    "not of two": ([("not", A, B)], r"filter\[0\]: \(\"not\", condition\) takes exactly one"),
    "not of a list and one": ([("not", ["x"], 1)], r"filter\[0\]: \(\"not\", condition\)"),
    "not of a field": (("not", "name"), r"filter\[1\]: 'name' is neither"),
    "unknown operator": ([("name", "==", 1)], r"filter\[0\]: unknown operator '==';.* '='"),
    "no operator": ([("name", None, 1)], r"filter\[0\]: unknown operator None"),
    "operator in a list": ([("name", ["="], 1)], r"filter\[0\]: unknown operator \['='\]"),
    "unknown field": ([A, ("nmae", "=", 1)], r"filter\[1\]: unknown field 'nmae'.*'name'"),
    "no field at all": ([("", "=", 1)], r"filter\[0\]: unknown field ''; there are age"),
    "unknown in a path": ([("role_id.nam", "=", 1)], r"Role: unknown field 'nam'"),
    "path over no relation": ([("name.x", "=", 1)], r"User\.name is no Many2one"),
    "path that ends early": ([("role_id.", "=", 1)], r"unknown field ''"),
    "no column": ([("shout", "=", 1)], r"filter\[0\]: User\.shout has no column"),
    "behind many": ([("tags.nmae", "=", 1)], r"User, filter\[0\]: Role: unknown field 'nmae'"),
    "> None": ([("age", ">", None)], r"filter\[0\]: '>' None finds nothing: use 'is null'"),
    "is null 1": ([("age", "is null", 1)], r"filter\[0\]: 'is null' takes no value"),
    "in a number": ([("age", "in", 1)], r"filter\[0\]: 'in' takes a list, tuple or set.* not 1"),
    "in text": ([("name", "in", "abc")], "'in' takes a list, tuple or set"),
    "in bytes": ([("name", "not in", b"abc")], "'not in' takes a list, tuple or set"),
    "in a dict": ([("age", "in", {1: 2})], "'in' takes a list, tuple or set"),
    "in an iterator": ([("age", "in", iter([1]))], "'in' takes a list, tuple or set"),
    "in None": ([("age", "in", None)], "'in' takes a list, tuple or set"),
    "like a number": ([("name", "like", 1)], r"filter\[0\]: 'like' looks for text, not 1"),
    "like None": ([("name", "not ilike", None)], "'not ilike' looks for text, not None"),
    "like on a number": ([("age", "like", "1")], r"works on Char and Text; User\.age is Integer"),
    "like on a key": ([("role_id", "like", "1")], r"User\.role_id is Integer"),
    "like on JSON": ([("prefs", "ilike", "1")], r"User\.prefs is JSONField"),
    "between one": ([("age", "between", 1)], r"filter\[0\]: 'between' takes \[low, high\], not 1"),
    "between three": ([("age", "between", [1, 2, 3])], r"'between' takes \[low, high\]"),
    "between None": ([("age", "not between", [1, None])], r"'not between' takes \[low, high\]"),
    "between a set": ([("age", "between", {1, 2})], r"'between' takes \[low, high\]"),
    "another model": (Role.name == "x", r"filter: Role\.name is a field of another model"),
    "another model's path": ([A, Role.id > 1], r"filter\[1\]: Role\.id is a field of another"),
    "the class itself": (User, "filter: <class .*User'> is neither"),
    "a field itself": ([User.age], r"filter\[0\]: <Integer User\.age> is neither"),
    "an expression of nothing": (
        Expr(),
        r"filter: <dotorm\S+Expr object at \S+> is not an expression",
    ),
    "a condition by hand": (Condition("age", "~", 1), "filter: unknown operator '~'"),
    "a field that is no text": (Condition(3, "=", 1), "filter: 3 is no name of a field"),
    "unknown, short": ([("nmae", "is null")], r"filter\[0\]: unknown field 'nmae'"),
    "another model's, negated": ([A, ~(Role.id > 1)], r"filter\[1\]: Role\.id is a field of"),
    "another model's, joined": (
        [A, (User.id > 1) & (Role.id > 1)],
        r"filter\[1\]: Role\.id is a field of",
    ),
    "a key of several": (
        [("seats", ">", (1, 2))],
        r"User, filter\[0\]: .* is a key of several .* '>' cannot compare: compare one of",
    ),
    "in on a list": (
        [("marks", "in", [1])],
        r"filter\[0\]: 'in' looks among single values, not among lists \(in",
    ),
    "too deep": (DEEP, "nested more than 150 levels"),
    "too deep expression": (DEEP_EXPRESSION, "nested more than 150 levels"),
}


@pytest.mark.parametrize(("given", "message"), WRONG.values(), ids=WRONG)
def test_every_error_tells_its_place(given, message):
    with pytest.raises(InvalidFilter, match=message) as caught:
        parse_filter(User.__meta__, given)
    assert re.match("(User|Role)(, filter|: the filter)", str(caught.value))


WORDS = {
    "no operator": (
        [("name", None, 1)],
        "User, filter[0]: unknown operator None (in [('name', None, 1)])",
    ),
    "behind many": (
        [("tags.name", ">", None)],
        (
            "User, filter[0]: '>' None finds nothing: use 'is null' or 'is not null' "
            "(in [('tags.name', '>', None)])"
        ),
    ),
    "a long filter": (
        [("age", "=", None, "x" * 300)],
        (
            "User, filter[0]: a condition has three parts (field, operator, value), this has 4 "
            f"(in [('age', '=', None, '{'x' * 178}…)"
        ),
    ),
}


@pytest.mark.parametrize(("given", "message"), WORDS.values(), ids=WORDS)
def test_an_error_shows_the_filter_and_not_all_of_a_long_one(given, message):
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(User.__meta__, given)
    assert str(caught.value) == message


def test_a_value_in_a_message_has_eighty_characters_at_most():
    assert shown("x" * 78) == f"'{'x' * 78}'"
    assert shown("x" * 79) == f"'{'x' * 78}…"
    assert len(shown("x" * 100)) == 80
    assert shown("abc", 4) == "'ab…"


NESTED = {
    "in lists": lambda part: [part],
    "in not": lambda part: ("not", part),
    "in a negation": lambda part: ~part,
    "in a conjunction": lambda part: And((part, B)),
}


@pytest.mark.parametrize("wrap", NESTED.values(), ids=NESTED)
def test_as_deep_as_a_filter_may_be(wrap):
    given = User.age > 3
    for _ in range(DEEPEST):
        given = wrap(given)
    assert parse_filter(User.__meta__, given) is not None
    with pytest.raises(InvalidFilter, match="nested more than 150 levels deep; join"):
        parse_filter(User.__meta__, wrap(given))


def test_a_model_written_twice_takes_expressions_of_its_newest_form_only():
    def person():
        class Person(DotModel):
            __table__ = "people"
            id: int = Integer(primary_key=True)

        return Person

    old, new = person(), person()
    assert said(parse_filter(new.__meta__, new.id == 1)) == "id = 1"
    with pytest.raises(InvalidFilter, match="another model"):
        parse_filter(new.__meta__, old.id == 1)


def test_open_names():
    node = parse_filter(OpenNames(), [("a.b", "like", "x"), ("c", "in", [1])])
    assert said(node) == "(a.b like x and c in [1])"
    assert node.items[0].column.path == ()


def test_a_field_may_be_called_not():
    assert said(parse_filter(OpenNames(), ("not", "=", 1))) == "not = 1"
    assert said(parse_filter(OpenNames(), [("not", "like", "x")])) == "not like x"


class TestFilterParser:
    def test_without_fields(self):
        parser = FilterParser(SQLITE)
        assert parser.parse([("active", "=", True), ("or der", "!=", 'x"')]) == (
            '"active" = %s AND "or der" != %s',
            (True, 'x"'),
        )
        assert parser.parse([]) == ("", ())
        assert parser.parse(None) == ("", ())

    def test_without_fields_names_are_quoted(self):
        text, _ = FilterParser(SQLITE).parse([('x" = 1; --', "=", 1)])
        assert text == '"x"" = 1; --" = %s'

    def test_with_fields(self):
        parser = FilterParser(SQLITE, {"name": Char(column="Full Name"), "age": Integer()})
        assert parser.parse([("name", "=", "x"), "or", ("age", "=", "3")]) == (
            '"Full Name" = %s OR "age" = %s',
            ("x", 3),
        )
        with pytest.raises(InvalidFilter, match=r"filter\[0\]: unknown field 'nmae'.*'name'"):
            parser.parse([("nmae", "=", 1)])
