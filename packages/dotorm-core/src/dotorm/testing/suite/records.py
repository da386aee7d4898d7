"""Creating, reading, changing and deleting records whose keys are given."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import FieldNotLoaded, InvalidFilter, RecordNotFound
from dotorm.fields import UUID, BigInteger, Char, Integer, Text
from dotorm.model import DotModel
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, model_of, people, person_model

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


@case("core", profile="core")
async def a_record_comes_back_as_it_was_created(stage: Stage) -> None:
    person = await people(stage)
    ann = person(id=9, name="Ann", age=1, active=True)
    assert await person.create(ann) == 9
    assert len(stage.sent) == 1
    read = await person.get(9)
    assert (read.id, read.name, read.age, read.active) == (9, "Ann", 1, True)
    assert (read.born, read.salary, read.height) == (None, None, None)
    assert read == ann


@case("core", profile="core")
async def a_record_that_is_not_there_is_none_or_an_error(stage: Stage) -> None:
    person = await people(stage)
    assert await person.get(99) is None
    with expects(RecordNotFound):
        await person.get_or_raise(99)
    with expects(RecordNotFound):
        await person(id=99, name="x").update()
    with expects(RecordNotFound):
        await person(id=99).delete()


@case("core", profile="core")
async def only_the_fields_named_are_read(stage: Stage) -> None:
    person = await people(stage)
    ann = await person.get(1, fields=["name"])
    assert (ann.id, ann.name) == (1, "Ann")
    with expects(FieldNotLoaded):
        _ = ann.age


@case("core", profile="core")
async def an_update_writes_what_changed_and_nothing_else(stage: Stage) -> None:
    person = await people(stage)
    ann = await person.get(1)
    await person.update_bulk([1], person(active=False))
    stage.sent.forget()
    ann.age = 21
    ann.born = None
    await ann.update()
    sent = len(stage.sent)
    await ann.update()
    assert sent == len(stage.sent) == (1 if stage.features.counts_writes else 2)
    read = await person.get(1)
    assert (read.age, read.born, read.active, read.name) == (21, None, False, "Ann")


@case("core", profile="core")
async def an_update_takes_a_payload(stage: Stage) -> None:
    person = await people(stage)
    bob = await person.get(2)
    await bob.update(person(name="Robert", age=None))
    assert (bob.name, bob.age) == ("Robert", None)
    read = await person.get(2)
    assert (read.name, read.age, read.active) == ("Robert", None, False)


@case("core", profile="core")
async def an_update_to_the_same_values_finds_the_record(stage: Stage) -> None:
    person = await people(stage)
    await (await person.get(1)).update(person(name="Ann"))
    assert await person.update_bulk([1, 2], person(active=False)) in stage.told(2)


@case("core", profile="core")
async def a_record_is_deleted_once(stage: Stage) -> None:
    person = await people(stage)
    ann = await person.get(1)
    await ann.delete()
    assert await found(person, None) == {2, 3, 4}
    with expects(RecordNotFound):
        await ann.delete()


@case("core", profile="core")
async def many_records_are_changed_and_counted(stage: Stage) -> None:
    person = await people(stage)
    assert await person.update_bulk([1, 2, 2, 99], person(age=5)) in stage.told(2)
    assert await found(person, [("age", "=", 5)]) == {1, 2}
    assert await person.delete_bulk([2, 3, 99]) in stage.told(2)
    assert await found(person, None) == {1, 4}
    stage.sent.forget()
    assert await person.update_bulk([], person(age=5)) == await person.delete_bulk([]) == 0
    assert stage.sent.nothing()


@case("counts_writes", profile="core")
async def a_write_tells_how_many_rows_it_found(stage: Stage) -> None:
    person = await people(stage)
    assert await person.update_bulk([1, 2, 99], person(age=5)) == 2
    assert await person.update_where([("id", ">", 2)], person(age=5)) == 2
    assert await person.delete_bulk([1, 99]) == 1
    assert await person.delete_where([("age", "=", 5)]) == 3


@refusal("counts_writes", profile="core")
async def what_a_write_found_is_not_made_up(stage: Stage) -> None:
    person = await people(stage)
    assert await person.update_bulk([1, 99], person(age=5)) in stage.told(1)
    assert await person.delete_where([("id", "=", 99)]) in stage.told(0)
    assert (await person.get(1)).age == 5
    stage.sent.forget()
    with expects(RecordNotFound):
        await person(id=99, name="x").update()
    assert len(stage.sent) == 1


@case("core", profile="core")
async def a_filter_chooses_what_is_changed_and_deleted(stage: Stage) -> None:
    person = await people(stage)
    given = [("age", ">", 25), "or", ("age", "is null", None)]
    assert await person.update_where(given, person(name="old")) in stage.told(3)
    assert await found(person, [("name", "=", "old")]) == {2, 3, 4}
    assert await person.delete_where([("active", "=", True), ("name", "=", "old")]) in stage.told(1)
    assert await found(person, None) == {1, 2, 4}
    with expects(InvalidFilter, match="empty filter"):
        await person.delete_where([])


@case("core", profile="core")
async def records_are_counted(stage: Stage) -> None:
    person = await people(stage)
    assert await person.table_len() == 4
    assert await person.search_count([("active", "=", True)]) == 2
    assert await person.exists([("name", "=", "Bob")]) is True
    assert await person.exists([("name", "=", "nobody")]) is False
    await person.delete_bulk([1, 2, 3, 4])
    assert (await person.table_len(), await person.exists(), await person.search()) == (
        0,
        False,
        [],
    )


@case("core", profile="core")
async def what_was_not_given_takes_its_default(stage: Stage) -> None:
    class Item(DotModel):
        __table__ = stage.table("items")

        id: int = Integer(primary_key=True)
        state: str = Char(max_length=10, default="it's 50%")
        size: int = Integer(default=lambda: 7)
        note: str | None = Text()

    await stage.make(Item)
    await Item.create(Item(id=1))
    await Item.create_bulk([Item(id=2, state="set"), Item(id=3)])
    rows = [(item.state, item.size, item.note) for item in await Item.search(sort="id")]
    assert rows == [("it's 50%", 7, None), ("set", 7, None), ("it's 50%", 7, None)]


@case("core", profile="core")
async def keys_may_be_of_other_types(stage: Stage) -> None:
    keys: list[tuple[Any, list[Any]]] = [
        (BigInteger(primary_key=True), [2**40, -1]),
        (Char(primary_key=True, max_length=5), ["ab", "Ä'x"]),
        (UUID(primary_key=True), [uuid.UUID(int=7), uuid.UUID(int=2**128 - 1)]),
    ]
    for number, (field, values) in enumerate(keys):
        table = stage.table(f"keyed{number}")
        model = model_of(table, key=field, name=Char(max_length=9))
        await stage.make(model)
        await model.create_bulk([model(key=key, name="a") for key in values])
        assert (await model.get(values[0])).key == values[0]
        assert await model.update_bulk(values, model(name="b")) in stage.told(2)
        named = [model(key=key, name=str(n)) for n, key in enumerate(values)]
        assert await model.update_bulk(named) in stage.told(2)
        assert {each.key: each.name for each in await model.search()} == dict(
            zip(values, "01", strict=True)
        )
        await (await model.get(values[1])).delete()
        assert await model.table_len() == 1


@case("core", profile="core")
async def a_key_may_be_several_fields(stage: Stage) -> None:
    class Line(DotModel):
        __table__ = stage.table("lines")

        number: int = Integer(primary_key=True)
        kind: str = Char(max_length=5, primary_key=True, column="The Kind")
        size: int | None = Integer()

    await stage.make(Line)
    lines = [Line(number=n, kind=kind, size=n) for n in range(300) for kind in ("a", "b'")]
    keys: list[Any] = [(line.number, line.kind) for line in lines]
    made = await Line.create_bulk(lines)
    assert made == [{"number": number, "kind": kind} for number, kind in keys]
    assert await Line.create(Line(number=300, kind="a")) == (300, "a")
    assert (await Line.get_or_raise((7, "b'"))).size == 7
    assert await Line.get((7, "c")) is None
    assert await Line.update_bulk([*keys[:250], (1, "c")], Line(size=-1)) in stage.told(250)
    assert await Line.search_count([("size", "=", -1)]) == 250
    assert await Line.delete_bulk(keys[1:]) in stage.told(599)
    (left, last) = await Line.search(sort="number")
    assert (left.number, left.kind, left.size, last.number) == (0, "a", -1, 300)
    await left.update(Line(size=8))
    await last.delete()
    assert [line.size for line in await Line.search()] == [8]


async def _order(model: Any, **options: Any) -> list[int]:
    return [record.id for record in await model.search(fields=["id"], **options)]


@case("core", profile="core")
async def records_come_in_the_order_asked_for(stage: Stage) -> None:
    person = await people(stage)
    await person.create(person(id=5, name="Bob", age=10))
    assert await _order(person) == [5, 4, 3, 2, 1]
    assert await _order(person, order="ASC") == [1, 2, 3, 4, 5]
    given = [("name", "is not null", None)]
    assert (await _order(person, filter=given, sort=["-active", "age"]))[:2] == [1, 3]
    assert await _order(person, filter=[("name", "=", "Bob")], sort=["name", "-age"]) == [2, 5]


@case("core", profile="core")
async def nulls_come_last_in_both_directions(stage: Stage) -> None:
    person = await people(stage)
    for name in ("age", "name", "salary", "born"):
        assert (await _order(person, sort=name))[-1] == 4, name
        assert (await _order(person, sort=f"-{name}"))[-1] == 4, name
    assert await _order(person, sort="-age") == [3, 2, 1, 4]


@case("core", profile="core")
async def a_window_cuts_the_records(stage: Stage) -> None:
    person = await people(stage)
    assert await _order(person, sort="id", limit=2) == [1, 2]
    assert await _order(person, sort="id", start=1, end=3) == [2, 3]
    assert await _order(person, sort="id", start=2) == [3, 4]
    assert await _order(person, sort="id", start=9, end=20) == []
    assert await _order(person, sort="id", limit=0) == []
    assert await _order(person, sort="age", start=3) == [4]


@case("core", profile="core")
async def a_table_may_hold_nothing_but_keys(stage: Stage) -> None:
    class Bare(DotModel):
        __table__ = stage.table("bare")

        id: int = Integer(primary_key=True)

    await stage.make(Bare)
    await Bare.create_bulk([Bare(id=1), Bare(id=2)])
    assert await found(Bare, [("id", ">", 1)]) == {2}


@case("core", profile="core")
async def an_unknown_name_is_refused_before_anything_is_sent(stage: Stage) -> None:
    person = person_model(stage)
    await stage.make(person)
    for options in ({"filter": [("nmae", "=", 1)]}, {"sort": "nmae"}, {"fields": ["nmae"]}):
        with expects(InvalidFilter, match="nmae"):
            await person.search(**options)
    assert stage.sent.nothing()
