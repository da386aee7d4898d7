"""Inserting records, or changing those that are there already."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Statement
from dotorm.exceptions import InvalidFilter, InvalidValue
from dotorm.orm.binding import atomic, needs, plans_for, session_of
from dotorm.orm.bulk import as_list, by_fields_given, insert_columns
from dotorm.orm.payload import check_payload, given
from dotorm.orm.remembered import forgets_with, refresh
from dotorm.orm.selection import listed
from dotorm.orm.write import check_complete, together, with_defaults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder import Plan, Plans
    from dotorm.builder.plans import Conflict
    from dotorm.components.queries import Lock
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.alike import Alike

__all__ = ["upsert", "upsert_bulk"]


async def upsert(
    meta: ModelMeta,
    payload: Any,
    on_conflict: Sequence[Any],
    update: Sequence[Any] | None,
    session: Session | None,
) -> Any:
    """Insert a record or change the one that is there; answer its key, None if it was left."""
    check_payload(meta, payload)
    where = session_of(meta, session)
    needs(where, "upsert")
    names = given(meta, payload)
    written = with_defaults(meta, names)
    check_complete(meta, written, where.dialect)
    conflict = _conflict(meta, names, on_conflict, update)
    plans = plans_for(meta, where)
    returns = where.dialect.returns_on_conflict(updates=bool(conflict[1]))
    plan = plans.insert(written, 1, meta.key_names if returns else (), conflict)
    values = plan.bind([getattr(payload, name) for name in written])
    result = await where.run(Statement(plan.sql, values, "rows" if returns else "count"))
    if not returns:
        rows = await _key_rows(plans, payload, conflict[0], where) if result.affected else ()
    else:
        rows = result.rows
    if not rows:
        return None
    key = plans.row_plan(meta.key_names).values(rows[0])
    forgets_with(where, [payload], tuple(name for name in meta.key_names if name not in names))
    for name, value in zip(meta.key_names, key, strict=True):
        setattr(payload, name, value)
    _remember(plans, [payload], conflict, dict(zip(written, ([v] for v in values), strict=True)))
    return key[0] if len(key) == 1 else tuple(key)


def _remember(
    plans: Plans, records: list[Any], conflict: Conflict, sent: dict[str, list[Any]]
) -> None:
    """Have the records that were read remember what is in their rows now for certain."""
    refresh(plans, records, conflict[1], [sent[name] for name in conflict[1]])


async def _key_rows(
    plans: Plans, payload: Any, unique: tuple[str, ...], session: Session
) -> Sequence[Any]:
    """The key of the record that is there now, for a database that does not answer it.

    In a transaction the row is locked, so that it is seen whatever the transaction's snapshot.
    """
    given = [(name, "=", getattr(payload, name)) for name in unique]
    lock: Lock | None = "wait" if session.in_transaction else None
    plan, values = plans.search(plans.meta.key_names, given, (), lock=lock)
    return (await session.run(Statement(plan.sql, values))).rows


async def upsert_bulk(
    meta: ModelMeta,
    payloads: Sequence[Any],
    on_conflict: Sequence[Any],
    update: Sequence[Any] | None,
    session: Session | None,
) -> int:
    """Insert records or change those that are there, in one transaction; answer how many."""
    records = as_list(meta, payloads)
    where = session_of(meta, session)
    needs(where, "upsert")
    plans = plans_for(meta, where)
    groups_given = by_fields_given(plans, records)
    _check_distinct(plans, records, on_conflict)
    groups = [
        _Group(plans, alike, _conflict(meta, alike.names, on_conflict, update))
        for alike in groups_given
    ]
    async with atomic(where, needed=len(records) > 1) as inside:
        touched = reduce(together, [await group.insert(inside) for group in groups], 0)
    for group in groups:
        group.refresh(where)
    return touched


class _Group:
    """Records that were given the same fields."""

    def __init__(self, plans: Plans, alike: Alike, conflict: Conflict) -> None:
        self._plans = plans
        self._conflict = conflict
        self._records = alike.records
        self._written = with_defaults(plans.meta, alike.names)
        check_complete(plans.meta, self._written, plans.dialect)
        self._columns = [
            plans.dialect.encode_column(plans.meta.stored[name], values)
            for name, values in zip(self._written, alike.values(plans, self._written), strict=True)
        ]

    async def insert(self, session: Session) -> int:
        def plan(rows: int) -> Plan:
            return self._plans.insert(self._written, rows, (), self._conflict)

        count = len(self._records)
        inserted = await insert_columns(session, plan, self._columns, count)
        # Databases do not agree on how many rows an update in place of an INSERT counts as.
        return count if self._conflict[1] else inserted.affected

    def refresh(self, session: Session) -> None:
        """Have the records that were read remember what was written."""
        forgets_with(session, self._records)
        sent = dict(zip(self._written, self._columns, strict=True))
        _remember(self._plans, self._records, self._conflict, sent)


def _conflict(
    meta: ModelMeta,
    names: tuple[str, ...],
    on_conflict: Sequence[Any],
    update: Sequence[Any] | None,
) -> Conflict:
    """The unique fields, and the fields to take over: by default all others that were given."""
    unique = _unique(meta, on_conflict)
    if update is None:
        left = {*unique, *meta.key_names}
        return unique, tuple(name for name in names if name not in left)
    wanted = listed(update, InvalidFilter, f"{meta.name}: update is a list of names")
    taken = _held(meta, wanted)
    for name in taken:
        if name not in names:
            raise InvalidValue(f"{meta.name}.{name} is to be updated, but was given no value")
    return unique, taken


def _unique(meta: ModelMeta, on_conflict: Sequence[Any]) -> tuple[str, ...]:
    """The names of fields that are unique together, as the model says.

    Raises:
        InvalidFilter: They are not.
    """
    what = f"{meta.name}: on_conflict is a list of names"
    given = listed(on_conflict, InvalidFilter, what)
    if not given:
        raise InvalidFilter(f"{what}, not []")
    names = _held(meta, given)
    if not any(set(names) == set(group) for group in meta.unique_groups()):
        raise InvalidFilter(
            f"{meta.name}: {', '.join(names)} is neither the key nor declared unique, so the "
            "database cannot tell by it whether a record is there"
        )
    return names


def _held(meta: ModelMeta, given: Sequence[Any]) -> tuple[str, ...]:
    """The names of the fields that hold the values of those named."""
    fields = map(meta.field, given)
    return tuple(dict.fromkeys(name for f in fields for name in f.holders or (f.name,)))


def _check_distinct(plans: Plans, records: list[Any], on_conflict: Sequence[Any]) -> None:
    """Refuse records that meet each other: which of them wins would be chance."""
    meta, dialect = plans.meta, plans.dialect
    names = _unique(meta, on_conflict)
    binders = [dialect.filter_binder(meta.stored[name]) for name in names]
    seen: set[tuple[Any, ...]] = set()
    for record in records:
        given = [getattr(record, name) for name in names]
        values = tuple(bind(v) if bind else v for bind, v in zip(binders, given, strict=True))
        if None not in values and values in seen:
            raise InvalidValue(f"{meta.name}: two records have the same {', '.join(names)}")
        seen.add(values)
