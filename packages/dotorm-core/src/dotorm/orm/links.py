"""Many2many links, and updates that reach related records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.queries import links_among, related_sort, row_window
from dotorm.components.filter_parser import shown
from dotorm.databases.abstract import Statement
from dotorm.exceptions import InvalidFilter, InvalidValue
from dotorm.field_types import Many2many, key_of
from dotorm.orm.binding import atomic, chunks, plans_for, session_of
from dotorm.orm.bulk import insert_columns
from dotorm.orm.preload import fetch_linked
from dotorm.orm.related import RelatedList
from dotorm.orm.selection import listed, without_relations
from dotorm.orm.write import keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.databases.abstract import Session
    from dotorm.field_types import Field
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
    owner = one_key(meta, key, relation.label)
    linked = await fetch_linked(
        where, relation, [owner], columns, given=filter, sort=parts, limit=most, offset=offset
    )
    return RelatedList(linked.records, (relation.name, owner))


async def link_many2many(meta: ModelMeta, field: Any, values: Any, session: Session | None) -> None:
    """Link pairs of (this, related); pairs that are linked already stay so."""
    relation = many2many(meta, field)
    owners, related = _pairs(relation, meta, values)
    if not owners:
        return
    where = session_of(meta, session)
    plans = plans_for(meta, where)
    ends = {
        **_by_column(relation.related_columns, relation.target, related),
        **_by_column(relation.owner_columns, meta, owners),
    }
    fields, values = zip(*ends.values(), strict=True)
    rows = list(zip(*values, strict=True))
    if not where.dialect.features.upsert:
        rows = await _not_linked(where, relation, fields, rows)
    columns = [
        where.dialect.encode_column(field, [row[place] for row in rows])
        for place, field in enumerate(fields)
    ]
    many = len(list(where.dialect.insert_parts(columns, len(rows)))) > 1
    async with atomic(where, needed=many) as inside:
        await insert_columns(inside, lambda count: plans.link(relation, count), columns, len(rows))


async def _not_linked(
    session: Session,
    relation: Many2many,
    fields: Sequence[Field[Any]],
    rows: Sequence[tuple[Any, ...]],
) -> list[tuple[Any, ...]]:
    """Those of the links that are not there, where an INSERT cannot leave out the others."""
    decoders = [session.dialect.decoder(field) for field in fields]
    there: set[tuple[Any, ...]] = set()
    for part in chunks(session, rows, len(fields)):
        query = session.dialect.compile(links_among(relation, part))
        for row in (await session.run(Statement(query.sql, query.bound()))).rows:
            parts = zip(row, decoders, strict=True)
            there.add(tuple(part if decode is None else decode(part) for part, decode in parts))
    return [row for row in rows if row not in there]


async def unlink_many2many(
    meta: ModelMeta, field: Any, ids: Any, owner: Any, session: Session | None
) -> None:
    """Remove the links to related keys: those of one record, or of all if no owner is given."""
    relation = many2many(meta, field)
    related = keys_of(relation.target, ids)
    where = session_of(meta, session)
    plans = plans_for(meta, where)
    owners = None if owner is None else [key_of(owner)]
    parts = list(chunks(where, related, len(relation.target.key)))
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


def one_key(meta: ModelMeta, key: Any, label: str) -> Any:
    """A key, or a record that stands for it, as one value or, of several fields, a tuple.

    Raises:
        InvalidValue: It is none.
    """
    parts = meta.key_values(key, label)
    return parts[0] if len(parts) == 1 else parts


def _pairs(relation: Many2many, meta: ModelMeta, values: Any) -> tuple[list[Any], list[Any]]:
    what = f"{relation.label}: values is a list of pairs (this, related)"
    pairs: dict[tuple[Any, Any], None] = {}
    for pair in listed(values, InvalidValue, what):
        ends = list(iter(pair)) if isinstance(pair, list | tuple) else []
        if len(ends) != 2:
            raise InvalidValue(f"{relation.label}: {shown(pair)} is not a pair (this, related)")
        if any(end is None for end in ends):
            raise InvalidValue(f"{relation.label}: {shown(pair)} has None in place of a key")
        this = one_key(meta, ends[0], relation.label)
        other = one_key(relation.target, ends[1], relation.label)
        for there, here in relation.shared:
            if other[there] != this[here]:
                raise InvalidValue(
                    f"{relation.label}: {shown((this, other))} cannot be linked: "
                    f"{relation.related_columns[there]} is one column for both"
                )
        pairs[this, other] = None
    return [this for this, _ in pairs], [other for _, other in pairs]


def _by_column(
    names: Sequence[str], meta: ModelMeta, keys: list[Any]
) -> dict[str, tuple[Field[Any], list[Any]]]:
    """The columns of a table of links: for each its field in the key, and its values."""
    columns = [keys] if len(names) == 1 else [list(part) for part in zip(*keys, strict=True)]
    return {n: (f, c) for n, f, c in zip(names, meta.key, columns, strict=True)}
