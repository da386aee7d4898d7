"""`connect`: from a URL to a database that models can be bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from dotorm.databases.abstract import (
    Pool,
    PoolSession,
    Transaction,
    current_session,
    detached,
    health,
)
from dotorm.exceptions import ConfigurationError
from dotorm.orm import schema
from dotorm.orm.selection import as_metas, listed
from dotorm.plugins import find_backend, observe
from dotorm.url import URL, parse_url

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from contextlib import AbstractAsyncContextManager
    from types import TracebackType

    from dotorm.backend import Backend
    from dotorm.changes import Changes
    from dotorm.databases.abstract import PoolSettings, Rows, Session

__all__ = ["Database", "connect"]


def connect(url: str | URL, *, models: Sequence[type[Any]] = (), **settings: Any) -> Database:
    """The database at a URL, whose scheme picks the backend.

    Nothing is sent yet: the first statement connects. To connect at once, and find faults at
    once, ``await`` the answer or use it with ``async with``, which also closes it.

    Args:
        url: ``scheme://user:password@host:port/database?setting=value``.
        models: Models to bind to the database.
        settings: Settings by name; they win over those in the URL. See
            `dotorm.databases.abstract.PoolSettings` and the backend's own.

    Raises:
        BackendNotFound: No installed backend serves the scheme; the text says what to install.
        ConfigurationError: The URL, a setting or a model is wrong.
    """
    if not isinstance(url, str | URL):
        raise ConfigurationError(f"connect takes a URL, not {type(url).__name__}")
    given = listed(models, ConfigurationError, "models= takes a list of models")
    parsed = parse_url(url) if isinstance(url, str) else url
    backend = find_backend(parsed.scheme)
    database = Database(backend, backend.settings.from_url(parsed, **settings))
    database.bind(*given)
    return database


class Database:
    """One database: its pool of connections, and what runs on it.

    Args:
        backend: The kind of database.
        settings: Where it is, and sizes and time limits.

    Attributes:
        pool: The connections.
        session: Runs each statement on a connection of its own, outside of any transaction.
    """

    def __init__(self, backend: Backend, settings: PoolSettings) -> None:
        self.backend = backend
        self.settings = settings
        self.pool = Pool(backend, settings)
        observe(self.pool)
        self.session: Session = PoolSession(self.pool)

    def __repr__(self) -> str:
        return f"<{self.backend.name} database, {self.pool!r}>"

    def __await__(self) -> Generator[Any, None, Self]:
        return self.open().__await__()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def open(self) -> Self:
        """Connect now.

        Raises:
            ConnectionFailed: The server cannot be reached, or refuses the user.
            Timeout: It does not answer within ``connect_timeout``.
        """
        await self.pool.open()
        return self

    async def close(self) -> None:
        """Close all connections, waiting up to ``close_timeout`` seconds for those in use."""
        await self.pool.close()

    def bind(self, *models: type[Any]) -> None:
        """Have models use this database when a call is given no session.

        Raises:
            ConfigurationError: Something among them is no model with a table.
        """
        if any(isinstance(model, list | tuple | set | frozenset) for model in models):
            raise ConfigurationError("bind takes models one by one: bind(User, …), not a list")
        for meta in as_metas(models):
            meta.pool = self.pool
            meta.no_transaction = None

    def transaction(self, *, isolation: str | None = None, readonly: bool = False) -> Transaction:
        """A transaction, for ``async with``; calls inside it join it by themselves.

        Inside another transaction on this database it is a savepoint.

        Args:
            isolation: ``"read committed"``, ``"repeatable read"`` or ``"serializable"``, where
                the backend has it.
            readonly: Have the database refuse writes.

        Raises:
            NotSupported: The backend has no transactions, or not that kind.
        """
        return Transaction(self.pool, isolation=isolation, readonly=readonly)

    def detached(self) -> AbstractAsyncContextManager[Session]:
        """Leave the current transaction for a while: for a task that goes on after its end."""
        return detached(self.pool)

    async def execute(self, sql: str, values: Sequence[Any] = ()) -> Rows:
        """Run SQL of your own, in the current transaction if there is one.

        See `dotorm.databases.abstract.Session.execute`.
        """
        return await self._here().execute(sql, values)

    async def ping(self) -> float:
        """Ask the server for a sign of life; the answer is how many seconds it took.

        Raises:
            ConnectionFailed: It cannot be reached.
            Timeout: It gave none within ``connect_timeout``.
        """
        return await health.ping(self.pool)

    async def server_version(self) -> str:
        """The server's version as it says it, for people to read.

        Raises:
            NotSupported: The backend does not tell.
        """
        return await health.server_version(self.pool)

    async def create_and_update_tables(self, models: Sequence[type[Any]]) -> Changes:
        """Create the models' tables and what is missing of those that exist; nothing is dropped.

        Args:
            models: All models that refer to one another; tables of links come along.

        Returns:
            The statements that ran, and sentences about what could not be done.
        """
        return await schema.create_and_update_tables(models, self._here())

    def _here(self) -> Session:
        return current_session(self.pool) or self.session
