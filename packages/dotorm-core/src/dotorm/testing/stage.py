"""What a case is given: a database, tables of its own, and what was sent."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

from dotorm.database import Database
from dotorm.exceptions import DotORMError
from dotorm.hookspecs import hookimpl
from dotorm.orm.selection import as_metas
from dotorm.plugins import find_backend, register_observer, unregister_observer
from dotorm.url import parse_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from dotorm.backend import Backend
    from dotorm.changes import Changes
    from dotorm.components.features import Features
    from dotorm.databases.abstract import Pool, StatementFinished, TransactionFinished

__all__ = ["Sent", "Stage", "backend_of", "connections_of", "expects", "until"]


def backend_of(url: str) -> Backend:
    """The backend that serves a URL."""
    return find_backend(parse_url(url).scheme)


def connections_of(url: str) -> int:
    """How many connections a database can have at once, as its settings say."""
    return backend_of(url).settings.from_url(parse_url(url)).max_size


@contextmanager
def expects(*errors: type[BaseException], match: str = "") -> Iterator[list[Any]]:
    """Expect the block to raise one of the errors, which the list then has.

    Args:
        errors: The classes.
        match: A regular expression to be found in the error's text.

    Raises:
        AssertionError: It raised nothing, or the text is another.
    """
    caught: list[Any] = []
    names = " or ".join(error.__name__ for error in errors)
    try:
        yield caught
    except errors as error:
        caught.append(error)
        if not re.search(match, str(error)):
            raise AssertionError(f"{error!r} does not say {match!r}") from error
    else:
        raise AssertionError(f"{names} was expected, and nothing was raised")


async def until(condition: Any, seconds: float = 5.0) -> None:
    """Wait until a function answers something true."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.005)


class Sent:
    """What reached a database: statements and transactions, in the order in which they ended."""

    def __init__(self) -> None:
        self.statements: list[StatementFinished] = []
        self.transactions: list[TransactionFinished] = []

    def __len__(self) -> int:
        return len(self.statements)

    @property
    def texts(self) -> list[str]:
        """The statements' text."""
        return [event.sql for event in self.statements]

    def forget(self) -> None:
        """Begin anew."""
        self.statements.clear()
        self.transactions.clear()

    def nothing(self) -> bool:
        """Whether neither a statement nor a transaction was sent."""
        return not self.statements and not self.transactions

    @hookimpl
    def dotorm_statement_finished(self, event: StatementFinished) -> None:
        """A statement ended."""
        self.statements.append(event)

    @hookimpl
    def dotorm_transaction_finished(self, event: TransactionFinished) -> None:
        """A transaction ended."""
        self.transactions.append(event)


class Stage:
    """The database of one case.

    Attributes:
        backend: The backend.
        features: What it declares.
        db: The database, connected.
        sent: What was sent since the last tables were made.
        notes: What the case found besides, for the report.
    """

    def __init__(self, url: str, backend: Backend) -> None:
        self.url = url
        self.backend = backend
        self.features: Features = backend.features
        self.sent = Sent()
        self.notes: list[str] = []
        self._token = secrets.token_hex(4)
        self._tables: list[str] = []
        self._databases: list[Database] = []
        self.db = self.database()

    @classmethod
    @asynccontextmanager
    async def set_up(cls, url: str, backend: Backend) -> AsyncIterator[Self]:
        """Connect; at the end drop the tables and see that every connection has come back."""
        stage = cls(url, backend)
        register_observer(stage.sent)
        try:
            yield stage
            for database in stage._databases:
                await _all_back(database.pool)
        finally:
            unregister_observer(stage.sent)
            await stage._strike()

    def database(self, **settings: Any) -> Database:
        """A database at the URL with settings of its own; it is closed at the end of the case."""
        made = self.backend.settings.from_url(parse_url(self.url), **settings)
        database = Database(self.backend, made)
        self._databases.append(database)
        return database

    def told(self, rows: int) -> tuple[int, ...]:
        """What a write of so many rows may answer: the number, or -1 where it is not told."""
        return (rows,) if self.features.counts_writes else (rows, -1)

    def table(self, name: str) -> str:
        """The name of a table that only this case has."""
        unique = f"{name}_{self._token}"
        self._tables.append(unique)
        return unique

    def keep(self, *tables: str) -> None:
        """Have tables dropped at the end, before those that were named earlier."""
        self._tables += tables

    async def make(self, *models: type[Any]) -> Changes:
        """Bind models to the database, make their tables, and forget what was sent."""
        self.db.bind(*models)
        changes = await self.db.create_and_update_tables(models)
        self.sent.forget()
        return changes

    def table_of(self, model: type[Any]) -> str:
        """A model's table, quoted, for raw SQL."""
        return self.quoted(as_metas([model])[0].table)

    def quoted(self, name: str) -> str:
        """A name as raw SQL has it."""
        return self.backend.dialect.escape_identifier(name).replace("%", "%%")

    async def _strike(self) -> None:
        """Drop the tables, those that are referred to last, and close every database."""
        left = list(dict.fromkeys(reversed(self._tables)))
        try:
            await self.db.open()
            for sweep in _SWEEPS:
                left = [name for name in left if not await self._swept(name, sweep)]
        finally:
            for database in self._databases:
                await database.close()

    async def _swept(self, table: str, sweep: Sequence[str]) -> bool:
        try:
            for sql in sweep:
                await self.db.session.execute(sql.format(self.quoted(table)))
        except DotORMError:
            return False
        return True


# Tables that refer to each other in a circle go last; one that was never made stays missing.
_SWEEPS = (
    ("DROP TABLE {}",),
    ("DELETE FROM {}", "DROP TABLE {}"),
    ("DROP TABLE {} CASCADE",),
)


async def _all_back(pool: Pool) -> None:
    """Wait until every connection is free; some are still being cleaned after an error."""
    with suppress(TimeoutError):
        await until(lambda: pool.statistics().idle == pool.statistics().size)
        return
    raise AssertionError(f"connections did not come back to the pool: {pool.statistics()}")
