"""Which values a field takes, as what, and which it refuses."""

import datetime as dt
import enum
import uuid
from decimal import Decimal
from fractions import Fraction

import pytest

from dotorm import field_types as f
from dotorm.exceptions import InvalidValue
from dotorm.meta import ModelMeta

META = ModelMeta(
    "Thing",
    "things",
    {
        "id": f.BigInteger(primary_key=True),
        "integer": f.Integer(),
        "small": f.SmallInteger(),
        "char": f.Char(max_length=3),
        "text": f.Text(),
        "flag": f.Boolean(),
        "float": f.Float(),
        "decimal": f.Decimal(5, 2),
        "whole": f.Decimal(3, 0),
        "tiny": f.Decimal(3, 3),
        "date": f.Date(),
        "time": f.Time(),
        "moment": f.Datetime(),
        "json": f.JSONField(),
        "binary": f.Binary(),
        "uuid": f.UUID(),
        "parent": f.Many2one(lambda: Thing),
        "required": f.Integer(required=True),
    },
)


class Thing:
    __meta__ = META

    def __init__(self, **values):
        self.__dict__.update(values)

    def __repr__(self):
        return "<thing>"


class Other(Thing):
    __meta__ = ModelMeta("Other", "others", {"id": f.Integer(primary_key=True)})


class Number(enum.IntEnum):
    TWO = 2


class Word(enum.StrEnum):
    TWO = "two"


class Exact(int):
    pass


UTC = dt.UTC
EAST = dt.timezone(dt.timedelta(hours=5, minutes=30))
HUGE = 10**5000
NOON = dt.datetime(2024, 1, 1, 12, tzinfo=UTC)
KEY = uuid.UUID("12345678-1234-5678-1234-567812345678")

