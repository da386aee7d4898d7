"""Models and data of our own for the blocks of our own."""

from typing import Any

from dotorm import (
    Boolean,
    Char,
    Database,
    DotModel,
    Integer,
    Many2many,
    Many2one,
    One2many,
    One2one,
)


class Publisher(DotModel):
    """Has books."""

    __table__ = "publishers"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40, required=True)
    city: str = Char(max_length=40)
    books: Any = One2many(lambda: Book, "publisher")


class Genre(DotModel):
    """What a book is about."""

    __table__ = "genres"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40, unique=True)


class Book(DotModel):
    """Has every kind of relation."""

    __table__ = "books"

    id: int = Integer(primary_key=True)
    title: str = Char(max_length=80, required=True)
    pages: int = Integer()
    in_print: bool = Boolean(default=True)
    publisher: Any = Many2one(lambda: Publisher)
    genres: Any = Many2many(
        relation_table=lambda: Genre,
        many2many_table="book_genres",
        column1="genre_id",
        column2="book_id",
    )
    cover: Any = One2one(lambda: Cover, "book")


class Cover(DotModel):
    """Belongs to one book."""

    __table__ = "covers"

    id: int = Integer(primary_key=True)
    colour: str = Char(max_length=20)
    book: Any = Many2one(lambda: Book, unique=True)


MODELS: tuple[Any, ...] = (Publisher, Genre, Book, Cover)

LINKS = "SELECT book_id, genre_id FROM book_genres ORDER BY book_id, genre_id"


RECORDS = """
INSERT INTO publishers (name, city) VALUES ('Alpha', 'Oslo'), ('Beta', NULL), ('Gamma', 'Rome');
INSERT INTO genres (name) VALUES ('sea'), ('river'), ('lake');
INSERT INTO books (title, pages, in_print, publisher) VALUES
('Tide', 100, true, 1), ('Ebb', 200, true, 1),
('Flood', 300, false, 2), ('Drift', NULL, true, NULL);
INSERT INTO book_genres (book_id, genre_id) VALUES (1, 1), (1, 2), (2, 1);
INSERT INTO covers (colour, book) VALUES ('blue', 1)
"""


async def fill(database: Database) -> None:
    """Create the tables and a few records: book 1 has everything, book 4 nothing."""
    await database.create_and_update_tables(MODELS)
    for statement in RECORDS.split(";"):
        await database.execute(statement)


async def links(database: Database) -> list[tuple[int, int]]:
    """The pairs of a book's and a genre's key that are linked."""
    return [(row["book_id"], row["genre_id"]) for row in await database.execute(LINKS)]
