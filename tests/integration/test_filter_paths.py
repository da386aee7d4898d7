"""Filters and sorting across Many2one relations, one to three of them."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2many, Many2one, One2many, Ref


class Country(DotModel):
    __table__ = "countries"

    id: int = Integer(primary_key=True)
    name: str = Char()
    cities: list["City"] = One2many(lambda: City, "country")


class City(DotModel):
    __table__ = "cities"

    id: int = Integer(primary_key=True)
    name: str = Char()
    country: Ref[Country] = Many2one(lambda: Country)


class Firm(DotModel):
    __table__ = "firms"

    id: int = Integer(primary_key=True)
    name: str = Char()
    city: Ref[City] = Many2one(lambda: City, column="city_id")
    owner: Ref["Worker"] = Many2one(lambda: Worker)


class Worker(DotModel):
    __table__ = "workers"

    id: int = Integer(primary_key=True)
    name: str = Char()
    firm: Ref[Firm] = Many2one(lambda: Firm)
    home: Ref[City] = Many2one(lambda: City)
    chief: Ref["Worker"] = Many2one(lambda: Worker)
    friends: list["Worker"] = Many2many(lambda: Worker, "friends", "friend_id", "worker_id")


MODELS = [Country, City, Firm, Worker]


@pytest.fixture
async def workers(db, sent):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    await Country.create_bulk([Country(id=1, name="Italy"), Country(id=2, name="France")])
    await City.create_bulk(
        [
            City(id=1, name="Rome", country=1),
            City(id=2, name="Paris", country=2),
            City(id=3, name="Atlantis"),
        ]
    )
    await Firm.create_bulk([Firm(id=n, name=f"Firm {n}", city=n) for n in (1, 2, 3)])
    await Firm.create(Firm(id=4, name="Firm 4"))
    await Worker.create_bulk(
        [
            Worker(id=1, name="Ada", firm=1, home=2),
            Worker(id=2, name="Bob", firm=2, home=2, chief=1),
            Worker(id=3, name="Cid", firm=3, home=1, chief=2),
            Worker(id=4, name="Dan", firm=4, chief=2),
            Worker(id=5, name="Eve", chief=1),
        ]
    )
    sent.forget()
    return Worker


async def found(given, **options):
    return [record.id for record in await Worker.search(fields=["id"], filter=given, **options)]


PATHS = [
    ([("firm.name", "=", "Firm 1")], Worker.firm.name == "Firm 1", {1}),
    ([("firm.id", "=", 2)], Worker.firm.id == 2, {2}),
    ([("firm.city", "=", 2)], Worker.firm.city == 2, {2}),
    ([("firm.city.name", "=", "Rome")], Worker.firm.city.name == "Rome", {1}),
    ([("firm.city.country", "in", [1, 2])], Worker.firm.city.country.in_([1, 2]), {1, 2}),
    (
        [("firm.city.country.name", "ilike", "FRANCE")],
        Worker.firm.city.country.name.ilike("FRANCE"),
        {2},
    ),
    ([("firm.city.country.name", "!=", "Italy")], Worker.firm.city.country.name != "Italy", {2}),
    (
        [("firm.city.country.name", "is null", None)],
        Worker.firm.city.country.name.is_null(),
        {3, 4, 5},
    ),
    (
        [("firm.city.country.name", "is not null", None)],
        Worker.firm.city.country.name.is_not_null(),
        {1, 2},
    ),
    ([("firm.city.name", "=", None)], Worker.firm.city.name.is_null(), {4, 5}),
    (
        [("firm.name", "not in", ["Firm 1", None])],
        Worker.firm.name.not_in(["Firm 1", None]),
        {2, 3, 4},
    ),
    ([("firm.name", "not in", [])], Worker.firm.name.not_in([]), {1, 2, 3, 4, 5}),
    (
        [("firm.city.name", "=", "Rome"), "or", ("home.name", "=", "Rome")],
        (Worker.firm.city.name == "Rome") | (Worker.home.name == "Rome"),
        {1, 3},
    ),
    ([("chief.name", "=", "Ada")], Worker.chief.name == "Ada", {2, 5}),
    ([("chief.chief.name", "=", "Ada")], Worker.chief.chief.name == "Ada", {3, 4}),
    (
        [("not", ("firm.city.country.name", "=", "Italy"))],
        ~(Worker.firm.city.country.name == "Italy"),
        {2},
    ),
    ([("firm.city", "=", City(id=1))], Worker.firm.city == City(id=1), {1}),
    ([("firm.id", "between", [2, 3])], Worker.firm.id.between(2, 3), {2, 3}),
]  # fmt: skip


async def test_a_path_leads_to_the_field_of_a_related_record(workers, sent):
    for given, expression, ids in PATHS:
        assert set(await found(given)) == ids, given
        assert set(await found(expression)) == ids, given
        assert await Worker.search_count(given) == len(ids), given
        assert await Worker.exists(expression) == bool(ids), given
    assert len(sent) == 4 * len(PATHS)


async def test_records_found_by_a_path_are_whole_and_not_doubled(workers):
    (ada,) = await Worker.search(filter=[("firm.city.name", "=", "Rome")])
    assert (ada.name, ada.firm, ada.chief) == ("Ada", 1, None)


async def test_sorting_by_a_path_puts_those_without_last(workers):
    assert await found(None, sort=["firm.city.name", "id"]) == [3, 2, 1, 4, 5]
    assert await found(None, sort=["-firm.city.name", "id"]) == [1, 2, 3, 4, 5]
    assert await found(None, sort=[Worker.firm.city.country.name, "-id"]) == [2, 1, 5, 4, 3]
    assert await found(None, sort="chief.name", order="DESC", limit=2) in ([3, 4], [4, 3])
    assert await found([("firm.name", "like", "Firm")], sort="firm.name") == [1, 2, 3, 4]


async def test_a_path_may_be_sorted_by_and_filtered_at_once(workers, sent):
    given = [("firm.city.country.name", "is not null", None)]
    assert await found(given, sort="-firm.city.country.name", start=1, end=2) == [2]
    assert sent.texts[-1].count("JOIN") == 3


async def test_links_can_be_filtered_by_a_path(workers):
    await Worker.link_many2many("friends", [(1, 2), (1, 3), (1, 5)])
    linked = await Worker.get_many2many(
        "friends", 1, filter=[("firm.city.country.name", "=", "France")], sort="-firm.name"
    )
    assert [record.id for record in linked] == [2]
    linked = await Worker.get_many2many("friends", 1, fields=["name"], sort="-firm.name")
    assert [record.name for record in linked] == ["Cid", "Bob", "Eve"]


WRONG_PATHS = [
    ("firm.nmae", "Firm: unknown field 'nmae'; did you mean 'name'"),
    ("frim.name", "unknown field 'frim'; did you mean 'firm'"),
    ("name.length", "Worker.name is no Many2one"),
    ("firm.", "unknown field ''"),
    (".name", "unknown field ''"),
    ("firm..name", "unknown field ''"),
]


async def test_a_path_that_leads_nowhere_is_refused_before_anything_is_sent(workers, sent):
    for path, message in WRONG_PATHS:
        with pytest.raises(dotorm.InvalidFilter) as error:
            await found([("id", "=", 1), "or", [(path, "=", 1)]])
        assert message in str(error.value)
        assert "filter[2][0]" in str(error.value)
        with pytest.raises(dotorm.InvalidFilter) as error:
            await found(None, sort=path)
        assert message in str(error.value)
    assert sent.texts == []


async def test_one_cannot_sort_by_what_there_are_many_of(workers, sent):
    for path, message in (
        ("friends", "Worker.friends has no column"),
        ("friends.name", "Worker.friends is no Many2one"),
        ("firm.city.country.cities", "Country.cities has no column"),
    ):
        with pytest.raises(dotorm.InvalidFilter) as error:
            await found(None, sort=path)
        assert message in str(error.value)
    assert sent.texts == []


async def test_an_expression_of_another_model_is_refused(workers, sent):
    with pytest.raises(dotorm.InvalidFilter, match=r"City\.name is a field of another model"):
        await found(City.name == "Rome")
    with pytest.raises(AttributeError, match="City: unknown field 'nmae'"):
        _ = Worker.firm.city.nmae
    assert sent.texts == []
