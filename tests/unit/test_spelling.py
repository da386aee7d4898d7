"""How the common dialect spells placeholders, literals, values, and how much fits a statement."""

import enum
import math
from dataclasses import replace

import pytest

from dotorm import (
    Array,
    Boolean,
    Char,
    Enum,
    Integer,
    InvalidValue,
    JSONField,
    NotSupported,
)
from dotorm.components import Dialect
from dotorm.testing.recording import EVERYTHING, RecordingDialect
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Numbers(RecordingDialect):
    """Stores a boolean as a number, and text in capitals."""

    encoders = {"boolean": int, "char": str.upper}  # noqa: RUF012
    decoders = {"boolean": bool, "char": str.lower}  # noqa: RUF012


COMMON = RecordingDialect(replace(EVERYTHING, arrays=True))
NUMBERS = Numbers(replace(EVERYTHING, arrays=True))


def test_repr():
    assert repr(SQLITE) == "<SqliteDialect sqlite>"


def test_placeholders_are_counted_from_one():
    assert POSTGRES.make_placeholder() == "$1"
    assert POSTGRES.make_placeholders(2) == "$1, $2"
    assert Dialect().make_placeholders(2, 3) == "?, ?"


LITERALS = {
    "true": (Boolean(), True, "TRUE"),
    "false": (Boolean(), False, "FALSE"),
    "number": (Integer(), "3", "3"),
    "text": (Char(), "it's", "'it''s'"),
    "enum": (Enum(Color), Color.RED, "'red'"),
}


@pytest.mark.parametrize(("field", "value", "text"), LITERALS.values(), ids=LITERALS)
def test_literals(field, value, text):
    assert Dialect().literal(field, value) == text


def test_a_literal_with_a_nul():
    with pytest.raises(InvalidValue) as caught:
        Dialect().literal(Char(), "a\0")
    assert str(caught.value).endswith(
        "cannot take 'a\\x00' (str): a default cannot hold a NUL character"
    )


class TestBinders:
    def test_nothing_is_known_without_a_field(self):
        assert COMMON.write_binder(None) is None
        assert COMMON.filter_binder(None) is None

    def test_what_needs_no_encoding(self):
        bind = COMMON.write_binder(Integer())
        assert (bind("3"), bind(None)) == (3, None)

    def test_encoded(self):
        bind = NUMBERS.filter_binder(Boolean())
        assert [(type(bound), bound) for bound in map(bind, [True, False])] == [(int, 1), (int, 0)]
        assert bind(None) is None

    def test_unwrapped(self):
        assert COMMON.write_binder(Enum(Color))(Color.RED) == "red"

    def test_unwrapped_and_encoded(self):
        assert NUMBERS.write_binder(Enum(Color))("red") == "RED"

    def test_what_cannot_be_encoded(self):
        with pytest.raises(InvalidValue, match=r"take nan \(float\): Out of range float"):
            SQLITE.write_binder(JSONField())(math.nan)

    def test_columns(self):
        assert NUMBERS.encode_values(Boolean(), [True, None, False]) == [1, None, 0]
        assert type(NUMBERS.encode_values(Boolean(), [True])[0]) is int
        assert NUMBERS.encode_values(Integer(), [3, None]) == [3, None]


class TestDecoders:
    def test_as_it_is(self):
        assert COMMON.decoder(Integer()) is None

    def test_decoded(self):
        assert NUMBERS.decoder(Boolean())(1) is True

    def test_wrapped(self):
        assert COMMON.decoder(Enum(Color))("red") is Color.RED

    def test_decoded_and_wrapped(self):
        assert NUMBERS.decoder(Enum(Color))("BLUE") is Color.BLUE


class TestArrays:
    def test_as_they_are(self):
        field = Array(Integer())
        items = [1, None]
        assert COMMON.write_binder(field)((1, None)) == items
        read = COMMON.decoder(field)(items)
        assert read == items
        assert read is not items

    def test_item_by_item(self):
        field = Array(Enum(Color))
        assert NUMBERS.write_binder(field)(["red", None]) == ["RED", None]
        assert NUMBERS.decoder(field)(["RED", None]) == [Color.RED, None]

    def test_in_the_form_that_is_bound(self):
        class Joined(RecordingDialect):
            def array_text(self, items):
                return "|".join(items)

        bind = Joined(COMMON.features).write_binder(Array(Char()))
        assert bind(["a", "b"]) == "a|b"

    @pytest.mark.parametrize("ask", ["write_binder", "decoder"])
    def test_where_there_are_none(self, ask):
        with pytest.raises(NotSupported, match=r"^sqlite does not support arrays: use JSONField$"):
            getattr(SQLITE, ask)(Array(Char()))


class TestHowMuchFits:
    """The recording dialect takes ten values a statement."""

    def test_rows_of_an_insert(self):
        assert [COMMON.insert_rows(columns) for columns in (0, 1, 2, 3, 10, 11)] == [
            10,
            10,
            5,
            3,
            1,
            1,
        ]

    def test_rows_to_compare_with(self):
        """As many again are left for the rest of the statement."""
        assert [COMMON.list_rows(columns) for columns in (2, 5, 6)] == [2, 1, 1]

    def test_lists(self):
        assert COMMON.list_size() == 5
        assert POSTGRES.list_size() is None

    def test_rows_that_are_not_of_one_length(self):
        assert COMMON.insert_values([[1, 2], ["a", "b"]]) == [1, "a", 2, "b"]
        with pytest.raises(ValueError, match="size"):
            COMMON.insert_values([[1, 2], ["a"]])


LISTS = {
    "right as they are": (Integer(), [2, 1], [2, 1]),
    "to be converted": (Integer(), [2, "1", None], [2, 1, None]),
    "to be encoded": (Boolean(), [True, False], [1, 0]),
    "enum": (Enum(Color), [Color.RED, "blue"], ["RED", "BLUE"]),
}


@pytest.mark.parametrize(("field", "values", "bound"), LISTS.values(), ids=LISTS)
def test_many_values_to_compare_with(field, values, bound):
    convert = NUMBERS.list_binder(field)
    found = convert(values)
    assert found == bound == [*map(NUMBERS.filter_binder(field), values)]
    assert [*map(type, found)] == [*map(type, bound)]
    assert found is not values
    assert convert(tuple(values)) == bound


def test_values_that_cannot_be_compared_with():
    with pytest.raises(InvalidValue, match="cannot take 'x'"):
        COMMON.list_binder(Integer())([1, "x"])
    for number in (2**31, -(2**31) - 1):
        with pytest.raises(InvalidValue, match="32 bits"):
            COMMON.list_binder(Integer())([1, number])
    assert COMMON.list_binder(None) is None
