"""Hostile values that are stored, names that are used, and SQL that is executed."""

import json
import math

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from dotorm import Char, DatabaseError, DotModel, DotORMError, Integer, Many2many, Many2one
from tests.properties.arena import EXAMPLES, Mood, Thing, foreign_parts, names_of
from tests.properties.weapons import INJECTIONS, TEXTS, THINGS, Evil, Masked, nested

HOSTILE = settings(max_examples=2 * EXAMPLES, suppress_health_check=list(HealthCheck))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(TEXTS, parts, max_size=3),
    max_leaves=6,
)
VALUES = {
    "name": TEXTS | TEXTS.map(Masked),
    "text": TEXTS,
    "number": st.integers() | st.integers().map(Evil) | TEXTS,
    "big": st.integers(-(2**63), 2**63 - 1) | st.just(2**63),
    "small": st.integers(-40_000, 40_000),
    "ratio": st.floats() | st.integers() | st.decimals(),
    "price": st.decimals() | st.decimals(places=3) | TEXTS | st.integers(),
    "flag": st.booleans() | st.integers(-1, 2),
    "day": st.dates() | st.datetimes() | TEXTS,
    "at": st.times() | TEXTS,
    "seen": st.datetimes() | st.datetimes(timezones=st.timezones()) | TEXTS,
    "data": JSON | THINGS,
    "raw": st.binary() | st.binary().map(bytearray),
    "code": st.uuids() | TEXTS,
    "mood": st.sampled_from(Mood) | TEXTS,
}
PAIRS = st.sampled_from(list(VALUES)).flatmap(
    lambda name: st.tuples(st.just(name), VALUES[name] | THINGS)
)


