"""A backend without a database: it records what its connections are told, and answers a script.

Pool, sessions and transactions are the real ones, so that a test sees what a driver would see.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from dotorm.backend import API, Backend
from dotorm.components import Dialect, Features
from dotorm.database import Database
from dotorm.databases.abstract import PoolSettings, Result, Statement
from dotorm.ddl import DDL, ExistingTable
from dotorm.exceptions import DatabaseError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from dotorm.databases.abstract import Session
    from dotorm.exceptions import DotORMError
    from dotorm.field_types import Field

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "DriverError",
    "Recorder",
    "RecordingConnection",
    "RecordingDialect",
    "RecordingSettings",
]

EVERYTHING = Features(
    returning=True,
    autoincrement=True,
    bulk_keys=True,
    transactions=True,
    savepoints=True,
    transactional_ddl=True,
    read_only_transactions=True,
    isolation_levels=frozenset({"serializable"}),
    foreign_keys=True,
    unique_constraints=True,
    alter_constraints=True,
    upsert=True,
    row_locks=True,
    streaming=True,
    counts_writes=True,
    required_values=True,
    max_parameters=10,
)
"""Every ability, but lists are written out and statements are short, so that they are cut."""
NOTHING = Features(max_parameters=10)
"""No ability at all."""


class DriverError(Exception):
    """What the driver raises; the pool says it in DotORM's words."""


class RecordingSettings(PoolSettings):
    """The settings of every pool, and no other."""


class RecordingDialect(Dialect):
    """The common spelling, with the features that a test wants."""

    name = "recording"

    def __init__(self, features: Features = EVERYTHING) -> None:
        self.features = features  # type: ignore[misc] # a class attribute of real dialects

    def column_type(self, field: Field[Any]) -> str:
        """The field's kind."""
        kind: str = field.storage.kind
        return kind.upper()


class RecordingDDL(DDL):
    """The common spelling; what exists is what the test says."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self.existing: dict[str, ExistingTable] = {}

    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """The tables that the test says exist."""
        return {name: self.existing[name] for name in names if name in self.existing}


class Recorder:
    """The script of one backend, and what its connections were told.

    Attributes:
        statements: Every statement, in order.
        calls: Everything that connections were told, in order: statements' text, and the names
            of the other methods in brackets.
        connections: Every connection that was opened.
        connecting: Awaited before a connection opens; a test may have it fail or wait.
        executing: The same for statements.
    """

    def __init__(self, features: Features = EVERYTHING) -> None:
        self.dialect = RecordingDialect(features)
        self.ddl = RecordingDDL(self.dialect)
        self.statements: list[Statement] = []
        self.calls: list[str] = []
        self.connections: list[RecordingConnection] = []
        self.connecting: Callable[[], Awaitable[None]] | None = None
        self.executing: Callable[[Statement], Awaitable[None]] | None = None
        self._script: deque[Result | BaseException] = deque()

    @property
    def texts(self) -> list[str]:
        """The statements' text."""
        return [statement.sql for statement in self.statements]

    @property
    def values(self) -> list[list[Any]]:
        """The statements' values."""
        return [list(statement.values) for statement in self.statements]

    def answer(
        self,
        *rows: Sequence[Any],
        columns: Sequence[str] = (),
        affected: int = -1,
        last_id: Any = None,
    ) -> None:
        """Have the next statement that has no answer yet answer this."""
        self._script.append(Result(rows, columns, affected, last_id))

    def fail(self, error: BaseException) -> None:
        """Have the next statement that has no answer yet fail."""
        self._script.append(error)

    def backend(self, **differences: Any) -> Backend:
        """The backend, differing from the usual in what is given."""
        usual: dict[str, Any] = {
            "name": "recording",
            "distribution": "dotorm-recording",
            "schemes": ("recording",),
            "api": API,
            "drivers": ("recorder",),
            "dialect": self.dialect,
            "ddl": self.ddl,
            "settings": RecordingSettings,
            "connect": self._connect,
            "translate": _translate,
        }
        return Backend(**{**usual, **differences})

    def database(self, *models: type[Any], **settings: Any) -> Database:
        """A database of this backend, with models bound to it."""
        database = Database(self.backend(), RecordingSettings(**settings))
        database.bind(*models)
        return database

    async def told(self, call: str) -> None:
        """A connection was told something that is no statement."""
        self.calls.append(f"[{call}]")
        if self._script and isinstance(self._script[0], _Of) and self._script[0].call == call:
            raise self._script.popleft().error  # type: ignore[union-attr] # as just asked

    def fail_at(self, call: str, error: BaseException) -> None:
        """Have a method that is no statement fail when it is called next."""
        self._script.append(_Of(call, error))

    async def result_of(self, statement: Statement) -> Result:
        """What the script says of a statement."""
        self.statements.append(statement)
        self.calls.append(statement.sql)
        if self.executing is not None:
            await self.executing(statement)
        if not self._script or isinstance(self._script[0], _Of):
            return Result(affected=-1 if statement.sql.startswith("INSERT") else 1)
        answer = self._script.popleft()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    async def _connect(self, settings: RecordingSettings) -> RecordingConnection:
        if self.connecting is not None:
            await self.connecting()
        connection = RecordingConnection(self)
        self.connections.append(connection)
        return connection


class _Of(BaseException):
    """A failure that waits for one method."""

    def __init__(self, call: str, error: BaseException) -> None:
        super().__init__(call)
        self.call = call
        self.error = error


class RecordingConnection:
    """One connection of a `Recorder`."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self.closed = False

    async def execute(self, statement: Statement) -> Result:
        """Record the statement and answer the script."""
        return await self._recorder.result_of(statement)

    async def ping(self) -> None:
        """Record it."""
        await self._recorder.told("ping")

    async def reset(self) -> None:
        """Record it."""
        await self._recorder.told("reset")

    async def close(self) -> None:
        """Record it and be closed."""
        self.closed = True
        await self._recorder.told("close")

    def terminate(self) -> None:
        """Record it and be closed."""
        self._recorder.calls.append("[terminate]")
        self.closed = True

    def is_closed(self) -> bool:
        """Whether it was closed."""
        return self.closed

    async def stream(self, statement: Statement, size: int) -> AsyncGenerator[Sequence[Any], None]:
        """Answer the script's rows, ``size`` at a time."""
        rows = (await self._recorder.result_of(statement)).rows
        for start in range(0, len(rows), size):
            yield rows[start : start + size]

    async def begin(self, *, isolation: str | None, readonly: bool) -> None:
        """Record it."""
        asked = [isolation] if isolation else []
        await self._recorder.told(" ".join(["begin", *asked, *(["readonly"] if readonly else [])]))

    async def commit(self) -> None:
        """Record it."""
        await self._recorder.told("commit")

    async def rollback(self) -> None:
        """Record it."""
        await self._recorder.told("rollback")

    async def savepoint(self, name: str) -> None:
        """Record it."""
        await self._recorder.told(f"savepoint {name}")

    async def release_savepoint(self, name: str) -> None:
        """Record it."""
        await self._recorder.told(f"release {name}")

    async def rollback_to_savepoint(self, name: str) -> None:
        """Record it."""
        await self._recorder.told(f"rollback to {name}")


def _translate(error: BaseException) -> DotORMError | None:
    return DatabaseError(str(error)) if isinstance(error, DriverError) else None
