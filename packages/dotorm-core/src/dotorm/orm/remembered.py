"""What records remember of their rows: what differs from them now, and what was written.

Many records that were read alike are gone through by column, one record as a list of one.
"""

from __future__ import annotations

import json
from itertools import compress
from typing import TYPE_CHECKING, Any
from weakref import ref

from dotorm.databases.abstract import TransactionSession
from dotorm.exceptions import InvalidValue
from dotorm.field_types import Relation, is_record, key_value
from dotorm.orm.payload import named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dotorm.builder import Plans, RowPlan
    from dotorm.databases.abstract import Session
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = ["changed", "changes", "complete", "forgets_with", "refresh"]

_MISSING = object()


def changed(meta: ModelMeta, record: Any) -> tuple[str, ...]:
    """The fields of a record that differ from the row it was read from.

    For a record that was not read, all that it was given.

    Raises:
        InvalidValue: Its key was changed.
    """
    if record._plan is None:
        return named(meta, record, None)
    ((names, _),) = changes(meta, [record])
    return names


def changes(meta: ModelMeta, records: list[Any]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Records by the fields that differ from the rows they were read from.

    Args:
        meta: Their model.
        records: At least one; all were read with the same fields, and hold the same ones.

    Raises:
        InvalidValue: The key of one was changed.
    """
    compared = _Compared(meta, records)
    compared.check_keys()
    names = named(meta, records[0], None)
    flags = [compared.differs(meta.stored[name]) for name in names]
    groups: dict[tuple[bool, ...], list[Any]] = {}
    for record, *marks in zip(records, *flags, strict=True):
        groups.setdefault(tuple(marks), []).append(record)
    for different, group in groups.items():
        yield tuple(compress(names, different)), group


class _Compared:
    """Records that were read alike, beside their rows."""

    def __init__(self, meta: ModelMeta, records: list[Any]) -> None:
        self._meta = meta
        self._plan: RowPlan = records[0]._plan
        self._values = [record.__dict__ for record in records]
        self._rows = [record._row for record in records]

    def check_keys(self) -> None:
        for field in self._meta.key:
            before = self._before(field)
            if before is None:
                continue
            for values, then in zip(self._values, before, strict=True):
                if key_value(values.get(field.name)) != then:
                    raise InvalidValue(f"{field.label} is the key: it does not change")

    def differs(self, field: Field[Any]) -> list[bool]:
        """Of each record, whether its value is another one than that of its row."""
        before = self._before(field)
        if before is None:
            return [True] * len(self._values)
        now = [values[field.name] for values in self._values]
        if field.kind == "json" or isinstance(field, Relation):
            return [_differs(field, a, b) for a, b in zip(now, before, strict=True)]
        return [a is not b and bool(a != b) for a, b in zip(now, before, strict=True)]

    def _before(self, field: Field[Any]) -> Sequence[Any] | None:
        """The rows' values of a field; None if they have none."""
        place = self._plan.index.get(field.name)
        if place is None:
            return None
        return self._plan.column(field.name, [row[place] for row in self._rows])


def _differs(field: Field[Any], now: Any, before: Any) -> bool:
    if isinstance(field, Relation) and is_record(now):
        now = field.convert(now)
    if field.kind == "json":
        return _text(field, now) != _text(field, before)
    return bool(now != before)


def _text(field: Field[Any], value: Any) -> object:
    try:
        plain = value if value is None or field.unwrap is None else field.unwrap(value)
        return json.dumps(plain, sort_keys=True)
    except (TypeError, ValueError, RecursionError):
        return object()


def complete(plans: Plans, record: Any, names: tuple[str, ...], row: tuple[Any, ...]) -> None:
    """Have a record that was inserted answer what is in the database now."""
    plan = plans.row_plan(names)
    record._plan, record._row = plan, row
    _take_over(plan, [record], [[value] for value in row])


def refresh(
    plans: Plans, records: Sequence[Any], names: tuple[str, ...], columns: Sequence[Sequence[Any]]
) -> None:
    """Have those of the records that were read remember what was written to their rows.

    Args:
        plans: The model's.
        records: Of these the same fields were written.
        names: The fields.
        columns: The values of each field, as they were sent to the driver.
    """
    if not names:
        return
    layouts: dict[RowPlan, RowPlan] = {}
    for record, written in zip(records, zip(*columns, strict=True), strict=True):
        old: RowPlan | None = record._plan
        if old is None:
            continue
        if old not in layouts:
            layouts[old] = plans.row_plan(tuple(dict.fromkeys((*old.names, *names))))
        plan = layouts[old]
        row = [*record._row, *(None for _ in plan.names[len(old.names) :])]
        for name, value in zip(names, written, strict=True):
            row[plan.index[name]] = value
        record._plan, record._row = plan, tuple(row)
    if layouts:
        _take_over(plans.row_plan(names), records, columns)


def forgets_with(session: Session, records: Iterable[Any], made: tuple[str, ...] = ()) -> None:
    """Have records remember again what they do now if the session's transaction is rolled back.

    Else `update` would find no change in what is not in the database, and send nothing.

    Args:
        session: Where they were written.
        records: Records that were written, and do not know it yet.
        made: Fields whose values the database is about to give them, which they lose then.
    """
    if not isinstance(session, TransactionSession):
        return
    before = [(ref(record), record._plan, record._row) for record in records]

    def forget() -> None:
        for reference, plan, row in before:
            record = reference()
            if record is not None:
                record._plan, record._row = plan, row
                for name in made:
                    record.__dict__.pop(name, None)

    session.on_rollback(forget)


def _take_over(plan: RowPlan, records: Sequence[Any], columns: Iterable[Sequence[Any]]) -> None:
    """Answer values as they are read: a number given as text, a moment without time zone, NULL."""
    for name, column in zip(plan.names, columns, strict=True):
        for record, then in zip(records, plan.column(name, column), strict=True):
            now = record.__dict__.get(name, _MISSING)
            if now is then or is_record(now) or record._plan is None:
                continue
            if type(now) is not type(then) or now != then:
                setattr(record, name, then)
