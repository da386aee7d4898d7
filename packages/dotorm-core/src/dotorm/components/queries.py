"""Statements as data, before any dialect spells them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from dotorm.components.expressions import ColumnRef, Node

__all__ = [
    "CopyRows",
    "Delete",
    "Fragment",
    "Insert",
    "Join",
    "Lock",
    "NextKeys",
    "OnConflict",
    "Order",
    "Query",
    "QueryOptions",
    "Select",
    "Update",
    "UpdateEach",
    "Windowed",
    "carrying",
]


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """A piece of SQL that core itself wrote, such as ``COUNT(*)``; never a user's text."""

    sql: str


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """Another table in a SELECT, reached by equal columns.

    Attributes:
        table: The joined table's name.
        path: What `ColumnRef.path` calls it.
        on: Pairs of columns that are equal.
        outer: Keep rows that have no partner.
    """

    table: str
    path: tuple[str, ...]
    on: tuple[tuple[ColumnRef, ColumnRef], ...]
    outer: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """One part of ORDER BY; NULL sorts last in both directions."""

    column: ColumnRef
    descending: bool = False


type Lock = Literal["wait", "nowait", "skip locked"]
"""What a SELECT that locks its rows does about rows that others have locked."""


@dataclass(frozen=True, slots=True, eq=False)
class OnConflict:
    """What an INSERT does about a row that is there already.

    Attributes:
        columns: The unique columns by which it is there; empty for any.
        update: The columns that the row there takes over; none leaves it as it is.
        key: The columns of the table's key, which are never NULL, if it has any.
    """

    columns: tuple[ColumnRef, ...] = ()
    update: tuple[ColumnRef, ...] = ()
    key: tuple[ColumnRef, ...] = ()


class QueryOptions:
    """What only one kind of database can be told of a statement; its plugin derives from this.

    It is given to calls as ``options=``. A dialect that knows it answers from
    `Dialect.accept_options` what statements carry; every other refuses it.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """SELECT columns FROM table; ``limit`` and ``offset`` count rows.

    ``options``, here and in what follows, is what the dialect made of `QueryOptions`.
    """

    table: str
    columns: tuple[ColumnRef | Fragment, ...]
    joins: tuple[Join, ...] = ()
    where: Node | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    lock: Lock | None = None
    options: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Windowed:
    """A SELECT of which only the first ``limit`` rows of each group are wanted, in its order.

    Attributes:
        query: The SELECT, without a limit of its own.
        group: The columns whose values together make the groups.
        limit: The most rows of a group.
    """

    query: Select
    group: tuple[ColumnRef, ...]
    limit: int

    @property
    def columns(self) -> tuple[ColumnRef | Fragment, ...]:
        """What it answers."""
        return self.query.columns


@dataclass(frozen=True, slots=True, eq=False)
class Insert:
    """INSERT of ``rows`` rows; their values travel beside it, so that its text can be kept.

    Attributes:
        columns: What is written; empty for one row of the database's defaults.
        rows: How many rows.
        on_conflict: What to do about rows that are there already; None is an error.
        returning: The columns to answer of each new row, in the order of the rows.
    """

    table: str
    columns: tuple[ColumnRef, ...]
    rows: int = 1
    on_conflict: OnConflict | None = None
    returning: tuple[ColumnRef, ...] = ()
    options: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class NextKeys:
    """A list of the next keys for rows; NULL if they cannot be copied into the table as they are.

    Attributes:
        columns: What is written of each row, besides the keys.
        made: The column of the key, if the database makes it.
    """

    table: str
    columns: tuple[ColumnRef, ...]
    made: tuple[ColumnRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CopyRows:
    """A table takes rows of the columns as a stream."""

    table: str
    columns: tuple[ColumnRef, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """UPDATE of the rows that ``where`` finds: each column gets the value at its place."""

    table: str
    columns: tuple[ColumnRef, ...]
    values: tuple[Any, ...]
    where: Node | None = None
    options: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class UpdateEach:
    """UPDATE of ``rows`` rows, each to values of its own, which travel beside the text.

    Attributes:
        columns: What is written.
        keys: The columns whose values find the one row.
        rows: How many rows.
    """

    table: str
    columns: tuple[ColumnRef, ...]
    keys: tuple[ColumnRef, ...]
    rows: int
    options: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Delete:
    """DELETE of the rows that ``where`` finds."""

    table: str
    where: Node | None = None
    options: Any = None


type Query = Select | Windowed | Insert | NextKeys | CopyRows | Update | UpdateEach | Delete


def carrying(query: Query, options: Any) -> Query:
    """The statement with what the dialect made of `QueryOptions`; None changes nothing."""
    if options is None or not isinstance(query, Select | Insert | Update | UpdateEach | Delete):
        return query
    return replace(query, options=options)
