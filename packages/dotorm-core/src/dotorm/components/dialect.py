"""How a database spells statements: the base that a plugin's dialect is a list of differences to.

A statement is a tuple of clause names; a clause is a method ``write_<name>`` that appends to the
writer. A dialect replaces a word, seldom a sentence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from dotorm.components.conditions import Conditions, has_subquery
from dotorm.components.expressions import ColumnRef
from dotorm.components.queries import (
    Delete,
    Fragment,
    Insert,
    Order,
    Query,
    Select,
    Update,
    UpdateEach,
    Windowed,
)
from dotorm.components.sql import Compiled, SqlWriter
from dotorm.exceptions import NotSupported

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from dotorm.components.queries import QueryOptions
    from dotorm.meta import ModelMeta

__all__ = ["Dialect"]


class Dialect(Conditions):
    """Text for one kind of database: see `Spelling` and `Conditions` for the rest of its words.

    Attributes:
        no_row_locks: What a database without row locks has instead, for the error.
    """

    no_row_locks: ClassVar[str] = ""

    def accept_options(self, meta: ModelMeta, options: QueryOptions) -> Hashable:
        """What statements on a model are to carry, as a value that can be a key of a dict.

        Raises:
            NotSupported: The database knows no such options.
        """
        raise NotSupported(f"options ({type(options).__name__})", self.name, "leave them out")

    def compile(self, query: Query, *, display: bool = False) -> Compiled:
        """The statement's text, its values, and the functions that convert them.

        Args:
            query: What to say.
            display: Write the text that `Builder` shows instead of what the driver executes.

        Raises:
            NotSupported: The database has no way to say it.
            ConfigurationError: A name cannot be used.
        """
        writer = SqlWriter(self, self._aliases(query, display=display), display=display)
        for clause in self.clauses[type(query)]:
            getattr(self, f"write_{clause}")(writer, query)
        return writer.done()

    def gathered(self, sql: str, query: Select | Windowed) -> str | None:
        """A text that answers all rows of a SELECT as one, where many rows take less time so.

        It binds what ``sql`` binds, and is sent in a `dotorm.databases.abstract.Gathered`, whose
        rows the adapter makes of what it answers. None where there is no such text, or where a
        value of the columns would not come through unchanged.

        Args:
            sql: The SELECT's text.
            query: What it says.
        """
        return None

    def write_select(self, writer: SqlWriter, query: Select) -> None:
        """SELECT and what it answers."""
        writer.write("SELECT ")
        for index, column in enumerate(query.columns):
            if index:
                writer.write(", ")
            if isinstance(column, Fragment):
                writer.write(column.sql)
            else:
                self._read(writer, column)

    def write_from(self, writer: SqlWriter, query: Select) -> None:
        """FROM the statement's own table."""
        writer.write(" FROM ")
        self._table(writer, query.table, ())

    def write_joins(self, writer: SqlWriter, query: Select) -> None:
        """The tables that the columns' paths lead to."""
        for join in query.joins:
            writer.write(" LEFT JOIN " if join.outer else " JOIN ")
            self._table(writer, join.table, join.path)
            for index, (left, right) in enumerate(join.on):
                writer.write(" AND " if index else " ON ")
                writer.column(left)
                writer.write(" = ")
                writer.column(right)

    def write_where(self, writer: SqlWriter, query: Select | Update | Delete) -> None:
        """WHERE, if there is a condition."""
        if query.where is not None:
            writer.write(" WHERE ")
            self.write_node(writer, query.where)

    def write_order(self, writer: SqlWriter, query: Select) -> None:
        """ORDER BY, NULL last in both directions."""
        for index, part in enumerate(query.order):
            writer.write(", " if index else " ORDER BY ")
            field = part.column.field
            self.write_order_part(
                writer, part, nullable=field is None or field.null or bool(part.column.path)
            )

    def write_order_part(self, writer: SqlWriter, part: Order, *, nullable: bool) -> None:
        """One column to sort by, which may be NULL or not."""
        writer.column(part.column, plain=True)
        writer.write(" DESC" if part.descending else " ASC")
        if nullable:
            writer.write(self.nulls_last(descending=part.descending))

    def nulls_last(self, *, descending: bool) -> str:
        """What to add to an ORDER BY column that can be NULL; databases differ in the default."""
        return " NULLS LAST"

    def write_limit(self, writer: SqlWriter, query: Select) -> None:
        """LIMIT, if there is one."""
        if query.limit is not None:
            writer.write(" LIMIT ")
            writer.bind(query.limit)

    def write_offset(self, writer: SqlWriter, query: Select) -> None:
        """OFFSET, if there is one."""
        if query.offset is not None and query.limit is None and self.unlimited:
            writer.write(f" LIMIT {self.unlimited}")
        if query.offset is not None:
            writer.write(" OFFSET ")
            writer.bind(query.offset)

    def write_lock(self, writer: SqlWriter, query: Select) -> None:
        """FOR UPDATE of the statement's own table, if its rows are to be locked.

        Raises:
            NotSupported: The database locks no rows.
        """
        if query.lock is None:
            return
        if not self.features.row_locks:
            raise NotSupported("row locks (for_update)", self.name, self.no_row_locks)
        writer.write(" FOR UPDATE")
        alias = writer.alias(())
        if alias is not None:
            self.write_lock_of(writer, alias)
        writer.write("" if query.lock == "wait" else f" {query.lock.upper()}")

    def write_lock_of(self, writer: SqlWriter, alias: str) -> None:
        """Which of the joined tables has its rows locked."""
        writer.write(" OF ")
        writer.name(alias)

    def write_windowed(self, writer: SqlWriter, query: Windowed) -> None:
        """The first rows of each group, numbered in the inner query's order.

        Raises:
            NotSupported: The database cannot number rows.
        """
        if not self.features.window_functions:
            raise NotSupported("a limit for each record", self.name)
        inner = query.query
        names = ", ".join(f"c{number}" for number, _ in enumerate(inner.columns))
        writer.write(f"SELECT {names} FROM (SELECT ")  # noqa: S608 - names of our own
        for number, column in enumerate(inner.columns):
            assert isinstance(column, ColumnRef)  # noqa: S101 - groups are of records
            self._read(writer, column)
            writer.write(f" AS c{number}, ")
        writer.write("ROW_NUMBER() OVER (PARTITION BY ")
        self._listed(writer, query.group)
        self.write_order(writer, inner)
        writer.write(") AS n")
        for clause in ("from", "joins", "where"):
            getattr(self, f"write_{clause}")(writer, inner)
        writer.write(") AS w WHERE n <= ")
        writer.bind(query.limit)
        writer.write(" ORDER BY n")

    def write_insert(self, writer: SqlWriter, query: Insert) -> None:
        """INSERT INTO and the columns."""
        writer.write("INSERT INTO ")
        writer.plain(query.table)
        if query.on_conflict is not None and query.on_conflict.update:
            writer.write(" AS t0")  # else "excluded" would mean a table of that name
        self._column_list(writer, query.columns)

    def write_rows(self, writer: SqlWriter, query: Insert) -> None:
        """The rows; by default one list of placeholders a row."""
        if not query.columns:
            writer.write(" DEFAULT VALUES")
            return
        writer.write(" ")
        self.write_values(writer, query.columns, query.rows)

    def write_values(self, writer: SqlWriter, columns: Sequence[ColumnRef], rows: int) -> None:
        """VALUES, a list of placeholders a row."""
        writer.write("VALUES ")
        spelled = [(self.write_binder(c.field), self.placeholder_cast(c.field)) for c in columns]
        writer.bind_rows(spelled, rows)

    def write_on_conflict(self, writer: SqlWriter, query: Insert) -> None:
        """ON CONFLICT, if something is to be done about rows that are there already.

        Raises:
            NotSupported: The database does not know it.
        """
        conflict = query.on_conflict
        if conflict is None:
            return
        if not self.features.upsert:
            raise NotSupported("upsert", self.name)
        writer.write(" ON CONFLICT")
        self._column_list(writer, conflict.columns)
        if not conflict.update:
            writer.write(" DO NOTHING")
            return
        for index, column in enumerate(conflict.update):
            writer.write(", " if index else " DO UPDATE SET ")
            writer.name(column.name)
            writer.write(" = excluded.")
            writer.name(column.name)

    def write_returning(self, writer: SqlWriter, query: Insert) -> None:
        """RETURNING, if columns of the new rows are wanted.

        Raises:
            NotSupported: The database does not know it.
        """
        if not query.returning:
            return
        if not self.features.returning:
            raise NotSupported("RETURNING", self.name)
        for index, column in enumerate(query.returning):
            writer.write(", " if index else " RETURNING ")
            self._read(writer, column, plain=True)

    def write_update(self, writer: SqlWriter, query: Update) -> None:
        """UPDATE and the table."""
        writer.write("UPDATE ")
        writer.plain(query.table)

    def write_set(self, writer: SqlWriter, query: Update) -> None:
        """SET and the new values."""
        for index, (column, value) in enumerate(zip(query.columns, query.values, strict=True)):
            writer.write(", " if index else " SET ")
            writer.column(column)
            writer.write(" = ")
            cast = self.placeholder_cast(column.field)
            writer.bind(value, self.write_binder(column.field), cast)

    def write_update_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """UPDATE, the table, and SET from the rows of new values."""
        writer.write("UPDATE ")
        writer.plain(query.table)
        writer.write(" AS t0")
        for number, column in enumerate(query.columns, 1):
            writer.write(" SET " if number == 1 else ", ")
            writer.column(column)
            writer.write(f" = u.c{number}")

    def write_from_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """FROM the rows, as a table u with the columns c1, c2 and so on."""
        columns = (*query.columns, *query.keys)
        names = ", ".join(f"c{number}" for number, _ in enumerate(columns, 1))
        writer.write(f" FROM (WITH r({names}) AS (")
        self.write_values(writer, columns, query.rows)
        writer.write(") SELECT * FROM r) AS u")

    def write_where_each(self, writer: SqlWriter, query: UpdateEach) -> None:
        """The row that each is for."""
        for number, column in enumerate(query.keys):
            writer.write(" AND t0." if number else " WHERE t0.")
            writer.column(column)
            writer.write(f" = u.c{len(query.columns) + number + 1}")

    def write_delete(self, writer: SqlWriter, query: Delete) -> None:
        """DELETE FROM the table."""
        writer.write("DELETE FROM ")
        writer.plain(query.table)

    def _read(self, writer: SqlWriter, column: ColumnRef, *, plain: bool = False) -> None:
        """A column whose values go into records, unless the query only serves another one."""
        writer.column(column, plain=plain)
        if not (writer.nested or writer.display):
            writer.write(self.read_cast(column.field))

    def _column_list(self, writer: SqlWriter, columns: tuple[ColumnRef, ...]) -> None:
        for index, column in enumerate(columns):
            writer.write(", " if index else " (")
            writer.column(column, plain=True)
        writer.write(")" if columns else "")

    def _table(self, writer: SqlWriter, table: str, path: tuple[str, ...]) -> None:
        writer.plain(table)
        alias = writer.alias(path)
        if alias is not None:
            writer.write(" AS ")
            writer.name(alias)

    def _aliases(self, query: Query, *, display: bool) -> dict[tuple[str, ...], str]:
        """The aliases of a statement's tables; none where its columns can stand alone."""
        if isinstance(query, Windowed):
            query = query.query
        if not isinstance(query, Select):
            return {}
        # A name alone in ORDER BY means the column of the answer, that is what a cast made of it.
        cast = not display and any(self.read_cast(part.column.field) for part in query.order)
        if cast or query.joins or has_subquery(query.where):
            return self._named(query, "t")
        return {}
