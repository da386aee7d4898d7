"""Statements ready to run, with their text kept per shape so that it is written once.

What a call's values are never decides its text; what they are *like* does (NULL or not, how many in
a list where the dialect writes each). The shape cache maps that to the text, the functions that
convert the values, and the row plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.builder.plan import Plan
from dotorm.builder.queries import (
    among_keys,
    both,
    delete_query,
    first_of_each,
    key_condition,
    links_query,
    select_query,
    update_query,
)
from dotorm.builder.rows import RowPlan
from dotorm.components.expressions import AmongRows, ColumnRef, Comparison, Node
from dotorm.components.filter_parser import parse_filter
from dotorm.components.filter_shape import filter_shape
from dotorm.components.key_conditions import columns_of, key_among
from dotorm.components.queries import (
    CopyRows,
    Delete,
    Fragment,
    Insert,
    NextKeys,
    OnConflict,
    Select,
    UpdateEach,
    Windowed,
    carrying,
)
from dotorm.field_types.relations import generation
from dotorm.joins import link_columns, owner_of, related_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.components.queries import Lock, Query, QueryOptions
    from dotorm.components.sql import Compiled
    from dotorm.field_types import Field, Many2many
    from dotorm.meta import ModelMeta

__all__ = ["Conflict", "Plans", "Sort", "plans_of"]

type Sort = tuple[tuple[str, bool], ...]
type Conflict = tuple[tuple[str, ...], tuple[str, ...]]
"""The unique fields by which a row is there already, and the fields that it takes over then."""
type Prepared = tuple[Plan, list[Any]]

_MOST_SHAPES, _MOST_OPTIONS = 2000, 100
_LONGEST_KEPT = 40_000  # characters: a longer text is seldom wanted again


def plans_of(meta: ModelMeta, dialect: Dialect, options: QueryOptions | None = None) -> Plans:
    """The statements of a model in a dialect; made once for each pair, and for options.

    Raises:
        NotSupported: The dialect knows no such options.
    """
    plans: Plans | None = meta.builders.get(dialect)
    if plans is None:
        plans = meta.builders[dialect] = Plans(meta, dialect)
    if options is None:
        return plans
    return plans.with_options(dialect.accept_options(meta, options))


class Plans:
    """The statements of one model in one dialect.

    Most methods answer a plan and its values, converted for the driver.
    """

    def __init__(self, meta: ModelMeta, dialect: Dialect, options: Hashable = None) -> None:
        self.meta = meta
        self.dialect = dialect
        self._options = options
        self._with: dict[Hashable, Plans] = {}
        self._kept: dict[Hashable, Plan] = {}
        self._generation = generation()
        self._last_get: tuple[Any, Lock | None, int, Any] = (None, None, -1, None)

    def with_options(self, options: Hashable) -> Plans:
        """The statements that carry options, of which as many are kept as programs may have."""
        plans = self._with.get(options)
        if plans is None:
            if len(self._with) >= _MOST_OPTIONS:
                del self._with[next(iter(self._with))]
            plans = self._with[options] = Plans(self.meta, self.dialect, options)
        return plans

    def get(self, names: tuple[str, ...], key: Any, lock: Lock | None = None) -> Prepared:
        """SELECT of the fields of the record with the key."""
        *last, plan = self._last_get
        if last[0] is not names or last[1] is not lock or last[2] != generation():
            plan = self._found(("get", names, lock))
            if plan is None:
                rows = self.row_plan(names)
                found = key_condition(self.meta, key)
                query = select_query(self.meta, _refs(rows.fields), found, lock=lock)
                plan = self._keep(("get", names, lock), query, rows)
            self._last_get = names, lock, self._generation, plan
        one = plan.binders[0] if len(plan.binders) == 1 else None
        return plan, [one(key)] if one else plan.bind(self.meta.key_parts(key))

    def search(
        self,
        names: tuple[str, ...],
        given: Any,
        sort: Sort,
        *,
        limit: int | None = None,
        offset: int | None = None,
        lock: Lock | None = None,
        among: Comparison | AmongRows | None = None,
        per_value: int | None = None,
    ) -> Prepared:
        """SELECT of the fields of the records that a filter finds.

        ``among`` is a further condition, a column or several in a list; ``per_value`` the most
        records for each value of that list.
        """
        group = () if among is None else columns_of(among)
        part: Any = {"limit": limit, "offset": offset, "lock": lock}

        def make(where: Node | None) -> tuple[Query, RowPlan]:
            rows = self.row_plan(names)
            query = select_query(self.meta, _refs(rows.fields), where, sort, **part)
            return first_of_each(query, group, per_value), rows

        left_open = (limit is None, offset is None, per_value is None)
        shape = ("search", *[column.name for column in group], names, sort, lock, *left_open)
        after = _given(limit, offset, per_value)
        return self._filtered(shape, given, make, among=among, after=after)

    def count(self, given: Any) -> Prepared:
        """SELECT of the number of records that a filter finds."""

        def make(where: Node | None) -> tuple[Query, None]:
            return select_query(self.meta, (Fragment("COUNT(*)"),), where), None

        return self._filtered(("count",), given, make)

    def exists(self, given: Any) -> Prepared:
        """SELECT of one row if a filter finds any record."""

        def make(where: Node | None) -> tuple[Query, None]:
            return select_query(self.meta, (Fragment("1"),), where, limit=1), None

        return self._filtered(("exists",), given, make, after=(1,))

    def linked(
        self,
        relation: Many2many,
        names: tuple[str, ...],
        owners: Sequence[Any],
        given: Any = None,
        sort: Sort = (),
        *,
        limit: int | None = None,
        offset: int | None = None,
        per_owner: int | None = None,
    ) -> Prepared:
        """SELECT of the target's fields and, last, the key of the owner, over a table of links.

        Called on the plans of the relation's target. ``per_owner`` is the most records of each
        owner.
        """

        def make(where: Node | None) -> tuple[Query, RowPlan]:
            rows = self.row_plan(names)
            columns = _refs(rows.fields)
            query = links_query(relation, columns, where, sort, limit=limit, offset=offset)
            return first_of_each(query, owner_of(relation), per_owner), rows

        condition = key_among(owner_of(relation), owners)
        shape = ("linked", relation, names, sort, limit is None, offset is None, per_owner is None)
        after = _given(limit, offset, per_owner)
        return self._filtered(shape, given, make, among=condition, after=after)

    def insert(
        self,
        names: tuple[str, ...],
        rows: int,
        returning: tuple[str, ...],
        conflict: Conflict | None = None,
    ) -> Plan:
        """INSERT of that many rows of the fields, answering other fields of the new rows."""
        rows = self.dialect.insert_shape(rows)
        key = ("insert", names, rows, returning, conflict)
        plan = self._found(key)
        if plan is None:
            answered = self.row_plan(returning) if returning else None
            query = Insert(
                self.meta.table,
                _refs(self._fields(names)),
                rows,
                conflict and self._on_conflict(*conflict),
                _refs(self._fields(returning)),
            )
            plan = self._keep(key, query, answered)
        return plan

    def next_keys(self, names: tuple[str, ...], made: tuple[str, ...]) -> Plan:
        """SELECT of a list of the keys for rows of the fields, NULL if they cannot be copied."""
        plan = self._found(("next_keys", names, made))
        if plan is None:
            columns = (_refs(self._fields(part)) for part in (names, made))
            plan = self._keep(("next_keys", names, made), NextKeys(self.meta.table, *columns))
        return plan

    def copy(self, names: tuple[str, ...]) -> Plan:
        """A stream of rows of the fields into the table."""
        plan = self._found(("copy", names))
        if plan is None:
            query = CopyRows(self.meta.table, _refs(self._fields(names)))
            plan = self._keep(("copy", names), query)
        return plan

    def update(self, names: tuple[str, ...], values: Sequence[Any], key: Any) -> Prepared:
        """UPDATE of the fields of the record with the key."""
        plan = self._found(("update", names))
        if plan is None:
            where = key_condition(self.meta, key)
            query = update_query(self.meta, self._fields(names), values, where)
            plan = self._keep(("update", names), query)
        return plan, plan.bind([*values, *self.meta.key_parts(key)])

    def update_each(self, names: tuple[str, ...], rows: int) -> Plan:
        """UPDATE of the fields of that many records, each to values of its own.

        The values of a row are those of the fields, then those of the key.
        """
        rows = self.dialect.insert_shape(rows)
        plan = self._found(("update_each", names, rows))
        if plan is None:
            keys = _refs(self.meta.key_fields())
            query = UpdateEach(self.meta.table, _refs(self._fields(names)), keys, rows)
            plan = self._keep(("update_each", names, rows), query)
        return plan

    def update_among(
        self, names: tuple[str, ...], values: Sequence[Any], keys: Sequence[Any]
    ) -> Prepared:
        """UPDATE of the fields of the records with one of the keys, to the same values."""

        def make(where: Node | None) -> tuple[Query, None]:
            return update_query(self.meta, self._fields(names), values, where), None

        among = among_keys(self.meta, keys)
        return self._filtered(("update_among", names), None, make, among=among, before=values)

    def delete(self, key: Any) -> Prepared:
        """DELETE of the record with the key."""
        plan = self._found(("delete",))
        if plan is None:
            plan = self._keep(("delete",), delete_query(self.meta, key_condition(self.meta, key)))
        return plan, plan.bind(self.meta.key_parts(key))

    def delete_among(self, keys: Sequence[Any]) -> Prepared:
        """DELETE of the records with one of the keys."""

        def make(where: Node | None) -> tuple[Query, None]:
            return delete_query(self.meta, where), None

        return self._filtered(("delete_among",), None, make, among=among_keys(self.meta, keys))

    def update_where(self, names: tuple[str, ...], values: Sequence[Any], given: Any) -> Prepared:
        """UPDATE of the fields of the records that a filter finds, to the same values."""

        def make(where: Node | None) -> tuple[Query, None]:
            return update_query(self.meta, self._fields(names), values, where), None

        return self._filtered(("update_where", names), given, make, before=values)

    def delete_where(self, given: Any) -> Prepared:
        """DELETE of the records that a filter finds."""

        def make(where: Node | None) -> tuple[Query, None]:
            return delete_query(self.meta, where), None

        return self._filtered(("delete_where",), given, make)

    def link(self, relation: Many2many, rows: int) -> Plan:
        """INSERT of links, `link_columns` a row, leaving out those that are there if it can."""
        rows = self.dialect.insert_shape(rows)
        key = ("link", relation, rows)
        plan = self._found(key)
        if plan is None:
            columns = tuple(link_columns(relation).values())
            conflict = OnConflict() if self.dialect.features.upsert else None
            query = Insert(relation.many2many_table, columns, rows, on_conflict=conflict)
            plan = self._keep(key, query)
        return plan

    def unlink(
        self, relation: Many2many, related: Sequence[Any], owners: Sequence[Any] | None
    ) -> Prepared:
        """DELETE of the links to the related keys, of all owners or of those given."""

        def make(where: Node | None) -> tuple[Query, None]:
            return Delete(relation.many2many_table, where), None

        owned = None if owners is None else key_among(owner_of(relation, ()), owners)
        condition = key_among(related_of(relation), related)
        return self._filtered(("unlink", relation), owned, make, among=condition)

    def row_plan(self, names: tuple[str, ...]) -> RowPlan:
        """How a row of those fields is read; made once for each tuple of names."""
        if self._options is not None:
            return plans_of(self.meta, self.dialect).row_plan(names)
        plan = self._found(("rows", names))
        if plan is None:
            rows = RowPlan(self.meta, self._fields(names), self.dialect)
            plan = self._put(("rows", names), Plan("", [], rows))
        assert plan.rows is not None  # noqa: S101 - a plan kept under "rows" has them
        return plan.rows

    def _fields(self, names: tuple[str, ...]) -> tuple[Field[Any], ...]:
        return tuple(map(self.meta.stored.__getitem__, names))

    def _on_conflict(self, unique: tuple[str, ...], update: tuple[str, ...]) -> OnConflict:
        key = _refs(self.meta.key_fields())
        return OnConflict(_refs(self._fields(unique)), _refs(self._fields(update)), key)

    def _found(self, key: Hashable) -> Plan | None:
        if self._generation != generation():
            self._generation = generation()
            self._kept.clear()
        return self._kept.get(key)

    def _keep(self, key: Hashable, query: Query, rows: RowPlan | None = None) -> Plan:
        compiled = self._compiled(query)
        return self._put(key, Plan(compiled.sql, compiled.binders, rows))

    def _compiled(self, query: Query) -> Compiled:
        return self.dialect.compile(carrying(query, self._options))

    def _put(self, key: Hashable, plan: Plan) -> Plan:
        if len(plan.sql) > _LONGEST_KEPT:
            return plan
        if len(self._kept) >= _MOST_SHAPES:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = plan
        return plan

    def _filtered(
        self,
        shape: tuple[Hashable, ...],
        given: Any,
        make: Callable[[Node | None], tuple[Query, RowPlan | None]],
        *,
        among: Comparison | AmongRows | None = None,
        before: Sequence[Any] = (),
        after: Sequence[Any] = (),
    ) -> Prepared:
        key, size = None, 0
        walked = filter_shape(given, self.dialect)
        if walked is not None:
            listed, keys = (0, ()) if among is None else self._listed(among)
            key = shape, listed, walked[0]
            plan = self._found(key)
            values = [*before, *keys, *walked[1], *after]
            if plan is not None:
                return plan, plan.bind(values)
            size = len(values)
        query, rows = make(both(among, parse_filter(self.meta, given)))
        compiled = self._compiled(query)
        plan = Plan(compiled.sql, compiled.binders, rows)
        if rows is not None and isinstance(query, Select | Windowed):
            plan.gathered = self.dialect.gathered(compiled.sql, query)
        # A key of several fields, given as one value, is bound as several: such text is not kept.
        if key is not None and len(plan.binders) == size:
            self._put(key, plan)
        return plan, compiled.bound()

    def _listed(self, among: Comparison | AmongRows) -> tuple[int, list[Any]]:
        """What its length has to do with the text, and its values as they are bound."""
        if isinstance(among, AmongRows):
            values = self.dialect.row_values(among.value)
            return len(values), values
        one = self.dialect.features.list_parameters
        return self.dialect.list_shape(len(among.value)), [among.value] if one else among.value


def _refs(fields: Sequence[Field[Any]]) -> tuple[ColumnRef, ...]:
    return tuple(field.ref() for field in fields)


def _given(*numbers: int | None) -> list[int]:
    return [number for number in numbers if number is not None]
