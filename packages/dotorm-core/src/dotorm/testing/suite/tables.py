"""Tables: making them, adding what is missing, and leaving what is there."""

from __future__ import annotations

import decimal
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import (
    ConfigurationError,
    DatabaseError,
    ForeignKeyViolation,
    NotSupported,
    SchemaMismatch,
    UniqueViolation,
)
from dotorm.fields import Boolean, Char, Decimal, Integer, Many2many, Many2one
from dotorm.model import DotModel
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import Library, found, model_of, person_model

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


def _model(table: str, unique: Any = (), indexes: Any = (), **fields: Any) -> Any:
    """A model from its table's name and its fields, with a key."""
    body = {"id": Integer(primary_key=True), **fields}
    return model_of(table, __unique__=unique, __indexes__=indexes, **body)


@case("core", profile="ddl")
async def tables_that_are_there_are_left(stage: Stage) -> None:
    shelf = Library(stage)
    made = await stage.make(*shelf.models)
    assert len(made.statements) >= 5
    await shelf.author.create(shelf.author(id=1, name="Ann"))
    again = await stage.make(*reversed(shelf.models))
    assert (again.statements, again.skipped) == ([], [])
    assert await shelf.author.table_len() == 1


@case("core", profile="ddl")
async def a_single_table_is_made(stage: Stage) -> None:
    person = person_model(stage)
    stage.db.bind(person)
    assert len(await person.__create_table__()) >= 1  # what the table needs comes before it
    assert await person.__create_table__() == []
    assert await person.table_len() == 0


@case("core", profile="ddl")
async def tables_and_columns_that_are_missing_are_told(stage: Stage) -> None:
    table = stage.table("missing")
    old, new = _model(table), _model(table, size=Integer())
    stage.db.bind(old, new)
    await _is_told(old, old(id=1), "")
    await stage.make(old)
    await old.create(old(id=1))
    await _is_told(new, new(id=2, size=1), "size")
    assert await old.table_len() == 1


async def _is_told(model: Any, record: Any, missing: str) -> None:
    for call, *given in ((model.search,), (model.create, record), (model.get, 1)):
        with expects(SchemaMismatch, match=f"{missing}.*create_and_update_tables"):
            await call(*given)


@case("core", profile="ddl")
async def columns_are_added(stage: Stage) -> None:
    table = stage.table("grown")
    old = _model(table, name=Char(max_length=9))
    await stage.make(old)
    await old.create_bulk([old(id=1, name="a"), old(id=2, name="b")])
    new = _model(
        table,
        name=Char(max_length=9),
        note=Char(max_length=20),
        label=Char(max_length=20, default="it's 50%"),
        flag=Boolean(required=True, default=False),
        price=Decimal(8, 2, required=True, default=decimal.Decimal("1.50")),
    )
    changes = await stage.make(new)
    assert changes.skipped == []
    read = await new.get(1)
    assert (read.name, read.note, read.label) == ("a", None, "it's 50%")
    assert (read.flag, str(read.price)) == (False, "1.50")
    assert (await stage.make(new)).statements == []
    await new.create(new(id=3))
    assert (await new.get(3)).flag is False


@case("core", profile="ddl")
async def a_required_column_is_not_added_to_a_table_with_rows(stage: Stage) -> None:
    table = stage.table("filled")
    old = _model(table)
    await stage.make(old)
    await old.create(old(id=1))
    with expects(ConfigurationError, match=r"Thing\.size is required"):
        await stage.make(_model(table, size=Integer(required=True)))
    assert await old.table_len() == 1


@case("core", profile="ddl")
async def indexes_are_added(stage: Stage) -> None:
    table = stage.table("indexed")
    await stage.make(_model(table, a=Integer(), b=Integer()))
    new = _model(table, indexes=[("a", "b")], a=Integer(), b=Integer(index=True))
    assert len((await stage.make(new)).statements) == 2
    assert (await stage.make(new)).statements == []


@case("unique_constraints", profile="ddl")
async def unique_constraints_are_added(stage: Stage) -> None:
    table = stage.table("growing")
    old = _model(table, a=Integer(), b=Integer())
    await stage.make(old)
    await old.create_bulk([old(id=1, a=1, b=1), old(id=2, a=2, b=1)])
    new = _model(table, unique=[("b", "a")], a=Integer(unique=True), b=Integer())
    changes = await stage.make(new)
    assert (len(changes.statements), changes.skipped) == (2, [])
    assert (await stage.make(new)).statements == []
    with expects(UniqueViolation):
        await new.create(new(id=3, a=1, b=9))


@case("core", profile="ddl")
async def what_differs_and_stays_is_told(stage: Stage) -> None:
    table = stage.table("wide")
    old = _model(table, a=Char(max_length=100, required=True), b=Integer())
    await stage.make(old)
    await old.create(old(id=1, a="x" * 100))
    changes = await stage.make(_model(table, a=Char(max_length=5), b=Integer(required=True)))
    assert changes.statements == []
    assert "Thing.a may be null, its column does not allow NULL" in changes.skipped
    assert "Thing.b is required, its column allows NULL" in changes.skipped
    assert (await old.get(1)).a == "x" * 100


