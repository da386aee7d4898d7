"""Fields that hold a day, a time of day or a moment."""

from __future__ import annotations

import datetime as dt
from typing import Any

from dotorm.field_types.base import Field

__all__ = ["Date", "Datetime", "Time"]


class Date(Field[dt.date]):
    """A day. ISO 8601 text is taken (``2024-01-31``)."""

    kind = "date"
    python_type = dt.date
    exact = frozenset({dt.date})

    def _coerce(self, value: Any) -> dt.date:
        if isinstance(value, str):
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                self.refuse(value, "give a date or ISO text such as 2024-01-31")
        if isinstance(value, dt.datetime):
            self.refuse(value, "a date has no time of day: give value.date()")
        self.refuse(value, "give a date")


class Time(Field[dt.time]):
    """A time of day without time zone, to the microsecond. ISO 8601 text is taken."""

    kind = "time"
    python_type = dt.time

    def _coerce(self, value: Any) -> dt.time:
        if isinstance(value, str):
            try:
                value = dt.time.fromisoformat(value)
            except ValueError:
                self.refuse(value, "give a time or ISO text such as 12:30:00")
        if not isinstance(value, dt.time):
            self.refuse(value, "give a time")
        if value.tzinfo is not None:
            self.refuse(
                value, "a time of day has no time zone here: give value.replace(tzinfo=None)"
            )
        return value


class Datetime(Field[dt.datetime]):
    """A moment, to the microsecond.

    One rule on every backend: a moment is read back in UTC (``tzinfo`` is `datetime.UTC`); a
    datetime without time zone is taken to be UTC. ISO 8601 text is taken, a day alone as its
    midnight. The original time zone is not kept.
    """

    kind = "datetime"
    python_type = dt.datetime

    def accept_column(self, values: list[Any]) -> list[Any]:
        """Many values, each as `accept` answers it; cheap when all are moments."""
        if set(map(type, values)) == {dt.datetime}:
            elsewhere = [value for value in values if value.tzinfo is not dt.UTC]
            return [self._in_utc(value) for value in values] if elsewhere else values
        return super().accept_column(values)

    def _coerce(self, value: Any) -> dt.datetime:
        if isinstance(value, str):
            try:
                value = dt.datetime.fromisoformat(value)
            except ValueError:
                self.refuse(value, "give a datetime or ISO text such as 2024-01-31T12:30:00+00:00")
        elif not isinstance(value, dt.datetime) and isinstance(value, dt.date):
            value = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
        if not isinstance(value, dt.datetime):
            self.refuse(value, "give a datetime")
        return self._in_utc(value)

    def _in_utc(self, value: dt.datetime) -> dt.datetime:
        if value.tzinfo is dt.UTC:
            return value
        if value.tzinfo is None:
            return value.replace(tzinfo=dt.UTC)
        try:
            return value.astimezone(dt.UTC)
        except OverflowError:
            self.refuse(value, "in UTC it is outside the years 1 to 9999")
        except (NotImplementedError, TypeError, ValueError) as error:
            self.refuse(value, f"its time zone does not know its offset: {error}")
