"""Fields of several values, and of a few values only: what they take and what they refuse."""

import datetime as dt
import enum

import pytest

from dotorm import Array, Char, Datetime, Enum, Integer, JSONField
from dotorm.exceptions import ConfigurationError, InvalidValue


class Mixed(enum.Enum):
    A = "a"
    B = 1


class Level(enum.Enum):
    LOW = 1
    HIGH = 2


NO_FIELD = {
    "no field": (lambda: Array(int), "give a field of one plain value"),
    "JSON": (lambda: Array(JSONField()), "give a field of one plain value"),
    "arrays": (lambda: Array(Array(Char())), "give a field of one plain value"),
    "a key": (lambda: Array(Char(), primary_key=True), "cannot be a primary key"),
    "values of two types": (lambda: Enum(Mixed), "all text or all int"),
    "values instead of a class": (lambda: Enum(["a"]), "a class of enum.Enum, not"),
}


@pytest.mark.parametrize(("make", "message"), NO_FIELD.values(), ids=NO_FIELD)
def test_what_makes_no_field(make, message):
    with pytest.raises(ConfigurationError, match=message):
        make()


class NoOffset(dt.tzinfo):
    """A time zone without one."""


REFUSED = {
    "no list": (Array(Integer()), "12", "give a list"),
    "an item": (Array(Integer()), [1, "x"], r"value 1: .*'x'"),
    "no member": (Enum(Level), 3, "give a Level: 1, 2"),
    "no time zone": (
        Datetime(),
        dt.datetime(2024, 1, 1, tzinfo=NoOffset()),
        "its time zone does not know its offset",
    ),
}


@pytest.mark.parametrize(("field", "value", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(field, value, message):
    with pytest.raises(InvalidValue, match=message):
        field.accept(value)


def test_what_is_taken():
    assert Array(Integer()).accept(("1", None, 2.0)) == [1, None, 2]
    assert Array(Integer()).accept(None) is None
    assert Enum(Level).accept(2) is Level.HIGH
