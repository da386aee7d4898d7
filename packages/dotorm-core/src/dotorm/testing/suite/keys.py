"""Keys that the database makes, and what else an INSERT answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import FieldNotLoaded, InvalidValue, NotSupported
from dotorm.fields import BigInteger, Char, Integer, SmallInteger
from dotorm.model import DotModel
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import model_of, people, person_model

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


@case("autoincrement", profile="core")
async def the_database_makes_keys(stage: Stage) -> None:
    for field in (Integer, BigInteger, SmallInteger):
        table = stage.table(f"made_{field.__name__.lower()}")
        made = model_of(table, key=field(primary_key=True), n=Integer())
        await stage.make(made)
        first, second = made(n=1), made()
        assert await made.create(first) == first.key
        assert await made.create(second) == second.key
        assert isinstance(first.key, int)
        assert first.key != second.key
        assert (await made.get(first.key)).n == 1
        assert await made.create(made(key=second.key + 100)) == second.key + 100


@refusal("autoincrement", profile="core")
async def a_record_without_its_key_is_refused(stage: Stage) -> None:
    person = await people(stage)
    for ask in (person.create(person(name="x")), person.create_bulk([person(name="x")])):
        with expects(InvalidValue, match="the database does not make it"):
            await ask
    assert stage.sent.nothing()


def _noted(stage: Stage) -> tuple[Any, Any]:
    """A model whose table has a default, and one of the same table that knows of none."""
    table = stage.table("noted")

    class Knows(DotModel):
        __table__ = table

        id: int = Integer(primary_key=True)
        note: str | None = Char(max_length=20, default="by the database")

    class Forgets(DotModel):
        __table__ = table

        id: int = Integer(primary_key=True)
        note: str | None = Char(max_length=20)

    return Knows, Forgets


@case("returning", profile="core")
async def what_the_database_put_there_is_answered(stage: Stage) -> None:
    knows, forgets = _noted(stage)
    await stage.make(knows)
    stage.db.bind(forgets)
    record = forgets(id=1)
    await forgets.create(record)
    assert record.note == "by the database"
    assert len(stage.sent) == 1


@refusal("returning", profile="core")
async def what_the_database_put_there_is_found_by_asking(stage: Stage) -> None:
    knows, forgets = _noted(stage)
    await stage.make(knows)
    stage.db.bind(forgets)
    record = forgets(id=1)
    await forgets.create(record)
    with expects(FieldNotLoaded, match="Forgets.note"):
        str(record.note)
    assert len(stage.sent) == 1
    assert (await forgets.get(1)).note == "by the database"


@case("autoincrement", "bulk_keys", profile="bulk")
async def keys_of_many_come_in_the_order_of_the_records(stage: Stage) -> None:
    person = person_model(stage)
    await stage.make(person)
    records = [person(name=f"n{n}", age=None if n % 7 else n) for n in range(2_500)]
    answered = await person.create_bulk([*records, person(), person(id=100_000)])
    assert [row["id"] for row in answered[:2_500]] == [record.id for record in records]
    assert answered[-1] == {"id": 100_000}
    stored = {each.id: each.name for each in await person.search(fields=["name"])}
    assert [stored[record.id] for record in records] == [record.name for record in records]


@refusal("bulk_keys", "autoincrement", profile="bulk")
async def many_records_without_keys_are_refused(stage: Stage) -> None:
    person = await people(stage)
    with expects(NotSupported, match="create_bulk"):
        await person.create_bulk([person(name="x")])
    assert stage.sent.nothing()
