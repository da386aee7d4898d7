"""The common spelling, of which a backend's dialect is a list of differences."""

from dataclasses import replace

import pytest

from dotorm import Char, DotModel, Integer, Many2one, NotSupported
from dotorm.components import Dialect
from dotorm.components.expressions import (
    AmongRows,
    And,
    ColumnRef,
    Comparison,
    Exists,
    InQuery,
    Not,
    Or,
)
from dotorm.components.queries import (
    Fragment,
    Insert,
    Join,
    OnConflict,
    Order,
    Select,
    Update,
    UpdateEach,
    Windowed,
)
from dotorm.testing.recording import EVERYTHING, NOTHING, RecordingDialect
from dotorm_sqlite import SQLITE

ALL = replace(EVERYTHING, arrays=True, window_functions=True)
COMMON = RecordingDialect(ALL)
POOR = RecordingDialect(NOTHING)


class Casting(RecordingDialect):
    """Says the type of each value of a field."""

    def placeholder_cast(self, field):
        return "" if field is None else f"::{field.kind}"


class Numbering(Casting):
    """Numbers its placeholders as well."""

    def make_placeholder(self, index=1):
        return f":{index}"


CASTING, NUMBERING = Casting(ALL), Numbering(ALL)


class Person(DotModel):
    __table__ = "people"

    id = Integer(primary_key=True)
    name = Char()
    age = Integer()
    boss = Many2one(lambda: Person)


ID, NAME, AGE, BOSS = (field.ref() for field in Person.__meta__.stored.values())
BOSS_NAME = ColumnRef("name", Person.__meta__.stored["name"], ("boss",))
TO_BOSS = Join("people", ("boss",), ((BOSS, ColumnRef("id", None, ("boss",))),))
OLD = Comparison(AGE, ">", 60)


def where(node):
    return Select("people", (ID,), where=node)


TEXTS = {
    "a cast": (NUMBERING, where(OLD), 'SELECT "id" FROM "people" WHERE "age" > :1::integer', [60]),
    "casts of limits": (
        NUMBERING,
        where(Comparison(AGE, "between", (1, "2"))),
        'SELECT "id" FROM "people" WHERE "age" BETWEEN :1::integer AND :2::integer',
        [1, 2],
    ),
    "new values": (
        NUMBERING,
        Update("people", (NAME, AGE), ("x", "3"), Comparison(ID, "=", 1)),
        'UPDATE "people" SET "name" = :1::char, "age" = :2::integer WHERE "id" = :3::integer',
        ["x", 3, 1],
    ),
    "among rows": (
        COMMON,
        where(AmongRows((NAME, AGE), [("x", "1"), ("y", 2)])),
        'SELECT "id" FROM "people" WHERE ("name", "age") IN (VALUES (?, ?), (?, ?))',
        ["x", 1, "y", 2],
    ),
    "among the rows of a query": (
        COMMON,
        where(InQuery((NAME, AGE), Select("people", (NAME, AGE), where=OLD, limit=2))),
        (
            'SELECT "id" FROM "people" WHERE ("name", "age") IN '
            '(SELECT "s1_0"."name", "s1_0"."age" FROM "people" AS "s1_0" '
            'WHERE "s1_0"."age" > ? LIMIT ?)'
        ),
        [60, 2],
    ),
    "joined by two columns": (
        COMMON,
        Select("people", (ID,), (Join("old", ("o",), ((ID, NAME), (AGE, BOSS)), outer=False),)),
        (
            'SELECT "t0"."id" FROM "people" AS "t0" '
            'JOIN "old" AS "t1" ON "t0"."id" = "t0"."name" AND "t0"."age" = "t0"."boss"'
        ),
        [],
    ),
    "locked": (
        COMMON,
        Select("people", (BOSS_NAME,), (TO_BOSS,), lock="skip locked"),
        (
            'SELECT "t1"."name" FROM "people" AS "t0" LEFT JOIN "people" AS "t1" '
            'ON "t0"."boss" = "t1"."id" FOR UPDATE OF "t0" SKIP LOCKED'
        ),
        [],
    ),
    "the first of each group": (
        COMMON,
        Windowed(Select("people", (ID, NAME), where=OLD, order=(Order(NAME),)), (BOSS, AGE), 2),
        (
            'SELECT c0, c1 FROM (SELECT "id" AS c0, "name" AS c1, '
            'ROW_NUMBER() OVER (PARTITION BY "boss", "age" ORDER BY "name" ASC NULLS LAST) AS n '
            'FROM "people" WHERE "age" > ?) AS w WHERE n <= ? ORDER BY n'
        ),
        [60, 2],
    ),
    "the first of each group, joined": (
        COMMON,
        Windowed(Select("people", (BOSS_NAME,), (TO_BOSS,)), (BOSS,), 1),
        (
            'SELECT c0 FROM (SELECT "t1"."name" AS c0, '
            'ROW_NUMBER() OVER (PARTITION BY "t0"."boss") AS n FROM "people" AS "t0" '
            'LEFT JOIN "people" AS "t1" ON "t0"."boss" = "t1"."id") AS w WHERE n <= ? ORDER BY n'
        ),
        [1],
    ),
    "upsert": (
        COMMON,
        Insert("people", (NAME, AGE, BOSS), 1, OnConflict((NAME,), (AGE, BOSS))),
        (
            'INSERT INTO "people" AS t0 ("name", "age", "boss") VALUES (?, ?, ?) '
            'ON CONFLICT ("name") DO UPDATE SET "age" = excluded."age", "boss" = excluded."boss"'
        ),
        [None, None, None],
    ),
    "to values of their own": (
        COMMON,
        UpdateEach("people", (NAME, AGE), (BOSS, NAME), 2),
        (
            'UPDATE "people" AS t0 SET "name" = u.c1, "age" = u.c2 FROM (WITH r(c1, c2, c3, c4) '
            "AS (VALUES (?, ?, ?, ?), (?, ?, ?, ?)) SELECT * FROM r) AS u "
            'WHERE t0."boss" = u.c3 AND t0."name" = u.c4'
        ),
        [None] * 8,
    ),
    "rows": (
        COMMON,
        Insert("people", (NAME, AGE), 2),
        'INSERT INTO "people" ("name", "age") VALUES (?, ?), (?, ?)',
        [None] * 4,
    ),
    "rows, cast": (
        CASTING,
        Insert("people", (NAME, AGE), 2),
        'INSERT INTO "people" ("name", "age") VALUES (?::char, ?::integer), (?::char, ?::integer)',
        [None] * 4,
    ),
    "rows, cast and numbered": (
        NUMBERING,
        Insert("people", (NAME, AGE), 3),
        (
            'INSERT INTO "people" ("name", "age") VALUES (:1::char, :2::integer), '
            "(:3::char, :4::integer), (:5::char, :6::integer)"
        ),
        [None] * 6,
    ),
}


