"""An update that reaches related records, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.queries import among_keys
from dotorm.components.filter_parser import shown
from dotorm.exceptions import InvalidFilter, InvalidValue, RecordNotFound
from dotorm.field_types import Many2many, Many2one, One2many, Relation, key_of, key_value
from dotorm.orm.binding import atomic, chunks, session_of
from dotorm.orm.bulk import create_bulk
from dotorm.orm.laid_over import check_keys, fill
from dotorm.orm.links import get_many2many, link_many2many, unlink_many2many
from dotorm.orm.payload import check_key_stays, check_payload, check_record, named
from dotorm.orm.read import count, get, not_found, search
from dotorm.orm.selection import listed
from dotorm.orm.write import delete_bulk, keys_of, update_bulk, write_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta

__all__ = ["update_with_relations"]

_PARTS = ("selected", "unselected", "created", "deleted")


async def update_with_relations(
    meta: ModelMeta,
    record: Any,
    payload: Any,
    fields: Sequence[Any] | None,
    session: Session | None,
) -> dict[str, Any]:
    """Write a payload's fields and change its relations; answer what was done, by field."""
    key_of(record)
    check_record(meta, payload)
    fill(meta, payload)
    check_keys(meta, payload, [key_of(record)])
    if fields is None:
        check_key_stays(meta, payload, [key_of(record)])
    relations, columns = _split(meta, payload, fields)
    changes = [(relation, _parts(relation, payload)) for relation in relations]
    done: dict[str, Any] = {}
    async with atomic(session_of(meta, session)) as inside:
        if changes and await get(meta, record, meta.key_names, inside) is None:
            raise not_found(meta, key_of(record))
        for relation, parts in changes:
            change = _Links if isinstance(relation, Many2many) else _Children
            done[relation.name] = await change(relation, record, inside).apply(parts)
        if columns:
            await write_fields(meta, record, payload, columns, inside)
    return {**{name: key_value(record.__dict__[name]) for name in columns}, **done}


class _Change:
    """What may be asked of one relation of one record."""

    def __init__(self, relation: Any, record: Any, session: Session) -> None:
        self.relation = relation
        self.target: ModelMeta = relation.target
        self.record = record
        self.key = key_of(record)
        self.session = session

    async def apply(self, parts: Mapping[str, list[Any]]) -> dict[str, Any]:
        """Do what the parts say, in a fixed order; answer the keys by part."""
        done: dict[str, Any] = {}
        for part in _PARTS:
            if parts.get(part):
                method: Awaitable[list[Any]] = getattr(self, part)(parts[part])
                done[part] = await method
        return done

    async def create_all(self, payloads: list[Any]) -> list[Any]:
        made = await create_bulk(self.target, payloads, self.session)
        keys = [tuple(row.values()) for row in made]
        return [key[0] for key in keys] if len(self.target.key) == 1 else keys

    async def deleted(self, ids: list[Any]) -> list[Any]:
        """Delete related records; those that are not related to this record are left alone."""
        own = await self.own(ids)
        await delete_bulk(self.target, own, self.session)
        return own

    async def check_there(self, keys: list[Any]) -> None:
        """Refuse to select what is not there, before anything is written."""
        parts = self.parts(keys)
        there = sum([await count(self.target, part, self.session) for part in parts])
        self.check_found(there, keys)

    def check_found(self, found: int, keys: list[Any]) -> None:
        """Refuse to have selected what is not there; -1 is a write that did not tell."""
        if 0 <= found < len(keys):
            raise RecordNotFound(
                f"{self.relation.label}: {len(keys) - found} of the {self.target.name} to select "
                f"are not there: {shown(keys)}"
            )

    def parts(self, keys: list[Any]) -> list[Any]:
        """Conditions that find the related model's records with the keys, as few as can be."""
        parts = chunks(self.session, keys, len(self.target.key))
        return [among_keys(self.target, part) for part in parts]

    async def own(self, ids: list[Any]) -> list[Any]:
        """Those of the keys that are related to this record."""
        raise NotImplementedError