ACCEPTED = [
    ("integer", 3, 3),
    ("integer", -(2**31), -(2**31)),
    ("integer", 2**31 - 1, 2**31 - 1),
    ("integer", "42", 42),
    ("integer", 3.0, 3),
    ("integer", Decimal("3.00"), 3),
    ("integer", True, 1),
    ("integer", Number.TWO, 2),
    ("integer", Exact(7), 7),
    ("integer", None, None),
    ("id", 2**63 - 1, 2**63 - 1),
    ("id", "9223372036854775807", 2**63 - 1),
    ("small", -(2**15), -(2**15)),
    ("char", "abc", "abc"),
    ("char", "äöü", "äöü"),
    ("char", Word.TWO, "two"),
    ("char", "", ""),
    ("text", "x" * 100_000, "x" * 100_000),
    ("flag", True, True),
    ("flag", 0, False),
    ("flag", 1, True),
    ("float", 1.5, 1.5),
    ("float", 3, 3.0),
    ("float", Decimal("0.5"), 0.5),
    ("float", 2**60, float(2**60)),
    ("float", float("inf"), float("inf")),
    ("decimal", "19.90", Decimal("19.90")),
    ("decimal", Decimal("1.5"), Decimal("1.50")),
    ("decimal", 7, Decimal("7.00")),
    ("decimal", "999.99", Decimal("999.99")),
    ("decimal", "-0.01", Decimal("-0.01")),
    ("decimal", "1.500000", Decimal("1.50")),
    ("decimal", "1E+2", Decimal("100.00")),
    ("whole", "1E+2", Decimal(100)),
    ("tiny", "0.999", Decimal("0.999")),
    ("date", dt.date(2024, 2, 29), dt.date(2024, 2, 29)),
    ("date", "2024-02-29", dt.date(2024, 2, 29)),
    ("time", dt.time(12, 30, 0, 1), dt.time(12, 30, 0, 1)),
    ("time", "12:30", dt.time(12, 30)),
    ("moment", NOON, NOON),
    ("moment", NOON.replace(tzinfo=None), NOON),
    ("moment", dt.datetime(2024, 1, 1, 5, 30, tzinfo=EAST), dt.datetime(2024, 1, 1, tzinfo=UTC)),
    ("moment", "2024-01-01T12:00:00+05:30", dt.datetime(2024, 1, 1, 6, 30, tzinfo=UTC)),
    ("moment", "2024-01-01T12:00:00Z", NOON),
    ("moment", "2024-01-01", dt.datetime(2024, 1, 1, tzinfo=UTC)),
    ("moment", dt.date(2024, 1, 1), dt.datetime(2024, 1, 1, tzinfo=UTC)),
    ("json", {"a": [1, None]}, {"a": [1, None]}),
    ("json", "text", "text"),
    ("binary", b"\0\xff", b"\0\xff"),
    ("binary", bytearray(b"x"), b"x"),
    ("binary", memoryview(b"x"), b"x"),
    ("uuid", KEY, KEY),
    ("uuid", str(KEY), KEY),
    ("uuid", KEY.hex, KEY),
    ("parent", 3, 3),
    ("parent", "3", 3),
    ("parent", Thing(id=3), 3),
    ("parent", None, None),
    ("id", Thing(id=3), 3),
    ("required", 0, 0),
]
REFUSED = [
    ("integer", 2**31, "32 bits; BigInteger has 64"),
    ("integer", -(2**31) - 1, "32 bits"),
    ("integer", HUGE, "32 bits"),
    ("integer", 1.5, "whole number"),
    ("integer", Decimal("1.5"), "whole number"),
    ("integer", float("nan"), "whole number"),
    ("integer", float("inf"), "whole number"),
    ("integer", Decimal("Infinity"), "whole number"),
    ("integer", Decimal("sNaN"), "whole number"),
    ("integer", Decimal("1E+1000"), "32 bits|whole number"),
    ("integer", "x", "whole number"),
    ("integer", "", "whole number"),
    ("integer", "9" * 5000, "whole number"),
    ("integer", b"1", "whole number"),
    ("integer", [1], "whole number"),
    ("integer", Fraction(1), "whole number"),
    ("id", 2**63, "64 bits"),
    ("small", 2**15, "16 bits"),
    ("char", "abcd", "4 characters, max_length is 3"),
    ("char", 1, r"give text: str\(…\)"),
    ("text", b"x", "give text"),
    ("text", None.__class__, "give text"),
    ("flag", 2, "True or False"),
    ("flag", "true", "True or False"),
    ("flag", 1.0, "True or False"),
    ("float", "1.5", "give a number"),
    ("float", 2**53 + 1, "a float would round it; use Decimal"),
    ("float", 10**400, "too large"),
    ("float", Decimal("1E+400"), "too large"),
    ("float", Decimal("sNaN"), "give a number"),
    ("float", 1j, "give a number"),
    ("decimal", 1.5, 'give Decimal, int or text such as "19.90"'),
    ("decimal", True, "give Decimal, int or text"),
    ("decimal", "1.234", "it keeps 2 decimal places: quantize it first"),
    ("decimal", "1000", "more than 3 digits before the point"),
    ("decimal", "999.999", "keeps 2 decimal places"),
    ("decimal", Decimal("1E-400"), "keeps 2 decimal places"),
    ("decimal", Decimal("1E+400"), "more than 3 digits"),
    ("decimal", "NaN", "NaN and infinities"),
    ("decimal", Decimal("sNaN"), "NaN and infinities"),
    ("decimal", "-Infinity", "NaN and infinities"),
    ("decimal", "x", "give a number such as"),
    ("whole", "0.5", "keeps 0 decimal places"),
    ("tiny", 1, "more than 0 digits before the point"),
    ("date", NOON, r"give value\.date\(\)"),
    ("date", "2024-02-30", "ISO text such as 2024-01-31"),
    ("date", 20240101, "give a date"),
    ("time", dt.time(1, tzinfo=UTC), "no time zone here"),
    ("time", "01:00+00:00", "no time zone here"),
    ("time", "25:00", "ISO text such as 12:30:00"),
    ("time", 3600, "give a time"),
    ("moment", "yesterday", "ISO text such as 2024-01-31T12:30:00"),
    ("moment", 1704067200, "give a datetime"),
    ("moment", dt.datetime(1, 1, 1, tzinfo=EAST), "outside the years 1 to 9999"),
    ("binary", "x", r"text has \.encode\(\)"),
    ("binary", 5, "give bytes"),
    ("uuid", "1234", "give a UUID or its text"),
    ("uuid", 5, "give a UUID"),
    ("parent", "x", "give a Thing or its key"),
    ("parent", Other(id=1), "it refers to Thing"),
    ("parent", 2**63, "give a Thing or its key .*64 bits"),
    ("integer", Thing(id=3), "a record stands for its key only where that key is expected"),
    ("id", Other(id=3), "a record stands for its key"),
    ("required", None, "cannot be None"),
]