def same(one, other):
    """Equal, and NaN is NaN."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return isinstance(other, type(one)) and one == other


def as_json(value):
    """A value as JSON changes it."""
    return json.loads(json.dumps(value))


def close(one, other):
    """JSON that is equal but for the last bits of numbers, which JSONB keeps as decimals."""
    match one, other:
        case dict(), dict():
            return one.keys() == other.keys() and all(close(one[k], other[k]) for k in one)
        case list(), list():
            return len(one) == len(other) and all(map(close, one, other))
        case float(), int():
            return float(other) == one
        case _:
            return same(one, other) or (one == other and {type(one), type(other)} <= {int, float})


async def written(name, value):
    """What is read back by the key, by the value itself, and after an update."""
    thing = Thing(**{name: value})
    key = await Thing.create(thing)
    found = getattr(await Thing.get(key), name)
    if name == "code":  # it is unique
        await Thing(id=key).update(Thing(code=None))
    (other,) = await Thing.create_bulk([Thing(**{name: value})])
    again = getattr(await Thing.get(other["id"]), name)
    await Thing(id=other["id"]).update(Thing(**{name: None}))
    await Thing(id=key).update(Thing(**{name: value}))
    updated = getattr(await Thing.get(key), name)
    if value is not None and name not in ("data", "ratio"):
        assert await Thing.exists([(name, "=", value), ("id", "=", key)])
        assert await Thing.exists([(name, "in", [value]), ("id", "=", key)])
        assert not await Thing.exists([(name, "!=", value), ("id", "=", key)])
    return getattr(thing, name), found, again, updated


@HOSTILE
@given(pair=PAIRS)
@example(pair=("ratio", -0.0))
@example(pair=("data", 1e23))
@example(pair=("data", nested(100)))
@example(pair=("data", {"a": "\ud800"}))
@example(pair=("data", [10**4000]))
def test_what_is_accepted_is_read_back(stage, pair):
    name, value = pair
    found = stage.attempt(lambda: written(name, value))
    if isinstance(found, DotORMError):
        return
    for other in found[1:]:
        if name == "data":
            assert close(as_json(found[0]), other), (found[0], other)
        else:
            assert same(found[0], other), (found[0], other)
    if isinstance(value, type(found[1])) and name not in ("price", "seen", "data"):
        assert same(found[1], value)


SHORT = [text for text in INJECTIONS if 0 < len(text) <= 60]
FINE = [text for text in SHORT if text.isprintable() and text.isascii()]
TAKEN = "t0 s1_0 c0 excluded EXCLUDED value rowid oid xmin ctid n w u".split()  # noqa: SIM905
NAMES = st.lists(
    st.sampled_from([*FINE, *TAKEN, "😀", "\u202e", "\n"]) | TEXTS,
    min_size=9,
    max_size=9,
    unique_by=str.lower,
)


def named(names):
    """Two models whose tables, columns and links are called so."""
    table, key, first, second, ref, link_table, left, right, other = names

    class One(DotModel):
        __table__ = table
        __unique__ = (("a", "b"),)
        __indexes__ = (("b", "a"),)

        id: int = Integer(primary_key=True, column=key)
        a: str = Char(column=first)
        b: int = Integer(column=second, index=True)
        up: "One" = Many2one(lambda: One, column=ref)
        links: list["Other"] = Many2many(lambda: Other, link_table, left, right)

    class Other(DotModel):
        __table__ = other

        id: int = Integer(primary_key=True, column=key)
        a: int = Integer(column=second)

    return One, Other


async def used(stage, names):
    """Use tables and columns in every kind of statement; answer the names."""
    models = one, other = named(names)
    stage.db.bind(*models)
    await stage.db.create_and_update_tables(models)
    assert (await stage.db.create_and_update_tables(models)).statements == []
    stage.sent.forget()
    key = await one.create(one(a="x", b=1))
    await one.create_bulk([one(a="y", b=2, up=key), one(a="z", b=3, up=key)])
    linked = await other.create(other(a=5))
    await one.link_many2many("links", [(key, linked)])
    await one.upsert(one(a="x", b=1, up=key), ["a", "b"])
    await one.update_where([("up.a", "=", "x"), ("a", "ilike", "Z")], one(b=7))
    (found,) = await one.search(
        fields=["a", "up", "links"],
        filter=[("up.b", "in", [1]), ("links", "is not null", None)],
        sort=["up.a", "-b"],
    )
    assert (found.a, found.up.a, found.links[0].a) == ("x", "x", 5)
    assert await one.search_count([("links.a", "between", [1, 9])]) == 1
    assert len(await one.get_many2many("links", key, sort="a", limit=1)) == 1
    await one.unlink_many2many("links", [linked])
    assert await one.delete_where([("up.a", "=", "x"), ("b", ">", 1)]) == 2
    return names_of(*models)


@HOSTILE
@given(names=NAMES)
@example(names=["excluded", "'", '"', "\\", "`", "%s", "$1", "?", "--"])
def test_any_name_is_quoted_or_refused(stage, names):
    known = stage.attempt(lambda: used(stage, names), checked=False)
    if isinstance(known, DotORMError):
        assert not isinstance(known, DatabaseError) or "system column" in str(known)
        return
    for text in stage.sent.texts:
        assert foreign_parts(text, known) == [], text


ODD = TEXTS | THINGS


@pytest.mark.parametrize("option", ["__table__", "__unique__", "__indexes__", "column", "link"])
@HOSTILE
@given(value=ODD)
def test_odd_parts_of_a_model(stage, option, value):
    def made():
        options = {option: value} if option.startswith("__") else {}
        column = {"column": value} if option == "column" else {}
        fields = {"id": Integer(primary_key=True), "name": Char(**column)}
        if option == "link":
            fields["links"] = Many2many(lambda: Thing, value, "a", "b")
        body = {"__table__": "odd", "__module__": __name__, **options, **fields}
        model = type(DotModel)("Odd", (DotModel,), body)
        return stage.db.create_and_update_tables([model, Thing])

    async def call():
        return await made()

    stage.attempt(call, checked=False)


CASTS = st.sampled_from(
    """int bigint text date time timestamptz jsonb json bytea uuid numeric int[] text[] interval
    bool float8 inet point oid name bit(3) tsvector""".split()  # noqa: SIM905
)


def showable(value):
    """Whether asyncpg can show it in the error of a value that it cannot encode."""
    try:
        return bool(repr(value))
    except (RuntimeError, ValueError):
        return False


SHOWABLE = THINGS.filter(showable)


@HOSTILE
@given(cast=CASTS, value=SHOWABLE | st.lists(SHOWABLE, max_size=2))
def test_any_value_of_raw_sql(stage, cast, value):
    sql = "SELECT %s AS x" if stage.db.backend.name == "sqlite" else f"SELECT %s::{cast} AS x"
    stage.attempt(lambda: stage.db.execute(sql, [value]), checked=False)


@HOSTILE
@given(sql=TEXTS | THINGS, values=THINGS | st.lists(THINGS, max_size=2))
def test_any_text_as_raw_sql(stage, sql, values):
    stage.attempt(lambda: stage.db.execute(sql, values), checked=False)


@HOSTILE
@given(level=TEXTS | THINGS)
def test_any_isolation(stage, level):
    async def call():
        try:
            async with stage.db.transaction(isolation=level):
                return await stage.db.execute("SELECT 1 AS one")
        except DotORMError as error:
            return error

    stage.do(call())


HUGE = {
    "a list of values": lambda: [("number", "in", list(range(300_000)))],
    "texts": lambda: [("name", "not in", [f"x{n}'" for n in range(100_000)])],
    "conditions": lambda: [("number", "=", n) for n in range(5_000)],
    "alternatives": lambda: [part for n in range(40_000) for part in ("or", ("number", "=", n))][
        1:
    ],
    "nested lists": lambda: nested(100),
    "a text": lambda: [("text", "like", "x" * 10_000_000)],
}


@pytest.mark.parametrize("name", HUGE)
def test_huge_filters(stage, name):
    found = stage.attempt(lambda: Thing.search_count(HUGE[name]()), checked=False)
    assert isinstance(found, int | DotORMError)
    assert stage.do(Thing.table_len()) == 2
