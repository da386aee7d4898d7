"""Creating many records in few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from dotorm.databases.abstract import Keyed, Statement
from dotorm.exceptions import DatabaseError, InvalidValue, NotSupported
from dotorm.field_types import Many2one, is_record
from dotorm.orm.alike import Alike, given_alike
from dotorm.orm.binding import atomic, plans_for, session_of
from dotorm.orm.copying import copied
from dotorm.orm.laid_over import fill, settled
from dotorm.orm.payload import check_payload, given
from dotorm.orm.remembered import forgets_with
from dotorm.orm.selection import listed
from dotorm.orm.write import check_complete, check_inserted, together, with_defaults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dotorm.builder import Plan, Plans
    from dotorm.components import Dialect
    from dotorm.components.queries import QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta

__all__ = ["Inserted", "as_list", "by_fields_given", "create_bulk", "insert_columns"]

type _Maker = Callable[[str, Sequence[Any], int], Statement]
"""Makes the statement of a text, the values to bind and a number of rows."""


def _answered(sql: str, values: Sequence[Any], _: int) -> Statement:
    return Statement(sql, values, wants="rows")


def _counted(sql: str, values: Sequence[Any], _: int) -> Statement:
    return Statement(sql, values, wants="count")


async def create_bulk(
    meta: ModelMeta,
    payloads: Sequence[Any],
    session: Session | None,
    options: QueryOptions | None = None,
) -> list[dict[str, Any]]:
    """Insert records in one transaction, fill in their keys, and answer those in their order.

    Everything is converted and checked before the first statement is sent.
    """
    records = as_list(meta, payloads)
    where = session_of(meta, session)
    if not records:
        return []
    if len(set(map(id, records))) < len(records):
        raise InvalidValue(f"{meta.name}.create_bulk was given one record twice: it has one key")
    plans = plans_for(meta, where, options)
    batches = [_Batch(plans, group) for group in by_fields_given(plans, records)]
    many = len(batches) > 1 or any(batch.statements > 1 for batch in batches)
    async with atomic(where, needed=many) as inside:
        for batch in batches:
            await batch.insert(inside)
    while batches:
        batches.pop().complete(where)  # and gone are its lists, before the collector looks at them
    return _keys(plans, records)


def _keys(plans: Plans, records: list[Any]) -> list[dict[str, Any]]:
    """The keys of records that are done with, each as a dict."""
    meta = plans.meta
    for record in records if meta.laid_over else ():
        settled(meta, record)
    columns = plans.row_plan(meta.key_names).columns_of(records)
    keys = [
        f.accept_column(column) if isinstance(f, Many2one) else column
        for f, column in zip(meta.key, columns, strict=True)
    ]
    if len(keys) == 1:
        (name,) = meta.key_names
        return [{name: key} for key in keys[0]]
    return [dict(zip(meta.key_names, key, strict=True)) for key in zip(*keys, strict=True)]


def as_list(meta: ModelMeta, payloads: Any) -> list[Any]:
    """The payloads of a bulk operation.

    Raises:
        InvalidValue: It is no list.
    """
    return listed(payloads, InvalidValue, f"{meta.name}: give a list of {meta.name}")


class _Batch:
    """Records that were given the same fields."""

    def __init__(self, plans: Plans, alike: Alike) -> None:
        self._plans = plans
        self._records = alike.records
        self._given = alike.names
        meta, dialect = plans.meta, plans.dialect
        self._written = with_defaults(meta, alike.names)
        check_complete(meta, self._written, dialect)
        self._made = tuple(name for name in meta.key_names if name not in self._written)
        if self._made and not dialect.features.bulk_keys:
            raise NotSupported("create_bulk of records without keys", dialect.name)
        self._values = alike.values(plans, self._written)
        fields = [meta.stored[name] for name in self._written]
        self._accepted = [f.accept_column(v) for f, v in zip(fields, self._values, strict=True)]
        self._columns = [
            dialect.encode_values(field, values)
            for field, values in zip(fields, self._accepted, strict=True)
        ]
        self._rows: Sequence[tuple[Any, ...]] = []

    @property
    def statements(self) -> int:
        """How many statements it takes."""
        return len(list(self._plans.dialect.insert_parts(self._columns, len(self._records))))

    async def insert(self, session: Session) -> None:
        rows = await copied(session, self._plans, self._written, self._made, self._columns)
        if rows is None:
            keys = await self._inserted(session)
            rows = list(zip(*self._columns, *keys, strict=True))
        self._rows = rows

    async def _inserted(self, session: Session) -> Iterable[Sequence[Any]]:
        """Insert the rows; answer the columns of the keys that the database made."""
        count = len(self._records)
        told = bool(self._made) and session.dialect.tells_keys(count)
        answered = () if told else self._made

        def plan(rows: int) -> Plan:
            return self._plans.insert(self._written, rows, answered)

        statement = self._keyed if told else _answered if answered else _counted
        by_row = told and session.dialect.keyed_by_row
        done = await insert_columns(session, plan, self._columns, count, statement, by_row=by_row)
        if statement is _counted:
            check_inserted(self._plans.meta, done.affected, count)
        return [done.rows] if told else zip(*done.rows, strict=True)

    def _keyed(self, sql: str, values: Sequence[Any], rows: int) -> Statement:
        """A statement that has the adapter tell the keys."""
        meta = self._plans.meta
        key = meta.stored[self._made[0]]
        column = key.column or key.name
        return Keyed(sql, values, wants="keys", table=meta.table, column=column, rows=rows)

    def complete(self, session: Session) -> None:
        """Fill in the keys and what the defaults gave, and remember the rows."""
        names = (*self._written, *self._made)
        plan = self._plans.row_plan(names)
        made = tuple(name for name in names if name not in self._given)
        forgets_with(session, self._records, made)
        plan.settler(self._given)(self._records, self._rows)
        self._take_over()

    def _take_over(self) -> None:
        """Have the records answer what was given as text, say, as the field's own type."""
        for name, values, accepted in zip(self._written, self._values, self._accepted, strict=True):
            if values is accepted:
                continue
            for record, now, value in zip(self._records, values, accepted, strict=True):
                if now is not value and not is_record(now):
                    setattr(record, name, value)