class _Links(_Change):
    relation: Many2many

    async def selected(self, ids: list[Any]) -> list[Any]:
        keys = keys_of(self.target, ids)
        await self.check_there(keys)
        return await self.linked(keys)

    async def linked(self, keys: list[Any]) -> list[Any]:
        pairs = [(self.key, key) for key in keys]
        await link_many2many(self.record.__meta__, self.relation.name, pairs, self.session)
        return keys

    async def unselected(self, ids: list[Any]) -> list[Any]:
        meta = self.record.__meta__
        await unlink_many2many(meta, self.relation.name, ids, self.record, self.session)
        return keys_of(self.target, ids)

    async def created(self, payloads: list[Any]) -> list[Any]:
        return await self.linked(await self.create_all(_as_records(self.target, payloads)))

    async def own(self, ids: list[Any]) -> list[Any]:
        found: list[Any] = []
        for part in self.parts(keys_of(self.target, ids)):
            found += await get_many2many(
                self.record.__meta__,
                self.relation.name,
                self.key,
                fields=self.target.key_names,
                filter=part,
                session=self.session,
            )
        return [key_of(record) for record in found]


class _Children(_Change):
    relation: One2many

    @property
    def inverse(self) -> Many2one:
        inverse: Many2one = self.relation.inverse_field
        return inverse

    async def selected(self, ids: list[Any]) -> list[Any]:
        keys = keys_of(self.target, ids)
        if all(field.primary_key for field in self.inverse.beneath):
            found = len(await self.own(keys))  # their keys say to whom they are related
        else:
            if not self.session.dialect.features.counts_writes:
                await self.check_there(keys)
            payload = self._refer_to(self.key)
            found = await update_bulk(self.target, keys, payload, None, self.session)
        self.check_found(found, keys)
        return keys

    async def unselected(self, ids: list[Any]) -> list[Any]:
        own = await self.own(ids)
        await update_bulk(self.target, own, self._refer_to(None), None, self.session)
        return own

    async def created(self, payloads: list[Any]) -> list[Any]:
        records = _as_records(self.target, payloads)
        for record in records:
            setattr(record, self.inverse.name, self.key)
        return await self.create_all(records)

    async def own(self, ids: list[Any]) -> list[Any]:
        found: list[Any] = []
        for part in self.parts(keys_of(self.target, ids)):
            given = [(self.inverse.name, "=", self.key), part]
            found += await search(
                self.target, fields=self.target.key_names, filter=given, session=self.session
            )
        return [key_of(record) for record in found]

    def _refer_to(self, key: Any) -> Any:
        assert self.target.model is not None  # noqa: S101 - relations lead to models
        return self.target.model(**{self.inverse.name: key})


def _split(
    meta: ModelMeta, payload: Any, fields: Sequence[Any] | None
) -> tuple[list[Relation], tuple[str, ...]]:
    """The relations of many and the columns among the fields, or among what was given."""
    if fields is None:
        names = [name for name in meta.fields if name in payload.__dict__]
    else:
        names = listed(fields, InvalidFilter, f"{meta.name}: fields is a list of names")
    chosen = [meta.field(name) for name in names]
    relations = [f for f in chosen if isinstance(f, Relation) and not f.holders]
    columns = [field.name for field in chosen if field.holders]
    if fields is None:
        columns = [name for name in columns if not meta.fields[name].primary_key]
    return relations, named(meta, payload, columns)


def _parts(relation: Relation, payload: Any) -> dict[str, list[Any]]:
    parts = payload.__dict__.get(relation.name)
    if not isinstance(parts, dict) or not parts.keys() <= set(_PARTS):
        raise InvalidValue(
            f"{relation.label}: give a dict with lists under some of {', '.join(_PARTS)}"
        )
    for part, items in parts.items():
        if not isinstance(items, list | tuple):
            raise InvalidValue(
                f"{relation.label}: {shown(part)} is a list, not {type(items).__name__}"
            )
    return {part: list(iter(items)) for part, items in parts.items()}


def _as_records(target: ModelMeta, payloads: list[Any]) -> list[Any]:
    records = [_made(target, p) if isinstance(p, dict) else p for p in payloads]
    for record in records:
        check_payload(target, record)
    return records


def _made(target: ModelMeta, values: dict[str, Any]) -> Any:
    assert target.model is not None  # noqa: S101 - relations lead to models
    try:
        return target.model(**values)
    except TypeError as error:  # a name that is no field, or no text
        raise InvalidValue(f"{target.name}: {error}") from error
