"""Creating, changing and deleting records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import is_empty
from dotorm.databases.abstract import Statement
from dotorm.exceptions import DatabaseError, InvalidFilter, InvalidValue
from dotorm.field_types import key_of
from dotorm.orm.binding import atomic, chunks, plans_for, session_of
from dotorm.orm.laid_over import check_keys, settled, take_over
from dotorm.orm.payload import check_key_stays, check_payload, given, named
from dotorm.orm.read import get, not_found
from dotorm.orm.remembered import changed, complete, forgets_with, refresh
from dotorm.orm.selection import listed
from dotorm.tables import makes_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.components.queries import QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.databases.abstract.connection import Wants
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = [
    "check_complete",
    "check_inserted",
    "create",
    "delete",
    "delete_bulk",
    "delete_where",
    "keys_of",
    "together",
    "update",
    "update_bulk",
    "update_where",
    "with_defaults",
    "write_fields",
]


async def create(
    meta: ModelMeta, payload: Any, session: Session | None, options: QueryOptions | None = None
) -> Any:
    """Insert a record, complete it with what the database made, and answer its key."""
    check_payload(meta, payload)
    where = session_of(meta, session)
    plans = plans_for(meta, where, options)
    written = with_defaults(meta, given(meta, payload))
    check_complete(meta, written, where.dialect)
    left = tuple(name for name in meta.stored if name not in written)
    returning = left if where.dialect.features.returning else ()
    plan = plans.insert(written, 1, returning)
    values = [getattr(payload, name) for name in written]
    bound = plan.bind(values)
    wants: Wants = "rows" if returning else "count"
    result = await where.run(Statement(plan.sql, bound, wants))
    check_inserted(meta, len(result.rows) if returning else result.affected, 1)
    answered: tuple[Any, ...] = tuple(result.rows[0]) if returning else ()
    if not returning:
        left = tuple(name for name in left if meta.stored[name].primary_key)
        answered = (result.last_id,) * len(left)
    forgets_with(where, [payload], left)
    complete(plans, payload, (*written, *left), (*bound, *answered))
    settled(meta, payload)
    return key_of(payload)


async def update(
    meta: ModelMeta,
    record: Any,
    payload: Any,
    fields: Sequence[Any] | None,
    session: Session | None,
    options: QueryOptions | None = None,
) -> None:
    """Write what changed in a record, or what a payload was given; nothing if nothing did."""
    key_of(record)
    if payload is None:
        check_payload(meta, record)
        names = changed(meta, record) if fields is None else named(meta, record, fields)
        payload = record
    else:
        check_payload(meta, payload)
        names = named(meta, payload, fields)
        check_keys(meta, payload, [key_of(record)])
        if fields is None:
            check_key_stays(meta, payload, [key_of(record)])
    if names:
        await write_fields(meta, record, payload, names, session_of(meta, session), options)


async def write_fields(
    meta: ModelMeta,
    record: Any,
    payload: Any,
    names: tuple[str, ...],
    session: Session,
    options: QueryOptions | None = None,
) -> None:
    """Write a payload's values to one record's row, and have the record answer them."""
    key = key_of(record)
    plans = plans_for(meta, session, options)
    plan, values = plans.update(names, [getattr(payload, name) for name in names], key)
    await _check_there(meta, key, session)
    result = await session.run(Statement(plan.sql, values, "count"))
    if result.affected == 0:
        raise not_found(meta, key)
    for name in names if payload is not record else ():
        setattr(record, name, getattr(payload, name))
    if meta.laid_over and payload is not record:
        take_over(meta, record, payload, names)
    forgets_with(session, [record])
    refresh(plans, [record], names, [[value] for value in values[: len(names)]])


async def update_bulk(
    meta: ModelMeta,
    keys: Sequence[Any],
    payload: Any,
    fields: Sequence[Any] | None,
    session: Session | None,
    options: QueryOptions | None = None,
) -> int:
    """Write what a payload was given to the records with the keys; answer how many there were."""
    check_payload(meta, payload)
    names = named(meta, payload, fields)
    if not names:
        raise InvalidValue(f"{meta.name}.update_bulk: the payload was given no value to write")
    where = session_of(meta, session)
    plans = plans_for(meta, where, options)
    values = [getattr(payload, name) for name in names]
    distinct = keys_of(meta, keys)
    check_keys(meta, payload, distinct)
    if fields is None:
        check_key_stays(meta, payload, distinct)
    parts = list(chunks(where, distinct, len(meta.key)))
    touched = 0
    async with atomic(where, needed=len(parts) > 1) as inside:
        for chunk in parts:
            plan, bound = plans.update_among(names, values, chunk)
            result = await inside.run(Statement(plan.sql, bound, "count"))
            touched = together(touched, result.affected)
    return touched


async def delete(
    meta: ModelMeta, record: Any, session: Session | None, options: QueryOptions | None = None
) -> None:
    """Delete a record."""
    key = key_of(record)
    where = session_of(meta, session)
    plan, values = plans_for(meta, where, options).delete(key)
    await _check_there(meta, key, where)
    result = await where.run(Statement(plan.sql, values, "count"))
    if result.affected == 0:
        raise not_found(meta, key)


async def delete_bulk(
    meta: ModelMeta,
    keys: Sequence[Any],
    session: Session | None,
    options: QueryOptions | None = None,
) -> int:
    """Delete the records with the keys; answer how many there were."""
    where = session_of(meta, session)
    plans = plans_for(meta, where, options)
    parts = list(chunks(where, keys_of(meta, keys), len(meta.key)))
    touched = 0
    async with atomic(where, needed=len(parts) > 1) as inside:
        for chunk in parts:
            plan, bound = plans.delete_among(chunk)
            result = await inside.run(Statement(plan.sql, bound, "count"))
            touched = together(touched, result.affected)
    return touched


async def update_where(
    meta: ModelMeta,
    given: Any,
    payload: Any,
    fields: Sequence[Any] | None,
    session: Session | None,
    options: QueryOptions | None = None,
) -> int:
    """Write what a payload was given to the records that a filter finds; answer how many."""
    check_payload(meta, payload)
    names = named(meta, payload, fields)
    if not names:
        raise InvalidValue(f"{meta.name}.update_where: the payload was given no value to write")
    _check_filter(meta, given)
    check_keys(meta, payload, None)
    if fields is None:
        check_key_stays(meta, payload, None)
    where = session_of(meta, session)
    values = [getattr(payload, name) for name in names]
    plan, bound = plans_for(meta, where, options).update_where(names, values, given)
    return (await where.run(Statement(plan.sql, bound, "count"))).affected


async def delete_where(
    meta: ModelMeta, given: Any, session: Session | None, options: QueryOptions | None = None
) -> int:
    """Delete the records that a filter finds; answer how many there were."""
    _check_filter(meta, given)
    where = session_of(meta, session)
    plan, values = plans_for(meta, where, options).delete_where(given)
    return (await where.run(Statement(plan.sql, values, "count"))).affected


def keys_of(meta: ModelMeta, keys: Any) -> list[Any]:
    """The distinct keys of a list of keys and records.

    Raises:
        InvalidValue: It is no list, or something in it is no key.
    """
    given = listed(keys, InvalidValue, f"{meta.name}: give a list of keys")
    fields = meta.key_fields()
    if len(fields) == 1:
        return list(dict.fromkeys(fields[0].accept_column(given)))
    rows = [meta.key_parts(key) for key in given]
    columns = [
        f.accept_column(list(c)) for f, c in zip(fields, zip(*rows, strict=True), strict=False)
    ]
    return list(dict.fromkeys(zip(*columns, strict=True)))


def _check_filter(meta: ModelMeta, given: Any) -> None:
    """Refuse a filter that happens to be empty: it would reach every record."""
    if is_empty(given):
        key = meta.key_names[0]
        raise InvalidFilter(
            f"{meta.name}: an empty filter would reach every record; if that is meant, say so: "
            f"[({key!r}, 'is not null', None)]"
        )


def with_defaults(meta: ModelMeta, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names with those of the fields that have a default, in the order of the model."""
    return tuple(name for name, field in meta.stored.items() if name in names or field.has_default)


