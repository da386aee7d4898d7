"""How relations are loaded: what of them, which, in which order, how many, and what of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from dotorm.builder.queries import related_sort, row_window
from dotorm.components.filter_parser import parse_filter, shown
from dotorm.exceptions import InvalidFilter, NotSupported
from dotorm.field_types import Many2one, One2many
from dotorm.orm.selection import select, without_relations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder.plans import Sort
    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Relation

__all__ = ["FieldsInfo", "Load", "Related", "Wanted", "check_limits", "related"]

_LOAD_IT = "to load it too, give a Load(fields=[…]) instead of a list"

type FieldsInfo = Mapping[str, Sequence[Any] | Load]
"""By relation, the fields to read of the related records, or a `Load` that says more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Load:
    """How one relation is loaded; given in ``fields_info``.

    Attributes:
        fields: The names of the fields and relations to read; all stored fields by default.
        filter: Which related records; of a Many2one there is no choice.
        sort: What to sort them by; by default their key, ascending.
        order: ``"ASC"`` or ``"DESC"`` for the fields without a ``-``.
        limit: The most related records *of each record*.
        fields_info: The same for the relations among the fields, to any depth.
    """

    fields: Sequence[Any] | None = None
    filter: Any = None
    sort: Any = None
    order: str | None = None
    limit: int | None = None
    fields_info: FieldsInfo | None = None


class Wanted(NamedTuple):
    """One relation to load, with everything named checked."""

    relation: Relation
    columns: tuple[str, ...]
    filter: Any
    sort: Sort
    limit: int | None
    nested: Related


type Related = tuple[Wanted, ...]


def related(relations: Sequence[Relation], info: FieldsInfo | None) -> Related:
    """The relations to load, as ``fields_info`` says, or with all of their stored fields.

    Raises:
        InvalidFilter: ``fields_info`` names a relation that is not read, or unknown fields.
    """
    if info is None and not relations:
        return ()
    chosen = {relation.name: relation for relation in relations}
    if info is not None and not isinstance(info, Mapping):
        raise InvalidFilter(
            f"fields_info is a dict from relations to lists of names, not {shown(info)}"
        )
    named = info or {}
    for name in named:
        if name not in chosen:
            raise InvalidFilter(
                f"fields_info names {shown(name)}, which is not among the relations read"
            )
    return tuple(_wanted(relation, named.get(name)) for name, relation in chosen.items())


def check_limits(wanted: Related, dialect: Dialect) -> None:
    """Refuse limits for each record before the first statement, where there can be none.

    Raises:
        NotSupported: The database cannot number rows.
    """
    for want in wanted:
        if want.limit is not None and not dialect.features.window_functions:
            raise NotSupported("a limit for each record", dialect.name)
        check_limits(want.nested, dialect)


def _wanted(relation: Relation, load: Sequence[Any] | Load | None) -> Wanted:
    target = relation.target
    if isinstance(relation, One2many):
        relation.check()
    if not isinstance(load, Load):
        columns = without_relations(target, load, _LOAD_IT)
        return Wanted(relation, columns, None, related_sort(target), None, ())
    selection = select(target, load.fields)
    if isinstance(relation, Many2one):
        _check_one(relation, load)
    limit, _ = row_window(relation.label, load.limit, None, None)
    parse_filter(target, load.filter)
    return Wanted(
        relation,
        selection.columns,
        load.filter,
        related_sort(target, load.sort, load.order),
        limit,
        related(selection.relations, load.fields_info),
    )


def _check_one(relation: Many2one, load: Load) -> None:
    if any(part is not None for part in (load.filter, load.sort, load.limit)):
        raise InvalidFilter(
            f"{relation.label} leads to one record: filter, sort and limit are void"
        )
