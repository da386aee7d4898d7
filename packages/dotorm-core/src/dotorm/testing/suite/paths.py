"""Filters and sorting across relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.testing.cases import case
from dotorm.testing.suite.models import found, library

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


async def _finds(stage: Stage, model: str, *expected: tuple[Any, set[int]]) -> None:
    asked = getattr(await library(stage), model)
    for given, keys in expected:
        assert await found(asked, given) == keys, given
        assert await asked.search_count(given) == len(keys), given
        assert await asked.exists(given) == bool(keys), given
    assert len(stage.sent) == 3 * len(expected)


@case("core", profile="relational")
async def a_path_leads_to_a_field_of_a_related_record(stage: Stage) -> None:
    await _finds(
        stage,
        "book",
        ([("author.name", "=", "Ann")], {1, 2, 3}),
        ([("author.name", "!=", "Ann")], {4}),
        ([("author.name", "ilike", "B")], {4}),
        ([("author.teacher.name", "=", "Ann")], {4}),
        ([("author.teacher", "in", [1])], {4}),
        ([("author.id", "between", [2, 3])], {4}),
        ([("not", ("author.name", "=", "Ann"))], {4}),
        ([("author.name", "=", "Bob"), "or", ("title", "=", "book 5")], {4, 5}),
    )


@case("core", profile="relational")
async def a_path_that_ends_early_answers_null(stage: Stage) -> None:
    await _finds(
        stage,
        "book",
        ([("author.name", "is null", None)], {5}),
        ([("author.teacher.name", "=", None)], {1, 2, 3, 5}),
        ([("author.teacher.name", "is not null", None)], {4}),
        ([("author.name", "not in", ["Ann"])], {4}),
        ([("author.name", "in", ["Bob", None])], {4, 5}),
    )


@case("core", profile="relational")
async def a_path_through_many_finds_each_record_once(stage: Stage) -> None:
    await _finds(
        stage,
        "author",
        ([("books.title", "like", "book")], {1, 2}),
        ([("books.pages", ">", 250)], {1, 2}),
        ([("books", "is null", None)], {3}),
        ([("books", "!=", None)], {1, 2}),
        ([("not", ("books.pages", ">", 350))], {1, 3}),
        ([("books.pages", ">", 350), "or", ("name", "=", "Cid")], {2, 3}),
        ([("pupils.books.title", "=", "book 4")], {1}),
    )


@case("core", profile="relational")
async def a_record_that_refers_to_nothing_has_none_of_many(stage: Stage) -> None:
    await _finds(
        stage,
        "book",
        ([("author.books.pages", ">", 350)], {4}),
        ([("not", ("author.books.pages", ">", 350))], {1, 2, 3, 5}),
        ([("author.books", "is null", None)], {5}),
        ([("not", ("author.books.tags.name", "=", "no such tag"))], {1, 2, 3, 4, 5}),
    )


@case("core", profile="relational")
async def a_path_through_links_finds_each_record_once(stage: Stage) -> None:
    await _finds(
        stage,
        "book",
        ([("tags.name", "like", "tag")], {1, 2, 4}),
        ([("tags", "in", [2, 3])], {1, 2, 4}),
        ([("tags", "=", None)], {3, 5}),
        ([("author.books.tags.name", "=", "tag 1")], {1, 2, 3}),
        ([("tags.name", "=", "tag 1"), ("tags.name", "=", "tag 2")], {1}),
    )


@case("core", profile="relational")
async def records_are_sorted_by_a_path(stage: Stage) -> None:
    book = (await library(stage)).book

    async def order(*sort: str, **options: Any) -> list[int]:
        return [each.id for each in await book.search(fields=["id"], sort=list(sort), **options)]

    assert await order("author.name", "-id") == [3, 2, 1, 4, 5]
    assert await order("-author.name", "id") == [4, 1, 2, 3, 5]
    assert await order("author.teacher.name", "id") == [4, 1, 2, 3, 5]
    given = [("author.name", "=", "Ann")]
    assert await order("author.name", "id", filter=given, start=1, end=2) == [2]


@case("core", profile="relational")
async def a_record_found_by_a_path_is_whole(stage: Stage) -> None:
    book = (await library(stage)).book
    (read,) = await book.search(filter=[("author.teacher.name", "=", "Ann")])
    assert (read.id, read.title, read.pages, read.author) == (4, "book 4", 400, 2)


@case("core", profile="relational")
async def a_path_chooses_what_is_changed_and_deleted(stage: Stage) -> None:
    shelf = await library(stage)
    book = shelf.book
    assert await book.update_where([("author.name", "=", "Ann")], book(pages=1)) in stage.told(3)
    assert await book.update_where([("tags.name", "=", "tag 2")], book(title="x")) in stage.told(2)
    assert await found(book, [("pages", "=", 1)]) == {1, 2, 3}
    assert await found(book, [("title", "=", "x")]) == {1, 2}
    await shelf.book.unlink_many2many("tags", [1, 2, 3])
    assert await book.delete_where([("author.books.title", "=", "x")]) in stage.told(3)
    assert await found(book, None) == {4, 5}
