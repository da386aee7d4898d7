"""Hostile names, operators and values, through every operation, on real databases.

Each call answers, or raises a `DotORMError`. Whatever it is given, each statement that reaches the
server is made of words of ours, placeholders, and quoted names of the model's own.
"""

import asyncio
import contextlib
import datetime as dt
import decimal
import enum
import math
import re
import uuid
from collections import deque
from unittest.mock import MagicMock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dotorm
from dotorm import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Decimal,
    DotModel,
    DotORMError,
    Enum,
    Float,
    Integer,
    JSONField,
    Load,
    Many2many,
    Many2one,
    One2many,
    SmallInteger,
    Text,
    Time,
    field_types,
)
from tests.backends import BACKENDS
from tests.integration.conftest import Sent

# ------------------------------------------------------------------ what is attacked


class Mood(enum.Enum):
    CALM = "calm"
    QUOTED = 'it\'s "so"; --'


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    word: str = Char(max_length=50)
    things: list["Thing"] = Many2many(lambda: Thing, "thing_tags", "thing_id", "tag_id")


class Thing(DotModel):
    __table__ = 'things "of" ours; --'
    __unique__ = (("number", "small"),)
    __indexes__ = (("flag", "day"),)

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=200, column="the 'name' %s $1 ?")
    text: str = Text()
    number: int = Integer()
    big: int = BigInteger()
    small: int = SmallInteger()
    ratio: float = Float()
    price: decimal.Decimal = Decimal(12, 3)
    flag: bool = Boolean()
    day: dt.date = Date()
    at: dt.time = Time()
    seen: dt.datetime = Datetime()
    data = JSONField()
    raw: bytes = Binary()
    code: uuid.UUID = UUID(unique=True)
    mood: Mood = Enum(Mood)
    owner_id: "Thing" = Many2one(lambda: Thing)
    parts: list["Thing"] = One2many(lambda: Thing, "owner_id")
    tags: list[Tag] = Many2many(lambda: Tag, "thing_tags", "tag_id", "thing_id")


MODELS = [Tag, Thing]
VALUED = [name for name, field in Thing.__meta__.stored.items() if name not in ("id", "owner_id")]

# ------------------------------------------------------------------ who checks what was sent

