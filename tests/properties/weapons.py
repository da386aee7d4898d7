"""Names, operators and values that mean harm."""

import datetime as dt
import decimal
import math
from collections import deque
from unittest.mock import MagicMock

from hypothesis import strategies as st

from dotorm import Load
from tests.properties.arena import Tag, Thing

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

    __repr__ = __str__ = __eq__ = __hash__ = __len__ = __bool__ = _fail
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
        return -1  # noqa: PLE0303 - that is the point


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
    lambda: dt.datetime.max,  # noqa: DTZ901 - that is the point
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
