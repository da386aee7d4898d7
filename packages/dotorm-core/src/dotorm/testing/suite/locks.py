"""Rows that are locked until a transaction ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dotorm.exceptions import ConfigurationError, LockNotAvailable, NotSupported
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import library, people

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


@case("row_locks", "transactions", profile="transactional")
async def a_record_can_be_locked(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction():
        ann = await person.get_or_raise(1, for_update=True)
        await ann.update(person(age=5))
        for word in ("nowait", "skip locked"):
            assert len(await person.search(filter=[("id", "<", 3)], for_update=word)) == 2
    with expects(ConfigurationError, match="for_update"):
        await person.get(1, for_update=True)


@case("row_locks", "transactions", profile="transactional")
async def a_record_found_by_a_path_can_be_locked(stage: Stage) -> None:
    shelf = await library(stage)
    async with stage.db.transaction():
        books = await shelf.book.search(filter=[("author.name", "=", None)], for_update=True)
    assert [book.id for book in books] == [5]


@case("row_locks", "transactions", profile="transactional", connections=2)
async def a_locked_record_makes_others_wait(stage: Stage) -> None:
    person = await people(stage)
    order: list[str] = []

    async def other() -> None:
        async with stage.db.transaction():
            order.append((await person.get(1, for_update=True)).name)

    async with stage.db.transaction():
        ann = await person.get(1, for_update=True)
        async with stage.db.detached():
            task = asyncio.create_task(other())
            await asyncio.sleep(0.05)
        order.append("first")
        await ann.update(person(name="second"))
    await task
    assert order == ["first", "second"]


@case("row_locks", "transactions", profile="transactional", connections=2)
async def nowait_fails_and_skip_locked_leaves_out(stage: Stage) -> None:
    person = await people(stage)
    async with stage.db.transaction():
        await person.get(1, for_update=True)
        async with stage.db.detached(), stage.db.transaction():
            free = await person.search(sort="id", for_update="skip locked")
            assert [each.id for each in free] == [2, 3, 4]
        async with stage.db.detached():
            with expects(LockNotAvailable):
                async with stage.db.transaction():
                    await person.get(1, for_update="nowait")


@refusal("row_locks", "transactions", profile="transactional")
async def a_lock_is_refused(stage: Stage) -> None:
    person = await people(stage)
    for word in (True, "nowait", "skip locked"):
        async with stage.db.transaction():
            with expects(NotSupported, match="row locks"):
                await person.search(for_update=word)
            with expects(NotSupported, match="row locks"):
                await person.get(1, for_update=word)
    assert len(stage.sent) == 0
