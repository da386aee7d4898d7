"""The filter language on one table, with NULLs in it."""

from __future__ import annotations

import decimal
from typing import TYPE_CHECKING, Any

from dotorm.fields import Integer, Text
from dotorm.testing.cases import case
from dotorm.testing.suite.models import found, model_of, people

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

_ALL = {1, 2, 3, 4}
_TEXTS = [
    "50%", "500", "a_b", "axb", "wow!", "wow", "C:\\dir", "C:/dir", "!%", "it's", 'say "x"',
    "ÄÖÜ", "äöü", "STRASSE", "straße", "ПРИВЕТ", "привет", "Éa", "éA", "%", "", "😀 smile",
    "line\nbreak", "[a]", "*", "a%b", "100$", "--", "';--", "WOW",
]  # fmt: skip


async def _finds(stage: Stage, *expected: tuple[Any, set[int]]) -> None:
    """Each filter finds its records, alone and as part of a list, and counts them."""
    person = await people(stage)
    for given, keys in expected:
        assert await found(person, given) == keys, given
        assert await person.search_count([given] if isinstance(given, tuple) else given) == len(
            keys
        )


@case("core", profile="core")
async def equality_finds_no_null(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", "=", 30), {2}),
        (("age", "!=", 30), {1, 3}),
        (("name", "=", "anna"), {3}),
        (("name", "!=", "Ann"), {2, 3}),
        (("active", "=", True), {1, 3}),
        (("active", "!=", True), {2}),
        (("salary", "=", decimal.Decimal("10.000")), {2}),
        (("height", "=", 0.1), {3}),
        (("born", "=", "1990-12-31"), {2}),
    )


@case("core", profile="core")
async def greater_and_less_find_no_null(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", ">", 30), {3}),
        (("age", ">=", 30), {2, 3}),
        (("age", "<", 30), {1}),
        (("age", "<=", 30), {1, 2}),
        (("salary", ">", "9.50"), {2, 3}),
        (("salary", "<", 100), {1, 2}),
        (("born", ">", "1990-12-31"), {1}),
        (("height", "<", 1), {3}),
    )


@case("core", profile="core")
async def null_is_asked_for_in_several_ways(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", "=", None), {4}),
        (("age", "!=", None), {1, 2, 3}),
        (("age", "is null", None), {4}),
        (("age", "is not null", None), {1, 2, 3}),
        (("born", "is null"), {4}),
    )


@case("core", profile="core")
async def a_list_is_searched(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", "in", [20, 40]), {1, 3}),
        (("age", "in", {20, 99}), {1}),
        (("age", "not in", [20]), {2, 3}),
        (("name", "in", ["Ann", "it's"]), {1}),
        (("active", "in", [True]), {1, 3}),
        (("salary", "in", ["100.25", 10]), {2, 3}),
        (("height", "in", [0.1, 1.8]), {2, 3}),
        (("born", "in", ["2000-01-31", "1980-06-15"]), {1, 3}),
    )


@case("core", profile="core")
async def null_in_a_list_means_null(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", "in", [None]), {4}),
        (("age", "in", [20, None]), {1, 4}),
        (("age", "not in", [None]), {1, 2, 3}),
        (("age", "not in", [20, None]), {2, 3}),
        ([("not", ("age", "in", [20, None]))], {2, 3}),
    )


@case("core", profile="core")
async def an_empty_list_finds_nothing_and_its_opposite_all(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", "in", []), set()),
        (("age", "not in", []), _ALL),
        ([("not", ("age", "in", []))], _ALL),
        ([("age", "in", []), "or", ("id", "=", 1)], {1}),
    )


@case("core", profile="core")
async def a_long_list_is_searched(stage: Stage) -> None:
    person = await people(stage)
    length = min(stage.features.max_parameters, 30_000) - 5
    keys = list(range(2, length))
    assert await found(person, [("id", "in", keys)]) == {2, 3, 4}
    assert await found(person, [("id", "not in", keys)]) == {1}


