"""What type checkers must refuse of databases; it is checked, never run.

Every marked line, and no other.
"""

import logging

import dotorm
from dotorm import Database, DotModel, Integer, Session
from dotorm.databases.abstract import StatementFinished
from dotorm.testing.recording import Recorder


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)


async def connecting(db: Database) -> None:
    dotorm.connect(5)  # wrong
    dotorm.connect("sqlite://", models=User)  # wrong
    dotorm.connect("sqlite://", [User])  # wrong
    dotorm.connect("sqlite://", models=["User"])  # wrong
    db.bind("User")  # wrong
    await db.create_and_update_tables(User)  # wrong
    (await db.create_and_update_tables([User])).statement  # wrong
    with db:  # wrong
        pass


async def transactions(db: Database) -> None:
    db.transaction(isolation=3)  # wrong
    db.transaction("serializable")  # wrong
    db.transaction(read_only=True)  # wrong
    with db.transaction():  # wrong
        pass
    async with db.transaction() as session:
        session.on_commit(3)  # wrong
        session.on_commit(lambda done: None)  # wrong
        session.commit()  # wrong


async def raw_sql(db: Database, session: Session) -> None:
    await db.execute("SELECT %s", 5)  # wrong
    await db.execute()  # wrong
    await session.execute(3)  # wrong
    (await session.execute("SELECT 1 AS one"))["one"]  # wrong
    (await session.execute("SELECT 1 AS one"))[0].one  # wrong


async def observing(event: StatementFinished) -> None:
    event.sql = "x"  # wrong
    event.seconds  # wrong
    dotorm.log_statements(logging)  # wrong
    dotorm.log_statements(slower="1")  # wrong
    dotorm.register_observer()  # wrong
    with dotorm.count_statements():  # wrong
        pass
    async with dotorm.count_statements() as count:
        count > "2"  # wrong


def recording(recorder: Recorder) -> None:
    recorder.fail("x")  # wrong
    recorder.answer((1, 2), column=["id"])  # wrong
    recorder.database("User")  # wrong
