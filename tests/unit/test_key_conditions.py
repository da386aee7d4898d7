"""Conditions on keys of several fields, and what of them cannot be asked."""

import pytest

from dotorm import Char, DotModel, Integer, Many2one, One2many
from dotorm.builder import Plans
from dotorm.components.expressions import AmongRows, Comparison
from dotorm.components.filter_parser import FilterParser, parse_filter
from dotorm.components.key_conditions import columns_of, key_among
from dotorm.exceptions import InvalidFilter, InvalidValue
from dotorm.testing.recording import RecordingDialect


class Order(DotModel):
    __table__ = "orders"

    year: int = Integer(primary_key=True)
    number: int = Integer(primary_key=True)
    note: str = Char()
    lines = One2many(lambda: Line, "order")


class Line(DotModel):
    __table__ = "lines"

    id: int = Integer(primary_key=True)
    order_year: int | None = Integer()
    order_number: int | None = Integer()
    shop_year: int = Integer(required=True)
    order = Many2one(lambda: Order, fields=("order_year", "order_number"))
    shop = Many2one(lambda: Order, fields=("shop_year", "order_number"))
    sent = Many2one(lambda: Order, fields=("shop_year", "id"))
    before = Many2one(lambda: Line)


HELD = '"order_year" IS NOT NULL AND "order_number" IS NOT NULL'
NONE = '"order_year" IS NULL OR "order_number" IS NULL'
SAME = '("order_year" = ? AND "order_number" = ?)'
AMONG = '("order_year", "order_number") IN (VALUES (?, ?), (?, ?))'
TEXTS = {
    "equal": ([("order", "=", (1, 2))], SAME[1:-1], [1, 2]),
    "a record": ([("order", "=", Order(year=1, number=2))], SAME[1:-1], [1, 2]),
    "not equal": ([("order", "!=", (1, "2"))], f"{HELD} AND NOT {SAME}", [1, 2]),
    "= None": ([("order", "=", None)], NONE, []),
    "!= None": ([("order", "!=", None)], f"NOT ({NONE})", []),
    "is null": ([("order", "is null")], NONE, []),
    "is not null": ([("order", "is not null", None)], f"NOT ({NONE})", []),
    "in one": ([("order", "in", [(1, 2)])], SAME[1:-1], [1, 2]),
    "in two": ([("order", "in", [(1, 2), (3, 4)])], AMONG, [1, 2, 3, 4]),
    "in one or none": ([("order", "in", [(1, 2), None])], f"{SAME} OR ({NONE})", [1, 2]),
    "in nothing": ([("order", "in", [])], "1 = 0", []),
    "in none": ([("order", "in", [None])], NONE, []),
    "not in two": (
        [("order", "not in", [(1, 2), (3, 4)])],
        f"{HELD} AND NOT ({AMONG})",
        [1, 2, 3, 4],
    ),
    "not in nothing": ([("order", "not in", [])], "NOT (1 = 0)", []),
    "columns that are never null": ([("sent", "=", None)], '"shop_year" IS NULL', []),
    "one that may be null": ([("shop", "=", None)], '"order_number" IS NULL', []),
    "one that may be null, negated": (
        [("shop", "!=", (1, 2))],
        '"order_number" IS NOT NULL AND NOT ("shop_year" = ? AND "order_number" = ?)',
        [1, 2],
    ),
    "behind a join": (
        [("before.sent", "is null")],
        '"t1"."shop_year" IS NULL OR "t1"."id" IS NULL',
        [],
    ),
    "not in none": ([("order", "not in", [None])], f"NOT ({NONE})", []),
}


@pytest.mark.parametrize(("given", "text", "values"), TEXTS.values(), ids=TEXTS)
def test_texts(given, text, values):
    plan, bound = Plans(Line.__meta__, RecordingDialect()).count(given)
    assert (plan.sql.partition(" WHERE ")[2], bound) == (text, values)


def test_texts_of_records_behind_such_a_key():
    plan, bound = Plans(Order.__meta__, RecordingDialect()).count([("lines.id", "=", 3)])
    assert plan.sql.partition(" WHERE ")[2] == (
        'EXISTS (SELECT 1 FROM "lines" AS "s1_0" WHERE "s1_0"."order_year" = "t0"."year" '
        'AND "s1_0"."order_number" = "t0"."number" AND ("s1_0"."id" = ?))'
    )
    assert bound == [3]


def test_texts_without_a_model():
    fields = Line.__meta__.fields
    parser = FilterParser(RecordingDialect(), {name: fields[name] for name in ("id", "order")})
    assert parser.parse([("order", "=", (1, "2"))]) == (
        '"order_year" = %s AND "order_number" = %s',
        (1, 2),
    )
    with pytest.raises(InvalidFilter, match=r"Line\.order is a key of several"):
        parser.parse([("order", ">", (1, 2))])


def test_a_record_answers_the_key_that_it_holds():
    assert Line(order_year=1, order_number=2).order == (1, 2)
    assert Line(order_year=1).order is None


WRONG = {
    "compared": (
        [("order", ">", (1, 2))],
        (
            "Line, filter[0]: Line.order is a key of several fields, which '>' cannot compare: "
            "compare one of them (in [('order', '>', (1, 2))])"
        ),
    ),
    "is null 1": (
        [("order", "is null", 1)],
        "Line, filter[0]: 'is null' takes no value: write None (in [('order', 'is null', 1)])",
    ),
    "in one key": (
        [("order", "in", 1)],
        (
            "Line, filter[0]: 'in' takes a list, tuple or set of values, not 1 "
            "(in [('order', 'in', 1)])"
        ),
    ),
}


@pytest.mark.parametrize(("given", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_asked(given, message):
    with pytest.raises(InvalidFilter) as caught:
        parse_filter(Line.__meta__, given)
    assert str(caught.value) == message


def test_what_is_no_key():
    with pytest.raises(InvalidValue, match=r"Line\.order: \(1, None\) has None"):
        parse_filter(Line.__meta__, [("order", "=", (1, None))])


def test_among_keys():
    one, two = Line.__meta__.key_refs(), Order.__meta__.key_refs()
    ids, pairs = key_among(one, (1, 2)), key_among(two, [(1, 2)])

    assert isinstance(ids, Comparison)
    assert (ids.operator, ids.value, columns_of(ids)) == ("in", [1, 2], one)
    assert isinstance(pairs, AmongRows)
    assert (pairs.value, columns_of(pairs)) == ([(1, 2)], two)