def shown(value):
    return "10**5000" if value is HUGE else repr(value)[:30]


def names(table):
    """Each field with its value; a memoryview would show its address, new in each process."""
    return [
        f"{name}-{type(value).__name__ if isinstance(value, memoryview) else shown(value)}"
        for name, value, _ in table
    ]


@pytest.mark.parametrize(("name", "value", "result"), ACCEPTED, ids=names(ACCEPTED))
def test_accepted(name, value, result):
    field = META.fields[name]
    accepted = field.accept(value)

    assert (accepted, type(accepted)) == (result, type(result))
    assert str(accepted) == str(result)
    assert field.convert(value) == result
    assert field.accept_column([value, value]) == [result, result]


@pytest.mark.parametrize(("name", "value", "remedy"), REFUSED, ids=names(REFUSED))
def test_refused(name, value, remedy):
    field = META.fields[name]
    with pytest.raises(InvalidValue, match=rf"^Thing\.{name} .*({remedy})"):
        field.accept(value)
    with pytest.raises(InvalidValue, match=rf"^Thing\.{name} .*({remedy})"):
        field.accept_column([value])


def test_a_record_without_a_key():
    with pytest.raises(InvalidValue, match="this Thing has no key yet: create it first"):
        META.fields["parent"].accept(Thing())


def test_what_is_only_compared_need_not_fit():
    assert META.fields["char"].convert("abcd") == "abcd"
    assert META.fields["required"].convert(None) is None


def test_a_long_value_is_cut_in_the_message():
    with pytest.raises(InvalidValue) as caught:
        META.fields["char"].accept("x" * 10_000)
    assert len(str(caught.value)) < 200


class Rude:
    def __repr__(self):
        raise RuntimeError


def test_a_value_that_cannot_be_shown():
    with pytest.raises(InvalidValue, match=r"Thing\.char cannot take <Rude> \(Rude\)"):
        META.fields["char"].accept(Rude())


class TestColumns:
    def test_the_right_types_are_taken_as_they_are(self):
        for name, values in (("integer", [1, None, 2]), ("char", ["a", None]), ("parent", [1, 2])):
            assert META.fields[name].accept_column(values) is values

    def test_one_wrong_value_among_many(self):
        with pytest.raises(InvalidValue, match=r"Thing\.integer cannot take 2147483648"):
            META.fields["integer"].accept_column([1, 2**31])
        with pytest.raises(InvalidValue, match="max_length"):
            META.fields["char"].accept_column(["a", "abcd", None])
        with pytest.raises(InvalidValue, match="required"):
            META.fields["required"].accept_column([1, None])
        with pytest.raises(InvalidValue, match=r"Thing\.parent"):
            META.fields["parent"].accept_column([1, 2**63])

    def test_nothing(self):
        assert META.fields["integer"].accept_column([]) == []
        assert META.fields["char"].accept_column([None]) == [None]
        assert META.fields["parent"].accept_column([None, "1"]) == [None, 1]


class TestDefaults:
    def test_none_means_none(self):
        assert not f.Integer(default=None).has_default
        assert f.Integer(default=0).has_default
        assert f.Boolean(default=False).make_default() is False

    def test_a_function_is_asked_each_time(self):
        field = f.UUID(default=uuid.uuid4)
        assert field.make_default() != field.make_default()

    @pytest.mark.parametrize("value", [[1, [2]], {"a": {}}, {1}])
    def test_what_can_change_is_copied(self, value):
        made = f.JSONField(default=value).make_default()
        assert made == value
        assert made is not value


def test_zero_has_no_sign():
    values = META.fields["decimal"].accept("-0"), META.fields["decimal"].accept("-0.00")
    assert list(map(str, values)) == ["0.00", "0.00"]


@pytest.mark.parametrize("name", ["char", "text"])
def test_half_of_a_character_is_refused(name):
    field = META.fields[name]
    assert field.accept_column(["ä", None, "😀"]) == ["ä", None, "😀"]
    for ask in (lambda: field.accept("\ud800"), lambda: field.accept_column(["ä", "\udfff"])):
        with pytest.raises(InvalidValue, match=rf"Thing\.{name} .*surrogates not allowed"):
            ask()