def _circle(stage: Stage) -> tuple[Any, Any]:
    """Two models that refer to each other, one of which refers to itself, too."""
    links = stage.table("circle_links")

    class Egg(DotModel):
        __table__ = stage.table("eggs")

        id: int = Integer(primary_key=True)
        hen: Any = Many2one(lambda: Hen)
        twin: Any = Many2one(lambda: Egg)

    class Hen(DotModel):
        __table__ = stage.table("hens")

        id: int = Integer(primary_key=True)
        egg: Any = Many2one(lambda: Egg)
        eggs: Any = Many2many(lambda: Egg, links, "egg_id", "hen_id")

    stage.keep(links)
    return Egg, Hen


@case("core", profile="ddl")
async def tables_may_refer_to_each_other(stage: Stage) -> None:
    egg, hen = _circle(stage)
    await stage.make(hen, egg)
    assert (await stage.make(egg, hen)).statements == []
    await egg.create(egg(id=1))
    await hen.create(hen(id=1, egg=1))
    await egg.update_bulk([1], egg(hen=1, twin=1))
    assert await found(egg, [("hen.egg.twin", "=", 1)]) == {1}
    await egg.update_bulk([1], egg(hen=None, twin=None))


@case("foreign_keys", profile="ddl")
async def a_column_added_brings_its_foreign_key(stage: Stage) -> None:
    table, target = stage.table("source"), _model(stage.table("target"))
    await stage.make(target, _model(table))
    new = _model(table, target=Many2one(lambda: target))
    changes = await stage.make(target, new)
    assert changes.skipped == []
    assert (await stage.make(target, new)).statements == []
    with expects(ForeignKeyViolation):
        await new.create(new(id=1, target=5))


@case("foreign_keys", "alter_constraints", profile="ddl")
async def a_foreign_key_is_added_to_a_column_that_is_there(stage: Stage) -> None:
    table, target = stage.table("source"), _model(stage.table("target"))
    await stage.make(target, _model(table, target=Integer()))
    new = _model(table, target=Many2one(lambda: target))
    changes = await stage.make(target, new)
    assert (len(changes.statements), changes.skipped) == (1, [])
    assert (await stage.make(target, new)).statements == []
    with expects(ForeignKeyViolation):
        await new.create(new(id=1, target=5))


@refusal("alter_constraints", "foreign_keys", profile="ddl")
async def a_foreign_key_that_cannot_be_added_is_told(stage: Stage) -> None:
    table, target = stage.table("source"), _model(stage.table("target"))
    await stage.make(target, _model(table, target=Integer()))
    new = _model(table, target=Many2one(lambda: target))
    changes = await stage.make(target, new)
    assert changes.statements == []
    assert len(changes.skipped) == 1
    assert "cannot add a foreign key" in changes.skipped[0]
    await new.create(new(id=1, target=5))


@case("transactions", "transactional_ddl", profile="ddl")
async def tables_are_undone_with_their_transaction(stage: Stage) -> None:
    person = person_model(stage)
    stage.db.bind(person)
    with suppress(ZeroDivisionError):
        async with stage.db.transaction():
            await stage.db.create_and_update_tables([person])
            await person.create(person(id=1))
            raise ZeroDivisionError
    with expects(DatabaseError):
        await person.table_len()


@case("transactions", "transactional_ddl", "unique_constraints", profile="ddl")
async def tables_are_made_all_or_none(stage: Stage) -> None:
    table, fresh = stage.table("taken"), _model(stage.table("fresh"))
    old = _model(table, n=Integer())
    await stage.make(old)
    await old.create_bulk([old(id=1, n=1), old(id=2, n=1)])
    with expects(DatabaseError):
        await stage.make(fresh, _model(table, n=Integer(unique=True)))
    stage.db.bind(fresh)
    with expects(DatabaseError):
        await fresh.table_len()


@refusal("transactional_ddl", profile="ddl")
async def tables_are_made_outside_of_transactions(stage: Stage) -> None:
    person = person_model(stage)
    stage.db.bind(person)
    await stage.db.create_and_update_tables([person])
    assert not stage.sent.transactions


@case("core", profile="ddl")
async def a_table_that_is_referred_to_must_be_there(stage: Stage) -> None:
    target = _model(stage.table("missing"))
    source = _model(stage.table("source"), target=Many2one(lambda: target))
    stage.db.bind(source)
    if stage.features.foreign_keys:
        with expects(ConfigurationError, NotSupported, match="does not exist"):
            await stage.db.create_and_update_tables([source])
    else:
        await stage.make(source)
        assert await source.table_len() == 0
