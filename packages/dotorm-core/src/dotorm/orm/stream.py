"""Reading any number of records in flat memory."""

from __future__ import annotations

from contextlib import aclosing, nullcontext
from typing import TYPE_CHECKING, Any

from dotorm.builder.queries import parse_sort, row_window
from dotorm.components.filter_parser import shown
from dotorm.databases.abstract import Statement, TransactionSession
from dotorm.databases.abstract.streaming import StreamSession, beside
from dotorm.databases.abstract.transaction import apart
from dotorm.exceptions import InvalidFilter, NotSupported
from dotorm.orm.binding import plans_for, session_of
from dotorm.orm.loads import check_limits, related
from dotorm.orm.preload import load_relations
from dotorm.orm.selection import select

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager

    from dotorm.components.queries import QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.loads import FieldsInfo

__all__ = ["stream"]


async def stream(
    meta: ModelMeta,
    *,
    fields: Sequence[Any] | None = None,
    filter: Any = None,
    sort: Any = None,
    order: str | None = None,
    limit: int | None = None,
    batch: int = 1000,
    fields_info: FieldsInfo | None = None,
    session: Session | None = None,
    options: QueryOptions | None = None,
) -> AsyncIterator[Any]:
    """The records that a filter finds, one after another, read ``batch`` at a time."""
    if type(batch) is not int or batch < 1:
        raise InvalidFilter(
            f"{meta.name}.stream: batch counts records, at least 1, not {shown(batch)}"
        )
    where = session_of(meta, session)
    if not where.dialect.features.streaming:
        raise NotSupported("streaming", where.dialect.name, "read by start and end instead")
    chosen = select(meta, fields)
    wanted = related(chosen.relations, fields_info)
    check_limits(wanted, where.dialect)
    most, _ = row_window(meta.name, limit, None, None)
    parts = parse_sort(meta, sort, order)
    plans = plans_for(meta, where, options)
    plan, values = plans.search(chosen.columns, filter, parts, limit=most)
    assert plan.rows is not None  # noqa: S101 - search reads records
    statement = Statement(plan.sql, values)
    async with _held(where) as inside, aclosing(inside.stream(statement, batch)) as portions:
        async for rows in portions:
            records = plan.rows.hydrate(rows)
            await load_relations(inside, records, wanted)
            for record in records:
                yield record


def _held(
    session: Session,
) -> AbstractAsyncContextManager[TransactionSession | StreamSession]:
    """One connection for as long as the records are read: the transaction's, or one of its own."""
    if isinstance(session, TransactionSession):
        return nullcontext(session)
    if not session.dialect.features.transactions:
        return beside(session.pool)
    return apart(session.pool, readonly=session.dialect.features.read_only_transactions)