@case("core", profile="core")
async def a_range_includes_its_ends(stage: Stage) -> None:
    await _finds(
        stage,
        (("age", "between", [20, 30]), {1, 2}),
        (("age", "between", (30, 20)), set()),
        (("age", "not between", [20, 30]), {3}),
        (("salary", "between", [9, "99.99"]), {1, 2}),
        (("born", "between", ["1980-01-01", "1990-12-31"]), {2, 3}),
    )


async def _notes(stage: Stage) -> Any:
    note = model_of(stage.table("notes"), id=Integer(primary_key=True), text=Text())
    await stage.make(note)
    await note.create_bulk([note(id=n, text=text) for n, text in enumerate([*_TEXTS, None])])
    return note


async def _texts(note: Any, operator: str, text: str) -> set[str]:
    return {each.text for each in await note.search(filter=[("text", operator, text)])}


@case("core", profile="core")
async def like_searches_for_the_text_as_it_stands(stage: Stage) -> None:
    note = await _notes(stage)
    for text in [*_TEXTS, "0%", "_", "\\", "!", "%%", "\\d", "é"]:
        assert await _texts(note, "like", text) == {t for t in _TEXTS if text in t}, text
        assert await _texts(note, "not like", text) == {t for t in _TEXTS if text not in t}, text


@case("core", profile="core")
async def ilike_ignores_case_in_every_alphabet(stage: Stage) -> None:
    note = await _notes(stage)
    for text in ["äöü", "ÄÖÜ", "Привет", "éa", "ÉA", "WOW", "c:\\DIR", "50%", "strasse", "B", "_"]:
        low = text.lower()
        with_it = {t for t in _TEXTS if low in t.lower()}
        assert await _texts(note, "ilike", text) == with_it, text
        assert await _texts(note, "not ilike", text) == set(_TEXTS) - with_it, text


_YOUNG, _OLD, _ACTIVE = ("age", "<", 25), ("age", ">", 35), ("active", "=", True)


@case("core", profile="core")
async def conditions_are_joined(stage: Stage) -> None:
    await _finds(
        stage,
        ([], _ALL),
        ([_YOUNG, _ACTIVE], {1}),
        ([_YOUNG, "and", _ACTIVE], {1}),
        ([_YOUNG, "or", _OLD], {1, 3}),
        ([_YOUNG, "or", _OLD, "and", ("name", "=", "nobody")], {1}),
        ([[_YOUNG, "or", _OLD], "and", ("name", "=", "anna")], {3}),
        ([_ACTIVE, "and", [_YOUNG, "or", ("name", "ilike", "B")]], {1}),
    )


@case("core", profile="core")
async def conditions_are_negated_as_sql_does(stage: Stage) -> None:
    await _finds(
        stage,
        ([("not", _ACTIVE)], {2}),
        ([("not", [_YOUNG, "or", _OLD])], {2}),
        ([("not", ("not", _YOUNG))], {1}),
        ([("not", ("age", "is null", None))], {1, 2, 3}),
        ([("not", ("name", "like", "nn"))], {2}),
        ([("not", ("age", "between", [20, 30]))], {3}),
    )


@case("core", profile="core")
async def conditions_nest_twenty_levels(stage: Stage) -> None:
    given: Any = [_YOUNG, "or", _OLD]
    for level in range(20):
        given = [("id", ">", 0), "and", given] if level % 2 else [("id", "<", 0), "or", given]
    await _finds(stage, (given, {1, 3}))


@case("core", profile="core")
async def expressions_find_what_lists_find(stage: Stage) -> None:
    person = await people(stage)
    for expression, keys in (
        (person.age == 30, {2}),
        (person.age.in_([20, None]), {1, 4}),
        ((person.age < 25) | ~(person.name == "Bob"), {1, 3}),
        ((person.age > 25) & person.name.ilike("AN"), {3}),
        (person.age.is_null() | person.age.between(35, 45), {3, 4}),
    ):
        assert await found(person, expression) == keys