_TOKEN = re.compile(
    r"""\s+ | "(?P<name>(?:[^"]|"")*)" | (?P<word>[A-Za-z_]\w*) | (?P<text>'!') | \$?\d+
    | \? | [(),.*=] | ::\w+(?:\[\])? | != | [<>]=?""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "ILIKE",
    "ESCAPE",
    "IS",
    "NULL",
    "BETWEEN",
    "ORDER",
    "BY",
    "ASC",
    "DESC",
    "NULLS",
    "LAST",
    "LIMIT",
    "OFFSET",
    "FOR",
    "UPDATE",
    "OF",
    "NOWAIT",
    "SKIP",
    "LOCKED",
    "INSERT",
    "INTO",
    "VALUES",
    "DEFAULT",
    "RETURNING",
    "ON",
    "CONFLICT",
    "DO",
    "NOTHING",
    "SET",
    "DELETE",
    "AS",
    "LEFT",
    "JOIN",
    "EXISTS",
    "COUNT",
    "ANY",
    "WITH",
    "ORDINALITY",
    "ROW_NUMBER",
    "OVER",
    "PARTITION",
    "unnest",
    "json_each",
    "value",
    "instr",
    "dotorm_lower",
    "dotorm_unhex",
    "excluded",
    "n",
    "u",
    "w",
}
_ALIAS = re.compile(r"(?:t|s\d+_)\d+|c\d+")


def names_of(*models):
    """Every name in the database that these models may use."""
    found = set()
    for model in models:
        meta = model.__meta__
        found |= {meta.table, *(field.column for field in meta.stored.values())}
        for relation in meta.relations.values():
            if isinstance(relation, field_types.Many2many):
                found |= {relation.many2many_table, relation.column1, relation.column2}
    return found


def foreign_parts(sql, names):
    """What in a statement is neither a word of ours nor a quoted name of the models."""
    place, found = 0, []
    while place < len(sql):
        token = _TOKEN.match(sql, place)
        if token is None:
            return [*found, sql[place : place + 40]]
        place = token.end()
        name, word = token["name"], token["word"]
        if name is not None and name.replace('""', '"') not in names and not _ALIAS.fullmatch(name):
            found.append(name)
        if word is not None and word not in _WORDS and not _ALIAS.fullmatch(word):
            found.append(word)
    return found


class Stage:
    """One database with its own event loop, and what was sent to it."""

    def __init__(self, url):
        self._runner = asyncio.Runner()
        self.sent = Sent()
        dotorm.register_observer(self.sent)
        self.db = dotorm.connect(url, max_size=2, acquire_timeout=5)
        self.names = names_of(*MODELS)
        self.do(self._begin())

    async def _begin(self):
        self.db.bind(*MODELS)
        await self.db.create_and_update_tables(MODELS)
        await Tag.create_bulk([Tag(word="a"), Tag(word="b")])
        await Thing.create_bulk([Thing(name="one"), Thing(name="two", owner_id=1)])
        await Thing.link_many2many("tags", [(1, 1), (1, 2), (2, 1)])

    def do(self, work):
        return self._runner.run(work)

    def attempt(self, call, *, names=None, checked=True):
        """Run a call, undo it, and answer what it answered or our error that it raised."""
        self.sent.forget()
        try:
            return self.do(self._undone(call))
        except DotORMError as error:
            assert str(error)
            return error
        finally:
            known = self.names if names is None else names
            for text in self.sent.texts if checked else ():
                assert foreign_parts(text, known) == [], text[:1000]

    async def _undone(self, call):
        answer = []

        async def run():
            async with self.db.transaction():
                found = call()
                answer.append(await found if hasattr(found, "__await__") else await drained(found))
                raise Undo

        with contextlib.suppress(Undo):
            await run()
        return answer[0]

    def close(self):
        self.do(self.db.close())
        dotorm.unregister_observer(self.sent)
        self._runner.close()


class Undo(Exception):
    pass


async def drained(stream):
    return [record async for record in stream]


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BACKENDS],
)
def stage(request, tmp_path_factory):
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('injection')}/test.db"
        else:
            databases = request.getfixturevalue(f"{request.param}_databases")
            url = stack.enter_context(databases.fresh())
        made = Stage(url)
        stack.callback(made.close)
        yield made


# ------------------------------------------------------------------ the weapons

INJECTIONS = (
    "'",
    '"',
    "\\",
    "\0",
    "`",
    "x'; DROP TABLE tags; --",
    '"; DROP TABLE tags; --',
    "a\\'; --",
    "/* */",
    "%s",
    "%%",
    "%",
    "%(name)s",
    "$1",
    "$$",
    "?",
    ":name",
    "{}",
    "{0.__class__}",
    "\ud800",
    "a\udcffb",
    "😀",
    "\u202egnp",
    "ﬀ",
    "",
    " ",
    "\n",
    "-",
    "--name",
    "-name",
    "name desc",
    "name, id",
    "name; --",
    "1 OR 1=1",
    "NULL",
    "*",
    "COUNT(*)",
    "id",
    "name",
    "owner_id",
    "owner_id.name",
    "owner_id.",
    ".name",
    ".",
    "..",
    "tags.word",
    "tags.things.tags.word",
    "parts",
    "number",
    "and",
    "OR",
    "not",
    "=",
    "in",
    "IN (SELECT",
    "= ANY",
    "is null",
    "Is Not Null",
    "between",
    "nowait",
    "skip locked; --",
    "ASC",
    "desc NULLS FIRST",
    "__class__",
    "__dict__",
    "_pool",
    "a" * 70,
    "x" * 100_000,
    "owner_id." * 40 + "name",
    "owner_id." * 3000 + "name",
    "tags.things." * 3000 + "id",
)
TEXTS = st.sampled_from(INJECTIONS) | st.text(st.characters(), max_size=8)


class Raising:
    """An object that fails in whatever way it is touched."""

    def _fail(self, *_):
        raise RuntimeError("touched")

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = __iter__ = _fail
    __int__ = __float__ = __index__ = __lt__ = __contains__ = __getitem__ = _fail


class Agreeing:
    """An object that is equal to everything, and says that it is SQL."""

    def __str__(self):
        return "id; DROP TABLE tags; --"

    __repr__ = __str__

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("=")

    def __len__(self):
        return 3


class Masked(str):
    """Text that changes its mind about what it is."""

    __slots__ = ()

    def lower(self):
        return "= 1; DROP TABLE tags; --"

    upper = split = startswith = partition = replace = encode = lower

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("=")

    def __str__(self):
        return "id; DROP TABLE tags; --"

    __repr__ = __str__


class Liar(list):
    """A list that lies about its length."""

    def __len__(self):
        return 3


class Shrunk(tuple):
    __slots__ = ()

    def __len__(self):
        return -1


class Evil(int):
    """A number whose text is SQL."""

    def __repr__(self):
        return "1; DROP TABLE tags; --"

    __str__ = __repr__


def nested(depth):
    found = ("name", "=", "x")
    for _ in range(depth):
        found = [found]
    return found


def circular():
    found = []
    found.append(found)
    return found


def negated(depth):
    found = Thing.name == "x"
    for _ in range(depth):
        found = ~found
    return found


OBJECTS = (
    Raising,
    Agreeing,
    object,
    MagicMock,
    circular,
    lambda: Raising,
    lambda: Thing,
    Thing,
    lambda: Thing(id=1),
    lambda: Tag(id=1),
    lambda: Thing.name,
    lambda: Thing.owner_id,
    lambda: Thing.owner_id.name,
    lambda: Tag.word,
    lambda: Thing.name == "x",
    lambda: Tag.word == "x",
    lambda: Masked("="),
    lambda: Masked("name"),
    Liar,
    lambda: Liar(["name"]),
    lambda: Shrunk(("name", "=", "x")),
    lambda: [Raising()],
    lambda: ("not", Raising(), 1),
    lambda: ("name", Raising()),
    lambda: ("name", Raising(), 1),
    lambda: ("name", Masked("="), 1),
    lambda: ("name", "in", Liar()),
    lambda: ("name", "between", Liar()),
    lambda: {"name": 1},
    lambda: {"tags": Raising()},
    lambda: iter(["name"]),
    lambda: range(3),
    lambda: deque(["name"]),
    lambda: {"name"},
    lambda: b"name",
    lambda: memoryview(b"name"),
    lambda: nested(200),
    lambda: nested(50_000),
    lambda: negated(50_000),
    lambda: Load(filter=[("x", 1)]),
    lambda: {"tags": Load(filter=Raising(), sort=Agreeing())},
    lambda: Evil(1),
    lambda: 10**30,
    lambda: -(10**5000),
    lambda: 2**31,
    lambda: True,
    lambda: None,
    lambda: math.nan,
    lambda: math.inf,
    lambda: 1e308,
    lambda: 1j,
    lambda: decimal.Decimal("sNaN"),
    lambda: decimal.Decimal("1e999999"),
    lambda: decimal.Decimal("-1e-999999"),
    lambda: dt.datetime.max,
    lambda: dt.datetime.max.replace(tzinfo=dt.timezone(-dt.timedelta(hours=5))),
    lambda: dt.datetime(2024, 1, 1, tzinfo=dt.tzinfo()),
    lambda: dt.timedelta(1),
    lambda: ...,
    lambda: print,
)
THINGS = (
    TEXTS
    | st.sampled_from(OBJECTS).map(lambda make: make())
    | st.integers()
    | st.floats()
    | st.binary(max_size=3)
)
KNOWN = st.sampled_from([*Thing.__meta__.fields, "owner_id.name", "tags.word", "parts.owner_id"])
OPERATORS = st.sampled_from(
    ["=", "!=", ">", "<=", "like", "not ilike", "in", "not in", "between", "is null", "IS NOT NULL"]
)
ANYTHING = st.recursive(
    THINGS,
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.lists(parts, max_size=3).map(tuple)
        | st.tuples(KNOWN, OPERATORS, parts)
        | st.dictionaries(st.sampled_from(INJECTIONS), parts, max_size=2)
    ),
    max_leaves=5,
)
CONDITIONS = (
    st.tuples(KNOWN, OPERATORS, THINGS)
    | st.tuples(KNOWN, OPERATORS, st.lists(THINGS, max_size=3))
    | st.tuples(KNOWN | TEXTS, OPERATORS | TEXTS, ANYTHING)
)


def record():
    """The first record, as if it was read before."""
    return Thing(id=1, name="one")


# Each takes two arguments and is given them as they come.
CALLS = {
    "filter": lambda a, b: Thing.search(filter=a),
    "conditions": lambda a, b: Thing.search(filter=[a, "or", b]),
    "sort": lambda a, b: Thing.search(sort=a, order=b),
    "sorts": lambda a, b: Thing.search(sort=[a, b]),
    "order": lambda a, b: Thing.search(order=a),
    "fields": lambda a, b: Thing.search(fields=a),
    "two fields": lambda a, b: Thing.search(fields=[a, b]),
    "fields_info": lambda a, b: Thing.search(fields=["tags", "owner_id"], fields_info=a),
    "fields of tags": lambda a, b: Thing.search(fields=["tags"], fields_info={"tags": a}),
    "load": lambda a, b: Thing.search(fields=["parts"], fields_info={"parts": Load(filter=a)}),
    "load sorted": lambda a, b: Thing.search(
        fields=["tags"], fields_info={"tags": Load(sort=a, order=b)}
    ),
    "load limited": lambda a, b: Thing.search(
        fields=["tags"], fields_info={"tags": Load(limit=a, fields=b)}
    ),
    "load nested": lambda a, b: Thing.search(
        fields=["tags"], fields_info={"tags": Load(fields=["things"], fields_info={"things": a})}
    ),
    "limit": lambda a, b: Thing.search(limit=a),
    "window": lambda a, b: Thing.search(start=a, end=b),
    "for_update": lambda a, b: Thing.search(for_update=a),
    "count": lambda a, b: Thing.search_count(a),
    "exists": lambda a, b: Thing.exists([a]),
    "stream": lambda a, b: Thing.stream(filter=a, sort=b),
    "stream batch": lambda a, b: Thing.stream(batch=a, limit=b),
    "get": lambda a, b: Thing.get(a),
    "get fields": lambda a, b: Thing.get(1, a),
    "get or raise": Thing.get_or_raise,
    "get with relations": lambda a, b: Thing.get_with_relations(1, a, b),
    "create": lambda a, b: Thing.create(a),
    "create_bulk": lambda a, b: Thing.create_bulk(a),
    "create_bulk of two": lambda a, b: Thing.create_bulk([a, b]),
    "update payload": lambda a, b: record().update(a),
    "update fields": lambda a, b: record().update(Thing(text="t"), a),
    "update_bulk": lambda a, b: Thing.update_bulk(a, Thing(text="t")),
    "update_bulk payload": lambda a, b: Thing.update_bulk([1], a, b),
    "update_where": lambda a, b: Thing.update_where(a, Thing(text="t")),
    "update_where fields": lambda a, b: Thing.update_where([("id", "=", 1)], Thing(text="t"), a),
    "upsert": lambda a, b: Thing.upsert(Thing(code=uuid.uuid4(), text="t"), a, b),
    "upsert by two": lambda a, b: Thing.upsert(Thing(number=1, small=2), [a, b]),
    "upsert_bulk": lambda a, b: Thing.upsert_bulk([Thing(code=uuid.uuid4(), text="t")], a, b),
    "upsert_bulk of": lambda a, b: Thing.upsert_bulk(a, ["code"], b),
    "upsert_bulk by value": lambda a, b: Thing.upsert_bulk(
        [Thing(code=a), Thing(code=b)], ["code"]
    ),
    "delete_bulk": lambda a, b: Thing.delete_bulk(a),
    "delete_bulk of two": lambda a, b: Thing.delete_bulk([a, b]),
    "delete_where": lambda a, b: Thing.delete_where(a),
    "many2many": Thing.get_many2many,
    "many2many sort": lambda a, b: Thing.get_many2many("tags", 1, sort=a, order=b),
    "many2many filter": lambda a, b: Thing.get_many2many("tags", 1, fields=a, filter=b),
    "many2many window": lambda a, b: Thing.get_many2many("tags", 1, start=a, end=b),
    "link": Thing.link_many2many,
    "link pairs": lambda a, b: Thing.link_many2many("tags", [(a, b)]),
    "unlink": lambda a, b: Thing.unlink_many2many("tags", a),
    "unlink field": lambda a, b: record().unlink_many2many(a, b),
    "relations": lambda a, b: record().update_with_relations(Thing(tags=a), b),
    "relations parts": lambda a, b: record().update_with_relations(
        Thing(tags={"selected": a, "deleted": b})
    ),
    "relations created": lambda a, b: record().update_with_relations(
        Thing(parts={"created": [a, b]})
    ),
    "records": lambda a, b: Thing._records_list_get_relation(a, [b], [record()]),
    "session": lambda a, b: Thing.search(session=a),
}


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(a=ANYTHING, b=ANYTHING)
def test_hostile_arguments(stage, name, a, b):
    stage.attempt(lambda: CALLS[name](a, b))
