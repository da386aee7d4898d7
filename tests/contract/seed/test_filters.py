"""Every operator and every way to join conditions; each test on every backend."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from dotorm import (
    Boolean,
    Char,
    Database,
    Datetime,
    DotModel,
    FilterParser,
    Integer,
    InvalidFilter,
    Many2one,
    connect,
)
from dotorm.components import POSTGRES


class Port(DotModel):
    """Where ships are registered."""

    __table__ = "ports"

    id: int = Integer(primary_key=True)
    name: str = Char()


class Ship(DotModel):
    """What is looked for."""

    __table__ = "ships"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40)
    tons: int = Integer()
    afloat: bool = Boolean()
    built: Any = Datetime()
    port: Any = Many2one(lambda: Port)


SHIPS: list[dict[str, Any]] = [
    {"name": "Aurora", "tons": 10, "afloat": True, "built": "1999-12-31T23:59:59+00:00", "port": 1},
    {"name": "aurelia", "tons": 20, "afloat": False, "built": "2000-01-01", "port": 2},
    {"name": "50% off", "tons": 30, "afloat": True, "built": "2000-06-01", "port": 1},
    {"name": "a_b"},
    {"tons": 50, "afloat": True, "built": "2000-12-31", "port": 2},
]


@pytest_asyncio.fixture
async def ships(url: str) -> AsyncIterator[Database]:
    """Five ships, numbered from 1, in two ports."""
    async with connect(url, models=[Port, Ship]) as database:
        await database.create_and_update_tables([Port, Ship])
        await Port.create_bulk([Port(name="Bergen"), Port(name="Cork")])
        for values in SHIPS:
            await Ship.create(Ship(**values))
        yield database


async def _found(filter: Any) -> set[int]:
    return {ship.id for ship in await Ship.search(fields=["id"], filter=filter)}


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        (("tons", "=", 20), {2}),
        (("tons", "!=", 20), {1, 3, 5}),
        (("tons", ">", 20), {3, 5}),
        (("tons", ">=", 20), {2, 3, 5}),
        (("tons", "<", 20), {1}),
        (("tons", "<=", 20), {1, 2}),
        (("name", "like", "Aur"), {1}),
        (("name", "like", "%"), {3}),
        (("name", "like", "_"), {4}),
        (("name", "ilike", "AUR"), {1, 2}),
        (("name", "not like", "Aur"), {2, 3, 4}),
        (("name", "not ilike", "aur"), {3, 4}),
        (("tons", "in", [10, 30, 99]), {1, 3}),
        (("tons", "in", {10}), {1}),
        (("tons", "in", []), set()),
        (("tons", "not in", [10, 30]), {2, 5}),
        (("tons", "not in", []), {1, 2, 3, 4, 5}),
        (("tons", "is null", None), {4}),
        (("tons", "is not null", None), {1, 2, 3, 5}),
        (("tons", "=", None), {4}),
        (("tons", "!=", None), {1, 2, 3, 5}),
        (("tons", "between", [10, 20]), {1, 2}),
        (("built", "between", ["2000-01-01", "2000-12-31"]), {2, 3, 5}),
        (("tons", "not between", [10, 20]), {3, 5}),
        (("afloat", "=", True), {1, 3, 5}),
        (("port", "=", 1), {1, 3}),
        (("port.name", "=", "Cork"), {2, 5}),
    ],
    ids=str,
)
async def test_an_operator(ships: Database, condition: Any, keys: set[int]) -> None:
    assert await _found([condition]) == keys


AFLOAT = ("afloat", "=", True)
LIGHT = ("tons", "<", 15)
HEAVY = ("tons", ">", 45)


@pytest.mark.parametrize(
    ("given", "keys"),
    [
        ([], {1, 2, 3, 4, 5}),
        ([AFLOAT, LIGHT], {1}),
        ([AFLOAT, "and", LIGHT], {1}),
        ([LIGHT, "or", HEAVY], {1, 5}),
        ([AFLOAT, "and", [LIGHT, "or", HEAVY]], {1, 5}),
        ([LIGHT, "or", HEAVY, "and", ("port", "=", 1)], {1}),
        ([[LIGHT, "or", HEAVY], ("port", "=", 1)], {1}),
        ([("not", AFLOAT)], {2}),
        ([("not", [AFLOAT, LIGHT])], {2, 3, 5}),
        ([AFLOAT, ("not", [LIGHT, "or", HEAVY])], {3}),
        ([[[[LIGHT], "or", [[HEAVY]]]]], {1, 5}),
        ((Ship.tons < 15) | (Ship.tons > 45), {1, 5}),
    ],
    ids=str,
)
async def test_conditions_are_joined(ships: Database, given: Any, keys: set[int]) -> None:
    assert await _found(given) == keys


@pytest.mark.parametrize(
    "given",
    [
        [("tonnage", "=", 1)],
        [("tons", "~", 1)],
        [("tons", "=")],
        [AFLOAT, "or"],
        ["and", AFLOAT],
        [[]],
        [("tons", "between", [1])],
        [("tons", "in", 1)],
    ],
    ids=str,
)
async def test_a_malformed_filter_is_an_error(ships: Database, given: Any) -> None:
    with pytest.raises(InvalidFilter):
        await Ship.search(filter=given)


def test_the_parser_answers_text_and_values() -> None:
    parser = FilterParser(POSTGRES)
    given = [("a", "=", 1), "and", [("b", "between", [2, 3]), "or", ("not", ("c", "=", "d"))]]

    assert parser.parse([("a", ">", 1)]) == ('"a" > %s', (1,))
    sql, values = parser.parse(given)
    assert sql == '"a" = %s AND ("b" BETWEEN %s AND %s OR NOT ("c" = %s))'
    assert values == (1, 2, 3, "d")
    with pytest.raises(InvalidFilter):
        FilterParser(POSTGRES, Ship.__meta__.fields).parse([("tonnage", "=", 1)])
