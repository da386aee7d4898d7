"""Filters across relations of many, and statements that change what a filter finds."""

import pytest

import dotorm
from dotorm import Boolean, Char, DotModel, Integer, InvalidFilter, Many2many, Many2one, One2many


class Shelf(DotModel):
    __table__ = "shelves"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    books: list["Book"] = One2many(lambda: Book, "shelf")


class Mark(DotModel):
    __table__ = "marks"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)


class Book(DotModel):
    __table__ = "books"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    lent: bool = Boolean(default=False)
    shelf: Shelf = Many2one(lambda: Shelf)
    marks: list[Mark] = Many2many(lambda: Mark, "book_marks", "mark_id", "book_id")


MODELS = [Shelf, Mark, Book]


@pytest.fixture
async def shelves(url):
    async with dotorm.connect(url, models=MODELS) as db:
        await db.create_and_update_tables(MODELS)
        shelves = [Shelf(name=name) for name in ("low", "high", "empty")]
        marks = [Mark(name=name) for name in ("new", "old")]
        await Shelf.create_bulk(shelves)
        await Mark.create_bulk(marks)
        books = [Book(name=f"b{i}", shelf=shelves[i % 2], lent=i == 3) for i in range(5)]
        await Book.create_bulk(books)
        pairs = [(books[0], marks[0]), (books[0], marks[1]), (books[1], marks[1])]
        await Book.link_many2many("marks", pairs)
        yield db


async def names(filter):
    return [shelf.name for shelf in await Shelf.search(filter=filter, sort="id")]


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ([("books.name", "=", "b1")], ["high"]),
        ([("books.name", "like", "b")], ["low", "high"]),
        ([("books", "is null", None)], ["empty"]),
        ([("books", "=", None)], ["empty"]),
        ([("books", "!=", None)], ["low", "high"]),
        ([("books.marks.name", "=", "new")], ["low"]),
        ([("books.marks.name", "in", ["new", "old"])], ["low", "high"]),
        ([("books.marks", "in", [2])], ["low", "high"]),
        ([("not", ("books.lent", "=", True))], ["low", "empty"]),
        ([("books.lent", "=", True), "or", ("name", "=", "empty")], ["high", "empty"]),
        ([("books.shelf.name", "=", "low")], ["low"]),
        (Shelf.books.name.like("b4") | Shelf.books.is_null(), ["low", "empty"]),
    ],
)
async def test_a_path_through_many_finds_each_record_once(shelves, filter, expected):
    assert await names(filter) == expected
    assert await Shelf.search_count(filter) == len(expected)
    assert await names(filter) == expected


async def test_a_path_goes_on_through_many_after_one(shelves):
    found = await Book.search(filter=[("shelf.books.marks.name", "=", "new")], sort="id")
    assert [book.name for book in found] == ["b0", "b2", "b4"]


async def test_an_error_behind_the_relation_shows_the_place(shelves):
    with pytest.raises(InvalidFilter, match=r"Shelf, filter\[1\]: Book: unknown field 'nmae'"):
        await Shelf.search(filter=[("name", "=", "x"), ("books.nmae", "=", 1)])


async def test_update_where_reaches_what_the_filter_finds(shelves):
    assert await Book.update_where([("shelf.name", "=", "low")], Book(lent=True)) == 3
    assert await Book.update_where(Book.marks.name == "old", Book(name="marked")) == 2
    found = await Book.search(sort="id")
    assert [(book.name, book.lent) for book in found] == [
        ("marked", True),
        ("marked", False),
        ("b2", True),
        ("b3", True),
        ("b4", True),
    ]


async def test_delete_where_reaches_what_the_filter_finds(shelves):
    assert await Book.delete_where([("shelf.books.name", "=", "b1")]) == 2
    assert await Book.delete_where(Book.name == "b4") == 1
    assert await Book.delete_where(Book.name == "b4") == 0
    assert sorted(book.name for book in await Book.search()) == ["b0", "b2"]


@pytest.mark.parametrize("empty", [None, [], ()])
async def test_an_empty_filter_changes_nothing(shelves, empty):
    with pytest.raises(InvalidFilter, match="would reach every record"):
        await Book.delete_where(empty)
    with pytest.raises(InvalidFilter, match="would reach every record"):
        await Book.update_where(empty, Book(lent=True))
    assert await Book.search_count([("lent", "=", False)]) == 4
