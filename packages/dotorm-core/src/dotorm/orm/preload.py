"""Loading relations: one statement per relation, whatever the number of records.

Keys go as one list parameter, or in as many statements as the backend's limit makes necessary.
What comes back is put in its place by dicts. A single record takes the same path as ten thousand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import Comparison
from dotorm.databases.abstract import Statement
from dotorm.field_types import Many2many, Many2one, One2many, is_record, key_of
from dotorm.orm.binding import chunks, plans_for
from dotorm.orm.related import RelatedList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.databases.abstract import Session
    from dotorm.orm.selection import Related

__all__ = ["fetch_linked", "load_relations"]


async def load_relations(session: Session, records: Sequence[Any], wanted: Related) -> None:
    """Set each relation on each record.

    Args:
        session: Where the statements run.
        records: Records of one model, with their keys.
        wanted: What to load.
    """
    for relation, columns in wanted if records else ():
        if isinstance(relation, Many2one):
            await _load_many2one(session, records, relation, columns)
        elif isinstance(relation, Many2many):
            await _load_many2many(session, records, relation, columns)
        elif isinstance(relation, One2many):
            await _load_one2many(session, records, relation, columns)


async def fetch_linked(
    session: Session,
    relation: Many2many,
    owners: Sequence[Any],
    columns: tuple[str, ...],
    **rest: Any,
) -> list[tuple[Any, Any]]:
    """Pairs of an owner's key and a record linked to it; equal records are one object."""
    plan, values = plans_for(relation.target, session).linked(relation, columns, owners, **rest)
    rows = (await session.run(Statement(plan.sql, values))).rows
    assert plan.rows is not None and relation.meta is not None  # noqa: S101, PT018 - as linked() makes it
    key = plan.rows.index[relation.target.key_names[0]]
    owner = session.dialect.decoder(relation.meta.key[0])
    distinct = {row[key]: tuple(row)[:-1] for row in rows}
    records = dict(zip(distinct, plan.rows.hydrate(distinct.values()), strict=True))
    return [(row[-1] if owner is None else owner(row[-1]), records[row[key]]) for row in rows]


async def _load_many2one(
    session: Session, records: Sequence[Any], relation: Many2one, columns: tuple[str, ...]
) -> None:
    name = relation.name
    given = [getattr(record, name) for record in records]
    wanted = dict.fromkeys(key for key in given if key is not None and not is_record(key))
    key = relation.target.key[0]
    found = await _among(session, relation.target, key.ref(), list(wanted), columns)
    by_key = {getattr(record, key.name): record for record in found}
    for record, value in zip(records, given, strict=True):
        if not is_record(value):
            setattr(record, name, by_key.get(value))


async def _load_one2many(
    session: Session, records: Sequence[Any], relation: One2many, columns: tuple[str, ...]
) -> None:
    inverse = relation.inverse_field
    if inverse.name not in columns:
        columns = (*columns, inverse.name)
    keys = [key_of(record) for record in records]
    found = await _among(session, relation.target, inverse.ref(), keys, columns)
    groups: dict[Any, RelatedList[Any]] = {key: RelatedList() for key in keys}
    for child in found:
        groups[getattr(child, inverse.name)].append(child)
    for record, key in zip(records, keys, strict=True):
        group = groups[key]
        setattr(record, relation.name, group if relation.many else next(iter(group), None))


async def _load_many2many(
    session: Session, records: Sequence[Any], relation: Many2many, columns: tuple[str, ...]
) -> None:
    keys = [key_of(record) for record in records]
    groups: dict[Any, RelatedList[Any]] = {key: RelatedList() for key in keys}
    sort = tuple((name, False) for name in relation.target.key_names)
    for owners in chunks(session, keys):
        for owner, record in await fetch_linked(session, relation, owners, columns, sort=sort):
            groups[owner].append(record)
    for record, key in zip(records, keys, strict=True):
        setattr(record, relation.name, groups[key])


async def _among(
    session: Session, target: Any, column: Any, keys: Sequence[Any], columns: tuple[str, ...]
) -> list[Any]:
    """The target's records whose column has one of the keys, by their own key, ascending."""
    sort = tuple((name, False) for name in target.key_names)
    records: list[Any] = []
    for chunk in chunks(session, keys):
        among = Comparison(column, "in", list(chunk))
        plan, values = plans_for(target, session).search(columns, None, sort, among=among)
        result = await session.run(Statement(plan.sql, values))
        assert plan.rows is not None  # noqa: S101 - search reads records
        records += plan.rows.hydrate(result.rows)
    return records
