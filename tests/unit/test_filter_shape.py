"""Two filters are one statement when they differ in values alone."""

from dataclasses import replace

import pytest

from dotorm import Char, DotModel, Integer
from dotorm.components.expressions import And, Condition
from dotorm.components.filter_shape import filter_shape
from dotorm_postgres.dialect import PostgresDialect
from dotorm_sqlite.dialect import SqliteDialect


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()


class Other(DotModel):
    __table__ = "others"

    id: int = Integer(primary_key=True)


class OneByOne(SqliteDialect):
    """Each value of a list has a placeholder of its own."""

    features = replace(SqliteDialect.features, list_parameters=False)


def shape(given, dialect=None):
    return filter_shape(given, dialect or SqliteDialect())


SAME = {
    "nothing": (None, [], []),
    "one value": ([("id", "=", 1)], [("id", "=", 2)], [1]),
    "a record's value": ([("id", "=", User(id=1))], [("id", "=", 2)], None),
    "lists for tuples": (
        [("id", "=", 1), ("id", "<", 2)],
        [["id", "=", 3], ("id", "<", 4)],
        [1, 2],
    ),
    "texts": ([("name", "like", "a")], [("name", "like", "b%")], ["a"]),
    "two values": ([("id", "between", (1, 2))], [("id", "between", [3, 4])], [1, 2]),
    "expressions": (User.id > 1, User.id > 2, [1]),
    "in order": (
        [("id", "=", 1), "or", ("not", [("name", "=", "a"), ("id", "<", 9)])],
        [("id", "=", 2), "or", ("not", [("name", "=", "b"), ("id", "<", 8)])],
        [1, "a", 9],
    ),
    "expressions, joined": (
        ~((User.id == 1) & ((User.id == 2) | (User.name == "a"))),
        ~((User.id == 3) & ((User.id == 4) | (User.name == "b"))),
        [1, 2, "a"],
    ),
    "null tests": ([("id", "is null", None)], [("id", "is null", None)], []),
}


@pytest.mark.parametrize(("one", "other", "values"), SAME.values(), ids=SAME)
def test_same(one, other, values):
    assert shape(one)[0] == shape(other)[0]
    if values is not None:
        assert shape(one)[1] == values


DIFFERENT = {
    "field": ([("id", "=", 1)], [("name", "=", 1)]),
    "operator": ([("id", "=", 1)], [("id", "!=", 1)]),
    "null": ([("id", "=", 1)], [("id", "=", None)]),
    "null of another field": ([("id", "=", None)], [("name", "=", None)]),
    "null in a list": ([("id", "in", [1])], [("id", "in", [1, None])]),
    "an empty list": ([("id", "in", [1])], [("id", "in", [])]),
    "nothing but null": ([("id", "in", [None])], [("id", "in", [])]),
    "and, or": ([("id", "=", 1), "and", ("id", "=", 2)], [("id", "=", 1), "or", ("id", "=", 2)]),
    "brackets": (
        [("id", "=", 1), "or", ("id", "=", 2), "and", ("id", "=", 3)],
        [[("id", "=", 1), "or", ("id", "=", 2)], "and", ("id", "=", 3)],
    ),
    "not": ([("id", "=", 1)], [("not", ("id", "=", 1))]),
    "what not is over": (
        [("not", [("id", "=", 1), ("id", "=", 2)])],
        [("not", [("id", "=", 1)]), ("id", "=", 2)],
    ),
    "joined by and, or": ((User.id == 1) & (User.id == 2), (User.id == 1) | (User.id == 2)),
    "the model": (User.id == 1, Other.id == 1),
    "the model, or none": (User.id == 1, ("id", "=", 1)),
}


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_different(one, other):
    assert shape(one)[0] != shape(other)[0]


def test_lists_that_are_one_value_and_lists_that_are_not():
    two, three = [("id", "in", [1, None, 2])], [("id", "in", (1, 2, None, 3))]

    assert shape(two)[0] == shape(three)[0]
    assert shape(three)[1] == [[1, 2, 3]]
    assert shape(two, OneByOne())[0] != shape(three, OneByOne())[0]
    assert shape(three, OneByOne())[1] == [1, 2, 3]


def test_lists_whose_text_depends_on_their_length():
    one, two, many = ([("id", "in", list(range(n)))] for n in (1, 2, 1500))

    assert len({shape(given, PostgresDialect())[0] for given in (one, two, many)}) == 2
    assert len({shape(given)[0] for given in (one, two, many)}) == 1


DEEP = User.id == 1
for _ in range(5000):
    DEEP = ~DEEP

LEFT_TO_THE_PARSER = {
    "a number": 3,
    "an empty group": [[]],
    "an unknown operator": [("id", "~", 1)],
    "an operator in capitals": [("id", "IN", [1])],
    "another word": [("id", "=", 1), "xor", ("id", "=", 2)],
    "not of two": [("not", ("id", "=", 1), ("id", "=", 2))],
    "no list": [("id", "in", 1)],
    "no pair": [("id", "between", [1])],
    "no text": [("name", "like", 1)],
    "null in a pair": [("id", "between", [1, None])],
    "null as text": [("name", "like", None)],
    "a value too many": [("id", "is null", 1)],
    "a list of another kind": [("id", "in", {1: 2}.keys())],
    "an unhashable operator": [("id", ["="], 1)],
    "not of nothing": [("not",)],
    "not of three": [("not", ("id", "=", 1), ("id", "=", 2), ("id", "=", 3))],
    "an unhashable model": Condition("id", "=", 1, []),
    "a field that is no name": Condition(3, "=", 1),
    "too deep": DEEP,
}


@pytest.mark.parametrize("given", LEFT_TO_THE_PARSER.values(), ids=LEFT_TO_THE_PARSER)
def test_left_to_the_parser(given):
    assert shape(given) is None


NESTED = {
    "in lists": lambda part: [part],
    "in not": lambda part: ("not", part),
    "in a negation": lambda part: ~part,
    "in a conjunction": lambda part: And((part, User.id == 2)),
}


@pytest.mark.parametrize("wrap", NESTED.values(), ids=NESTED)
def test_as_deep_as_a_shape_goes(wrap):
    given = User.id == 1
    for _ in range(100):
        given = wrap(given)
    assert shape(given)[1][0] == 1
    assert shape(wrap(given)) is None
