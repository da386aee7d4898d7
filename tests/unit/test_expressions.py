"""Class-level expressions."""

from functools import reduce
from operator import and_, or_

import pytest

from dotorm import Char, DotModel, Integer, InvalidFilter, Many2one
from dotorm.components.expressions import (
    OPERATORS,
    And,
    ColumnRef,
    Comparison,
    Condition,
    Not,
    Or,
)
from dotorm.components.filter_parser import parse_filter


class Team(DotModel):
    __table__ = "teams"

    id: int = Integer(primary_key=True)
    name: str = Char()
    like: str = Char()
    lead = Many2one(lambda: Person)


class Person(DotModel):
    __table__ = "people"

    id: int = Integer(primary_key=True)
    age: int = Integer()
    name: str = Char()
    team: Team = Many2one(lambda: Team)


CONDITIONS = {
    "=": (lambda f: f == 1, 1),
    "!=": (lambda f: f != 1, 1),
    "<": (lambda f: f < 1, 1),
    "<=": (lambda f: f <= 1, 1),
    ">": (lambda f: f > 1, 1),
    ">=": (lambda f: f >= 1, 1),
    "in": (lambda f: f.in_(n for n in (1, None)), [1, None]),
    "not in": (lambda f: f.not_in({1}), [1]),
    "like": (lambda f: f.like("x"), "x"),
    "not like": (lambda f: f.not_like("x"), "x"),
    "ilike": (lambda f: f.ilike("x"), "x"),
    "not ilike": (lambda f: f.not_ilike("x"), "x"),
    "between": (lambda f: f.between(1, 2), (1, 2)),
    "not between": (lambda f: f.not_between(1, 2), (1, 2)),
    "is null": (lambda f: f.is_null(), None),
    "is not null": (lambda f: f.is_not_null(), None),
}


def test_every_operator_has_a_method():
    assert set(CONDITIONS) == set(OPERATORS)


@pytest.mark.parametrize("operator", CONDITIONS)
@pytest.mark.parametrize(
    ("field", "path"),
    [(Person.age, "age"), (Person.team, "team"), (Person.team.name, "team.name")],
    ids=["field", "relation", "path"],
)
def test_conditions(operator, field, path):
    make, value = CONDITIONS[operator]
    condition = make(field)

    assert type(condition) is Condition
    assert (condition.path, condition.operator, condition.value) == (path, operator, value)
    assert condition.root is Person.__meta__


def test_joining():
    a, b = Person.age > 1, Person.age < 5

    assert (type(a & b), (a & b).items) == (And, (a, b))
    assert (type(a | b), (a | b).items) == (Or, (a, b))
    assert (type(~a), (~a).item) == (Not, a)


def test_joining_more_of_the_same_stays_flat():
    parts = [Person.age == number for number in range(1000)]

    assert reduce(or_, parts).items == tuple(parts)
    assert reduce(and_, parts).items == tuple(parts)
    mixed = (parts[0] | parts[1]) & parts[2]
    assert (type(mixed), len(mixed.items)) == (And, 2)


@pytest.mark.parametrize(
    "use",
    [
        lambda: bool(Person.age == 1),
        lambda: (Person.age > 1) and (Person.age < 5),
        lambda: (Person.age > 1) or (Person.age < 5),
        lambda: not (Person.age > 1),
        lambda: 1 < Person.age < 5,
        lambda: bool(~(Person.age > 1) & (Person.name == "x")),
    ],
    ids=["bool", "and", "or", "not", "chain", "joined"],
)
def test_an_expression_has_no_truth_value(use):
    with pytest.raises(TypeError, match="no truth value: join expressions with"):
        use()


@pytest.mark.parametrize("other", [True, None, 3, "x", Person])
def test_what_cannot_be_joined(other):
    with pytest.raises(TypeError, match="is a bracket missing"):
        (Person.age > 1) & other
    with pytest.raises(TypeError, match="is a bracket missing"):
        (Person.age > 1) | other


def test_fields_are_hashed_and_told_apart_by_identity():
    fields = [Person.age, Person.name, Team.name]

    assert len(set(fields)) == 3
    assert hash(Person.age) == hash(Person.age) != hash(Person.name)
    assert Person.age is Person.age
    assert {Person.age: 1}[Person.age] == 1


def test_comparing_two_fields_is_refused():
    with pytest.raises(TypeError, match=r"age: comparing two fields is not supported"):
        _ = Person.age == Person.id
    with pytest.raises(TypeError, match="comparing two fields"):
        _ = Person.age > Person.team
    with pytest.raises(TypeError, match="comparing two fields"):
        _ = Person.team == Person.age
    with pytest.raises(TypeError, match="comparing two fields"):
        _ = Person.team.name == Team.name


def test_paths_go_on_over_relations():
    assert (Person.team.lead.team.name == "x").path == "team.lead.team.name"
    assert Person.team["like"].like("x").path == "team.like"
    assert repr(Person.team.lead.name) == "<path Person.team.lead.name>"


def test_paths_end_where_there_is_no_such_field():
    with pytest.raises(AttributeError, match=r"Team: unknown field 'nmae'; did you mean 'name'"):
        _ = Person.team.nmae
    with pytest.raises(AttributeError, match=r"Team\.name is no relation"):
        _ = Person.team.name.first
    assert not hasattr(Person.team, "__iter__")


@pytest.mark.parametrize("value", [3, None, "abc", b"abc", {1: 2}])
@pytest.mark.parametrize("field", [Person.age, Person.team, Person.team.name])
def test_in_takes_what_can_be_gone_through(field, value):
    with pytest.raises(InvalidFilter, match="takes a list, tuple or set of values"):
        parse_filter(Person.__meta__, field.in_(value))
    assert field.in_(number for number in (1, 2)).value == [1, 2]


A, B, C = Person.age > 1, Person.name == "x", Person.team.name.like("y")
SHOWN = {
    "Person.age > 1": A,
    "Person.team.name like 'y'": C,
    "Person.team is null": Person.team.is_null(),
    "Person.age between (1, 5)": Person.age.between(1, 5),
    "Person.age in [1, None]": Person.age.in_([1, None]),
    "age = 'x'": Condition("age", "=", "x"),
    "Person.age > 1 & Person.name = 'x'": A & B,
    "(Person.age > 1 & Person.name = 'x') | Person.team.name like 'y'": A & B | C,
    "~Person.age > 1": ~A,
    "~(Person.age > 1 | Person.name = 'x')": ~(A | B),
    "Person.name = 'x'": Comparison(Person.__meta__.resolve("name"), "=", "x"),
    "n is null": Comparison(ColumnRef("n"), "is null"),
}


@pytest.mark.parametrize("text", SHOWN)
def test_shown(text):
    assert repr(SHOWN[text]) == text


def test_errors_show_expressions():
    with pytest.raises(InvalidFilter, match=r"\(in Person\.age > 1 & Team\.name = 'x'\)$"):
        parse_filter(Person.__meta__, A & (Team.name == "x"))
