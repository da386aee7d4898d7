"""Counting and logging on real databases."""

import asyncio
import logging
from typing import Any

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2one, One2many


class Shelf(DotModel):
    __table__ = "observed_shelves"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40, unique=True)
    books: Any = One2many(lambda: Book, "shelf")


class Book(DotModel):
    __table__ = "observed_books"

    id: int = Integer(primary_key=True)
    title: str = Char(max_length=40)
    shelf: Any = Many2one(lambda: Shelf)


@pytest.fixture
async def db(url):
    async with dotorm.connect(url, models=[Shelf, Book]) as database:
        await database.create_and_update_tables([Shelf, Book])
        await Shelf.create_bulk([Shelf(name=f"shelf {n}") for n in range(3)])
        await Book.create_bulk([Book(title=f"book {n}", shelf=n % 3 + 1) for n in range(9)])
        yield database


async def test_operations_are_counted(db):
    async with dotorm.count_statements() as n:
        await Shelf.search(fields=["name", "books"])
        assert n == 2, n.statements
        await Book.search_count()
    await Book.search_count()

    assert n == 3
    assert [("observed_shelves" in text, "observed_books" in text) for text in n.statements] == [
        (True, False),
        (False, True),
        (False, True),
    ]


async def test_an_update_that_changes_nothing_is_none(db):
    book = await Book.get_or_raise(1)
    async with dotorm.count_statements() as n:
        await book.update()

    assert n == 0


async def test_requests_side_by_side_do_not_mix(db):
    async def request(number):
        async with dotorm.count_statements() as n:
            for key in range(1, number + 1):
                await Book.get(key)
        return int(n)

    assert await asyncio.gather(*map(request, range(8))) == list(range(8))


async def test_statements_of_a_stream_are_counted(db):
    async with dotorm.count_statements() as n:
        titles = [book.title async for book in Book.stream(fields=["title"], sort="id", batch=2)]

    assert len(titles) == 9
    assert n == 1, n.statements


async def test_two_databases_are_counted_together(db, tmp_path):
    async with (
        dotorm.connect(f"sqlite:///{tmp_path}/other.db") as other,
        dotorm.count_statements() as n,
    ):
        await other.execute("SELECT 1")
        await db.execute("SELECT 2")

    assert n == 2


async def test_statements_are_logged(db, caplog):
    caplog.set_level(logging.DEBUG, "dotorm.statements")
    with dotorm.log_statements():
        await Book.search(fields=["title"], filter=[("title", "=", "book 1")])
        await Book.search(fields=["title"], filter=[("title", "=", "nothing")])
        with pytest.raises(dotorm.UniqueViolation):
            await Shelf.create(Shelf(name="shelf 1"))
    await Book.search_count()

    found, none, refused = [record.getMessage() for record in caplog.records]
    assert f"1 row, {db.backend.name}: SELECT" in found
    assert "0 rows" in none
    assert refused.endswith("failed: UniqueViolation")
    assert not any("book 1" in line or "shelf 1" in line for line in (found, none, refused))


async def test_values_are_logged_where_that_is_asked(db, caplog):
    with dotorm.log_statements(level=logging.WARNING, values=True):
        await Book.search(fields=["title"], filter=[("title", "=", "book 1")])
        with pytest.raises(dotorm.DotORMError):
            await db.execute("SELECT no_such_column FROM observed_books")

    found, refused = [record.getMessage() for record in caplog.records]
    assert found.endswith("['book 1']")
    assert "no_such_column" in refused.partition(" failed: ")[2]


async def test_rows_are_counted_where_the_database_tells(db):
    class Rows:
        def __init__(self):
            self.seen = []

        @dotorm.hookimpl
        def dotorm_statement_finished(self, event):
            self.seen.append(event.rows)

    rows = Rows()
    dotorm.register_observer(rows)
    try:
        await Book.search(fields=["title"], limit=4)
        await Book.search(fields=["title"], filter=[("id", "=", 0)])
        await db.execute("UPDATE observed_books SET title = %s WHERE id < 4", ["x"])
        await db.execute("SELECT title FROM observed_books WHERE id = 0")
    finally:
        dotorm.unregister_observer(rows)

    assert rows.seen == [4, 0, 3, 0]


async def test_an_observer_that_raises_harms_no_statement(db, caplog):
    class Broken:
        @dotorm.hookimpl
        def dotorm_statement_finished(self, event):
            raise RuntimeError("broken")

        @dotorm.hookimpl
        def dotorm_transaction_finished(self, event):
            raise RuntimeError("broken")

    broken = Broken()
    async with dotorm.count_statements() as before:
        dotorm.register_observer(broken)
        try:
            async with db.transaction(), dotorm.count_statements() as after:
                await Book.create(Book(title="kept"))
        finally:
            dotorm.unregister_observer(broken)

    assert await Book.exists([("title", "=", "kept")])
    assert before == after == 1
    assert "broken" in caplog.text
