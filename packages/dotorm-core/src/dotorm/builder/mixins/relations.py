"""The statements that load relations for many records at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.mixins.crud import Shown, show
from dotorm.builder.queries import parse_sort, select_query
from dotorm.builder.request_builder import RequestBuilder
from dotorm.components.key_conditions import key_among
from dotorm.field_types import Many2many, Many2one, One2many, key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Relation
    from dotorm.meta import ModelMeta

__all__ = ["RelationsMixin"]


class RelationsMixin:
    """One statement per relation, whatever the number of records."""

    meta: ModelMeta
    dialect: Dialect

    def build_search_relation(
        self,
        fields_relation: Sequence[Any],
        records: Sequence[Any] = (),
        fields_info: Mapping[str, Sequence[str]] | None = None,
    ) -> list[RequestBuilder]:
        """The statements that load relations of records.

        Args:
            fields_relation: The relations, or their names.
            records: The records whose relations are loaded.
            fields_info: By relation, the fields to read of the related records; all by default.
        """
        info = fields_info or {}
        return [
            self._request(self.meta.relation(field), records, info) for field in fields_relation
        ]

    def _request(
        self, relation: Relation, records: Sequence[Any], info: Mapping[str, Sequence[str]]
    ) -> RequestBuilder:
        names = list(info.get(relation.name) or relation.target.stored)
        statement, values = self._statement(relation, names, records)
        return RequestBuilder(statement, values, relation.name, relation, names, self.dialect)

    def _statement(self, relation: Relation, names: list[str], records: Sequence[Any]) -> Shown:
        if isinstance(relation, Many2many):
            keys = [key_of(record) for record in records]
            shown: Shown = self.build_get_m2m_multiple(relation.name, keys, names)  # type: ignore[attr-defined]
            return shown
        target = relation.target
        if isinstance(relation, Many2one):
            among = key_among(target.key_refs(), _referred(relation, records))
        else:
            assert isinstance(relation, One2many)  # noqa: S101 - the last of the four kinds
            inverse = relation.inverse_field
            among = key_among(inverse.refs(), [key_of(record) for record in records])
            names += [name for name in inverse.holders if name not in names]
        columns = [target.field(name).ref() for name in names]
        return show(
            self.dialect, select_query(target, columns, among, parse_sort(target, None, "ASC"))
        )


def _referred(relation: Many2one, records: Sequence[Any]) -> list[Any]:
    given = (relation.convert(relation.held_by(record)) for record in records)
    return list(dict.fromkeys(key for key in given if key is not None))
