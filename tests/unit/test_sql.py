"""Names are quoted or refused, and values are bound, in one place each."""

import datetime as dt
import decimal

import pytest

from dotorm.components.expressions import ColumnRef
from dotorm.components.filter_parser import FilterParser
from dotorm.components.raw_sql import raw_statement
from dotorm.components.sql import Compiled, SqlWriter, check_identifier
from dotorm.exceptions import ConfigurationError, InvalidValue
from dotorm.testing.recording import RecordingDialect
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE

QUOTED = {
    "users": '"users"',
    "MixedCase": '"MixedCase"',
    "order": '"order"',
    'with"quote': '"with""quote"',
    '"; DROP TABLE x; --': '"""; DROP TABLE x; --"',
    "with space": '"with space"',
    "naïve": '"naïve"',
    "it's": '"it\'s"',
    "%s": '"%s"',
    "a.b": '"a.b"',
}


@pytest.mark.parametrize(("name", "text"), QUOTED.items(), ids=range(len(QUOTED)))
@pytest.mark.parametrize("dialect", [SQLITE, POSTGRES], ids=lambda d: d.name)
def test_quoting(dialect, name, text):
    assert dialect.escape_identifier(name) == text


REFUSED = {
    "empty": ("", "text that is not empty, not ''$"),
    "none": (None, "text that is not empty"),
    "number": (3, "text that is not empty, not int$"),
    "bytes": (b"x", "text that is not empty"),
    "nul": ("a\0b", "NUL"),
    "lone surrogate": ("a\ud800", "not valid Unicode"),
    "too long": ("x" * 64, "64 bytes and the database takes 63: shorten it"),
    "too long in bytes": ("é" * 32, "64 bytes"),
}


