"""The statements over tables of links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.mixins.crud import Shown, show
from dotorm.builder.queries import equal, links_query, parse_sort, row_window
from dotorm.components.expressions import And
from dotorm.components.filter_parser import parse_filter
from dotorm.components.key_conditions import key_among
from dotorm.exceptions import InvalidFilter
from dotorm.field_types import Many2many
from dotorm.joins import owner_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.meta import ModelMeta

__all__ = ["Many2manyMixin"]


class Many2manyMixin:
    """Related records over a table of links, with the owner's key as the last columns."""

    meta: ModelMeta
    dialect: Dialect

    def build_get_m2m(
        self,
        field: Any,
        id: Any,
        fields: Sequence[str] | None = None,
        filter: Any = None,
        sort: Any = None,
        order: str | None = "ASC",
        start: int | None = None,
        end: int | None = None,
        limit: int | None = None,
    ) -> Shown:
        """SELECT of the records linked to one record.

        Args:
            field: The Many2many, or its name.
            id: The key of the record that owns the links.
            fields, filter, sort, order, start, end, limit: As in `build_search`, of the target.
        """
        relation = self._many2many(field)
        most, offset = row_window(relation.label, limit, start, end)
        owned = equal(owner_of(relation), self.meta.key_parts(id))
        node = parse_filter(relation.target, filter)
        query = links_query(
            relation,
            [relation.target.stored[name].ref() for name in self._names(relation, fields)],
            owned if node is None else And((owned, node)),
            parse_sort(relation.target, sort, order),
            limit=most,
            offset=offset,
        )
        return show(self.dialect, query)

    def build_get_m2m_multiple(
        self, field: Any, ids: Sequence[Any], fields: Sequence[str] | None = None
    ) -> Shown:
        """SELECT of the records linked to several records."""
        relation = self._many2many(field)
        columns = [relation.target.stored[name].ref() for name in self._names(relation, fields)]
        owned = key_among(owner_of(relation), ids)
        sort = parse_sort(relation.target, None, "ASC")
        return show(self.dialect, links_query(relation, columns, owned, sort))

    def _many2many(self, field: Any) -> Many2many:
        relation = self.meta.relation(field)
        if not isinstance(relation, Many2many):
            raise InvalidFilter(f"{relation.label} is not a Many2many")
        return relation

    def _names(self, relation: Many2many, fields: Sequence[str] | None) -> list[str]:
        if fields is None:
            return list(relation.target.stored)
        return [relation.target.field(name).name for name in fields]
