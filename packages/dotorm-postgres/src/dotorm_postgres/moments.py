"""Moments as PostgreSQL tells them: on the wire, and as text.

On the wire they are microseconds from the start of the year 2000, in UTC. asyncpg's own conversion
is slower, shifts a datetime without time zone by the client's zone, writes the first and the last
datetime as infinities and reads these without a time zone.

Records are read from text, in the style ISO of "Date/Time Output" in PostgreSQL's manual and in the
session's time zone.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from dotorm.exceptions import InvalidValue

__all__ = ["decode_moment", "encode_moment", "read_moment"]

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_UNIX = 946_684_800
_EXACT = 1 << 32  # seconds from 1970 up to which a float keeps microseconds
_INFINITY = (1 << 63) - 1
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)
_IN_ISO = re.compile(r"\d{4,}-\d\d-\d\d ")
_INFINITIES = {"infinity": _LAST, "-infinity": _FIRST}
_ENDS = (
    (re.compile(r"10000-01-01( [\d:.]+[+-][\d:]+)"), "9999-12-31", timedelta(days=1)),
    (re.compile(r"0001-12-31( [\d:.]+[+-][\d:]+) BC"), "0001-01-01", timedelta(days=-1)),
)
"""The days on which it is another year than in UTC, those beside them, and from these to them."""
_OUTSIDE = "a moment in the result is outside the years 1 to 9999 that Python has"

_parsed = datetime.fromisoformat


def encode_moment(moment: datetime) -> tuple[int]:
    """The microseconds; a datetime without time zone is in UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    passed = moment - _EPOCH
    return ((passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds,)


def decode_moment(wire: tuple[int]) -> datetime:
    """The moment; the infinities are the first and the last datetime.

    Raises:
        InvalidValue: It is outside the years 1 to 9999.
    """
    seconds = wire[0] / 1_000_000 + _UNIX
    if -_EXACT < seconds < _EXACT:
        return datetime.fromtimestamp(seconds, UTC)
    return _far_moment(wire[0])


def _far_moment(microseconds: int) -> datetime:
    if abs(microseconds) >= _INFINITY:
        return _LAST if microseconds > 0 else _FIRST
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError as error:
        raise InvalidValue(_OUTSIDE) from error


def read_moment(text: str | datetime) -> datetime:
    """The moment in UTC; what has no time zone stays without, and a moment is right as it is.

    Raises:
        InvalidValue: It is outside the years 1 to 9999, or not in the style ISO.
    """
    try:
        moment = _parsed(text)  # type: ignore[arg-type] # what is no text is a TypeError
        zone = moment.tzinfo
        return moment if zone is UTC or zone is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        return _other_moment(text, error)


def _other_moment(text: str | datetime, error: Exception) -> datetime:
    if isinstance(text, datetime):
        return text
    if text in _INFINITIES:
        return _INFINITIES[text]
    if _IN_ISO.match(text):
        return _moment_at_an_end(text, error)
    raise InvalidValue(
        f"the moment {text!r} is not in ISO's style: have the session SET DateStyle TO 'ISO', or "
        "the column be of the type TIMESTAMPTZ"
    ) from error


def _moment_at_an_end(text: str, error: Exception) -> datetime:
    """The moment, if it has a year that Python has not in the time zone of the session alone."""
    for end, day, days in _ENDS:
        found = end.fullmatch(text)
        if found:
            moment = _parsed(day + found[1])
            with suppress(OverflowError):  # it is outside in UTC, too
                return moment.replace(tzinfo=UTC) + (days - (moment.utcoffset() or timedelta()))
    raise InvalidValue(_OUTSIDE) from error
