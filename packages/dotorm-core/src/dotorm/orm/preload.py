"""Loading relations: one statement per relation, whatever the number of records.

Keys go as one list parameter, or in as many statements as the backend's limit makes necessary.
What comes back is put in its place by dicts. A single record takes the same path as ten thousand.
"""

from __future__ import annotations

from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from dotorm.builder import assigner
from dotorm.components.key_conditions import key_among
from dotorm.databases.abstract import side_by_side
from dotorm.field_types import Many2many, Many2one, One2many, key_of
from dotorm.orm.binding import chunks, plans_for
from dotorm.orm.fetching import Blanks, fetched
from dotorm.orm.related import empty_lists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dotorm.components.expressions import ColumnRef
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.loads import Related, Wanted

__all__ = ["fetch_linked", "load_relations"]


async def load_relations(session: Session, records: Sequence[Any], wanted: Related) -> None:
    """Set each relation on each record, and on the related records theirs, to any depth.

    Args:
        session: Where the statements run: side by side on connections that are free, if it can.
        records: Records of one model, with their keys.
        wanted: What to load.
    """
    if records and len(wanted) == 1:
        await _load(session, records, wanted[0])
    elif records and wanted:
        works = (_load(session, records, want) for want in wanted)
        await side_by_side(works, min(session.free_connections, len(wanted)))


async def _load(session: Session, records: Sequence[Any], want: Wanted) -> None:
    relation = want.relation
    if isinstance(relation, Many2one):
        found = await _load_many2one(session, records, relation, want)
    elif isinstance(relation, Many2many):
        found = await _load_many2many(session, records, relation, want)
    else:
        assert isinstance(relation, One2many)  # noqa: S101 - the last of the four kinds
        found = await _load_one2many(session, records, relation, want)
    await load_relations(session, found, want.nested)


class Linked(NamedTuple):
    """What a table of links leads to, link by link.

    Attributes:
        owners: The key of each link's owner.
        records: The record of each link; equal ones are one object.
        distinct: These records, each once.
    """

    owners: Iterable[Any]
    records: Iterable[Any]
    distinct: list[Any]


async def fetch_linked(
    session: Session,
    relation: Many2many,
    owners: Sequence[Any],
    columns: tuple[str, ...],
    **rest: Any,
) -> Linked:
    """The records that are linked to owners with these keys."""
    plan, values = plans_for(relation.target, session).linked(relation, columns, owners, **rest)
    blanks = Blanks(plan)
    rows = (await session.run(blanks.statement(values))).rows
    assert plan.rows is not None and relation.meta is not None  # noqa: S101, PT018 - as linked() makes it
    keys = list(map(itemgetter(*map(plan.rows.index.get, relation.target.key_names)), rows))
    width = len(relation.meta.key)
    by_key = dict(zip(keys, rows, strict=True))
    distinct = blanks.filled([row[:-width] for row in by_key.values()])
    records = dict(zip(by_key, distinct, strict=True))
    owner = _owner_reader([session.dialect.decoder(field) for field in relation.meta.key])
    return Linked(map(owner, rows), map(records.__getitem__, keys), distinct)


def _owner_reader(decoders: Sequence[Callable[[Any], Any] | None]) -> Callable[[Any], Any]:
    """What answers the owner's key of a row, whose last columns hold it."""
    last = itemgetter(*range(-len(decoders), 0))
    if not any(decoders):
        return last
    if len(decoders) == 1:
        (decode,) = decoders
        assert decode is not None  # noqa: S101 - any() found it
        return lambda row: decode(row[-1])
    return lambda row: tuple(
        value if decode is None else decode(value)
        for value, decode in zip(last(row), decoders, strict=True)
    )


async def _load_many2one(
    session: Session, records: Sequence[Any], relation: Many2one, want: Wanted
) -> list[Any]:
    name, target = relation.name, relation.target
    given = list(map(attrgetter(name), records))
    loaded = {kind for kind in set(map(type, given)) if hasattr(kind, "__meta__")}
    keys = [None if type(value) in loaded else value for value in given] if loaded else given
    wanted = dict.fromkeys(keys)
    wanted.pop(None, None)
    found = await _among(session, want, target.key_refs(), list(wanted), want.columns)
    by_key = dict(zip(map(attrgetter(*target.key_names), found), found, strict=True))
    # A key that leads nowhere stays: None would be written by the next update().
    assigner(name)(records, map(by_key.get, keys, given))
    return found


async def _load_one2many(
    session: Session, records: Sequence[Any], relation: One2many, want: Wanted
) -> list[Any]:
    inverse = relation.inverse_field
    columns = tuple(dict.fromkeys((*want.columns, *inverse.holders)))
    keys = _keys(records)
    found = await _among(session, want, inverse.refs(), keys, columns)
    groups = empty_lists(relation.name, keys)
    put = list[Any].append  # a list that is filled is not changed
    for owner, child in zip(map(attrgetter(*inverse.holders), found), found, strict=True):
        put(groups[owner], child)
    own: Iterable[Any] = map(groups.__getitem__, keys)
    if not relation.many:
        own = (next(iter(group), None) for group in own)
    assigner(relation.name)(records, own)
    return found


async def _load_many2many(
    session: Session, records: Sequence[Any], relation: Many2many, want: Wanted
) -> list[Any]:
    keys = _keys(records)
    groups = empty_lists(relation.name, keys)
    put = list[Any].append  # a list that is filled is not changed
    found: list[Any] = []
    for owners in chunks(session, keys, len(records[0].__meta__.key)):
        linked = await fetch_linked(
            session,
            relation,
            owners,
            want.columns,
            given=want.filter,
            sort=want.sort,
            per_owner=want.limit,
        )
        for owner, record in zip(linked.owners, linked.records, strict=True):
            put(groups[owner], record)
        found += linked.distinct
    assigner(relation.name)(records, map(groups.__getitem__, keys))
    return found


def _keys(records: Sequence[Any]) -> list[Any]:
    """The records' keys, as `key_of` has them."""
    meta: ModelMeta = records[0].__meta__
    if any(isinstance(field, Many2one) for field in meta.key):
        return [key_of(record) for record in records]  # the reference may have been loaded
    return list(map(attrgetter(*meta.key_names), records))


async def _among(
    session: Session,
    want: Wanted,
    holders: Sequence[ColumnRef],
    keys: Sequence[Any],
    columns: tuple[str, ...],
) -> list[Any]:
    """The related records whose columns hold one of the keys, as they are wanted."""
    records: list[Any] = []
    for chunk in chunks(session, keys, len(holders)):
        plan, values = plans_for(want.relation.target, session).search(
            columns,
            want.filter,
            want.sort,
            among=key_among(holders, chunk),
            per_value=want.limit,
        )
        records += await fetched(session, plan, values)
    return records
