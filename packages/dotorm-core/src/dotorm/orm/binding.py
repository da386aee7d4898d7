"""Where an operation runs: the session that was given, the current transaction, or the pool."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import batched
from typing import TYPE_CHECKING, Any

from dotorm.builder import Plans, plans_of
from dotorm.databases.abstract import PoolSession, Session, Transaction, current_session
from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractAsyncContextManager

    from dotorm.databases.abstract import Pool
    from dotorm.meta import ModelMeta

__all__ = ["atomic", "chunks", "plans_for", "session_of"]


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
    made: Session = PoolSession(pool) if meta.no_transaction is None else meta.no_transaction(pool)
    return made


def plans_for(meta: ModelMeta, session: Session) -> Plans:
    """The model's statements in the dialect of the session's database."""
    return plans_of(meta, session.dialect)


def atomic(session: Session, *, needed: bool = True) -> AbstractAsyncContextManager[Session]:
    """A session whose statements are kept or undone together.

    Args:
        session: Where they would run one by one.
        needed: False if there is only one statement, which stands for itself.
    """
    if not needed or not session.dialect.features.transactions:
        return nullcontext(session)
    nested: Any = Transaction(session.pool, inside=session)
    return nested  # type: ignore[no-any-return]


def chunks(session: Session, keys: Sequence[Any], width: int = 1) -> Iterable[Sequence[Any]]:
    """Keys of so many values in as many parts as the statements need; none if there are none."""
    dialect = session.dialect
    size = dialect.list_size() if width == 1 else dialect.list_rows(width)
    if not keys:
        return ()
    return (keys,) if size is None else batched(keys, size)
