"""Many records at once: creating, inserting or changing, reading one after another."""

from __future__ import annotations

import datetime as dt
import decimal
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import InvalidValue, NotSupported, UniqueViolation
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects, until
from dotorm.testing.suite.models import found, library, people, unique_notes

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


@case("core", profile="bulk")
async def ten_thousand_records_are_created(stage: Stage) -> None:
    person = await people(stage)
    records = [
        person(id=key, name=None if key % 5 == 0 else f"n'{key}", age=key % 100)
        for key in range(10, 10_010)
    ]
    answered = await person.create_bulk(records)
    assert answered == [{"id": key} for key in range(10, 10_010)]
    assert await person.table_len() == 10_004
    read = await person.search(fields=["name", "age"], filter=[("id", ">=", 10)], order="ASC")
    assert [(each.name, each.age) for each in read] == [(each.name, each.age) for each in records]


@case("core", profile="bulk")
async def records_given_different_fields_are_created_together(stage: Stage) -> None:
    person = await people(stage)
    await person.create_bulk([person(id=5), person(id=6, name="x"), person(id=7, age=1)])
    rows = [(each.name, each.age) for each in await person.search(start=4, order="ASC")]
    assert rows == [(None, None), ("x", None), (None, 1)]


@case("core", profile="bulk")
async def nothing_is_sent_if_one_value_does_not_fit(stage: Stage) -> None:
    person = await people(stage)
    with expects(InvalidValue, match=r"Person\.age"):
        await person.create_bulk([person(id=5), person(id=6, age="old")])
    assert await person.create_bulk([]) == []
    assert stage.sent.nothing()


@case("transactions", "unique_constraints", profile="bulk")
async def many_records_are_created_all_or_none(stage: Stage) -> None:
    note = await unique_notes(stage)
    records = [note(id=key, name=f"n{key}", size=key) for key in range(12_000)]
    with expects(UniqueViolation):
        await note.create_bulk([*records, note(id=20_000, name="n5")])
    assert await note.table_len() == 0


@case("core", profile="bulk")
async def many_records_get_values_of_their_own(stage: Stage) -> None:
    person = await people(stage)
    full: dict[str, Any] = {
        "name": "n'",
        "age": 5,
        "active": True,
        "born": dt.date(2000, 2, 29),
        "salary": decimal.Decimal("0.50"),
        "height": 0.1,
    }
    empty: dict[str, Any] = dict.fromkeys(full)
    await person.create_bulk([person(id=key, **full) for key in range(10, 110)])
    rows = {key: empty if key % 3 else {**full, "name": f"n'{key}"} for key in range(10, 110)}
    given = [person(id=key, **row) for key, row in reversed(rows.items())]
    assert await person.update_bulk([*given, person(id=999, **full)]) in stage.told(100)
    read = await person.search(filter=[("id", ">", 4)])
    assert {each.id: {name: getattr(each, name) for name in full} for each in read} == rows
    assert await found(person, [("id", "<=", 4), ("name", "is not null", None)]) == {1, 2, 3}


@case("core", profile="bulk")
async def what_changed_in_many_records_is_written(stage: Stage) -> None:
    person = await people(stage)
    ann, bob, anna, rest = await person.search(sort="id")
    ann.age, bob.name, bob.age, anna.age = 21, None, 31, 41
    assert await person.update_bulk([ann, bob, anna, rest]) in stage.told(3)
    read = [(each.name, each.age) for each in await person.search(sort="id")]
    assert read == [("Ann", 21), (None, 31), ("anna", 41), (None, None)]
    ann.age, ann.name = 22, "kept"
    assert await person.update_bulk([ann, person(id=4, age=1)], fields=["age"]) in stage.told(2)
    assert await found(person, [("name", "=", "kept"), "or", ("age", "in", [22, 1])]) == {1, 4}
    ann.name = "Ann"
    stage.sent.forget()
    assert await person.update_bulk([ann, bob, anna, rest]) == await person.update_bulk([]) == 0
    twice = [person(id=2, age=2), person(id=2, age=1)]
    for wrong in (twice, [person(age=1)], [1], [person(id=1, age="old")]):
        with expects(InvalidValue):
            await person.update_bulk(wrong)
    assert stage.sent.nothing()


@case("transactions", "unique_constraints", profile="bulk")
async def many_records_are_changed_all_or_none(stage: Stage) -> None:
    note = await unique_notes(stage)
    await note.create_bulk([note(id=key, name=f"n{key}", size=0) for key in range(4)])
    records = await note.search(sort="id")
    for record in records:
        record.size = 1
    records[3].name = "n0"
    with expects(UniqueViolation):
        await note.update_bulk(records)
    assert await note.search_count([("size", "=", 0)]) == 4
    records[3].name = "new"
    assert await note.update_bulk(records) in stage.told(4)


