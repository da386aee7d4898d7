"""Relations of relations, and how many, which and in which order."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, InvalidFilter, Load, Many2many, Many2one, One2many


class Land(DotModel):
    __table__ = "lands"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    towns: list["Town"] = One2many(lambda: Town, "land")


class Label(DotModel):
    __table__ = "labels"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    towns: list["Town"] = Many2many(lambda: Town, "town_labels", "town_id", "label_id")


class Town(DotModel):
    __table__ = "towns"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    size: int = Integer()
    land: Land = Many2one(lambda: Land)
    labels: list[Label] = Many2many(lambda: Label, "town_labels", "label_id", "town_id")


MODELS = [Land, Label, Town]


@pytest.fixture
async def sent(url):
    """The texts of the statements since the tables were filled."""
    async with dotorm.connect(url, models=MODELS) as db:
        await db.create_and_update_tables(MODELS)
        lands = [Land(name=f"land {i}") for i in range(3)]
        labels = [Label(name=f"label {i}") for i in range(4)]
        await Land.create_bulk(lands)
        await Label.create_bulk(labels)
        towns = [Town(name=f"town {i}", size=i % 5, land=lands[i % 2]) for i in range(10)]
        await Town.create_bulk(towns)
        await Town.link_many2many(
            "labels", [(town, label) for town in towns for label in labels if town.id > label.id]
        )
        texts = []

        class Recorder:
            @dotorm.hookimpl
            def dotorm_statement_finished(self, event):
                texts.append(event.sql)

        recorder = Recorder()
        dotorm.register_observer(recorder)
        async with dotorm.connect(url, models=MODELS):
            yield texts
        dotorm.unregister_observer(recorder)


async def test_relations_are_loaded_to_any_depth_with_one_statement_each(sent):
    towns = Load(fields=["name", "labels"], fields_info={"labels": Load(fields=["towns"])})
    lands = await Land.search(fields=["name", "towns"], fields_info={"towns": towns}, sort="id")
    assert [len(land.towns) for land in lands] == [5, 5, 0]
    first = lands[0].towns[-1]
    assert (first.name, [label.id for label in first.labels]) == ("town 8", [1, 2, 3, 4])
    assert [town.id for town in first.labels[3].towns] == [5, 6, 7, 8, 9, 10]
    assert len(sent) == 4


async def test_a_limit_counts_for_each_record(sent):
    best = Load(fields=["name"], sort=["-size", "name"], limit=2)
    lands = await Land.search(fields=["towns"], fields_info={"towns": best}, sort="id")
    assert [[town.name for town in land.towns] for land in lands] == [
        ["town 4", "town 8"],
        ["town 9", "town 3"],
        [],
    ]
    few = Load(sort="-id", limit=1)
    towns = await Town.search(fields=["labels"], fields_info={"labels": few}, sort="id")
    assert [[label.id for label in town.labels] for town in towns] == [
        [],
        [1],
        [2],
        [3],
        *[[4]] * 6,
    ]
    assert len(sent) == 4


async def test_a_filter_chooses_among_the_related(sent):
    big = Load(filter=[("size", ">", 3)], sort="id")
    land = await Land.get_with_relations(1, fields=["towns"], fields_info={"towns": big})
    assert [(town.name, town.size) for town in land.towns] == [("town 4", 4)]
    odd = Load(filter=[("name", "in", ["label 1", "label 3"])], fields=["name"])
    town = await Town.get_with_relations(10, fields=["labels"], fields_info={"labels": odd})
    assert [label.name for label in town.labels] == ["label 1", "label 3"]


async def test_a_many2one_is_followed_on(sent):
    land = Load(fields=["name", "towns"], fields_info={"towns": ["name"]})
    towns = await Town.search(["land"], sort="id", fields_info={"land": land})
    assert towns[0].land is towns[2].land
    assert [town.name for town in towns[1].land.towns] == [f"town {i}" for i in (1, 3, 5, 7, 9)]
    assert len(sent) == 3


@pytest.mark.parametrize(
    ("info", "message"),
    [
        ({"towns": Load(fields=["nmae"])}, "unknown field 'nmae'"),
        ({"towns": Load(filter=[("nmae", "=", 1)])}, "unknown field 'nmae'"),
        ({"towns": Load(sort="nmae")}, "unknown field 'nmae'"),
        ({"towns": Load(limit=-1)}, "limit counts rows"),
        ({"towns": Load(fields_info={"labels": []})}, "not among the relations read"),
        ({"towns": Load(fields=["land"], fields_info={"land": Load(limit=1)})}, "one record"),
    ],
)
async def test_what_is_wrong_with_it_is_found_before_anything_is_sent(sent, info, message):
    with pytest.raises(InvalidFilter, match=message):
        await Land.search(fields=["towns"], fields_info=info)
    assert sent == []


async def test_a_stream_loads_them_as_well(sent):
    best = Load(sort="-size", limit=1)
    found = [land async for land in Land.stream(["towns"], sort="id", fields_info={"towns": best})]
    assert [len(land.towns) for land in found] == [1, 1, 0]
