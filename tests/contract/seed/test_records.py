"""Creating, reading, updating and deleting records; each test on every backend."""

import json

import pytest

from dotorm import Database, FieldNotLoaded, InvalidFilter, RecordNotFound
from tests.contract.seed.library import MODELS, Book, Genre, Publisher


async def _titles(database: Database) -> dict[int, str]:
    rows = await database.execute("SELECT id, title FROM books")
    return {row["id"]: row["title"] for row in rows}


@pytest.fixture
async def empty(library: Database) -> Database:
    """The library without its books."""
    await library.execute("DELETE FROM covers")
    await library.execute("DELETE FROM books")
    return library


async def test_create_answers_the_key(empty: Database) -> None:
    book = Book(id=70, title="Delta", pages=90, publisher=2)

    assert await Book.create(book) == book.id == 70
    (row,) = await empty.execute("SELECT * FROM books")
    assert (row["title"], row["pages"], row["publisher"]) == ("Delta", 90, 2)
    assert row["in_print"] in (True, 1)


async def test_the_database_makes_a_key(library: Database) -> None:
    genre = Genre(name="brook")

    assert await Genre.create(genre) == genre.id == 4
    assert await Genre.create_bulk([Genre(name="fen"), Genre(name="bay")]) == [{"id": 5}, {"id": 6}]
    rows = await library.execute("SELECT name FROM genres WHERE id > 3 ORDER BY id")
    assert [row["name"] for row in rows] == ["brook", "fen", "bay"]


async def test_create_bulk_answers_keys_in_order(empty: Database) -> None:
    books = [Book(id=key, title=f"Volume {key}") for key in (9, 7, 8)]

    assert await Book.create_bulk(books) == [{"id": 9}, {"id": 7}, {"id": 8}]
    assert await _titles(empty) == {7: "Volume 7", 8: "Volume 8", 9: "Volume 9"}


async def test_create_bulk_of_nothing(library: Database) -> None:
    assert await Book.create_bulk([]) == []


async def test_get_answers_the_record_or_none(library: Database) -> None:
    book = await Book.get(1)

    assert book is not None
    assert (book.title, book.pages, book.in_print, book.publisher) == ("Tide", 100, True, 1)
    assert await Book.get(999) is None


async def test_get_takes_a_record_for_a_key(library: Database) -> None:
    (book,) = await Book.search(fields=["publisher"], filter=[("id", "=", 1)])

    assert await Publisher.get(book.publisher) == book.publisher


async def test_get_reads_the_fields_asked_for(library: Database) -> None:
    book = await Book.get(1, fields=["title"])

    assert book is not None
    assert (book.id, book.title) == (1, "Tide")
    with pytest.raises(FieldNotLoaded):
        _ = book.pages


async def test_get_or_raise(library: Database) -> None:
    assert (await Book.get_or_raise(2, fields=["title"])).title == "Ebb"
    with pytest.raises(RecordNotFound):
        await Book.get_or_raise(999)


async def test_search_without_arguments_reads_all(library: Database) -> None:
    books = await Book.search()

    assert [(book.id, book.publisher) for book in books] == [(4, None), (3, 2), (2, 1), (1, 1)]


async def test_search_has_no_hidden_limit(library: Database) -> None:
    await Genre.create_bulk([Genre(id=100 + n, name=f"g{n}") for n in range(1200)])

    assert len(await Genre.search()) == 1203
    assert len(await Genre.search(fields=["id"], filter=[("id", ">=", 100)])) == 1200


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({"sort": "title", "order": "ASC"}, [4, 2, 3, 1]),
        ({"sort": "title", "order": "DESC"}, [1, 3, 2, 4]),
        ({"sort": "title", "order": "ASC", "limit": 2}, [4, 2]),
        ({"sort": "pages", "order": "ASC"}, [1, 2, 3, 4]),
        ({"sort": ["-in_print", "-pages"]}, [2, 1, 4, 3]),
        ({"start": 0, "end": 3}, [4, 3, 2]),
        ({"start": 3, "end": 6}, [1]),
        ({"limit": 0}, []),
    ],
)
async def test_search_sorts_and_cuts(
    library: Database, options: dict[str, object], keys: list[int]
) -> None:
    found = await Book.search(fields=["id"], **options)  # type: ignore[arg-type]

    assert [book.id for book in found] == keys


async def test_limit_with_start_is_an_error(library: Database) -> None:
    with pytest.raises(InvalidFilter):
        await Book.search(limit=1, start=0, end=2)


async def test_update_writes_what_changed(library: Database) -> None:
    book = await Book.get_or_raise(1)
    book.title = "Low tide"

    assert await book.update() is None  # type: ignore[func-returns-value]
    assert (await _titles(library))[1] == "Low tide"
    assert (await _titles(library))[2] == "Ebb"


async def test_update_writes_the_fields_of_a_payload(library: Database) -> None:
    book = await Book.get_or_raise(1)
    await book.update(Book(title="Spring tide", pages=1), fields=["title"])

    (row,) = await library.execute("SELECT title, pages FROM books WHERE id = 1")
    assert (row["title"], row["pages"]) == ("Spring tide", 100)
    assert (book.title, book.pages) == ("Spring tide", 100)


