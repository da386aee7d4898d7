"""Transactions, savepoints, isolation, and what is written nowhere."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from dotorm.exceptions import (
    ConfigurationError,
    DatabaseError,
    NotSupported,
    SerializationFailure,
    TransactionClosed,
    UniqueViolation,
)
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, people, unique_notes

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

_LEVELS = ("read uncommitted", "read committed", "repeatable read", "serializable", "snapshot")


class _Undo(Exception):
    """What a case raises to have a transaction rolled back."""


@case("transactions", profile="transactional")
async def the_end_commits(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction():
        await person.create(person(id=5))
        await person.update_bulk([1], person(name="x"))
        assert await person.table_len() == 5
    assert await person.table_len() == 5
    assert (await person.get(1)).name == "x"
    assert [event.outcome for event in stage.sent.transactions] == ["committed"]


@case("transactions", profile="transactional")
async def an_exception_rolls_back(stage: Stage) -> None:
    person = await people(stage)
    with suppress(_Undo):
        async with stage.db.transaction() as session:
            await person.create(person(id=5))
            await person.delete_bulk([1])
            await person.update_bulk([2], person(name="x"))
            await session.execute(f"DELETE FROM {stage.table_of(person)}")  # noqa: S608 - quoted
            assert await person.table_len() == 0
            raise _Undo
    assert await found(person, None) == {1, 2, 3, 4}
    assert (await person.get(2)).name == "Bob"
    assert [event.outcome for event in stage.sent.transactions] == ["rolled back"]


@case("transactions", "unique_constraints", profile="transactional")
async def an_error_of_the_database_rolls_back(stage: Stage) -> None:
    note = await unique_notes(stage)
    with expects(UniqueViolation):
        async with stage.db.transaction():
            await note.create(note(id=1, name="a"))
            await note.create(note(id=2, name="a"))
    assert await note.table_len() == 0
    await note.create(note(id=1, name="a"))


@case("transactions", "unique_constraints", profile="transactional")
async def an_error_that_was_caught_is_not_committed_by_halves(stage: Stage) -> None:
    note = await unique_notes(stage)
    committed = True
    try:
        async with stage.db.transaction():
            await note.create(note(id=1, name="a"))
            with expects(UniqueViolation):
                await note.create_bulk([note(id=2, name="b"), note(id=3, name="a")])
    except DatabaseError:
        committed = False
    assert await found(note, None) == ({1} if committed else set())


@case("transactions", profile="transactional")
async def a_transaction_that_has_ended_is_closed(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction() as session:
        await person.get(1)
    with expects(TransactionClosed):
        await person.get(1, session=session)


@case("transactions", profile="transactional")
async def tasks_of_one_transaction_take_turns(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction(), asyncio.TaskGroup() as group:
        for key in range(10, 20):
            group.create_task(person.create(person(id=key)))
    assert await person.table_len() == 14


@case("transactions", profile="transactional")
async def a_cancelled_transaction_leaves_nothing(stage: Stage) -> None:
    person = await people(stage)
    begun = asyncio.Event()

    async def work() -> None:
        async with stage.db.transaction():
            await person.create(person(id=5))
            begun.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await begun.wait()
    task.cancel()
    with expects(asyncio.CancelledError):
        await task
    assert await person.table_len() == 4


@case("transactions", profile="transactional", connections=2)
async def nobody_else_sees_what_is_not_committed(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction():
        await person.create(person(id=5))
        assert await person.table_len(session=stage.db.session) == 4
    assert await person.table_len(session=stage.db.session) == 5


@case("transactions", profile="transactional")
async def what_is_to_follow_a_commit_follows_only_a_commit(stage: Stage) -> None:
    person = await people(stage)
    seen: list[int] = []

    async def look() -> None:
        seen.append(await person.table_len())

    async with stage.db.transaction() as session:
        session.on_commit(look)
        await person.create(person(id=5))
    with suppress(_Undo):
        async with stage.db.transaction() as session:
            session.on_commit(look)
            raise _Undo
    assert seen == [5]


@case("transactions", profile="transactional")
async def a_block_that_was_undone_writes_again(stage: Stage) -> None:
    person = await people(stage)
    first = await person.get_or_raise(1)
    made = person(id=5)
    for undone in (True, False):
        with suppress(_Undo):
            async with stage.db.transaction():
                first.name = "changed"
                await first.update()
                await person.create(made)
                if undone:
                    raise _Undo
    assert (await person.get_or_raise(1)).name == "changed"
    assert await person.table_len() == 5


@refusal("transactions", profile="transactional")
async def a_transaction_is_refused(stage: Stage) -> None:
    with expects(NotSupported, match="transactions"):
        stage.db.transaction()
    person = await people(stage)
    await person.create_bulk([person(id=5), person(id=6, name="y")])
    assert await person.table_len() == 6
    assert not stage.sent.transactions


@case("transactions", "savepoints", profile="transactional")
async def a_nested_transaction_is_undone_alone(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction():
        await person.create(person(id=5))
        with suppress(_Undo):
            async with stage.db.transaction():
                await person.create(person(id=6))
                async with stage.db.transaction():
                    await person.create(person(id=7))
                assert await person.table_len() == 7
                raise _Undo
        async with stage.db.transaction():
            await person.create(person(id=8))
    assert await found(person, [("id", ">", 4)]) == {5, 8}


@case("transactions", "savepoints", "unique_constraints", profile="transactional")
async def an_error_inside_a_nested_transaction_is_survived(stage: Stage) -> None:
    note = await unique_notes(stage)
    async with stage.db.transaction():
        await note.create(note(id=1, name="a"))
        with expects(UniqueViolation):
            async with stage.db.transaction():
                await note.create(note(id=2, name="b"))
                await note.create(note(id=3, name="a"))
        await note.create(note(id=4, name="d"))
    assert await found(note, None) == {1, 4}


@refusal("savepoints", "transactions", profile="transactional")
async def a_nested_transaction_is_refused(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction():
        with expects(NotSupported, match="savepoints"):
            async with stage.db.transaction():
                pass
        assert len(stage.sent) == 0
        await person.create(person(id=5))
    assert await person.table_len() == 5


@refusal("savepoints", "transactions", "unique_constraints", profile="transactional")
async def what_fails_by_halves_is_undone_with_its_transaction(stage: Stage) -> None:
    note = await unique_notes(stage)
    async with stage.db.transaction():
        await note.create_bulk([note(id=1, name="a"), note(id=2)])
    halves = [note(id=3), note(id=4, name="a")]
    with expects(DatabaseError, match="nothing was committed"):
        async with stage.db.transaction():
            await note.create(note(id=5))
            with expects(UniqueViolation):
                await note.create_bulk(halves)
    assert await found(note, None) == {1, 2}


@case("transactions", "read_only_transactions", profile="transactional")
async def a_read_only_transaction_reads_only(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction(readonly=True):
        assert await person.table_len() == 4
    delete = f"DELETE FROM {stage.table_of(person)}"  # noqa: S608 - quoted
    for write in (lambda: person.create(person(id=5)), lambda: stage.db.execute(delete)):
        with expects(DatabaseError):
            async with stage.db.transaction(readonly=True):
                await write()
    await person.create(person(id=6))
    assert await found(person, None) == {1, 2, 3, 4, 6}


@refusal("read_only_transactions", "transactions", profile="transactional")
async def a_read_only_transaction_is_refused(stage: Stage) -> None:
    with expects(NotSupported, match="read-only"):
        stage.db.transaction(readonly=True)


@case("transactions", "isolation_levels", profile="transactional")
async def each_isolation_level_declared_can_be_had(stage: Stage) -> None:
    person = await people(stage)
    for number, level in enumerate(sorted(stage.features.isolation_levels), 10):
        async with stage.db.transaction(isolation=level.upper()):
            await person.create(person(id=number))
        assert await person.get(number) is not None, level


@case("transactions", profile="transactional")
async def an_isolation_level_not_declared_is_refused(stage: Stage) -> None:
    for level in set(_LEVELS) - stage.features.isolation_levels:
        with expects(NotSupported, match="isolation level"):
            stage.db.transaction(isolation=level)


@case("transactions", "isolation_levels", profile="transactional", connections=2)
async def the_strictest_level_loses_no_update(stage: Stage) -> None:
    strict = {"serializable", "repeatable read"} & stage.features.isolation_levels
    level = max(strict, default=None)
    person = await people(stage)
    await person.update_bulk([1], person(age=0))

    async def count() -> None:
        while True:
            try:
                async with stage.db.transaction(isolation=level):
                    ann = await person.get_or_raise(1)
                    await asyncio.sleep(0.01)
                    await ann.update(person(age=ann.age + 1))
            except SerializationFailure:
                continue
            return

    if level is not None:
        await asyncio.gather(*(count() for _ in range(4)))
        assert (await person.get(1)).age == 4


@case("transactions", "savepoints", "isolation_levels", profile="transactional")
async def a_nested_transaction_has_no_isolation_of_its_own(stage: Stage) -> None:
    level = next(iter(stage.features.isolation_levels))
    async with stage.db.transaction():
        with expects(ConfigurationError):
            async with stage.db.transaction(isolation=level):
                pass
