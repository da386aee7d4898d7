"""The port that a driver adapter fulfils, and the statement and result that pass through it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.ddl import DDL
    from dotorm.exceptions import DotORMError

__all__ = [
    "Connection",
    "Copy",
    "Driver",
    "Gathered",
    "Keyed",
    "Nesting",
    "Result",
    "Statement",
    "Streaming",
    "Transactional",
    "Versioned",
    "Wants",
]

type Wants = Literal["rows", "count", "keys", "mappings"]


@dataclass(slots=True, eq=False)
class Statement:
    """Text for the driver and the values to bind.

    Attributes:
        sql: The text, with the driver's placeholders.
        values: What to bind, in order, converted for the driver.
        wants: ``rows`` for the rows alone, ``count`` for how many were touched, ``keys`` for the
            key that the database made for each row of a `Keyed` INSERT, ``mappings`` for rows and
            the names of their columns (raw SQL, which may also answer no rows).
        single: It finds one row at most, by its key: an adapter may stop there.
    """

    sql: str
    values: Sequence[Any] = ()
    wants: Wants = "rows"
    single: bool = False


@dataclass(slots=True, eq=False)
class Copy(Statement):
    """Rows that a table takes as a stream; ``values`` are those rows.

    Attributes:
        table: The table's name.
        columns: The columns' names.
    """

    table: str = ""
    columns: Sequence[str] = ()


@dataclass(slots=True, eq=False)
class Gathered(Statement):
    """A SELECT that probably answers many rows, with a text that answers all of them as one.

    It is sent where the dialect's ``gathered`` wrote such a text, in a form that the adapter knows.
    Rows which that form cannot carry, the adapter reads by ``sql``.

    Attributes:
        gathered: That text, which binds the same values.
        meanwhile: What to call in the event loop while the database works, if anything.
    """

    gathered: str = ""
    meanwhile: Callable[[], None] | None = None


@dataclass(slots=True, eq=False)
class Keyed(Statement):
    """An INSERT without RETURNING, whose adapter tells the keys that the database made.

    It is sent where the dialect's ``tells_keys`` says so. Where its ``keyed_by_row`` is true, the
    text inserts one row, and ``values`` are those of each row after those of the one before: all
    rows are inserted, or none is.

    Attributes:
        table: The table's name.
        column: The name of the column that is the key.
        rows: How many rows there are.
    """

    table: str = ""
    column: str = ""
    rows: int = 1


@dataclass(slots=True, eq=False)
class Result:
    """What a statement answered.

    Attributes:
        rows: Sequences with one value per column; keys, if those were wanted.
        columns: The columns' names, if mappings were wanted.
        affected: How many rows a write found, or -1 if the database does not tell.
        last_id: The last key that the database made, where it tells it in no other way.
    """

    rows: Sequence[Any] = ()
    columns: Sequence[str] = ()
    affected: int = -1
    last_id: Any = field(default=None)


class Connection(Protocol):
    """One connection to a database.

    When the task that awaits a method is cancelled, the adapter leaves the connection either
    usable, with nothing running on it, or closed.
    """

    async def execute(self, statement: Statement) -> Result:
        """Run a statement."""
        ...

    async def ping(self) -> None:
        """Ask the server for a sign of life; raises if there is none."""
        ...

    async def reset(self) -> None:
        """Forget what statements may have left in the session: transaction, settings, locks."""
        ...

    async def close(self) -> None:
        """Say goodbye and close."""
        ...

    def terminate(self) -> None:
        """Close at once, without waiting for the server."""
        ...

    def is_closed(self) -> bool:
        """Whether the connection is known to be gone; asks nobody."""
        ...


@runtime_checkable
class Transactional(Protocol):
    """A connection that knows transactions."""

    async def begin(self, *, isolation: str | None, readonly: bool) -> None:
        """Start a transaction."""
        ...

    async def commit(self) -> None:
        """Keep what the transaction did."""
        ...

    async def rollback(self) -> None:
        """Undo what the transaction did."""
        ...


@runtime_checkable
class Nesting(Transactional, Protocol):
    """A connection that knows savepoints."""

    async def savepoint(self, name: str) -> None:
        """Mark a point to go back to."""
        ...

    async def release_savepoint(self, name: str) -> None:
        """Forget the mark, keeping what was done since."""
        ...

    async def rollback_to_savepoint(self, name: str) -> None:
        """Undo what was done since the mark, and forget it."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """A connection that answers rows in portions while the statement runs."""

    def stream(self, statement: Statement, size: int) -> AsyncIterator[Sequence[Any]]:
        """The statement's rows, up to ``size`` at a time.

        Inside a transaction other statements may run between two portions. A stream that is left
        before its end is closed, and with it, if need be, the connection.
        """
        ...


@runtime_checkable
class Versioned(Protocol):
    """A connection that knows which version the server is."""

    async def server_version(self) -> str:
        """The version as the server says it, for people to read."""
        ...


class Driver(Protocol):
    """What the pool needs of a backend."""

    @property
    def name(self) -> str:
        """The backend's name."""
        ...

    @property
    def drivers(self) -> Sequence[str]:
        """What it imports to connect; the first is its own choice."""
        ...

    @property
    def dialect(self) -> Dialect:
        """How statements are spelled."""
        ...

    @property
    def ddl(self) -> DDL:
        """How tables are described."""
        ...

    @property
    def connect(self) -> Callable[[Any], Awaitable[Connection]]:
        """Opens one connection, with the backend's settings."""
        ...

    @property
    def translate(self) -> Callable[[BaseException], DotORMError | None]:
        """Answers the driver's error as one of ours; None if it is not the driver's."""
        ...
