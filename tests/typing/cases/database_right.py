"""What type checkers must accept of databases; it is checked, never run."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Literal, assert_type

import dotorm
from dotorm import Char, Database, DotModel, Features, Field, Integer, Pool, Session
from dotorm.databases.abstract import (
    Rows,
    StatementFinished,
    TransactionFinished,
    TransactionSession,
)
from dotorm.observers import StatementCount, StatementLog
from dotorm.testing.recording import Recorder


class Plain(DotModel):
    __table__ = "plain"

    id: int = Integer(primary_key=True)


class Typed(DotModel):
    __table__ = "typed"

    id: Field[int] = Integer(primary_key=True)
    name: Field[str] = Char()


async def connecting() -> None:
    db = dotorm.connect("sqlite://", models=[Plain, Typed], max_size=3)
    assert_type(db, Database)
    assert_type(await db, Database)
    async with dotorm.connect("sqlite://", models=(Plain,)) as other:
        assert_type(other, Database)
    db.bind(Plain, Typed)
    assert_type(db.pool, Pool)
    assert_type(db.backend.features, Features)
    assert_type(await db.ping(), float)
    assert_type(await db.server_version(), str)
    changes = await db.create_and_update_tables([Plain, Typed])
    assert_type(changes.statements, list[str])
    assert_type(changes.skipped, list[str])
    await db.close()


async def transactions(db: Database, later: Callable[[], Awaitable[None]]) -> None:
    async with db.transaction(isolation="serializable", readonly=True) as session:
        assert_type(session, TransactionSession)
        await Plain.search(session=session)
        await raw_sql(session)
        session.on_commit(later)
        session.on_commit(lambda: None)
        async with db.transaction() as savepoint:
            assert_type(savepoint.depth, int)
    async with db.detached() as outside:
        assert_type(outside, Session)
        await Typed.create(Typed(name="x"), outside)


async def raw_sql(session: Session) -> None:
    rows = await session.execute("SELECT %s AS one", [1])
    assert_type(rows, Rows)
    assert_type(rows[0], dict[str, Any])
    assert_type(rows.affected, int)
    for row in await session.execute("SELECT 1 AS one"):
        assert_type(row["one"], Any)


async def own_sql(db: Database) -> int:
    rows = await db.execute("UPDATE plain SET id = %s", (1,))
    return rows.affected


async def counting() -> None:
    async with dotorm.count_statements() as count:
        assert_type(count, StatementCount)
    assert_type(count == 2, bool)
    assert_type(count <= 2, bool)
    assert_type(int(count), int)
    assert_type(count.statements, list[str])


def logging_statements(logger: logging.Logger) -> None:
    log = dotorm.log_statements(logger, level=logging.INFO, slower_than=0.5, values=True)
    assert_type(log, StatementLog)
    log.stop()
    with dotorm.log_statements("sql"):
        pass


class Observer:
    @dotorm.hookimpl
    def dotorm_statement_finished(self, event: StatementFinished) -> None:
        assert_type(event.sql, str)
        assert_type(event.rows, int)
        assert_type(event.elapsed, float)
        assert_type(event.error, BaseException | None)

    @dotorm.hookimpl
    def dotorm_transaction_finished(self, event: TransactionFinished) -> None:
        assert_type(event.outcome, Literal["committed", "rolled back"])


def observing() -> None:
    observer = Observer()
    dotorm.register_observer(observer)
    dotorm.unregister_observer(observer)


async def recording() -> None:
    recorder = Recorder()
    db = recorder.database(Plain, Typed, max_size=1)
    assert_type(db, Database)
    recorder.answer((1, "x"), (2, "y"), columns=["id", "name"])
    recorder.fail(OSError())
    dotorm.register_backend(recorder.backend(schemes=("mine",)))
    assert_type(await Typed.search(), list[Typed])
    assert_type(recorder.texts, list[str])
    assert_type(recorder.values, list[list[Any]])
