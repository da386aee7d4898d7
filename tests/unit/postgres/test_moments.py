"""Moments keep every microsecond."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dotorm.exceptions import InvalidValue
from dotorm_postgres.moments import decode_moment, encode_moment

EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
FLOATS_END = dt.datetime.fromtimestamp(1 << 32, dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


@given(st.datetimes(timezones=st.just(dt.UTC)))
@example(FIRST)
@example(LAST)
@example(EPOCH - MICROSECOND)
@example(FLOATS_END)
@example(FLOATS_END - MICROSECOND)
def test_every_moment_comes_back(moment):
    wire = encode_moment(moment)
    assert wire == ((moment - EPOCH) // MICROSECOND,)
    assert decode_moment(wire) == moment
    assert decode_moment(wire).tzinfo is dt.UTC


def test_zones():
    east = dt.timezone(dt.timedelta(hours=5, minutes=30))
    noon = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
    assert decode_moment(encode_moment(noon.replace(tzinfo=None))) == noon
    assert decode_moment(encode_moment(noon.astimezone(east))) == noon


def test_infinity():
    assert decode_moment(((1 << 63) - 1,)) == LAST
    assert decode_moment((-(1 << 63),)) == FIRST


@pytest.mark.parametrize("moment", [FIRST, LAST])
def test_outside_of_python(moment):
    (beyond,) = encode_moment(moment)
    with pytest.raises(InvalidValue, match="years 1 to 9999"):
        decode_moment((beyond + (1 if beyond > 0 else -1),))
