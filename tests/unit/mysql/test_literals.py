"""Values as SQL text."""

import datetime as dt
import decimal
import enum
import uuid

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dotorm.exceptions import InvalidValue
from dotorm_mysql import MYSQL
from dotorm_mysql.literals import Document, bound, literal

EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
DAY = dt.datetime(2024, 2, 29, 12, 30)  # noqa: DTZ001 - without time zone is UTC


class Colour(enum.IntEnum):
    RED = 1


class Text(str):
    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        (True, "1"),
        (False, "0"),
        (-5, "-5"),
        (2**64, "18446744073709551616"),
        (Colour.RED, "1"),
        (0.1, "0.1e0"),
        (-0.0, "-0.0e0"),
        (1e300, "1e+300"),
        (decimal.Decimal("1E+3"), "1000"),
        (decimal.Decimal("-0.10"), "-0.10"),
        (decimal.Decimal("-1E-30"), f"-0.{'0' * 29}1"),
        (decimal.Decimal("2." + "0" * 40), "2"),
        (decimal.Decimal("1E64"), f"1{'0' * 64}"),
        ("", "''"),
        ("it's", "'it''s'"),
        ("\\'", "'\\\\'''"),
        ("😀\0\n", "'😀\0\n'"),
        (Text("a'"), "'a'''"),
        (b"", "X''"),
        (b"\x00\xff'", "X'00ff27'"),
        (bytearray(b"a"), "X'61'"),
        (Document('["\'"]'), "/*!80019 CAST(*/ '[\"''\"]' /*!80019 AS JSON)*/"),
        (dt.date(1, 2, 3), "DATE'0001-02-03'"),
        (dt.time(1, 2, 3, 4), "TIME'01:02:03.000004'"),
        (DAY, "TIMESTAMP'2024-02-29 12:30:00.000000'"),
        (DAY.replace(tzinfo=dt.UTC), "TIMESTAMP'2024-02-29 12:30:00.000000'"),
        (DAY.replace(tzinfo=EAST), "TIMESTAMP'2024-02-29 07:00:00.000000'"),
        ([1, "a", None], "1, 'a', NULL"),
        ([(1, "a"), (2, None)], "(1, 'a'), (2, NULL)"),
    ],
)
def test_a_literal(value, text):
    assert literal(value) == text


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), object(), 1j, uuid.uuid4()),
        *map(decimal.Decimal, ("NaN", "1E-31", "-1E65", "1E-80", "1" * 36 + "." + "1" * 30)),
    ],
)
def test_what_there_is_no_literal_for(value):
    with pytest.raises(InvalidValue, match="MySQL cannot be given"):
        literal(value)


def test_a_statement():
    assert bound("SELECT %s, `100%%`, %s", ["%s", 1]) == b"SELECT '%s', `100%`, 1"
    assert bound("SELECT '\\' %s", ["\\'"], backslashes=False) == b"SELECT '\\' '\\'''"


def test_text_that_is_not_valid():
    with pytest.raises(InvalidValue, match="not valid Unicode"):
        bound("SELECT %s", ["\ud800"])


def test_values_of_raw_sql():
    key = uuid.uuid4()
    given = [{"b": 1, "a": [2]}, (1, 2), key, 5, None]
    encoded = MYSQL.encode_raw(given)
    assert encoded == ['{"a":[2],"b":1}', "[1,2]", key.bytes, 5, None]
    assert [type(value) for value in encoded[:2]] == [Document, Document]


MOMENTS = st.datetimes(timezones=st.sampled_from([dt.UTC, EAST]) | st.none())
COLUMNS = st.one_of(
    st.lists(kind, min_size=1) | st.lists(kind | st.none(), min_size=1)
    for kind in (
        st.text(alphabet="a'\\\\%😀"),
        MOMENTS,
        st.datetimes(timezones=st.just(dt.UTC)),
        st.integers(),
        st.booleans() | st.integers() | st.text(max_size=2).map(Text),
    )
)


@given(COLUMNS)
@example(["plain", "it's"])
@example(["plain", "back\\slash"])
@example(["plain", "%s", None])
@example([DAY, DAY.replace(tzinfo=EAST)])
@example([DAY.replace(tzinfo=dt.UTC), None])
def test_a_column_is_written_as_its_values_are_one_by_one(values):
    assert literal(values) == ", ".join(map(literal, values))
    rows = [(value, value) for value in values]
    assert literal(rows) == ", ".join(f"({literal(a)}, {literal(b)})" for a, b in rows)
