"""Reading and changing related records; each test on every backend."""

from typing import Any

import pytest

from dotorm import Database, FieldNotLoaded, ForeignKeyViolation, InvalidFilter, RecordNotFound
from tests.contract.seed.library import Book, Cover, Genre, Publisher, links


def _names(records: Any) -> list[str]:
    return [record.name for record in records]


async def _book(key: int, *fields: str) -> Any:
    return await Book.get_with_relations(id=key, fields=list(fields))


async def test_get_with_relations_answers_a_record_in_a_many2one(library: Database) -> None:
    book = await _book(1, "id", "title", "publisher")

    assert (book.title, book.publisher.name, book.publisher.city) == ("Tide", "Alpha", "Oslo")
    assert (await _book(4, "publisher")).publisher is None
    assert await _book(999, "title") is None


async def test_get_with_relations_answers_a_list_in_a_one2many(library: Database) -> None:
    publisher: Any = await Publisher.get_with_relations(
        id=1, fields=["name", "books"], fields_info={"books": ["id", "title"]}
    )

    assert [book.title for book in publisher.books] == ["Tide", "Ebb"]
    assert publisher.books["data"] == publisher.books
    assert isinstance(publisher.books, list)
    with pytest.raises(FieldNotLoaded):
        _ = publisher.books[0].pages


async def test_get_with_relations_answers_a_list_in_a_many2many(library: Database) -> None:
    book = await _book(1, "title", "genres")

    assert _names(book.genres) == _names(book.genres["data"]) == ["sea", "river"]


async def test_get_with_relations_answers_the_one_in_a_one2one(library: Database) -> None:
    assert (await _book(1, "cover")).cover.colour == "blue"
    assert (await _book(2, "cover")).cover is None


async def test_get_with_relations_reads_all_by_default(library: Database) -> None:
    book: Any = await Book.get_with_relations(1)

    assert (book.pages, book.publisher.id, book.cover.id) == (100, 1, 1)
    assert _names(book.genres) == ["sea", "river"]


async def test_get_without_relations_answers_the_key(library: Database) -> None:
    assert (await Book.get_or_raise(1)).publisher == 1


async def test_search_loads_the_relations_named(library: Database) -> None:
    books = await Book.search(
        fields=["title", "publisher", "genres", "cover"],
        sort="id",
        order="ASC",
        fields_info={"genres": ["name"]},
    )

    assert [book.publisher and book.publisher.name for book in books] == [
        "Alpha",
        "Alpha",
        "Beta",
        None,
    ]
    assert [_names(book.genres) for book in books] == [["sea", "river"], ["sea"], [], []]
    assert [book.cover and book.cover.colour for book in books] == ["blue", None, None, None]


async def test_search_groups_a_one2many(library: Database) -> None:
    publishers = await Publisher.search(fields=["name", "books"], sort="id", order="ASC")

    assert [[book.id for book in publisher.books["data"]] for publisher in publishers] == [
        [1, 2],
        [3],
        [],
    ]


async def test_relations_of_records_that_were_read_before(library: Database) -> None:
    books = await Book.search(fields=["id"], sort="id", order="ASC", limit=2)
    await Book._records_list_get_relation(
        library.session, ["genres"], books, fields_info={"genres": ["name"]}
    )

    assert [_names(book.genres) for book in books] == [["sea", "river"], ["sea"]]


async def test_fields_info_names_a_relation_that_is_read(library: Database) -> None:
    with pytest.raises(InvalidFilter):
        await Book.search(fields=["title"], fields_info={"genres": ["name"]})


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, ["sea", "river"]),
        ({"fields": ["name"]}, ["sea", "river"]),
        ({"filter": [("name", "ilike", "RI")]}, ["river"]),
        ({"sort": "name", "order": "ASC"}, ["river", "sea"]),
        ({"sort": "name", "order": "DESC"}, ["sea", "river"]),
        ({"limit": 1}, ["sea"]),
        ({"start": 1, "end": 2}, ["river"]),
    ],
)
async def test_get_many2many(library: Database, options: Any, names: list[str]) -> None:
    found = await Book.get_many2many(field=Book.genres, id=1, **options)

    assert _names(found) == names
    assert _names(await Book.get_many2many("genres", Book(id=1), **options)) == names


