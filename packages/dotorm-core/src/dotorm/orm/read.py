"""Reading records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from dotorm.builder import plans_of
from dotorm.builder.queries import parse_sort, row_window
from dotorm.components.filter_parser import shown
from dotorm.databases.abstract import Statement
from dotorm.exceptions import ConfigurationError, InvalidFilter, RecordNotFound
from dotorm.orm.binding import plans_for, session_of
from dotorm.orm.fetching import fetched
from dotorm.orm.loads import check_limits, related
from dotorm.orm.preload import load_relations
from dotorm.orm.selection import Selection, select, without_relations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.queries import Lock, QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.loads import FieldsInfo

__all__ = [
    "ForUpdate",
    "count",
    "exists",
    "get",
    "get_with_relations",
    "not_found",
    "search",
]

type ForUpdate = bool | Literal["nowait", "skip locked"]
"""Lock the records until the transaction ends; what to do about those that others locked."""

_LOCKS: dict[bool | str, Lock] = {True: "wait", "nowait": "nowait", "skip locked": "skip locked"}


async def get(
    meta: ModelMeta,
    key: Any,
    fields: Sequence[Any] | None,
    session: Session | None,
    for_update: ForUpdate = False,
    options: QueryOptions | None = None,
) -> Any:
    """The record with the key, or None."""
    where = session_of(meta, session)
    columns = meta.stored_names if fields is None else without_relations(meta, fields)
    lock = None if for_update is False else _lock(meta, for_update, where)
    plans = plans_of(meta, where.dialect) if options is None else plans_for(meta, where, options)
    plan, values = plans.get(columns, key, lock)
    rows = (await where.run(Statement(plan.sql, values, single=True))).rows
    assert plan.rows is not None  # noqa: S101 - plans that read records have a row plan
    return plan.rows.hydrate_one(rows[0]) if rows else None


async def get_with_relations(
    meta: ModelMeta,
    key: Any,
    fields: Sequence[Any] | None,
    fields_info: FieldsInfo | None,
    session: Session | None,
    options: QueryOptions | None = None,
) -> Any:
    """The record with the key and the relations among the fields, or None."""
    where = session_of(meta, session)
    chosen = select(meta, tuple(meta.fields) if fields is None else fields)
    wanted = related(chosen.relations, fields_info)
    check_limits(wanted, where.dialect)
    plan, values = plans_for(meta, where, options).get(chosen.columns, key)
    records = await fetched(where, plan, values)
    await load_relations(where, records, wanted)
    return records[0] if records else None


async def search(
    meta: ModelMeta,
    *,
    fields: Sequence[Any] | None = None,
    filter: Any = None,
    sort: Any = None,
    order: str | None = None,
    limit: int | None = None,
    start: int | None = None,
    end: int | None = None,
    fields_info: FieldsInfo | None = None,
    for_update: ForUpdate = False,
    session: Session | None = None,
    options: QueryOptions | None = None,
) -> list[Any]:
    """The records that a filter finds, with the relations among the fields."""
    where = session_of(meta, session)
    chosen: Selection = select(meta, fields)
    wanted = related(chosen.relations, fields_info)
    check_limits(wanted, where.dialect)
    most, offset = row_window(meta.name, limit, start, end)
    parts = parse_sort(meta, sort, order)
    lock = None if for_update is False else _lock(meta, for_update, where)
    plan, values = plans_for(meta, where, options).search(
        chosen.columns, filter, parts, limit=most, offset=offset, lock=lock
    )
    records = await fetched(where, plan, values)
    if wanted:
        await load_relations(where, records, wanted)
    return records


async def count(
    meta: ModelMeta,
    given: Any,
    session: Session | None,
    options: QueryOptions | None = None,
) -> int:
    """How many records a filter finds."""
    where = session_of(meta, session)
    plan, values = plans_for(meta, where, options).count(given)
    result = await where.run(Statement(plan.sql, values))
    return int(result.rows[0][0])


async def exists(
    meta: ModelMeta,
    given: Any,
    session: Session | None,
    options: QueryOptions | None = None,
) -> bool:
    """Whether a filter finds any record."""
    where = session_of(meta, session)
    plan, values = plans_for(meta, where, options).exists(given)
    result = await where.run(Statement(plan.sql, values))
    return bool(result.rows)


def _lock(meta: ModelMeta, wanted: ForUpdate, session: Session) -> Lock:
    lock = _LOCKS.get(wanted) if isinstance(wanted, bool | str) else None
    if lock is None:
        raise InvalidFilter(
            f"{meta.name}: for_update is True, 'nowait' or 'skip locked', not {shown(wanted)}"
        )
    if not session.in_transaction:
        raise ConfigurationError(
            f"{meta.name}: for_update locks rows until a transaction ends: call it in "
            "'async with db.transaction()'"
        )
    return lock


def not_found(meta: ModelMeta, key: Any) -> RecordNotFound:
    """The error of a record that is not there."""
    return RecordNotFound(f"there is no {meta.name} with the key {shown(key)}")
