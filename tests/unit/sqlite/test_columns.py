"""A column encoded as a whole is the column whose values were encoded one by one."""

import datetime as dt
import enum

from hypothesis import given
from hypothesis import strategies as st

from dotorm import Boolean, Datetime
from dotorm_sqlite import SQLITE
from dotorm_sqlite.moments import moment, moments

MOMENTS = st.datetimes(timezones=st.just(dt.UTC))
EDGES = [
    dt.datetime(1, 1, 1, tzinfo=dt.UTC),
    dt.datetime(999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC),
    dt.datetime(2024, 2, 29, 0, 0, 0, 1000, tzinfo=dt.UTC),
    dt.datetime(2024, 2, 29, 12, 30, 9, 999, tzinfo=dt.UTC, fold=1),
    dt.datetime.max.replace(tzinfo=dt.UTC),
]


class Dated(dt.datetime):
    """A datetime that spells itself in its own way."""

    def isoformat(self, sep="T", timespec="auto"):
        """Answer the text, marked."""
        return f"own {super().isoformat(sep, timespec)}"


def one_by_one(values):
    return [None if value is None else SQLITE.encoder(Datetime())(value) for value in values]


@given(st.lists(st.none() | MOMENTS, min_size=1))
def test_moments(values):
    assert moments(values) == one_by_one(values)


def test_the_first_and_the_last_moment():
    assert moments([*EDGES, None]) == [*map(moment, EDGES), None]
    assert moments(EDGES) == [
        "0001-01-01 00:00:00.000000+00:00",
        "0999-12-31 23:59:59.999999+00:00",
        "2024-02-29 00:00:00.001000+00:00",
        "2024-02-29 12:30:09.000999+00:00",
        "9999-12-31 23:59:59.999999+00:00",
    ]


def test_moments_of_another_zone_or_class_go_one_by_one():
    for other in (
        dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5))),
        EDGES[2].replace(tzinfo=None),
        Dated(2024, 1, 1, tzinfo=dt.UTC),
    ):
        values = [EDGES[2], None, other]
        assert moments(values) is None
        assert SQLITE.encode_values(Datetime(), values) == one_by_one(values)


def test_bools():
    encoded = SQLITE.encode_values(Boolean(), [True, False, None])
    assert encoded == [1, 0, None]
    assert [*map(type, encoded)] == [int, int, type(None)]


def test_other_values_of_a_bool_go_one_by_one():
    class Bit(enum.IntEnum):
        ON = 1

    encoded = SQLITE.encode_values(Boolean(), [Bit.ON, True])
    assert [*map(type, encoded)] == [int, int]
