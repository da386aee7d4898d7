"""Constraints, and the errors that tell of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import (
    CheckViolation,
    DatabaseError,
    DotORMError,
    ForeignKeyViolation,
    IntegrityError,
    InvalidValue,
    NotNullViolation,
    UniqueViolation,
)
from dotorm.fields import Char, Integer, Many2one
from dotorm.model import DotModel
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, library, model_of, people, unique_notes

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


def _tells(error: IntegrityError, table: str, *columns: str) -> bool:
    """Whether what an error tells of table and columns, if anything, is right."""
    return error.table in (None, table) and error.columns in ((), columns)


@case("unique_constraints", profile="relational")
async def a_value_that_is_there_already_is_refused(stage: Stage) -> None:
    note = await unique_notes(stage)
    await note.create_bulk([note(id=1, name="a"), note(id=2), note(id=3)])
    other = await _created(note(id=4, name="b"))
    for ask in (
        note.create(note(id=5, name="a")),
        note.create_bulk([note(id=5, name="c"), note(id=6, name="a")]),
        other.update(note(name="a")),
    ):
        with expects(UniqueViolation) as caught:
            await ask
        assert _tells(caught[0], note.__table__, "name")
        assert isinstance(caught[0].__cause__, Exception)
    assert await found(note, [("name", "=", "a")]) == {1}


async def _created(record: Any) -> Any:
    await type(record).create(record)
    return record


@case("unique_constraints", profile="relational")
async def a_key_that_is_there_already_is_refused(stage: Stage) -> None:
    person = await people(stage)
    with expects(UniqueViolation) as caught:
        await person.create(person(id=1))
    assert _tells(caught[0], person.__table__, "id")


@case("unique_constraints", profile="relational")
async def several_columns_are_unique_together(stage: Stage) -> None:
    class Pair(DotModel):
        __table__ = stage.table("pairs")
        __unique__ = (("left", "right"),)

        id: int = Integer(primary_key=True)
        left: int | None = Integer()
        right: str | None = Char(max_length=9, column="The Right")

    await stage.make(Pair)
    await Pair.create_bulk([Pair(id=1, left=1, right="x"), Pair(id=2, left=1, right="y")])
    await Pair.create_bulk([Pair(id=3, left=1), Pair(id=4, left=1)])
    with expects(UniqueViolation) as caught:
        await Pair.create(Pair(id=5, left=1, right="x"))
    assert _tells(caught[0], Pair.__table__, "left", "The Right")


@refusal("unique_constraints", profile="relational")
async def without_unique_constraints_nothing_is_promised(stage: Stage) -> None:
    note = await unique_notes(stage)
    await note.create_bulk([note(id=1, name="a"), note(id=2, name="a")])
    assert await found(note, [("name", "=", "a")]) == {1, 2}


@case("core", profile="core")
async def a_required_value_is_required(stage: Stage) -> None:
    class Needy(DotModel):
        __table__ = stage.table("needy")

        id: int = Integer(primary_key=True)
        name: str | None = Char(max_length=20, required=True)

    await stage.make(Needy)
    with expects(InvalidValue, match=r"Needy\.name"):
        await Needy.create(Needy(id=1, name=None))
    assert stage.sent.nothing()
    with expects(InvalidValue, NotNullViolation) as caught:
        await Needy.create(Needy(id=1))
    if isinstance(caught[0], NotNullViolation):
        assert _tells(caught[0], Needy.__table__, "name")
    assert await Needy.table_len() == 0


@case("required_values", profile="core")
async def a_row_without_a_required_value_is_refused(stage: Stage) -> None:
    table = stage.quoted(stage.table("filled"))
    await stage.db.execute(f"CREATE TABLE {table} (a INTEGER NOT NULL, b INTEGER NOT NULL)")
    with expects(NotNullViolation):
        await stage.db.execute(f"INSERT INTO {table} (a) VALUES (%s)", [1])  # noqa: S608 - quoted


@refusal("required_values", profile="core")
async def a_required_value_is_asked_for_before_anything_is_sent(stage: Stage) -> None:
    needy = model_of(
        stage.table("needy"), id=Integer(primary_key=True), name=Char(max_length=9, required=True)
    )
    await stage.make(needy)
    for ask in (needy.create(needy(id=1)), needy.create_bulk([needy(id=1), needy(id=2)])):
        with expects(InvalidValue, match=r"Thing\.name is required"):
            await ask
    assert stage.sent.nothing()


@case("foreign_keys", profile="relational")
async def a_reference_to_nothing_is_refused(stage: Stage) -> None:
    shelf = await library(stage)
    links = f"INSERT INTO {stage.quoted(shelf.links)} VALUES (%s, %s)"  # noqa: S608 - quoted
    for ask in (
        shelf.book.create(shelf.book(id=9, author=99)),
        shelf.book.update_bulk([1], shelf.book(author=99)),
        stage.db.execute(links, [99, 99]),
    ):
        with expects(ForeignKeyViolation):
            await ask
    assert (await shelf.book.get(1)).author == 1


@case("foreign_keys", profile="relational")
async def a_deleted_record_does_to_others_what_the_model_says(stage: Stage) -> None:
    class Parent(DotModel):
        __table__ = stage.table("parents")

        id: int = Integer(primary_key=True)

    class Child(DotModel):
        __table__ = stage.table("children")

        id: int = Integer(primary_key=True)
        forgets: Any = Many2one(lambda: Parent)
        follows: Any = Many2one(lambda: Parent, ondelete="cascade")
        holds: Any = Many2one(lambda: Parent, ondelete="restrict")

    await stage.make(Parent, Child)
    await Parent.create_bulk([Parent(id=key) for key in (1, 2, 3)])
    await Child.create_bulk([Child(id=1, forgets=1), Child(id=2, follows=2), Child(id=3, holds=3)])
    await Parent.delete_bulk([1])
    assert (await Child.get_or_raise(1)).forgets is None
    await Parent.delete_bulk([2])
    assert await Child.get(2) is None
    with expects(ForeignKeyViolation):
        await Parent.delete_bulk([3])


@case("foreign_keys", profile="relational")
async def a_deleted_record_takes_its_links_along(stage: Stage) -> None:
    shelf = await library(stage)
    await shelf.book.delete_bulk([1])
    await shelf.tag.delete_bulk([3])
    assert [each.id for each in await shelf.tag.get_many2many("books", 2)] == [2]
    rows = await stage.db.execute(f"SELECT * FROM {stage.quoted(shelf.links)}")  # noqa: S608 - quoted
    assert len(rows) == 1


@refusal("foreign_keys", profile="relational")
async def without_foreign_keys_references_are_free(stage: Stage) -> None:
    shelf = await library(stage)
    await shelf.book.create(shelf.book(id=9, author=99))
    (book,) = await shelf.book.search(fields=["author"], filter=[("id", "=", 9)])
    assert book.author == 99
    await shelf.author.delete_bulk([2])
    assert (await shelf.book.get(4)).author == 2


# There is no flag for CHECK: a database that enforces uniqueness enforces it, too.
@case("unique_constraints", profile="relational")
async def a_check_that_fails_is_told(stage: Stage) -> None:
    table = stage.quoted(stage.table("checked"))
    await stage.db.execute(f"CREATE TABLE {table} (n INTEGER, CONSTRAINT positive CHECK (n > 0))")
    await stage.db.execute(f"INSERT INTO {table} VALUES (%s)", [1])  # noqa: S608 - quoted
    with expects(CheckViolation) as caught:
        await stage.db.execute(f"INSERT INTO {table} VALUES (%s)", [-1])  # noqa: S608 - quoted
    assert caught[0].constraint in (None, "positive")


@case("core", profile="core")
async def what_the_server_refuses_is_a_database_error(stage: Stage) -> None:
    for sql in ("SELEKT 1", "SELECT nothing FROM nowhere_at_all"):
        with expects(DatabaseError) as caught:
            await stage.db.execute(sql)
        assert caught[0].__cause__ is not None
        assert not isinstance(caught[0].__cause__, DotORMError)
    assert await stage.db.execute("SELECT 1 AS n") == [{"n": 1}]