async def test_update_writes_all_of_a_payload(library: Database) -> None:
    book = await Book.get_or_raise(1)
    await book.update(Book(pages=7))

    (row,) = await library.execute("SELECT title, pages FROM books WHERE id = 1")
    assert (row["title"], row["pages"]) == ("Tide", 7)


async def test_update_bulk_counts_what_it_touched(library: Database) -> None:
    assert await Book.update_bulk(ids=[1, 2, 999], payload=Book(pages=5)) == 2

    rows = await library.execute("SELECT id FROM books WHERE pages = 5 ORDER BY id")
    assert [row["id"] for row in rows] == [1, 2]


async def test_delete_removes_the_record(library: Database) -> None:
    book = await Book.get_or_raise(1)

    assert await book.delete() is None  # type: ignore[func-returns-value]
    assert set(await _titles(library)) == {2, 3, 4}
    assert await library.execute("SELECT 1 FROM book_genres WHERE book_id = 1") == []


async def test_delete_bulk_counts_what_it_removed(library: Database) -> None:
    assert await Book.delete_bulk([3, 4, 999]) == 2
    assert set(await _titles(library)) == {1, 2}


async def test_writing_where_a_filter_finds(library: Database) -> None:
    assert await Book.update_where([("publisher", "=", 1)], Book(pages=1)) == 2
    assert await Book.delete_where([("pages", "=", 1)]) == 2
    assert set(await _titles(library)) == {3, 4}
    for nothing in (Book.update_where([], Book(pages=1)), Book.delete_where([])):
        with pytest.raises(InvalidFilter):
            await nothing


async def test_upsert_changes_what_is_there(library: Database) -> None:
    session = library.session
    assert await Genre.upsert(Genre(name="sea"), ["name"], session=session) is None
    assert await Genre.upsert(Genre(id=2, name="stream"), on_conflict=["id"], update=["name"]) == 2
    rest = [Genre(id=3, name="pond"), Genre(id=9, name="fen")]
    assert await Genre.upsert_bulk(rest, on_conflict=["id"], session=session) == 2

    names = {genre.id: genre.name for genre in await Genre.search()}
    assert names == {1: "sea", 2: "stream", 3: "pond", 9: "fen"}


async def test_a_record_that_is_gone_is_an_error(library: Database) -> None:
    book = await Book.get_or_raise(4)
    await book.delete()
    book.title = "Adrift"

    with pytest.raises(RecordNotFound):
        await book.update()
    with pytest.raises(RecordNotFound):
        await book.delete()


async def test_counts(library: Database) -> None:
    assert await Book.table_len() == 4
    assert await Book.search_count() == 4
    assert await Book.search_count([("publisher", "=", 1)]) == 2
    assert await Book.exists([("pages", ">", 250)]) is True
    assert await Book.exists([("pages", ">", 350)]) is False


async def test_json_answers_what_was_loaded(library: Database) -> None:
    fields = ["title", "pages", "publisher", "genres"]
    book = await Book.get_with_relations(1, fields, {"publisher": ["name"], "genres": ["name"]})

    assert book is not None
    shown = book.json()
    assert json.loads(json.dumps(shown)) == shown
    assert shown == {
        "id": 1,
        "title": "Tide",
        "pages": 100,
        "publisher": {"id": 1, "name": "Alpha"},
        "genres": [{"id": 1, "name": "sea"}, {"id": 2, "name": "river"}],
    }
    assert book.json(include=["title"]) == {"title": "Tide"}
    assert set(book.json(exclude=["genres", "publisher"])) == {"id", "title", "pages"}


async def test_every_operation_takes_a_session(library: Database) -> None:
    session = library.session
    for model in MODELS:
        model._pool = None

    await Book.create(Book(id=5, title="Weir"), session=session)
    await Book.create_bulk([Book(id=6, title="Lock")], session=session)
    book = await Book.get_or_raise(6, session=session)
    assert await Book.get(5, session=session) is not None
    await book.update(Book(title="Key"), session=session)
    await Book.update_bulk([5], Book(pages=2), session=session)
    assert [b.title for b in await Book.search(sort="-id", limit=2, session=session)] == [
        "Key",
        "Weir",
    ]
    await book.delete(session=session)
    assert await Book.delete_bulk([5], session=session) == 1
    assert await Book.update_where([("id", "=", 4)], Book(pages=4), session=session) == 1
    assert await Book.delete_where([("pages", "=", 4)], session=session) == 1


async def test_every_count_takes_a_session(library: Database) -> None:
    Book._pool = None

    assert await Book.table_len(session=library.session) == 4
    assert await Book.search_count(session=library.session) == 4
    assert await Book.exists(session=library.session) is True


async def test_every_relation_takes_a_session(library: Database) -> None:
    session = library.session
    for model in MODELS:
        model._pool = None

    book = await Book.get_with_relations(4, session=session)
    assert book is not None
    await Book.link_many2many(Book.genres, [(4, 1), (4, 3)], session=session)
    await book.unlink_many2many(Book.genres, [1], session=session)
    assert await Book.get_many2many(Book.genres, 4, session=session) == [Genre(id=3)]
    await book.update_with_relations(Book(genres={"selected": [2]}), session=session)
    assert len(await Book.get_many2many(Book.genres, 4, session=session)) == 2
    assert await Book.__create_table__(session=session) == []
