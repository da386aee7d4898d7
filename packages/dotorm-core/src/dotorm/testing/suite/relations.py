"""Relations: how they are loaded, in how many statements, and how they are changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import FieldNotLoaded, NotSupported, RecordNotFound
from dotorm.fields import Char, Integer, Many2one, One2many
from dotorm.model import DotModel
from dotorm.orm.loads import Load
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import library

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


def _keys(records: Any) -> list[Any]:
    return [record.id for record in records]


@case("core", profile="relational")
async def a_reference_answers_the_key_until_it_is_loaded(stage: Stage) -> None:
    shelf = await library(stage)
    assert (await shelf.book.get(1)).author == 1
    (book,) = await shelf.book.search(fields=["author"], filter=[("id", "=", 1)])
    assert (book.author.id, book.author.name) == (1, "Ann")
    with expects(FieldNotLoaded):
        _ = book.tags


@case("core", profile="relational")
async def each_relation_is_loaded_with_one_statement(stage: Stage) -> None:
    shelf = await library(stage)
    fields = ["title", "author", "tags", "cover"]
    books = {book.id: book for book in await shelf.book.search(fields=fields)}
    assert len(stage.sent) == 4
    assert [book.author and book.author.name for book in books.values()] == [
        None, "Bob", "Ann", "Ann", "Ann"
    ]  # fmt: skip
    assert {key: _keys(book.tags) for key, book in books.items()} == {
        1: [1, 2], 2: [2], 3: [], 4: [3], 5: []
    }  # fmt: skip
    assert (books[1].cover.colour, books[4].cover.colour, books[2].cover) == ("red", "blue", None)
    assert books[1].author is books[2].author
    stage.sent.forget()
    authors = await shelf.author.search(fields=["books", "pupils"], sort="id")
    assert [_keys(author.books) for author in authors] == [[1, 2, 3], [4], []]
    assert [_keys(author.pupils) for author in authors] == [[2], [3], []]
    assert len(stage.sent) == 3


@case("core", profile="relational")
async def one_record_is_read_with_its_relations(stage: Stage) -> None:
    shelf = await library(stage)
    book = await shelf.book.get_with_relations(1)
    assert (book.author.name, _keys(book.tags), book.cover.colour) == ("Ann", [1, 2], "red")
    assert len(stage.sent) == 4
    assert await shelf.book.get_with_relations(99) is None


@case("core", profile="relational")
async def only_the_fields_named_are_read_of_related_records(stage: Stage) -> None:
    shelf = await library(stage)
    books = await shelf.book.search(fields=["author"], fields_info={"author": ["id"]}, sort="id")
    with expects(FieldNotLoaded, match=r"Author\.name"):
        _ = books[0].author.name


@case("core", profile="relational")
async def relations_of_relations_are_loaded(stage: Stage) -> None:
    shelf = await library(stage)
    tags = Load(fields=["name"], sort="-name")
    books = Load(fields=["tags"], filter=[("pages", "<", 300)], fields_info={"tags": tags})
    authors = await shelf.author.search(fields=["books"], fields_info={"books": books}, sort="id")
    assert len(stage.sent) == 3
    assert [_keys(author.books) for author in authors] == [[1, 2], [], []]
    assert [tag.name for tag in authors[0].books[0].tags] == ["tag 2", "tag 1"]


@case("core", profile="relational")
async def thousands_of_related_records_come_whole(stage: Stage) -> None:
    class Parent(DotModel):
        __table__ = stage.table("parents")

        id: int = Integer(primary_key=True)
        children: Any = One2many(lambda: Child, "parent")

    class Child(DotModel):
        __table__ = stage.table("children")

        id: int = Integer(primary_key=True)
        name: str | None = Char(max_length=9)
        parent: Any = Many2one(lambda: Parent, index=True)

    await stage.make(Parent, Child)
    await Parent.create_bulk([Parent(id=key) for key in range(2_000)])
    await Child.create_bulk([Child(id=key, parent=key % 2_000) for key in range(4_000)])
    stage.sent.forget()
    parents: Any = await Parent.search(fields=["children"], order="ASC")
    assert all(_keys(each.children) == [each.id, each.id + 2_000] for each in parents)
    assert len(stage.sent) == 2 or not stage.features.list_parameters
    children: Any = await Child.search(fields=["parent"])
    assert all(child.parent.id == child.id % 2_000 for child in children)


@case("window_functions", profile="olap")
async def a_limit_counts_for_each_record(stage: Stage) -> None:
    shelf = await library(stage)
    load = Load(fields=["title"], sort="-pages", limit=2)
    authors = await shelf.author.search(fields=["books"], fields_info={"books": load}, sort="id")
    assert [_keys(author.books) for author in authors] == [[3, 2], [4], []]
    load = Load(sort="-name", limit=1)
    books = await shelf.book.search(fields=["tags"], fields_info={"tags": load}, sort="id")
    assert [_keys(book.tags) for book in books] == [[2], [2], [], [3], []]
    assert len(stage.sent) == 4


@case("window_functions", profile="olap")
async def a_limit_for_each_record_counts_what_is_filtered(stage: Stage) -> None:
    shelf = await library(stage)
    load = Load(filter=[("tags.name", "=", "tag 2")], sort="title", limit=1)
    authors = await shelf.author.search(fields=["books"], fields_info={"books": load}, sort="id")
    assert [_keys(author.books) for author in authors] == [[1], [], []]


@refusal("window_functions", profile="olap")
async def a_limit_for_each_record_is_refused(stage: Stage) -> None:
    shelf = await library(stage)
    info = {"books": Load(limit=2)}
    with expects(NotSupported, match="a limit for each record"):
        await shelf.author.search(fields=["books"], fields_info=info)
    with expects(NotSupported, match="a limit for each record"):
        await shelf.author.get_with_relations(1, fields=["books"], fields_info=info)
    assert stage.sent.nothing()


@case("core", profile="relational")
async def links_are_made_and_removed(stage: Stage) -> None:
    shelf = await library(stage)
    book, tag = shelf.book, shelf.tag
    await book.link_many2many("tags", [(5, 1), (5, 3), (5, 1)])
    await tag.link_many2many("books", [(2, 5)])
    await book.link_many2many("tags", [(5, 3), (1, 3)])
    assert _keys(await book.get_many2many("tags", 5)) == [1, 2, 3]
    assert _keys(await tag.get_many2many("books", 3)) == [1, 4, 5]
    await (await book.get(5)).unlink_many2many("tags", [1, 3])
    assert _keys(await book.get_many2many("tags", 5)) == [2]
    await book.unlink_many2many("tags", [2])
    assert await tag.get_many2many("books", 2) == []
    assert _keys(await book.get_many2many("tags", 1)) == [1, 3]


@case("core", profile="relational")
async def linked_records_are_filtered_sorted_and_cut(stage: Stage) -> None:
    shelf = await library(stage)
    links, column = map(stage.quoted, (shelf.links, "tag_id"))
    sql = f"INSERT INTO {links} ({stage.quoted('book_id')}, {column}) VALUES (%s, %s)"  # noqa: S608 - quoted
    await stage.db.execute(sql, (1, 3))
    linked = await shelf.book.get_many2many("tags", 1, filter=[("id", ">", 1)], sort="-name")
    assert _keys(linked) == [3, 2]
    assert _keys(await shelf.book.get_many2many("tags", 1, sort="name", start=1, end=2)) == [2]


@case("core", profile="relational")
async def ten_thousand_links_are_made(stage: Stage) -> None:
    shelf = await library(stage)
    await shelf.tag.create_bulk([shelf.tag(id=key) for key in range(100, 5_100)])
    pairs = [(book, tag) for book in (3, 5) for tag in range(100, 5_100)]
    await shelf.book.link_many2many("tags", pairs)
    await shelf.book.link_many2many("tags", pairs[:10])
    found = await shelf.book.search(fields=["tags"], sort="id")
    assert [len(book.tags) for book in found] == [2, 1, 5_000, 1, 5_000]


@case("core", profile="relational")
async def a_record_and_its_relations_are_changed_together(stage: Stage) -> None:
    shelf = await library(stage)
    book = await shelf.book.get(1)
    tags = {"selected": [3], "unselected": [1], "created": [shelf.tag(id=9, name="new")]}
    await book.update_with_relations(shelf.book(title="changed", tags=tags))
    read = await shelf.book.get_with_relations(1, fields=["title", "tags"])
    assert (read.title, _keys(read.tags)) == ("changed", [2, 3, 9])
    author = await shelf.author.get(1)
    books = {"unselected": [1], "deleted": [3], "selected": [5]}
    await author.update_with_relations(shelf.author(books=books))
    read = await shelf.author.get_with_relations(1, fields=["books"])
    assert _keys(read.books) == [2, 5]
    assert (await shelf.book.get(1)).author is None
    assert await shelf.book.get(3) is None


@case("transactions", profile="relational")
async def a_record_and_its_relations_are_changed_or_nothing_is(stage: Stage) -> None:
    shelf = await library(stage)
    author = await shelf.author.get(1)
    books = {"unselected": [1], "deleted": [2], "selected": [99]}
    with expects(RecordNotFound):
        await author.update_with_relations(shelf.author(name="changed", books=books))
    read = await shelf.author.get_with_relations(1, fields=["name", "books"])
    assert (read.name, _keys(read.books)) == ("Ann", [1, 2, 3])
