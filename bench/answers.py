"""Whether competitors answer the same: an answer as plain values, and a digest of them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from bench.competitor import Competitor
from bench.data import ARTICLE, ROLE, TAG, USER, USER_PLAIN


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a record that must have been read, and the relations with theirs."""

    columns: tuple[str, ...]
    relations: Mapping[str, "Shape"] = field(default_factory=dict)
    one: bool = False  # a record, not a list of them


_ROLE, _USER, _ARTICLE, _TAG = Shape(ROLE), Shape(USER), Shape(ARTICLE), Shape(TAG)

SHAPES = {
    "get": Shape(USER, one=True),
    "select": _USER,
    "select_plain": Shape(USER_PLAIN),
    "many2one": Shape(USER, {"role": Shape(ROLE, one=True)}),
    "one2many": Shape(ROLE, {"users": _USER}),
    "many2many": Shape(ARTICLE, {"tags": _TAG}),
    "nested": Shape(ROLE, {"users": Shape(USER, {"articles": _ARTICLE})}),
    "filter": _USER,
}


def plain(competitor: Competitor, method: str, answer: Any) -> Any:
    """Every value of an answer, in lists, whatever objects the competitor makes."""
    if method == "serialise":
        read = json.loads(answer)
        return [_value(_moment(name, read[name])) for name in USER]
    shape = SHAPES.get(method)
    if shape is None:
        return None
    if shape.one:
        return _record(competitor, answer, answer, shape)
    return [_record(competitor, answer, each, shape) for each in competitor.records(answer)]


def digest(values: Any) -> str:
    """A short name of plain values: the same for the same values."""
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:16]


def rows(found: Any) -> list[list[Any]]:
    """Rows of a driver as plain values."""
    return [[_value(value) for value in row] for row in found]


def _record(competitor: Competitor, answer: Any, record: Any, shape: Shape) -> list[Any]:
    values = [_value(competitor.column(record, name)) for name in shape.columns]
    return values + [
        _related(competitor, answer, competitor.related(answer, record, name), below)
        for name, below in shape.relations.items()
    ]


def _related(competitor: Competitor, answer: Any, found: Any, shape: Shape) -> list[Any]:
    """A related record, or all of them by key: no order was asked for."""
    if shape.one:
        return _record(competitor, answer, found, shape)
    return sorted(_record(competitor, answer, each, shape) for each in found)


def _moment(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value) if name == "created_at" else value


def _value(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
