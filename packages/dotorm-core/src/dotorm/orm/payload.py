"""What a record was given, and what of it is to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.exceptions import InvalidFilter, InvalidValue
from dotorm.field_types import is_record, key_value
from dotorm.orm.laid_over import fill
from dotorm.orm.related import RelatedList
from dotorm.orm.selection import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dotorm.meta import ModelMeta

__all__ = ["check_key_stays", "check_payload", "check_record", "given", "named"]


def check_record(meta: ModelMeta, payload: Any) -> None:
    """Refuse what is not a record of the model.

    Raises:
        InvalidValue: It is another thing.
    """
    if not is_record(payload) or not meta.owns(payload):
        remedy = f": {meta.name}(**values)" if isinstance(payload, dict) else ""
        raise InvalidValue(f"give a {meta.name}, not {type(payload).__name__}{remedy}")


def check_payload(meta: ModelMeta, payload: Any) -> None:
    """Refuse what is not a record of the model, and relations that have no column.

    The fields below references that are laid over several are filled.

    Raises:
        InvalidValue: The payload is another thing, or was given related records, or a reference
            and the fields below it do not agree.
    """
    check_record(meta, payload)
    if meta.laid_over:
        fill(meta, payload)
    for name, relation in meta.relations.items():
        if not relation.holders and name in payload.__dict__ and not _as_loaded(payload, name):
            raise InvalidValue(
                f"{relation.label} has no column: use update_with_relations or link_many2many"
            )


def check_key_stays(meta: ModelMeta, payload: Any, keys: Iterable[Any] | None) -> None:
    """Refuse a payload that was given another key than the records have to which it is written.

    Args:
        meta: The model.
        payload: What is written to the records, all that it was given.
        keys: Their keys; None if they are not known.

    Raises:
        InvalidValue: The key would be dropped in silence: it does not change.
    """
    own: list[Any] | None = None
    for place, field in enumerate(meta.key_fields()):
        given = payload.__dict__.get(field.name)
        if given is None:
            continue
        part = field.accept_column([given])[0]
        if own is None and keys is not None:
            own = [meta.key_parts(key) for key in keys]
        if own is None or any(parts[place] != part for parts in own):
            raise InvalidValue(
                f"{field.label} is the key: it does not change, and the payload was given "
                f"{shown(given)}"
            )


def _as_loaded(record: Any, name: str) -> bool:
    """Whether a relation without a column holds what reading put there, and nothing to write."""
    value = record.__dict__[name]
    if record._plan is None:
        return False
    if value is None:
        return True
    key = _key_as_read(record)
    if isinstance(value, RelatedList):
        return not value.is_changed and value.owner == (name, key)
    return is_record(value) and value._plan is not None and _refers_to(value, record, name) == key


def _key_as_read(record: Any) -> Any:
    plan = record._plan
    values = plan.values(record._row)
    parts = tuple(values[plan.index[name]] for name in type(record).__meta__.key_names)
    return parts[0] if len(parts) == 1 else parts


def _refers_to(one: Any, record: Any, name: str) -> Any:
    """The key that a record of a One2one refers to; None if it does not say."""
    relation = type(record).__meta__.relations[name]
    parts = tuple(key_value(one.__dict__.get(part)) for part in relation.inverse_field.holders)
    return parts[0] if len(parts) == 1 else parts


def given(meta: ModelMeta, payload: Any) -> tuple[str, ...]:
    """The stored fields that the record was given, in the order of the model."""
    values = payload.__dict__
    return tuple(name for name in meta.stored if name in values)


def named(meta: ModelMeta, payload: Any, fields: Sequence[Any] | None) -> tuple[str, ...]:
    """The fields of a payload that an update writes: those named, or all that it was given.

    Raises:
        InvalidFilter: A named field is unknown or has no column.
        InvalidValue: A named field was not given a value, or it belongs to the key.
    """
    if fields is None:
        return tuple(name for name in given(meta, payload) if not meta.stored[name].primary_key)
    names = listed(fields, InvalidFilter, f"{meta.name}: fields is a list of names")
    return tuple(dict.fromkeys(name for field in names for name in _written(meta, payload, field)))


def _written(meta: ModelMeta, payload: Any, name: Any) -> Iterator[str]:
    """The stored fields that are written when a field is named."""
    field = meta.field(name)
    if not field.holders:
        raise InvalidFilter(f"{field.label} has no column: use update_with_relations")
    if field.primary_key:
        raise InvalidValue(f"{field.label} is the key: it does not change")
    held = [holder for holder in field.holders if holder in payload.__dict__]
    if not held:
        raise InvalidValue(f"{field.label} is named in fields, but the payload was given no value")
    yield from (holder for holder in held if not meta.stored[holder].primary_key)
