"""Where an operation runs: the session that was given, the current transaction, or the pool."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from itertools import batched
from typing import TYPE_CHECKING, Any

from dotorm.builder import Plans, plans_of
from dotorm.components.filter_parser import shown
from dotorm.components.queries import QueryOptions
from dotorm.databases.abstract import (
    PoolSession,
    Session,
    Transaction,
    TransactionSession,
    current_session,
)
from dotorm.exceptions import ConfigurationError, NotSupported

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from contextlib import AbstractAsyncContextManager

    from dotorm.databases.abstract import Pool
    from dotorm.meta import ModelMeta

__all__ = ["atomic", "chunks", "needs", "plans_for", "session_of"]


def session_of(meta: ModelMeta, session: Session | None) -> Session:
    """The session that an operation on a model runs in.

    Raises:
        ConfigurationError: None was given and the model is not bound, or what was given is none.
    """
    if session is not None:
        if not isinstance(session, Session):
            raise ConfigurationError(f"session= takes a session, not {type(session).__name__}")
        return session
    pool: Pool | None = meta.pool or meta.bound_pool()
    if pool is None:
        raise ConfigurationError(
            f"{meta.name} is not bound to a database: connect(url, models=[{meta.name}]), or give "
            "session= to the call"
        )
    transaction = current_session(pool)
    if transaction is not None:
        return transaction
    factory = PoolSession if meta.no_transaction is None else meta.no_transaction
    made: Session = factory(pool)
    return made


def plans_for(meta: ModelMeta, session: Session, options: QueryOptions | None = None) -> Plans:
    """The model's statements in the dialect of the session's database.

    Raises:
        NotSupported: The database knows no such options.
        ConfigurationError: The options are none.
    """
    if options is None:
        return plans_of(meta, session.dialect)
    if not isinstance(options, QueryOptions):
        raise ConfigurationError(f"options= takes options of a backend, not {shown(options)}")
    return plans_of(meta, session.dialect, options)


def atomic(session: Session, *, needed: bool = True) -> AbstractAsyncContextManager[Session]:
    """A session whose statements are kept or undone together.

    Args:
        session: Where they would run one by one.
        needed: False if there is only one statement, which stands for itself.
    """
    if not needed:
        return nullcontext(session)
    if not session.dialect.features.transactions:
        return _one_by_one(session)
    if isinstance(session, TransactionSession) and not session.dialect.features.savepoints:
        return _joined(session)
    nested: Any = Transaction(session.pool, inside=session)
    return nested  # type: ignore[no-any-return]


def needs(session: Session, flag: str, what: str = "", reason: str = "") -> None:
    """Refuse what a backend has no feature for, before anything is sent.

    Args:
        session: Where it would run.
        flag: The feature.
        what: What the error calls it, if not by the feature's name.
        reason: What to do instead.

    Raises:
        NotSupported: The feature is declared off.
    """
    if not getattr(session.dialect.features, flag):
        raise NotSupported(what or flag, session.dialect.name, reason)


@asynccontextmanager
async def _one_by_one(session: Session) -> AsyncIterator[Session]:
    """The session itself; what fails tells that nothing of what came before it is undone."""
    try:
        yield session
    except BaseException as error:
        name = session.dialect.name
        error.add_note(f"{name} has no transactions: what this call had written before stays")
        raise


@asynccontextmanager
async def _joined(session: TransactionSession) -> AsyncIterator[Session]:
    """The transaction itself: what fails by halves in it can only be undone with all of it."""
    try:
        yield session
    except BaseException as error:
        session.doom = error
        raise


def chunks(session: Session, keys: Sequence[Any], width: int = 1) -> Iterable[Sequence[Any]]:
    """Keys of so many values in as many parts as the statements need; none if there are none."""
    dialect = session.dialect
    size = dialect.list_size() if width == 1 else dialect.list_rows(width)
    if not keys:
        return ()
    return (keys,) if size is None else batched(keys, size)