class Inserted(NamedTuple):
    """What INSERTs did.

    Attributes:
        rows: What they answered, a row or a key for each that was given, if they were to answer.
        affected: How many rows they touched, if they were not.
    """

    rows: list[Any]
    affected: int


async def insert_columns(
    session: Session,
    plan: Callable[[int], Plan],
    columns: Sequence[list[Any]],
    count: int,
    statement: _Maker = _counted,
    *,
    by_row: bool = False,
) -> Inserted:
    """Insert rows given by column, in as many statements as the backend's limits need.

    Args:
        session: Where the statements run.
        plan: Answers the INSERT of a number of rows.
        columns: One list per column, encoded for the driver.
        count: How many rows.
        statement: Makes each statement; what it wants tells whether to answer a row for each, or
            only how many were touched.
        by_row: Whether a statement is written for one row.

    Raises:
        DatabaseError: The database answered fewer rows than it was given: a trigger or a policy
            left some out.
    """
    dialect = session.dialect
    answered: list[Any] = []
    affected = 0
    for start, rows in dialect.insert_parts(columns, count):
        part = columns if rows == count else [c[start : start + rows] for c in columns]
        made = plan(1 if by_row else rows)
        sent = statement(made.sql, _flat(dialect, made, part, rows), rows)
        result = await session.run(sent)
        if sent.wants != "count" and len(result.rows) != rows:
            raise DatabaseError(
                f"{rows} rows were inserted and {len(result.rows)} keys answered: a trigger or a "
                "row-level policy left some out, so the keys cannot be told apart"
            )
        answered += result.rows if sent.wants == "keys" else dialect.in_order(result.rows)
        affected = together(affected, result.affected)
    return Inserted(answered, affected)


def _flat(dialect: Dialect, plan: Plan, columns: Sequence[list[Any]], count: int) -> list[Any]:
    one = count == 1
    return [c[0] for c in columns] if one else dialect.insert_values(columns, plan.binders)


def by_fields_given(plans: Plans, records: list[Any]) -> list[Alike]:
    """The records by the fields that they were given.

    Raises:
        InvalidValue: One of them is no record of the model, or was given related records.
    """
    meta = plans.meta
    kinds: set[Any] = set(map(type, records))
    for kind in kinds - {meta.model}:
        check_payload(meta, next(record for record in records if type(record) is kind))
    for record in records if meta.laid_over else ():
        fill(meta, record)
    clear = records and all(kind.__meta__.is_transparent for kind in kinds)
    alike = given_alike(plans, records) if clear else None
    if alike is not None:
        return [alike]
    groups: dict[tuple[str, ...], list[Any]] = {}
    for group in _by_shape(meta, records):
        groups.setdefault(given(meta, group[0]), []).extend(group)
    return [Alike(names, group) for names, group in groups.items()]


def _by_shape(meta: ModelMeta, records: list[Any]) -> Iterable[list[Any]]:
    """The records by the attributes that they hold, all checked."""
    shapes: dict[tuple[str, ...], list[Any]] = {}
    for record in records:
        shapes.setdefault(tuple(vars(record)), []).append(record)
    columnless = {name for name, relation in meta.relations.items() if not relation.holders}
    for shape, group in shapes.items():
        # What such a relation holds, read or set, is told by each record's value, not by the shape.
        for record in group[: 1 if columnless.isdisjoint(shape) else None]:
            check_payload(meta, record)
    return shapes.values()
