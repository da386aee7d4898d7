"""Updating many records, each to values of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Statement
from dotorm.exceptions import InvalidValue
from dotorm.field_types import key_of
from dotorm.orm.binding import atomic, plans_for, session_of
from dotorm.orm.bulk import as_list, by_fields_given
from dotorm.orm.payload import named
from dotorm.orm.remembered import changes, forgets_with, refresh
from dotorm.orm.write import together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dotorm.builder import Plans, RowPlan
    from dotorm.components.queries import QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta

__all__ = ["update_each"]


async def update_each(
    meta: ModelMeta,
    payloads: Sequence[Any],
    fields: Sequence[Any] | None,
    session: Session | None,
    options: QueryOptions | None = None,
) -> int:
    """Write what each record was given, or what changed in it; answer how many there were.

    Everything is converted and checked before the first statement is sent.
    """
    records = as_list(meta, payloads)
    where = session_of(meta, session)
    plans = plans_for(meta, where, options)
    groups = [_Group(plans, *group) for group in _by_fields_to_write(plans, records, fields)]
    _check_distinct(meta, groups)
    touched = 0
    async with atomic(where, needed=sum(group.statements for group in groups) > 1) as inside:
        for group in groups:
            touched = together(touched, await group.write(inside))
    for group in groups:
        group.refresh(where)
    return touched


class _Group:
    """Records of which the same fields are written.

    Attributes:
        keys: Their keys, one column for each field of the key.
    """

    def __init__(self, plans: Plans, names: tuple[str, ...], records: list[Any]) -> None:
        self._plans = plans
        self._names = names
        self._records = records
        fields = [*(plans.meta.stored[name] for name in names), *plans.meta.key_fields()]
        values = plans.row_plan((*names, *plans.meta.key_names)).columns_of(records)
        accepted = [f.accept_column(v) for f, v in zip(fields, values, strict=True)]
        self._columns = [
            plans.dialect.encode_values(field, column)
            for field, column in zip(fields, accepted, strict=True)
        ]
        self.keys = accepted[len(names) :]
        most = plans.dialect.update_rows(len(fields))
        self._parts = list(plans.dialect.parts(self._columns, len(records), most))
        self._statement = self._of_one if most == 1 else self._of_many

    @property
    def statements(self) -> int:
        """How many statements it takes."""
        return len(self._parts)

    async def write(self, session: Session) -> int:
        touched = 0
        for start, rows in self._parts:
            statement = self._statement(start, rows)
            touched = together(touched, (await session.run(statement)).affected)
        return touched

    def _of_one(self, start: int, _rows: int) -> Statement:
        record = self._records[start]
        values = [getattr(record, name) for name in self._names]
        plan, bound = self._plans.update(self._names, values, key_of(record))
        return Statement(plan.sql, bound, "count")

    def _of_many(self, start: int, rows: int) -> Statement:
        part = [column[start : start + rows] for column in self._columns]
        plan = self._plans.update_each(self._names, rows)
        return Statement(plan.sql, self._plans.dialect.update_values(part, plan.binders), "count")

    def refresh(self, session: Session) -> None:
        """Have the records that were read remember what is in their rows now."""
        forgets_with(session, self._records)
        refresh(self._plans, self._records, self._names, self._columns[: len(self._names)])


def _by_fields_to_write(
    plans: Plans, records: list[Any], fields: Sequence[Any] | None
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """The records by what is written of them; those are left out of which nothing is."""
    groups: dict[tuple[str, ...], list[Any]] = {}
    for alike in by_fields_given(plans, records):
        for names, group in _named(plans.meta, alike.records, fields):
            groups.setdefault(names, []).extend(group)
    groups.pop((), None)
    yield from groups.items()


def _named(
    meta: ModelMeta, alike: list[Any], fields: Sequence[Any] | None
) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Records that were given the same fields, by those to write."""
    if fields is not None:
        yield named(meta, alike[0], fields), alike
        return
    plans: dict[RowPlan | None, list[Any]] = {}
    for record in alike:
        plans.setdefault(record._plan, []).append(record)
    for plan, group in plans.items():
        if plan is None:
            yield named(meta, group[0], None), group
        else:
            yield from changes(meta, group)


def _check_distinct(meta: ModelMeta, groups: Sequence[_Group]) -> None:
    """Refuse two records with one key: which of them wins would be chance."""
    keys = [key for group in groups for key in zip(*group.keys, strict=True)]
    if len(set(keys)) < len(keys):
        raise InvalidValue(f"{meta.name}.update_bulk was given two records with the same key")