async def test_link_takes_pairs_of_this_and_related(library: Database) -> None:
    values: list[Any] = [(3, 1), (3, 2), (Book(id=4), Genre(id=3))]
    await Book.link_many2many(field=Book.genres, values=values)

    assert await links(library) == [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2), (4, 3)]


async def test_linking_twice_changes_nothing(library: Database) -> None:
    for _ in range(2):
        await Book.link_many2many("genres", [(1, 1), (1, 1), (1, 3)])

    assert await links(library) == [(1, 1), (1, 2), (1, 3), (2, 1)]


async def test_unlink_on_the_class_removes_related_keys_everywhere(library: Database) -> None:
    await Book.unlink_many2many(field=Book.genres, ids=[1])

    assert await links(library) == [(1, 2)]


async def test_unlink_on_a_record_removes_its_own_links(library: Database) -> None:
    book = await Book.get_or_raise(1)
    await book.unlink_many2many(Book.genres, [1, 2])

    assert await links(library) == [(2, 1)]


async def test_update_with_relations_changes_links(library: Database) -> None:
    book = await Book.get_or_raise(1)
    changes = {
        "selected": [3],
        "unselected": [1],
        "created": [Genre(name="fen")],
        "deleted": [2],
    }
    done = await book.update_with_relations(Book(title="Tides", genres=changes))

    assert done["title"] == "Tides"
    assert done["genres"] == {"selected": [3], "unselected": [1], "created": [4], "deleted": [2]}
    assert await links(library) == [(1, 3), (1, 4), (2, 1)]
    assert [genre.id for genre in await Genre.search()] == [4, 3, 1]
    assert (await Book.get_or_raise(1)).title == "Tides"


async def test_update_with_relations_changes_children(library: Database) -> None:
    publisher = await Publisher.get_or_raise(1)
    changes = {
        "selected": [3],
        "unselected": [1],
        "created": [{"title": "Weir"}],
        "deleted": [2],
    }
    payload = Publisher(name="Aleph", city="Bonn", books=changes)
    done = await publisher.update_with_relations(payload, fields=["name", "books"])

    assert done["name"] == "Aleph"
    assert done["books"] == {"selected": [3], "unselected": [1], "created": [5], "deleted": [2]}
    owners = {book.id: book.publisher for book in await Book.search(fields=None)}
    assert owners == {1: None, 3: 1, 4: None, 5: 1}
    assert (await Publisher.get_or_raise(1)).city == "Oslo"


async def test_update_with_relations_is_all_or_nothing(library: Database) -> None:
    gone = Book(id=999)
    changes = {"created": [Genre(name="fen")]}

    for payload in (Book(title="?"), Book(genres=changes), Book(genres={"unselected": [1]})):
        with pytest.raises(RecordNotFound):
            await gone.update_with_relations(payload)
    with pytest.raises(ForeignKeyViolation):
        await Book(id=1).update_with_relations(Book(publisher=999, genres=changes))
    assert await Genre.table_len() == 3


async def test_a_relation_is_set_by_key_or_record(library: Database) -> None:
    publisher = await Publisher.get_or_raise(3)
    await Book.create_bulk([Book(id=7, title="a", publisher=3)])
    await Book.create(Book(id=8, title="b", publisher=publisher))
    await Cover.create(Cover(id=8, book=8))

    found = await Book.search(fields=["id"], filter=[("publisher", "=", publisher)])
    assert [book.id for book in found] == [8, 7]
    assert (await _book(8, "cover")).cover.id == 8