@case("unique_constraints", "upsert", profile="bulk")
async def a_record_is_inserted_or_changed(stage: Stage) -> None:
    note = await unique_notes(stage)
    await note.upsert(note(id=1, name="a", size=1), ["name"])
    await note.upsert(note(id=2, name="a", size=2), ["name"])
    (read,) = await note.search()
    assert (read.id, read.name, read.size) == (1, "a", 2)
    await note.upsert(note(id=1, name="b"), ["id"])
    (read,) = await note.search()
    assert (read.id, read.name, read.size) == (1, "b", 2)


@case("unique_constraints", "upsert", profile="bulk")
async def a_record_that_is_there_can_be_left(stage: Stage) -> None:
    note = await unique_notes(stage)
    await note.create(note(id=1, name="a", size=1))
    await note.upsert(note(id=2, name="a", size=2), ["name"], update=[])
    assert [(each.id, each.size) for each in await note.search()] == [(1, 1)]


@case("unique_constraints", "upsert", profile="bulk")
async def many_records_are_inserted_or_changed(stage: Stage) -> None:
    note = await unique_notes(stage)
    await note.create_bulk([note(id=key, name=f"n{key}", size=0) for key in range(100)])
    records: list[Any] = [note(id=key, name=f"n{key}", size=key) for key in range(3_000)]
    await note.upsert_bulk(records, ["name"], update=["size"])
    assert await note.table_len() == 3_000
    assert await note.search_count([("size", "=", 0)]) == 1
    await note.upsert_bulk([note(id=-1, name="n7", size=-7), note(id=-2, name="new")], ["name"])
    assert ((await note.get(7)).size, (await note.get(-2)).size) == (-7, None)


@refusal("upsert", "unique_constraints", profile="bulk")
async def an_upsert_is_refused(stage: Stage) -> None:
    note = await unique_notes(stage)
    with expects(NotSupported, match="upsert"):
        await note.upsert(note(id=1, name="a"), ["name"])
    with expects(NotSupported, match="upsert"):
        await note.upsert_bulk([note(id=1, name="a"), note(id=2, name="b")], ["name"])
    assert stage.sent.nothing()


@case("streaming", profile="bulk")
async def records_are_read_one_after_another(stage: Stage) -> None:
    person = await people(stage)
    await person.create_bulk([person(id=key, name=f"n{key}") for key in range(5, 1_001)])
    keys = [each.id async for each in person.stream(sort="id", batch=100)]
    assert keys == list(range(1, 1_001))
    given = [("id", ">", 990)]
    names = [each.name async for each in person.stream(["name"], given, "-id", limit=2, batch=1)]
    assert names == ["n1000", "n999"]
    assert [each async for each in person.stream(filter=[("id", "<", 0)])] == []


@case("streaming", "transactions", profile="bulk")
async def a_stream_and_writes_share_a_transaction(stage: Stage) -> None:
    shelf = await library(stage)
    async with stage.db.transaction():
        async for book in shelf.book.stream(["title", "author"], sort="id", batch=2):
            await book.update(shelf.book(title=f"by {book.author and book.author.name}"))
    titles = [book.title for book in await shelf.book.search(sort="id")]
    assert titles == ["by Ann", "by Ann", "by Ann", "by Bob", "by None"]


@case("streaming", profile="bulk", connections=2)
async def related_records_are_read_beside_a_stream(stage: Stage) -> None:
    shelf = await library(stage)
    books = shelf.book.stream(["title", "author", "tags"], sort="id", batch=2)
    read = [(book.author and book.author.name, len(book.tags)) async for book in books]
    assert read == [("Ann", 2), ("Ann", 1), ("Ann", 0), ("Bob", 1), (None, 0)]


@case("streaming", profile="bulk")
async def a_stream_that_is_left_gives_its_connection_back(stage: Stage) -> None:
    person = await people(stage)
    for _ in range(3):
        async with aclosing(person.stream(batch=1)) as records:
            async for _record in records:
                break
    await until(lambda: stage.db.pool.statistics().idle == stage.db.pool.statistics().size)
    assert await found(person, None) == {1, 2, 3, 4}


@refusal("streaming", profile="bulk")
async def a_stream_is_refused(stage: Stage) -> None:
    person = await people(stage)
    with expects(NotSupported, match="streaming"):
        async for _ in person.stream():
            pass
    assert stage.sent.nothing()
