"""The models that several cases use; each case has tables of its own."""

from __future__ import annotations

import datetime as dt
import decimal
from types import new_class
from typing import TYPE_CHECKING, Any

from dotorm.fields import (
    Boolean,
    Char,
    Date,
    Decimal,
    Float,
    Integer,
    Many2many,
    Many2one,
    One2many,
    One2one,
    Ref,
)
from dotorm.model import DotModel

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

__all__ = ["Library", "found", "library", "model_of", "people", "person_model", "unique_notes"]


def model_of(table: str, **body: Any) -> Any:
    """A model called Thing from its table's name and what else is in its class."""
    return new_class("Thing", (DotModel,), None, lambda space: space.update(body, __table__=table))


def person_model(stage: Stage) -> Any:
    """A model with columns of several types, which all may be NULL."""

    class Person(DotModel):
        __table__ = stage.table("people")

        id: int = Integer(primary_key=True)
        name: str | None = Char(max_length=50)
        age: int | None = Integer()
        active: bool | None = Boolean()
        born: dt.date | None = Date()
        salary: decimal.Decimal | None = Decimal(10, 2)
        height: float | None = Float()

    return Person


async def people(stage: Stage) -> Any:
    """That model with three records, and a fourth that has nothing but its key."""
    person = person_model(stage)
    await stage.make(person)
    day, money = dt.date, decimal.Decimal
    rows = [
        (1, "Ann", 20, True, day(2000, 1, 31), money("9.50"), 1.5),
        (2, "Bob", 30, False, day(1990, 12, 31), money("10.00"), 1.8),
        (3, "anna", 40, True, day(1980, 6, 15), money("100.25"), 0.1),
        (4, None, None, None, None, None, None),
    ]
    names = ("id", "name", "age", "active", "born", "salary", "height")
    await person.create_bulk([person(**dict(zip(names, row, strict=True))) for row in rows])
    stage.sent.forget()
    return person


async def found(model: Any, filter: Any, **options: Any) -> set[Any]:
    """The keys of the records that a filter finds."""
    records = await model.search(fields=["id"], filter=filter, **options)
    assert len({record.id for record in records}) == len(records), "a record came twice"
    return {record.id for record in records}


async def unique_notes(stage: Stage) -> Any:
    """A model with a unique column, and no records."""

    class Note(DotModel):
        __table__ = stage.table("notes")

        id: int = Integer(primary_key=True)
        name: str | None = Char(max_length=40, unique=True)
        size: int | None = Integer()

    await stage.make(Note)
    return Note


class Library:
    """Models with every kind of relation between them.

    Attributes:
        links: The name of the table of links between books and tags.
        author, book, tag, cover: Books have an author, who may have a teacher; covers belong to
            one book each, tags to any number.
    """

    author: Any
    book: Any
    tag: Any
    cover: Any

    def __init__(self, stage: Stage) -> None:
        self.links = links = stage.table("book_tags")

        class Author(DotModel):
            __table__ = stage.table("authors")

            id: int = Integer(primary_key=True)
            name: str | None = Char(max_length=40)
            teacher: Ref[Author] = Many2one(lambda: Author)
            pupils: list[Author] = One2many(lambda: Author, "teacher")
            books: list[Book] = One2many(lambda: Book, "author")

        class Tag(DotModel):
            __table__ = stage.table("tags")

            id: int = Integer(primary_key=True)
            name: str | None = Char(max_length=40)
            books: list[Book] = Many2many(lambda: Book, links, "book_id", "tag_id")

        class Book(DotModel):
            __table__ = stage.table("books")

            id: int = Integer(primary_key=True)
            title: str | None = Char(max_length=40)
            pages: int | None = Integer()
            author: Ref[Author] = Many2one(lambda: Author, column="author_id")
            tags: list[Tag] = Many2many(lambda: Tag, links, "tag_id", "book_id")
            cover: Cover = One2one(lambda: Cover, "book")

        class Cover(DotModel):
            __table__ = stage.table("covers")

            id: int = Integer(primary_key=True)
            colour: str | None = Char(max_length=40)
            book: Ref[Book] = Many2one(lambda: Book, unique=True)

        stage.keep(links)
        self.author, self.book, self.tag, self.cover = Author, Book, Tag, Cover
        self.models: list[Any] = [Author, Tag, Book, Cover]


async def library(stage: Stage) -> Library:
    """Those models with their records.

    Authors 1 Ann, 2 Bob (pupil of 1), 3 Cid (pupil of 2); books 1, 2 and 3 by Ann, 4 by Bob and 5
    by nobody; tags 1 to 3, of which book 1 has 1 and 2, book 2 has 2, and book 4 has 3; covers 1 of
    book 1 and 2 of book 4.
    """
    shelf = Library(stage)
    await stage.make(*shelf.models)
    author, book, tag, cover = shelf.author, shelf.book, shelf.tag, shelf.cover
    await author.create(author(id=1, name="Ann"))
    await author.create(author(id=2, name="Bob", teacher=1))
    await author.create(author(id=3, name="Cid", teacher=2))
    written_by = {1: 1, 2: 1, 3: 1, 4: 2, 5: None}
    await book.create_bulk(
        [
            book(id=key, title=f"book {key}", pages=key * 100, author=by)
            for key, by in written_by.items()
        ]
    )
    await tag.create_bulk([tag(id=key, name=f"tag {key}") for key in (1, 2, 3)])
    columns = ", ".join(map(stage.quoted, ("book_id", "tag_id")))
    for pair in ((1, 1), (1, 2), (2, 2), (4, 3)):
        sql = f"INSERT INTO {stage.quoted(shelf.links)} ({columns}) VALUES (%s, %s)"  # noqa: S608 - quoted
        await stage.db.execute(sql, pair)
    await cover.create_bulk([cover(id=1, colour="red", book=1), cover(id=2, colour="blue", book=4)])
    stage.sent.forget()
    return shelf
