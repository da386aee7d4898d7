"""Transactions, which the calls inside them join by themselves."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import ExitStack, asynccontextmanager
from contextvars import ContextVar
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import plain, shown
from dotorm.databases.abstract.connecting import in_our_words
from dotorm.databases.abstract.connection import Nesting, Result, Statement, Transactional
from dotorm.databases.abstract.events import TransactionFinished
from dotorm.databases.abstract.given import a_function, a_pool
from dotorm.databases.abstract.session import PoolSession, Session, perform, perform_script
from dotorm.databases.abstract.streaming import portions
from dotorm.databases.abstract.tasks import call_all, finish, within
from dotorm.exceptions import ConfigurationError, DatabaseError, NotSupported, TransactionClosed

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Awaitable,
        Callable,
        Mapping,
        Sequence,
    )
    from types import TracebackType

    from dotorm.databases.abstract.pool import Lease, Pool

__all__ = ["Transaction", "TransactionSession", "apart", "current_session", "detached"]

_log = logging.getLogger("dotorm.transactions")

# One variable for all databases, holding a mapping that is never changed but replaced: a variable
# a database would never be freed, and Token.reset fails in another task.
_current: ContextVar[Mapping[Pool, TransactionSession]] = ContextVar(
    "dotorm_transactions", default=MappingProxyType({})
)


def current_session(pool: Pool) -> TransactionSession | None:
    """The transaction on this database that the calling code runs in, if any."""
    return _current.get().get(pool)


@asynccontextmanager
async def detached(pool: Pool) -> AsyncIterator[Session]:
    """Leave the current transaction for a while: for a task that goes on after its end."""
    before = _current.get()
    _current.set(MappingProxyType({p: s for p, s in before.items() if p is not pool}))
    try:
        yield PoolSession(pool)
    finally:
        _current.set(before)


class TransactionSession(Session):
    """Runs its statements on the connection of one transaction, one after another.

    Tasks that use it at the same time take turns.

    Attributes:
        parent: The transaction that this is a savepoint in.
        doom: The error for which it can only be rolled back, if there was one.
    """

    __slots__ = ("_callbacks", "_closed", "_lease", "_lock", "_undo", "doom", "parent")

    def __init__(self, pool: Pool, lease: Lease, parent: TransactionSession | None) -> None:
        super().__init__(pool)
        self.parent = parent
        self.doom: BaseException | None = None
        self._lease = lease
        self._lock = asyncio.Lock()
        self._closed = False
        self._callbacks: list[Callable[[], Awaitable[None] | None]] = []
        self._undo = ExitStack()

    @property
    def in_transaction(self) -> bool:
        """True, also after its end, when every statement fails."""
        return True

    @property
    def depth(self) -> int:
        """0 for a transaction, 1 for the first savepoint in it, and so on."""
        return 0 if self.parent is None else self.parent.depth + 1

    async def run(self, statement: Statement) -> Result:
        """Run a statement that is ready for the driver."""
        session = self._innermost()
        async with session._lock:
            session._check_open()
            return await perform(self.pool, self._lease, statement)

    async def run_script(self, statements: Sequence[str]) -> None:
        """Run statements without values, one after another."""
        session = self._innermost()
        async with session._lock:
            session._check_open()
            await perform_script(self.pool, self._lease, statements)

    def stream(self, statement: Statement, size: int) -> AsyncGenerator[Sequence[Any]]:
        """A statement's rows, up to ``size`` at a time; other statements may run in between.

        Raises:
            NotSupported: The backend answers all rows at once.
        """
        return portions(self.pool, self._lease, statement, size, self._turn)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        session = self._innermost()
        async with session._lock:
            session._check_open()
            yield

    def on_commit(self, callback: Callable[[], Awaitable[None] | None]) -> None:
        """Have something done after the outermost transaction was committed, and not otherwise.

        Callbacks run in their order, outside of the transaction. All of them run, then the first
        error of one is raised; what was committed stays.

        Args:
            callback: A function without arguments, async or not.

        Raises:
            TransactionClosed: The transaction has ended.
            ConfigurationError: It cannot be called.
        """
        self._check_open()
        self._callbacks.append(a_function(callback, "on_commit"))

    def on_rollback(self, callback: Callable[[], None]) -> None:
        """Have something done once what was written up to now is rolled back, and not otherwise.

        It may be undone by a savepoint around the calling code, or by the transaction. Callbacks
        run in reverse order, also if the end of the transaction is not known to have come
        through. All of them run; an error of one takes the place of what ended the block.

        Args:
            callback: A function without arguments, which is not async.

        Raises:
            TransactionClosed: The transaction has ended.
            ConfigurationError: It cannot be called.
        """
        self._check_open()
        self._innermost()._undo.callback(a_function(callback, "on_rollback"))

    def _innermost(self) -> TransactionSession:
        """The savepoint inside this transaction that the calling code runs in, or this itself.

        While a savepoint is open, its outer session waits for it; code inside the savepoint that
        names the outer session means this one connection all the same.
        """
        current = session = current_session(self.pool)
        while session is not None and session is not self:
            session = session.parent
        return self if session is None or current is None or current._closed else current

    def _check_open(self) -> None:
        if self._closed:
            raise TransactionClosed(
                "the transaction has ended: a task or a session outlived it; use "
                "'async with db.detached()' in tasks that go on after a transaction"
            )


@asynccontextmanager
async def apart(pool: Pool, *, readonly: bool = False) -> AsyncIterator[TransactionSession]:
    """A transaction that calls do not join by themselves: only who holds the session is in it."""
    transaction = Transaction(pool, readonly=readonly)
    session = await transaction._begun()
    try:
        yield session
    except BaseException as error:
        await finish(transaction._ended(session, error))
        raise
    await finish(transaction._ended(session, None))


class Transaction:
    """``async with`` begins a transaction; its end commits, an exception rolls back.

    Inside another transaction on the same database it is a savepoint. Calls in the block join it
    without being given the session.

    Args:
        pool: The database's pool.
        isolation: ``"read committed"``, ``"repeatable read"`` or ``"serializable"``, where the
            backend has it; None is the database's own default.
        readonly: Have the database refuse writes.
        inside: The session to nest in, instead of the current transaction.

    Raises:
        NotSupported: The backend has no transactions, no savepoints, or not that kind.
        TransactionClosed: The surrounding transaction has ended.
        ConfigurationError: What was given is no pool.
    """

    def __init__(
        self,
        pool: Pool,
        *,
        isolation: str | None = None,
        readonly: bool = False,
        inside: Session | None = None,
    ) -> None:
        self._pool = a_pool(pool, type(self).__name__)
        self._inside = inside
        self._isolation = (
            None if isolation is None else (plain(isolation) or shown(isolation)).lower()
        )
        self._readonly = readonly
        self._before: Mapping[Pool, TransactionSession] = {}
        self._session: TransactionSession | None = None
        self._started = 0.0
        self._check_features()

    async def __aenter__(self) -> TransactionSession:
        if self._session is not None:
            raise ConfigurationError("a transaction is entered once: make another one")
        before = _current.get()
        outer = before.get(self._pool) if self._inside is None else self._inside
        session = await (
            self._nested(outer._innermost())
            if isinstance(outer, TransactionSession)
            else self._begun()
        )
        self._started = time.perf_counter()
        self._before = before
        self._session = session
        _current.set(MappingProxyType({**before, self._pool: session}))
        return session

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        session = self._session
        assert session is not None  # noqa: S101 - async with enters before it exits
        _current.set(self._before)
        if session.parent is None:
            await finish(self._ended(session, error))
            if error is None:
                await call_all(session._callbacks)
        else:
            await finish(self._left(session, session.parent, error))

    def _check_features(self) -> None:
        features = self._pool.dialect.features
        backend = self._pool.driver.name
        if not features.transactions:
            raise NotSupported("transactions", backend, "each statement stands for itself")
        if self._isolation is not None and self._isolation not in features.isolation_levels:
            known = ", ".join(sorted(features.isolation_levels)) or "none can be chosen"
            raise NotSupported(f"the isolation level {self._isolation!r}", backend, known)
        if self._readonly and not features.read_only_transactions:
            raise NotSupported("read-only transactions", backend)

    async def _begun(self) -> TransactionSession:
        lease = self._pool.take() or await self._pool.acquire()
        begin = _as(Transactional, lease).begin(isolation=self._isolation, readonly=self._readonly)
        try:
            await self._asked(begin)
        except BaseException:
            lease.dirty = True
            self._pool.release(lease)
            raise
        return TransactionSession(self._pool, lease, None)

    async def _nested(self, outer: TransactionSession) -> TransactionSession:
        if not self._pool.dialect.features.savepoints:
            raise NotSupported(
                "savepoints", self._pool.driver.name, "transactions cannot be nested"
            )
        if self._isolation is not None or self._readonly:
            raise ConfigurationError("a nested transaction has the isolation of the outer one")
        await outer._lock.acquire()
        try:
            outer._check_open()
            inner = TransactionSession(self._pool, outer._lease, outer)
            await self._asked(_as(Nesting, outer._lease).savepoint(_mark(inner)))
        except BaseException:
            outer._lock.release()
            raise
        return inner

    async def _ended(self, session: TransactionSession, error: BaseException | None) -> None:
        connection = _as(Transactional, session._lease)
        async with session._lock:
            session._closed = True
            try:
                if error is None and session.doom is None:
                    await self._asked(connection.commit())
                else:
                    await self._undone(session._lease, connection.rollback)
                if error is None:
                    _check_doom(session)
            except BaseException as failure:
                session._lease.dirty = True
                error = failure
                raise
            finally:
                self._pool.release(session._lease)
                self._tell(error)
                if error is not None:
                    session._undo.close()

    async def _left(
        self, inner: TransactionSession, outer: TransactionSession, error: BaseException | None
    ) -> None:
        connection = _as(Nesting, outer._lease)
        try:
            async with inner._lock:
                inner._closed = True
                if error is None:
                    await self._released(connection, inner)
                    outer._callbacks += inner._callbacks
                    outer._undo.callback(inner._undo.pop_all().close)
                else:
                    await self._undone(outer._lease, connection.rollback_to_savepoint, _mark(inner))
        finally:
            outer._lock.release()
            inner._undo.close()

    async def _released(self, connection: Nesting, inner: TransactionSession) -> None:
        """Keep what was done since the savepoint; what cannot be kept is undone."""
        try:
            await self._asked(connection.release_savepoint(_mark(inner)))
        except BaseException:
            await self._undone(inner._lease, connection.rollback_to_savepoint, _mark(inner))
            raise

    async def _undone(
        self, lease: Lease, rollback: Callable[..., Awaitable[None]], *names: str
    ) -> None:
        """Roll back; if even that fails, close the connection, which undoes everything."""
        if lease.connection.is_closed():
            return
        settings = self._pool.settings
        try:
            limits = (settings.close_timeout, settings.command_timeout or inf)
            await within(min(limits), rollback(*names))
        except Exception:  # noqa: BLE001 - it is logged, and must harm nobody else
            _log.warning("a rollback failed: its connection is closed", exc_info=True)
            self._pool.discard(lease)

    async def _asked(self, request: Awaitable[None]) -> None:
        try:
            await within(self._pool.settings.command_timeout, request)
        except Exception as error:
            ours = in_our_words(self._pool.driver, error)
            if ours is error:
                raise
            raise ours from error

    def _tell(self, error: BaseException | None) -> None:
        if self._pool.observer is None:
            return
        event = TransactionFinished(
            outcome="committed" if error is None else "rolled back",
            elapsed=time.perf_counter() - self._started,
            error=error,
            backend=self._pool.driver.name,
        )
        try:
            self._pool.observer.transaction_finished(event)
        except Exception:  # noqa: BLE001 - it is logged, and must harm nobody else
            _log.exception("an observer failed")


def _check_doom(session: TransactionSession) -> None:
    if session.doom is not None:
        raise DatabaseError(
            "nothing was committed: one of several statements that belong together had failed, "
            "and the database has no savepoints to undo the others alone"
        ) from session.doom


def _mark(session: TransactionSession) -> str:
    return f"dotorm_{session.depth}"


def _as(port: type, lease: Lease) -> Any:
    connection = lease.connection
    assert isinstance(connection, port)  # noqa: S101 - the feature says so
    return connection