@pytest.mark.parametrize(("name", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(name, message):
    with pytest.raises(ConfigurationError, match=message):
        POSTGRES.escape_identifier(name)


def test_as_long_as_the_database_takes():
    assert check_identifier("é" * 31 + "x", 63)
    assert SQLITE.escape_identifier("x" * 64)


PLAIN = {
    "users": "users",
    "_x9": "_x9",
    "order": '"order"',
    "user": '"user"',
    "group": '"group"',
    "desc": '"desc"',
    "Users": '"Users"',
    "9x": '"9x"',
    "a-b": '"a-b"',
    "naïve": '"naïve"',
    "users\n": '"users\n"',
    'a"b': '"a""b"',
}


@pytest.mark.parametrize(("name", "shown"), PLAIN.items(), ids=range(len(PLAIN)))
def test_plain_words_stand_bare_where_they_are_shown(name, shown):
    for display in (True, False):
        writer = SqlWriter(SQLITE, display=display)
        writer.plain(name)
        assert writer.done().sql == (shown if display else SQLITE.escape_identifier(name))


def test_columns_carry_the_alias_of_their_table():
    writer = SqlWriter(SQLITE, {(): "t0", ("role_id",): "t1"})
    writer.column(ColumnRef("name", None, ("role_id",)))
    writer.column(ColumnRef("id"))
    assert writer.done().sql == '"t1"."name""t0"."id"'
    assert writer.alias(("role_id",)) == "t1"
    assert writer.alias(("other",)) is None


def test_binding():
    writer = SqlWriter(POSTGRES)
    writer.bind(1)
    writer.bind("2", int)
    compiled = writer.done()

    assert compiled.sql == "$1$2"
    assert compiled.values == [1, "2"]
    assert compiled.bound() == [1, 2]


def test_nothing_is_bound_by_half():
    with pytest.raises(ValueError, match="zip"):
        Compiled("", [1, 2], [None]).bound()


def test_rows_are_bound_after_what_stands_before_them():
    writer = SqlWriter(POSTGRES)
    writer.bind(1, str)
    writer.bind_rows([(int, "::INT"), (None, "")], 2)
    compiled = writer.done()

    assert compiled.sql == "$1($2::INT, $3), ($4::INT, $5)"
    assert compiled.values == [1, None, None, None, None]
    assert compiled.binders == [str, int, None, int, None]


def test_what_travels_beside_the_text_keeps_its_place():
    writer = SqlWriter(POSTGRES)
    writer.carry(int)
    compiled = writer.done()
    assert (compiled.sql, compiled.values, compiled.binders) == ("", [None], [int])


def test_a_percent_sign_in_a_name_is_spelled_for_the_driver_alone():
    class Doubling(RecordingDialect):
        percent = "%%"

    for display, text in {True: '"a%b"', False: '"a%%b"'}.items():
        writer = SqlWriter(Doubling(), display=display)
        writer.name("a%b")
        assert writer.done().sql == text


def test_rows_that_are_shown():
    writer = SqlWriter(POSTGRES, display=True)
    writer.bind_rows([(int, "::INT"), (None, "")], 2)
    assert writer.done().sql == "(%s, %s), (%s, %s)"


PLACEHOLDERS = {"sqlite": (SQLITE, "?, ?"), "postgres": (POSTGRES, "$3, $4")}


@pytest.mark.parametrize(("dialect", "text"), PLACEHOLDERS.values(), ids=PLACEHOLDERS)
def test_placeholders(dialect, text):
    assert dialect.make_placeholders(2, 3) == text
    assert dialect.make_placeholders(0) == ""


RAW = {
    "none": ("SELECT 1", 0, "SELECT 1"),
    "two": ("SELECT %s + %s", 2, "SELECT $1 + $2"),
    "percent": ("SELECT 7 %% 4, %s", 1, "SELECT 7 % 4, $1"),
    "percent before s": ("SELECT '%%s', %s", 1, "SELECT '%s', $1"),
    "only percent": ("%%%%", 0, "%%"),
    "newline": ("SELECT\n%s\n", 1, "SELECT\n$1\n"),
}


@pytest.mark.parametrize(("sql", "values", "text"), RAW.values(), ids=RAW)
def test_raw(sql, values, text):
    assert raw_statement(POSTGRES, sql, values) == text


RAW_REFUSED = {
    "too few": ("SELECT %s", 0, "1 %s and was given 0 values"),
    "too many": ("SELECT 1", 1, "0 %s and was given 1 values"),
    "lone percent": ("SELECT 5 % 3", 0, "'% ' in the SQL: write %s for a value and %%"),
    "percent at the end": ("SELECT %", 0, "'%' in the SQL"),
    "percent before a newline": ("SELECT %\n", 0, r"'%\\n' in the SQL"),
    "format": ("SELECT %d", 1, "'%d' in the SQL"),
    "by name": ("SELECT %(name)s", 1, r"'%\(' in the SQL"),
}


@pytest.mark.parametrize(("sql", "values", "message"), RAW_REFUSED.values(), ids=RAW_REFUSED)
def test_raw_refused(sql, values, message):
    with pytest.raises(InvalidValue, match=message):
        raw_statement(POSTGRES, sql, values)


def test_raw_is_text():
    with pytest.raises(InvalidValue, match=r"^SQL is text, not 3$"):
        raw_statement(POSTGRES, 3, 0)


def test_raw_is_spelled_by_each_dialect():
    assert raw_statement(SQLITE, "%s", 1) == raw_statement(RecordingDialect(), "%s", 1) == "?"


class TestValuesWithoutAField:
    """What SQLite has no type for goes in the form in which fields keep it, or is refused."""

    @pytest.mark.parametrize(
        ("value", "bound"),
        [
            (dt.date(2024, 1, 2), "2024-01-02"),
            (decimal.Decimal("1.50"), "1.50"),
            ({"b": 1, "a": []}, '{"a":[],"b":1}'),
            (b"x", b"x"),
            (None, None),
        ],
    )
    def test_bound(self, value, bound):
        assert SQLITE.encode_raw([value]) == [bound]

    @pytest.mark.parametrize("value", [float("nan"), {"a": {1}}, [b"x"]])
    def test_refused(self, value):
        with pytest.raises(InvalidValue, match="SQLite cannot be given"):
            SQLITE.encode_raw([value])

    def test_in_a_list(self):
        parser = FilterParser(SQLITE)
        _, values = parser.parse([("x", "in", [decimal.Decimal(1), "a", 2])])
        assert values == ('["1","a",2]',)
        with pytest.raises(InvalidValue, match="SQLite cannot be given"):
            parser.parse([("x", "in", [(b"x",)])])
