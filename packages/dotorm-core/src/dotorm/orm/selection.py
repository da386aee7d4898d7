"""What a call reads: the columns of its own table, and the relations to load after them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from dotorm.components.filter_parser import shown
from dotorm.exceptions import ConfigurationError, InvalidFilter
from dotorm.field_types import Many2one, Relation, is_record

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dotorm.meta import ModelMeta

__all__ = ["Selection", "as_metas", "listed", "select", "without_relations"]


class Selection(NamedTuple):
    """The fields of a call.

    Attributes:
        columns: The names of the stored fields to read, the key among them.
        relations: The relations to load.
    """

    columns: tuple[str, ...]
    relations: tuple[Relation, ...]


def listed(given: Any, wrong: Callable[[str], Exception], what: str) -> list[Any]:
    """The items of a list that a caller gave, gone through once.

    Args:
        given: What should be a list.
        wrong: Makes the error of what is none: text, a class or a record among it.
        what: What to give instead, for its message.
    """
    one = isinstance(given, str | bytes | type) or is_record(given)
    if one or not isinstance(given, Iterable):
        raise wrong(f"{what}, not {shown(given)}")
    return list(iter(given))


def select(meta: ModelMeta, fields: Sequence[Any] | None) -> Selection:
    """Sort fields into columns and relations; the keys that loading needs are added.

    Args:
        meta: The model.
        fields: Names of fields; None means every stored field and no relation.

    Raises:
        InvalidFilter: A field is unknown, or fields is not a list of names.
    """
    if fields is None:
        return Selection(meta.stored_names, ())
    if type(fields) is list or type(fields) is tuple:
        names: Sequence[Any] = fields
    else:
        names = listed(fields, InvalidFilter, f"{meta.name}: fields is a list of names")
    return (_sorted_out if set(map(type, names)) <= {str} else _sort_out)(meta, tuple(names))


def _sort_out(meta: ModelMeta, names: tuple[Any, ...]) -> Selection:
    for name in names:
        if isinstance(name, tuple | list | dict):
            raise InvalidFilter(
                f"{meta.name}: fields has names, not {shown(name)}; a filter is given as filter="
            )
    chosen = dict.fromkeys(map(meta.field, names))
    held = [name for field in chosen for name in field.holders]
    columns = dict.fromkeys([*meta.key_names, *held])
    relations = tuple(field for field in chosen if isinstance(field, Relation))
    return Selection(tuple(columns), relations)


_sorted_out = lru_cache(maxsize=5000)(_sort_out)
"""Kept for names that are text: programs ask for the same fields again and again."""


def without_relations(
    meta: ModelMeta,
    fields: Sequence[Any] | None,
    remedy: str = "use get_with_relations or search",
) -> tuple[str, ...]:
    """The columns of a call that loads no relations; of a Many2one it reads the key.

    Args:
        meta: The model.
        fields: Names of fields.
        remedy: What to do instead, where a relation of another kind is named.

    Raises:
        InvalidFilter: A relation of another kind is named.
    """
    if fields is None:
        return meta.stored_names
    columns, relations = select(meta, fields)
    for relation in relations:
        if not isinstance(relation, Many2one):
            raise InvalidFilter(f"{relation.label} is a relation: {remedy}")
    return columns


def as_metas(models: Sequence[type[Any]]) -> list[ModelMeta]:
    """The metas of models; abstract bases are refused.

    Raises:
        ConfigurationError: Something in the list is no model with a table.
    """
    metas: list[ModelMeta] = []
    for model in listed(models, ConfigurationError, "give a list of models"):
        meta: ModelMeta | None = getattr(model, "__meta__", None)
        if meta is None or meta.is_abstract:
            raise ConfigurationError(f"{shown(model)} is no model with a __table__")
        metas.append(meta)
    return metas
