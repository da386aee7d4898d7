"""The statements over a model's own table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.queries import (
    among_keys,
    delete_query,
    key_condition,
    parse_sort,
    row_window,
    select_query,
    update_query,
)
from dotorm.components.filter_parser import parse_filter, suggestion
from dotorm.components.queries import Fragment, Insert
from dotorm.exceptions import InvalidFilter, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.components.expressions import Node
    from dotorm.components.queries import Query
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = ["CRUDMixin", "Shown", "show"]

type Shown = tuple[str, tuple[Any, ...]]


def show(dialect: Dialect, query: Query) -> Shown:
    """A query's text for reading, and its values."""
    compiled = dialect.compile(query, display=True)
    return compiled.sql, tuple(compiled.bound())


class CRUDMixin:
    """Create, read, update and delete. Each method answers the text and the values in order."""

    meta: ModelMeta
    dialect: Dialect

    def build_create(self, payload: Mapping[str, Any]) -> Shown:
        """INSERT of one row, answering the key where the database can.

        Args:
            payload: Values by field name; an empty one makes a row of the database's defaults.
        """
        fields = self._written(payload)
        query = Insert(
            self.meta.table, tuple(field.ref() for field in fields), returning=self._returned_key()
        )
        values = tuple(
            self._bound(field, value) for field, value in zip(fields, payload.values(), strict=True)
        )
        return self.dialect.compile(query, display=True).sql, values

    def build_create_bulk(self, payloads: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]]:
        """INSERT of several rows that were given the same fields.

        Raises:
            InvalidValue: There are no rows, or they were given different fields.
        """
        if not payloads or any(payload.keys() != payloads[0].keys() for payload in payloads):
            raise InvalidValue(f"{self.meta.name}: give rows that all have the same fields")
        names = list(payloads[0])
        fields = self._written(payloads[0])
        query = Insert(
            self.meta.table,
            tuple(field.ref() for field in fields),
            len(payloads),
            returning=self._returned_key(),
        )
        columns = [
            self.dialect.encode_column(field, [payload[name] for payload in payloads])
            for field, name in zip(fields, names, strict=True)
        ]
        values = [value for row in zip(*columns, strict=True) for value in row]
        return self.dialect.compile(query, display=True).sql, values

    def build_get(self, id: Any, fields: Sequence[str] | None = None) -> Shown:
        """SELECT of the record with the key."""
        where = key_condition(self.meta, id)
        query = select_query(self.meta, [field.ref() for field in self._read(fields)], where)
        return show(self.dialect, query)

    def build_search(
        self,
        fields: Sequence[str] | None = None,
        filter: Any = None,
        limit: int | None = 80,
        order: str | None = None,
        sort: Any = None,
        start: int | None = None,
        end: int | None = None,
    ) -> Shown:
        """SELECT of the records that a filter finds.

        Args:
            fields: What to read; None reads all stored fields.
            filter: See `dotorm.components.filter_parser`.
            limit: The most rows: 80 if nothing else is said; None for no limit.
            order: ``"ASC"`` or ``"DESC"``.
            sort: The field or fields to sort by; None is the primary key, descending.
            start, end: The rows from start up to, not including, end, instead of the limit.
        """
        if start is not None or end is not None:
            limit = None
        most, offset = row_window(self.meta.name, limit, start, end)
        query = select_query(
            self.meta,
            [field.ref() for field in self._read(fields)],
            parse_filter(self.meta, filter),
            parse_sort(self.meta, sort, order),
            limit=most,
            offset=offset,
        )
        return show(self.dialect, query)

    def build_table_len(self) -> Shown:
        """SELECT of the number of records."""
        return show(self.dialect, select_query(self.meta, [Fragment("COUNT(*)")]))

    def build_update(self, payload: Mapping[str, Any], id: Any) -> Shown:
        """UPDATE of the record with the key."""
        fields = self._written(payload)
        where = key_condition(self.meta, id)
        return show(self.dialect, update_query(self.meta, fields, list(payload.values()), where))

    def build_update_bulk(self, payload: Mapping[str, Any], ids: Sequence[Any]) -> Shown:
        """UPDATE of the records with one of the keys, to the same values."""
        where = self._among(ids)
        fields = self._written(payload)
        return show(self.dialect, update_query(self.meta, fields, list(payload.values()), where))

    def build_delete(self, id: Any) -> Shown:
        """DELETE of the record with the key."""
        return show(self.dialect, delete_query(self.meta, key_condition(self.meta, id)))

    def build_delete_bulk(self, ids: Sequence[Any]) -> Shown:
        """DELETE of the records with one of the keys."""
        return show(self.dialect, delete_query(self.meta, self._among(ids)))

    def _among(self, ids: Sequence[Any]) -> Node:
        return among_keys(self.meta, ids)

    def _read(self, names: Sequence[str] | None) -> list[Field[Any]]:
        if names is None:
            return list(self.meta.stored.values())
        fields = [self.meta.field(name) for name in names]
        for field in fields:
            if not field.is_column:
                raise InvalidFilter(f"{field.label} has no column in {self.meta.table}")
        return fields

    def _written(self, payload: Mapping[str, Any]) -> list[Field[Any]]:
        for name in payload:
            if name not in self.meta.stored:
                raise InvalidValue(
                    f"{self.meta.name}: no stored field {name!r}"
                    f"{suggestion(name, self.meta.stored)}"
                )
        return [self.meta.stored[name] for name in payload]

    def _returned_key(self) -> tuple[Any, ...]:
        if not self.dialect.features.returning:
            return ()
        return tuple(field.ref() for field in self.meta.key)

    def _bound(self, field: Field[Any], value: Any) -> Any:
        binder = self.dialect.write_binder(field)
        return value if binder is None else binder(value)
