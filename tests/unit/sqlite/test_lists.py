"""A list is one parameter, made in one go where its values allow: it finds what ``=`` finds."""

import pytest

import dotorm
from dotorm import BigInteger, Char, DotModel, Integer, Many2one

TEXTS = ["", "a", "A", "1", 'quo"te', "back\\slash", r"\u0000", r"a\\u0000", "\n\x01\x7f", "é🙂"]
NUMBERS = [-(2**63), -1, 0, 1, 2, 2**53 + 1, 2**63 - 1]


class Firm(DotModel):
    __table__ = "firms"

    id: int = BigInteger(primary_key=True)


class Item(DotModel):
    __table__ = "items"

    id: int = Integer(primary_key=True)
    name: str = Char()
    number: int = BigInteger()
    firm: Firm = Many2one(lambda: Firm)


@pytest.fixture
async def items(sqlite_url):
    async with dotorm.connect(sqlite_url, models=[Firm, Item]) as db:
        await db.create_and_update_tables([Firm, Item])
        await Firm.create_bulk([Firm(id=number) for number in NUMBERS])
        made = [Item(name=text) for text in TEXTS]
        made += [Item(number=number, firm=number) for number in NUMBERS]
        await Item.create_bulk(made)
        yield Item


async def found(name, operator, value):
    return {item.id for item in await Item.search(filter=[(name, operator, value)])}


@pytest.mark.parametrize(
    ("name", "values"), [("name", TEXTS), ("number", NUMBERS), ("firm", NUMBERS)]
)
async def test_a_list_finds_what_its_values_find(items, name, values):
    for value in values:
        once = await found(name, "=", value)
        assert len(once) == 1
        assert await found(name, "in", [value]) == once
        assert await found(name, "in", (value, value)) == once
        assert once.isdisjoint(await found(name, "in", [v for v in values if v != value]))
    assert len(await found(name, "in", values)) == len(values)


async def test_what_needs_converting_is_converted_in_a_list_too(items):
    firm = await Firm.get(2)
    assert await found("firm", "in", [firm, 1, True]) == await found("firm", "in", [2, 1])
    assert await found("number", "in", ["2", 1]) == await found("number", "in", [2, 1])
    with pytest.raises(dotorm.InvalidValue):
        await found("number", "in", [1, 1.5])


@pytest.mark.parametrize(
    ("name", "values"), [("name", ["a", "b\0"]), ("name", ["\0", r"\u0000"]), ("firm", [10**5000])]
)
async def test_what_cannot_be_in_a_list(items, name, values):
    with pytest.raises(dotorm.InvalidValue, match="SQLite cannot"):
        await found(name, "in", values)


@pytest.mark.parametrize("number", [2**31, 2**63, -(2**70)])
async def test_a_number_that_the_column_cannot_hold_is_refused_as_with_equals(items, number):
    for operator, value in (("=", number), ("in", [1, number]), ("not in", (number,))):
        with pytest.raises(dotorm.InvalidValue, match=r"Item\.id cannot take .* 32 bits"):
            await found("id", operator, value)
