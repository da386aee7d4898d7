"""Whatever filter is given: the kept statement is the one that would be written anew."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dotorm import (
    Char,
    Date,
    Datetime,
    DotModel,
    DotORMError,
    Integer,
    JSONField,
    Many2many,
    Many2one,
)
from dotorm.builder import Plans
from dotorm.builder.queries import select_query
from dotorm.components.filter_parser import FilterParser, parse_filter
from dotorm.testing.recording import RecordingDialect
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE

DIALECTS = pytest.mark.parametrize(
    "dialect", [SQLITE, POSTGRES, RecordingDialect()], ids=lambda dialect: dialect.name
)


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char()


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(column="Full Name")
    born: dt.date = Date()
    seen: dt.datetime = Datetime()
    prefs = JSONField()
    role_id: Role = Many2one(lambda: Role)
    roles = Many2many(lambda: Role, "links", "role", "user")


META = User.__meta__
# No database takes NUL in text everywhere: SQLite refuses it in lists.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
NUMBERS = st.integers(-(2**31), 2**31 - 1)
VALUES = {
    "id": NUMBERS | NUMBERS.map(str),
    "name": TEXTS,
    "born": st.dates() | st.dates().map(str),
    "seen": st.datetimes() | st.datetimes().map(str),
    "role_id": NUMBERS | NUMBERS.map(lambda key: Role(id=key)),
    "role_id.name": TEXTS,
    "roles": NUMBERS,
    "roles.name": TEXTS,
}
NULLS = st.sampled_from(["is null", "is not null"])
PLAIN = ("=", "!=", ">", ">=", "<", "<=")


def conditions_on(path):
    """Pairs of conditions on a field that differ in their values alone."""
    value = VALUES[path]
    lists = st.sampled_from([list, tuple]).flatmap(
        lambda kind: st.lists(value, min_size=2, max_size=3).map(kind)
    )

    def two(operators, values):
        return st.tuples(st.sampled_from(operators), values, values).map(
            lambda drawn: ((path, drawn[0], drawn[1]), (path, drawn[0], drawn[2]))
        )

    nulls = NULLS.map(lambda operator: ((path, operator), (path, operator)))
    pairs = st.tuples(value, value)
    kinds = [two(PLAIN, value), two(["in", "not in"], lists), nulls]
    kinds += [two(["between", "not between"], pairs)]
    kinds += [two(["=", "!="], st.none()), two(["in", "not in"], lists.map(with_null))]
    if path.endswith("name"):
        kinds.append(two(["like", "not like", "ilike", "not ilike"], TEXTS))
    return st.one_of(kinds)


def with_null(values):
    return [*values, None]


CONDITIONS = st.sampled_from(list(VALUES)).flatmap(conditions_on)
WORDS = st.sampled_from([(), ("and",), ("or",)])


def joined(parts):
    """Pairs of lists of parts, with the same words between them."""
    return st.lists(st.tuples(WORDS, parts), min_size=1, max_size=4).map(
        lambda drawn: tuple(in_words(drawn, place) for place in (0, 1))
    )


def in_words(drawn, place):
    found = [item for words, part in drawn for item in (*words, part[place])]
    return found[1:] if isinstance(found[0], str) else found


def negated(parts):
    return parts.map(lambda pair: (("not", pair[0]), ("not", pair[1])))


PAIRS = st.recursive(CONDITIONS, lambda parts: joined(parts) | negated(parts), max_leaves=8)
WARM = {dialect: Plans(META, dialect) for dialect in (SQLITE, POSTGRES)}


def anew(filter_, dialect):
    columns = [META.stored[name].ref() for name in ("id", "name")]
    query = select_query(META, columns, parse_filter(META, filter_), (("name", True),), limit=3)
    compiled = dialect.compile(query)
    return compiled.sql, compiled.bound()


def asked(plans, filter_):
    plan, values = plans.search(("id", "name"), filter_, (("name", True),), limit=3)
    return plan.sql, values


@DIALECTS
@given(pair=PAIRS)
def test_what_is_kept_is_what_would_be_written(dialect, pair):
    plans = Plans(META, dialect)
    one, other = pair

    assert asked(plans, one) == anew(one, dialect)
    assert asked(plans, other) == anew(other, dialect)
    assert asked(plans, one) == anew(one, dialect)


@pytest.mark.parametrize("dialect", WARM, ids=lambda dialect: dialect.name)
@given(pair=PAIRS)
def test_the_same_for_plans_that_have_seen_much(dialect, pair):
    for filter_ in pair:
        assert asked(WARM[dialect], filter_) == anew(filter_, dialect)
        assert asked(WARM[dialect], filter_) == anew(filter_, dialect)


@given(pair=PAIRS)
def test_what_is_shown_has_one_placeholder_a_value(pair):
    text, values = FilterParser(RecordingDialect()).parse(pair[0])
    assert text.count("%s") == len(values)


KNOWN = st.sampled_from(["name", "role_id.name", "and", "or", "not", "=", "in", "like", "between"])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.binary(max_size=3)
    | KNOWN
    | st.sampled_from([User, User.name, User(), User.role_id, User.name.like, object()])
    | TEXTS.map(lambda text: User.name == text)
)
GARBAGE = st.recursive(
    LEAVES,
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.lists(parts, max_size=4).map(tuple)
        | st.dictionaries(KNOWN, parts, max_size=2)
        | st.tuples(KNOWN, KNOWN, parts)
    ),
    max_leaves=12,
)


@DIALECTS
@settings(max_examples=300)
@given(filter_=GARBAGE)
def test_garbage_is_refused_in_our_own_words(dialect, filter_):
    try:
        asked(Plans(META, dialect), filter_)
    except DotORMError:
        return


@given(filter_=GARBAGE)
def test_garbage_without_a_model(filter_):
    try:
        FilterParser(SQLITE).parse(filter_)
    except DotORMError:
        return
