"""Moments as SQLite's text: in UTC, with six digits of fraction, so that texts sort as they do."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from dotorm.components.moment_texts import moment_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["moment", "moments"]


def moment(value: dt.datetime) -> str:
    """One moment; without time zone it is in UTC."""
    value = value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)
    return value.isoformat(" ", "microseconds")


def moments(values: Sequence[dt.datetime | None]) -> list[str | None] | None:
    """Many, each of which may be missing; None unless all are plain ones with `datetime.UTC`."""
    return moment_texts(values, "", "+00:00", None)