@pytest.mark.parametrize(("dialect", "query", "text", "values"), TEXTS.values(), ids=TEXTS)
def test_texts(dialect, query, text, values):
    compiled = dialect.compile(query)
    assert (compiled.sql, compiled.bound()) == (text, values)


@pytest.mark.parametrize(("word", "join"), [(" AND ", And), (" OR ", Or)])
def test_long_chains_are_cut_in_halves(word, join):
    def text(count):
        sql = COMMON.compile(where(join((OLD,) * count))).sql
        return sql.partition(" WHERE ")[2]

    def chain(count):
        return word.join(['"age" > ?'] * count)

    assert text(200) == chain(200)
    assert text(201) == f"({chain(100)}){word}({chain(101)})"
    assert text(401) == f"({chain(200)}){word}(({chain(100)}){word}({chain(101)}))"


REFUSED = {
    "row locks": (
        SQLITE,
        Select("people", (ID,), lock="wait"),
        (
            "sqlite does not support row locks (for_update): "
            "a transaction that writes has the whole database to itself"
        ),
    ),
    "upsert": (
        POOR,
        Insert("people", (ID,), 1, OnConflict()),
        "recording does not support upsert",
    ),
    "windows": (
        POOR,
        Windowed(Select("people", (ID,)), (BOSS,), 1),
        "recording does not support a limit for each record",
    ),
    "long lists of keys": (
        COMMON,
        where(AmongRows((NAME, AGE, BOSS), [("x", 1, 1)] * 4)),
        "recording does not support a list of 4 keys: at most 3",
    ),
    "long lists": (
        COMMON,
        where(Comparison(AGE, "in", [1] * 11)),
        "recording does not support a list of 11 values: at most 10",
    ),
}


@pytest.mark.parametrize(("dialect", "query", "message"), REFUSED.values(), ids=REFUSED)
def test_what_the_database_cannot_say(dialect, query, message):
    with pytest.raises(NotSupported) as caught:
        dialect.compile(query)
    assert str(caught.value) == message


def test_a_type_that_the_database_has_not():
    with pytest.raises(NotSupported, match=r"^sql does not support the field type Char$"):
        Dialect().column_type(Person.__meta__.stored["name"])


class Unknown:
    """Options of another database."""


def test_options_that_are_not_known():
    with pytest.raises(NotSupported) as caught:
        COMMON.accept_options(Person.__meta__, Unknown())
    assert str(caught.value) == "recording does not support options (Unknown): leave them out"


def test_a_table_is_named_where_any_part_of_a_condition_refers_to_it_from_inside():
    among = Exists(Select("people", (Fragment("1"),)), ((BOSS, ID),))
    for node in (among, And((OLD, among)), Or((OLD, among)), Not(among)):
        assert COMMON.compile(where(node)).sql.startswith('SELECT "t0"."id" FROM "people" AS "t0"')


def test_a_list_of_as_many_values_as_a_statement_takes():
    compiled = COMMON.compile(where(Comparison(AGE, "in", list(range(10)))))
    assert compiled.sql.endswith(f"IN ({', '.join('?' * 10)})")
    compiled = COMMON.compile(where(AmongRows((NAME, AGE, BOSS), [("x", 1, 1)] * 3)))
    assert compiled.sql.count("?") == 9


UNEVEN = {
    "new values": Update("people", (NAME, AGE), ("x",)),
    "rows": where(AmongRows((NAME, AGE), [("x", 1, 2)])),
}


@pytest.mark.parametrize("query", UNEVEN.values(), ids=UNEVEN)
def test_nothing_is_dropped_where_columns_and_values_do_not_pair(query):
    with pytest.raises(ValueError, match="zip"):
        COMMON.compile(query)