def together(touched: int, affected: int) -> int:
    """How many rows two writes touched; -1 if the database did not tell it of one."""
    return -1 if -1 in (touched, affected) else touched + affected


def check_complete(meta: ModelMeta, written: tuple[str, ...], dialect: Dialect) -> None:
    """Refuse a record without a key, or a required value, that the database does not ask for.

    Raises:
        InvalidValue: There is such a field.
    """
    for field in meta.key_fields():
        if field.name not in written and not makes_keys(field, dialect):
            raise InvalidValue(
                f"{field.label} is the key and the database does not make it: give it a value, or "
                f"the field a default, such as default=dotorm.{_makes(field)}"
            )
    for field in () if dialect.features.required_values else meta.stored.values():
        if field.required and field.name not in written:
            raise InvalidValue(f"{field.label} is required: give it a value or a default")


def check_inserted(meta: ModelMeta, inserted: int, given: int) -> None:
    """See that the database inserted all rows.

    Args:
        meta: The model.
        inserted: How many it inserted, or -1 if it does not tell.
        given: How many it was given.

    Raises:
        DatabaseError: It left some out without an error of its own.
    """
    if 0 <= inserted < given:
        raise DatabaseError(
            f"{meta.name}: {inserted} of {given} rows were inserted: a trigger, a rule or a policy "
            "of the database left the others out; a transaction around the call undoes all of them"
        )


def _makes(field: Field[Any]) -> str:
    """The function of ours that makes such keys."""
    return "uuid7" if field.storage.kind == "uuid" else "snowflake"


async def _check_there(meta: ModelMeta, key: Any, session: Session) -> None:
    """Look whether a record is there, where the database does not tell what a write found.

    Raises:
        RecordNotFound: It was not, a moment before the write.
    """
    if session.dialect.features.counts_writes:
        return
    if await get(meta, key, meta.key_names, session) is None:
        raise not_found(meta, key)
