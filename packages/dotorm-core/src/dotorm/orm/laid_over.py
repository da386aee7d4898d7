"""References that are laid over several fields: their value becomes that of the fields.

A record holds a reference twice: the fields below it, and the related record or key that it was
given or that was loaded. Before the fields are written the two are made to agree, or refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.exceptions import InvalidValue
from dotorm.field_types import is_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dotorm.field_types import Many2one
    from dotorm.meta import ModelMeta

__all__ = ["check_keys", "fill", "settled", "take_over"]

_NOT_GIVEN = object()


def fill(meta: ModelMeta, record: Any) -> None:
    """Give the fields below references what the references were given.

    A reference that is as it was read gives way to fields that are not. None clears the fields
    that `Many2one.clears` names.

    Raises:
        InvalidValue: A reference and a field below it, or two references, do not agree; or None
            was given and no field may be None. The record is as it was.
    """
    given = [relation for relation in meta.laid_over if relation.name in record.__dict__]
    if given:
        _Filling(meta, record, given).run()


def settled(meta: ModelMeta, record: Any) -> None:
    """Forget the keys that references were given: the fields below tell them from now on."""
    values = record.__dict__
    for relation in meta.laid_over:
        if relation.name in values and not is_record(values[relation.name]):
            delattr(record, relation.name)


def take_over(meta: ModelMeta, record: Any, payload: Any, names: Iterable[str]) -> None:
    """Have a record answer the references of a payload whose fields were written to its row."""
    for relation in meta.laid_over:
        if set(relation.over).isdisjoint(names):
            continue
        value = payload.__dict__.get(relation.name)
        if is_record(value):
            setattr(record, relation.name, value)
        else:
            record.__dict__.pop(relation.name, None)


def check_keys(meta: ModelMeta, payload: Any, keys: Sequence[Any] | None) -> None:
    """Refuse a payload whose references say another key than the records have.

    Args:
        meta: The model.
        payload: What is written to the records.
        keys: Their keys; None if they are not known.

    Raises:
        InvalidValue: A reference is laid over a field of the key and would change it.
    """
    for relation in meta.laid_over:
        value = payload.__dict__.get(relation.name)
        if value is None:
            continue
        for name, part in zip(relation.over, relation.convert(value), strict=True):
            if not meta.stored[name].primary_key:
                continue
            if keys is None:
                raise InvalidValue(
                    f"{relation.label} is laid over {meta.stored[name].label}, which is the key: "
                    "give the other fields their values instead"
                )
            _check_part(meta, relation, name, part, keys)


def _check_part(
    meta: ModelMeta, relation: Many2one, name: str, part: Any, keys: Sequence[Any]
) -> None:
    field, place = meta.stored[name], meta.key_names.index(name)
    for key in keys:
        now = field.convert(meta.key_parts(key)[place])
        if now != part:
            raise InvalidValue(
                f"{relation.label} says that {field.label} is {shown(part)}, but it is "
                f"{shown(now)}, and it is the key: it does not change"
            )


class _Filling:
    """One record whose references are made to agree with its fields."""

    def __init__(self, meta: ModelMeta, record: Any, given: Sequence[Many2one]) -> None:
        self._meta = meta
        self._record = record
        self._given = given
        self._values = record.__dict__
        self._before = _before(record)
        self._claimed: dict[str, Any] = {}

    def run(self) -> None:
        as_read: dict[Many2one, Any] = {}
        changed: dict[Many2one, Any] = {}
        for relation in self._given:
            key = relation.convert(self._values[relation.name])
            (as_read if self._is_as_read(relation, key) else changed)[relation] = key
        for relation, key in changed.items():
            if key is not None:
                self._claim(relation, key)
        for relation, key in changed.items():
            if key is None:
                self._clear(relation)
        for name, value in self._claimed.items():
            if self._now(name) != value:
                setattr(self._record, name, value)
        self._forget(changed, as_read)

    def _is_as_read(self, relation: Many2one, key: Any) -> bool:
        """Whether a reference is the record that was read; reading puts no bare key there."""
        if not is_record(self._values[relation.name]):
            return False
        if not self._before.keys() >= set(relation.over):
            return False
        return bool(key == _key(self._before[name] for name in relation.over))

    def _claim(self, relation: Many2one, key: tuple[Any, ...]) -> None:
        for name, part in zip(relation.over, key, strict=True):
            now = self._claimed.get(name, self._now(name))
            if now != part and not (name not in self._claimed and self._is_free(name)):
                field = self._meta.stored[name]
                is_key = field.primary_key and self._record._plan is not None
                hint = ": it is the key, which does not change" if is_key else ""
                raise InvalidValue(
                    f"{relation.label} is {shown(key)}, but {field.label} is {shown(now)}{hint}"
                )
            self._claimed[name] = part

    def _clear(self, relation: Many2one) -> None:
        for name in relation.clears:
            if name not in self._claimed and (self._is_free(name) or self._now(name) is None):
                self._claimed[name] = None
        said = {name: self._claimed.get(name, self._now(name)) for name in relation.over}
        if any(value is None for value in said.values()):
            return
        if not relation.clears:
            raise InvalidValue(
                f"{relation.label} is required: none of {', '.join(relation.over)} can be None"
            )
        told = ", ".join(f"{name} is {shown(said[name])}" for name in relation.clears)
        raise InvalidValue(f"{relation.label} is None, but {told}")

    def _is_free(self, name: str) -> bool:
        """Whether a field was given no value of its own since it was read."""
        now = self._now(name)
        if now is _NOT_GIVEN:
            return True
        is_key = self._meta.stored[name].primary_key
        return not is_key and name in self._before and bool(now == self._before[name])

    def _now(self, name: str) -> Any:
        """The value of a field as its own type."""
        value = self._values.get(name, _NOT_GIVEN)
        return value if value is _NOT_GIVEN else self._meta.stored[name].convert(value)

    def _forget(self, changed: Iterable[Many2one], as_read: Mapping[Many2one, Any]) -> None:
        """Drop related records that were read and that the fields do not lead to any more."""
        for relation, key in as_read.items():
            if _key(self._now(name) for name in relation.over) != key:
                delattr(self._record, relation.name)
        if self._record._plan is not None:
            for relation in changed:
                if not is_record(self._values[relation.name]):
                    delattr(self._record, relation.name)


def _before(record: Any) -> dict[str, Any]:
    """The values of a record's row; none if it was not read."""
    if record._plan is None:
        return {}
    return dict(zip(record._plan.names, record._plan.values(record._row), strict=True))


def _key(parts: Iterable[Any]) -> Any:
    key = tuple(parts)
    return None if any(part is None for part in key) else key
