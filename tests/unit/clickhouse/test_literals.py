"""Values as SQL text: each is one literal, in its place and nowhere else."""

import datetime as dt
import decimal
import enum
import ipaddress
import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dotorm import InvalidValue
from dotorm_clickhouse.literals import Among, literal, worded

D = decimal.Decimal


class Size(enum.IntEnum):
    SMALL = 1


TABLE = [
    (None, "NULL"), (True, "true"), (False, "false"), (5, "5"), (-5, "-5"), (Size.SMALL, "1"),
    (2**64 - 1, "18446744073709551615"), (2**64, f"toUInt256('{2**64}')"),
    (-(2**63), str(-(2**63))), (-(2**63) - 1, f"toInt256('{-(2**63) - 1}')"),
    (0.1, "0.1"), (1e300, "1e+300"), (float("inf"), "inf"), (float("-inf"), "-inf"),
    ("", "''"), ("it's", "'it\\'s'"), ("\\", "'\\\\'"), ("a\0b", "'a\\0b'"), ("ä😀\n", "'ä😀\n'"),
    (b"ab'", "'ab\\''"), (b"\xff'\\\0", "'\\xFF\\x27\\x5C\\x00'"), (bytearray(b"x"), "'x'"),
    (D("1.50"), "toDecimal32('1.50', 2)"), (D("-0.001"), "toDecimal32('-0.001', 3)"),
    (D("1E+2"), "toDecimal32('100', 0)"), (D(10) ** 9, "toDecimal64('1000000000', 0)"),
    (D(10) ** 18, f"toDecimal128('{10**18}', 0)"), (D(10) ** 38, f"toDecimal256('{10**38}', 0)"),
    (dt.date(1, 1, 1), "toDate32('0001-01-01')"), (dt.time(1, 2, 3), "'01:02:03.000000'"),
    (dt.datetime(1970, 1, 1, 0, 0, 1, 5, dt.UTC), "fromUnixTimestamp64Micro(1000005, 'UTC')"),
    (dt.datetime(1970, 1, 1), "fromUnixTimestamp64Micro(0, 'UTC')"),  # noqa: DTZ001
    (uuid.UUID(int=1), "toUUID('00000000-0000-0000-0000-000000000001')"),
    (ipaddress.IPv4Address("1.2.3.4"), "toIPv4('1.2.3.4')"),
    (ipaddress.IPv6Address("::1"), "toIPv6('::1')"),
    ([], "[]"), ([1, None, "a'"], "[1, NULL, 'a\\'']"), ((1, 2), "[1, 2]"),
    ([[1], []], "[[1], []]"),
    ({}, "map()"), ({"a": 1, "b": None}, "map('a', 1, 'b', NULL)"),
    (Among(), "()"), (Among([1, "a"]), "(1, 'a')"),
    (Among([(1, "a"), (2, "b")]), "((1, 'a'), (2, 'b'))"),
    (
        Among([dt.datetime(2024, 1, 1, 3, tzinfo=dt.timezone(dt.timedelta(hours=3))), D("1.5")]),
        "('2024-01-01 00:00:00.000000', '1.5')",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), TABLE)
def test_a_value_as_text(value, text):
    assert literal(value) == text


def test_an_address_stays_inside_its_quotes():
    assert literal(ipaddress.IPv6Address("::1%') OR 1=1 --")) == "toIPv6('::1%\\') OR 1=1 --')"


def test_a_minus_sign_before_a_negative_number_begins_no_comment():
    said = worded("SELECT 10-$1, $2", [-5, "\n, (SELECT 1) --"])
    assert said == "SELECT 10-(-5), '\n, (SELECT 1) --'"
    assert worded("SELECT 1-$1", [-0.5]) == "SELECT 1-(-0.5)"
    assert worded("SELECT $1", [[-1]]) == "SELECT [-1]"


@pytest.mark.parametrize("value", [object(), {1, 2}, D("NaN"), D(10) ** 76, 1j])
def test_what_has_no_literal_is_refused(value):
    with pytest.raises(InvalidValue):
        literal(value)


QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'", re.DOTALL)


@given(st.text(st.characters(blacklist_categories=["Cs"])) | st.binary())
def test_text_and_bytes_are_one_quoted_literal(value):
    assert QUOTED.fullmatch(literal(value))


HOSTILE = st.text(st.sampled_from("'\\\"`$1 -/*#\0\n%)("), max_size=20)


@given(st.lists(HOSTILE, min_size=1, max_size=4))
def test_no_value_leaves_its_place(values):
    marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
    text = worded(f"SELECT `a$1``\\`$2`, '$1 \\' $2', {marks} -- $1 \n/* $2 */", values)
    assert text == (
        "SELECT `a$1``\\`$2`, '$1 \\' $2', " + ", ".join(map(literal, values)) + " -- $1 \n/* $2 */"
    )


@pytest.mark.parametrize(
    "sql",
    [
        "'$1'",
        '"$1"',
        "`$1`",
        "a$1",
        "-- $1",
        "# $1",
        "/* $1 */",
        "$$ $1 $$",
        "$tag$ $1 $tag$",
        "\u2018$1\u2019",
    ],
)
def test_where_there_is_no_place(sql):
    assert worded(sql, []) == sql
    with pytest.raises(InvalidValue, match="places for 0 values"):
        worded(sql, [1])


def test_a_place_may_be_used_more_than_once():
    assert worded("$2, $1, $2", [1, "a"]) == "'a', 1, 'a'"
    for sql, values in (("$1, $3", [1, 2]), ("$2", [1]), ("$1", []), ("$1 $2", [1])):
        with pytest.raises(InvalidValue):
            worded(sql, values)
