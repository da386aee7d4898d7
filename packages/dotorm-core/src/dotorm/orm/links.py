"""Many2many links, and updates that reach related records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.queries import related_sort, row_window
from dotorm.components.filter_parser import shown
from dotorm.databases.abstract import Statement
from dotorm.exceptions import InvalidFilter, InvalidValue
from dotorm.field_types import Many2many, key_of
from dotorm.orm.binding import atomic, chunks, needs, plans_for, session_of
from dotorm.orm.bulk import insert_columns
from dotorm.orm.preload import fetch_linked
from dotorm.orm.related import RelatedList
from dotorm.orm.selection import listed, without_relations
from dotorm.orm.write import keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder import Plan
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta

__all__ = ["get_many2many", "link_many2many", "unlink_many2many"]


async def get_many2many(
    meta: ModelMeta,
    field: Any,
    key: Any,
    *,
    fields: Sequence[Any] | None = None,
    filter: Any = None,
    sort: Any = None,
    order: str | None = None,
    start: int | None = None,
    end: int | None = None,
    limit: int | None = None,
    session: Session | None = None,
) -> RelatedList[Any]:
    """The records linked to one record."""
    relation = many2many(meta, field)
    where = session_of(meta, session)
    most, offset = row_window(relation.label, limit, start, end)
    parts = related_sort(relation.target, sort, order)
    columns = without_relations(relation.target, fields)
    owner = meta.key_fields()[0].convert(key)
    if owner is None:
        raise InvalidValue(f"{relation.label}: None is no key")
    pairs = await fetch_linked(
        where, relation, [owner], columns, given=filter, sort=parts, limit=most, offset=offset
    )
    return RelatedList(record for _, record in pairs)


async def link_many2many(meta: ModelMeta, field: Any, values: Any, session: Session | None) -> None:
    """Link pairs of (this, related); pairs that are linked already stay so."""
    relation = many2many(meta, field)
    owners, related = _pairs(relation, meta, values)
    if not owners:
        return
    where = session_of(meta, session)
    needs(where, "upsert", "links that may be there already (upsert)")
    plans = plans_for(meta, where)
    columns = [
        where.dialect.encode_column(relation.target.key[0], related),
        where.dialect.encode_column(meta.key[0], owners),
    ]

    def plan(rows: int) -> Plan:
        return plans.link(relation, rows)

    many = len(owners) > where.dialect.insert_rows(2)
    async with atomic(where, needed=many) as inside:
        await insert_columns(inside, plan, columns, len(owners))


async def unlink_many2many(
    meta: ModelMeta, field: Any, ids: Any, owner: Any, session: Session | None
) -> None:
    """Remove the links to related keys: those of one record, or of all if no owner is given."""
    relation = many2many(meta, field)
    related = keys_of(relation.target, ids)
    where = session_of(meta, session)
    plans = plans_for(meta, where)
    owners = None if owner is None else [key_of(owner)]
    parts = list(chunks(where, related))
    async with atomic(where, needed=len(parts) > 1) as inside:
        for part in parts:
            plan, values = plans.unlink(relation, part, owners)
            await inside.run(Statement(plan.sql, values, "count"))


def many2many(meta: ModelMeta, field: Any) -> Many2many:
    """The Many2many of that name.

    Raises:
        InvalidFilter: There is none.
    """
    relation = meta.relation(field)
    if not isinstance(relation, Many2many):
        raise InvalidFilter(f"{relation.label} is a {type(relation).__name__}, not a Many2many")
    return relation


def _pairs(relation: Many2many, meta: ModelMeta, values: Any) -> tuple[list[Any], list[Any]]:
    what = f"{relation.label}: values is a list of pairs (this, related)"
    pairs: dict[tuple[Any, Any], None] = {}
    for pair in listed(values, InvalidValue, what):
        ends = list(iter(pair)) if isinstance(pair, list | tuple) else []
        if len(ends) != 2:
            raise InvalidValue(f"{relation.label}: {shown(pair)} is not a pair (this, related)")
        this, other = meta.key[0].convert(ends[0]), relation.target.key[0].convert(ends[1])
        if this is None or other is None:
            raise InvalidValue(f"{relation.label}: {shown(pair)} has None in place of a key")
        pairs[this, other] = None
    return [this for this, _ in pairs], [other for _, other in pairs]
