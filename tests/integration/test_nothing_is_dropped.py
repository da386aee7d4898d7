"""What cannot be done is said, and what was said twice is not lost."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2many, Many2one, One2many, One2one, Text


class Band(DotModel):
    __table__ = "bands"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)
    players: list["Player"] = One2many(lambda: Player, "band")
    genres: list["Genre"] = Many2many(lambda: Genre, "band_genres", "genre", "band")
    leader: "Leader" = One2one(lambda: Leader, "band")


class Player(DotModel):
    __table__ = "players"

    id: int = Integer(primary_key=True)
    band: Band = Many2one(lambda: Band)


class Genre(DotModel):
    __table__ = "genres"

    id: int = Integer(primary_key=True)


class Leader(DotModel):
    __table__ = "leaders"

    id: int = Integer(primary_key=True)
    band: Band = Many2one(lambda: Band, unique=True)


MODELS = [Band, Player, Genre, Leader]


@pytest.fixture
async def bands(db):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    await Band.create(Band(name="a"))
    await Player.create(Player(band=1))
    return db


async def test_one_record_cannot_be_created_twice_in_a_bulk(bands):
    genre = Genre()
    with pytest.raises(dotorm.InvalidValue, match="one record twice"):
        await Genre.create_bulk([genre, Genre(), genre])
    assert await Genre.table_len() == 0


@pytest.mark.parametrize("value", [[], {"created": [{}]}, [1], (), "x"])
async def test_a_relation_that_was_set_is_not_forgotten_by_update(bands, value):
    for band in [
        await Band.get_with_relations(1, fields=["players"]),
        await Band.get(1),
        Band(id=1),
    ]:
        band.players = value
        with pytest.raises(dotorm.InvalidValue, match=r"Band\.players has no column"):
            await band.update()


@pytest.mark.parametrize(
    "change",
    [
        lambda band: band.players.append(Player(id=2)),
        lambda band: band.players.clear(),
        lambda band: band.genres.append(Genre(id=1)),
        lambda band: setattr(band, "leader", Leader()),
    ],
    ids=["put in", "taken out", "linked", "set"],
)
async def test_a_relation_that_was_changed_is_not_forgotten_by_update(bands, sent, change):
    band = await Band.get_with_relations(1)
    change(band)
    band.name = "b"
    sent.forget()
    with pytest.raises(dotorm.InvalidValue, match="has no column: use update_with_relations"):
        await band.update()
    assert len(sent) == 0


async def upsert_bands(records):
    return await Band.upsert_bulk(records, on_conflict=["id"])


async def read_bands():
    """Three records of one shape, renamed, with the players that reading put there."""
    await Band.create_bulk([Band(name="b"), Band(name="c")])
    records = await Band.search(fields=["name", "players"], sort="id")
    for record in records:
        record.name += "!"
    return records


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize("write", [Band.create_bulk, Band.update_bulk, upsert_bands])
async def test_a_relation_that_was_set_is_found_wherever_its_record_is(bands, sent, write, place):
    records = await read_bands()
    records[place].players = [Player(id=1)]
    sent.forget()
    with pytest.raises(dotorm.InvalidValue, match=r"Band\.players has no column"):
        await write(records)
    assert len(sent) == 0


@pytest.mark.parametrize("write", [Band.update_bulk, upsert_bands])
async def test_relations_that_were_read_do_not_hinder_a_bulk(bands, write):
    await write(await read_bands())
    assert [band.name for band in await Band.search(sort="id")] == ["a!", "b!", "c!"]


async def test_relations_that_were_read_do_not_hinder_an_update(bands):
    band = await Band.get_with_relations(1)
    assert band.leader is None
    band.name = "b"
    await band.update()
    assert (await Band.get(1)).name == "b"


async def test_links_to_what_is_not_there_are_refused(bands):
    genre = await Genre.create(Genre())
    band = await Band.get(1)
    with pytest.raises(dotorm.RecordNotFound, match="1 of the Genre to select are not there"):
        await band.update_with_relations(Band(genres={"selected": [genre, 99]}))
    assert await Band.get_many2many("genres", 1) == []
    await band.update_with_relations(Band(genres={"selected": [genre]}))
    assert [found.id for found in await Band.get_many2many("genres", 1)] == [genre]


async def test_two_models_of_one_table_have_the_indexes_of_both(db):
    class First(DotModel):
        __table__ = "shared"

        id: int = Integer(primary_key=True)
        a: str = Char(max_length=9, index=True)
        b: str = Char(max_length=9)

    class Second(First):
        __table__ = "shared"
        __indexes__ = (("b",), ("a",))
        __unique__ = (("a", "b"),)

    class Third(DotModel):
        __table__ = "shared"

        id: int = Integer(primary_key=True)
        a: int = Integer()
        b: str = Text()

    changes = await db.create_and_update_tables([First, Second])
    assert sum(sql.startswith("CREATE INDEX") for sql in changes.statements) == 2
    assert sum("UNIQUE" in sql for sql in changes.statements) == 1
    with pytest.raises(dotorm.ConfigurationError, match="Third: the table shared is described"):
        await db.create_and_update_tables([First, Third])


async def test_indexes_whose_names_would_be_the_same_are_told_apart(db):
    class Short(DotModel):
        __table__ = "p"

        id: int = Integer(primary_key=True)
        a_b: int = Integer(index=True)

    class Long(DotModel):
        __table__ = "p_a"

        id: int = Integer(primary_key=True)
        b: int = Integer(index=True)

    changes = await db.create_and_update_tables([Short, Long])
    assert len(changes.statements) == 4
    assert (await db.create_and_update_tables([Long, Short])).statements == []


async def test_a_filter_of_very_many_conditions(bands):
    either = []
    for number in range(1, 3001):
        either += ["or"] * bool(either) + [("id", "=", number)]
    assert await Band.search_count(either) == 1
    assert await Band.search_count([("id", "<", number) for number in range(2, 3000)]) == 1


@pytest.mark.parametrize(
    "write",
    [
        lambda band, payload: band.update(payload),
        lambda band, payload: band.update_with_relations(payload),
        lambda band, payload: Band.update_bulk([band.id], payload),
        lambda band, payload: Band.update_where(Band.id == band.id, payload),
    ],
    ids=["update", "update_with_relations", "update_bulk", "update_where"],
)
async def test_another_key_in_a_payload_is_not_dropped(bands, sent, write):
    band = await Band.get_or_raise(1)
    sent.forget()
    with pytest.raises(dotorm.InvalidValue, match=r"Band\.id is the key.* payload was given 77"):
        await write(band, Band(id=77, name="b"))
    assert sent.texts == []


async def test_the_same_key_in_a_payload_is_welcome(bands):
    band = await Band.get_or_raise(1)
    await band.update(Band(id=1, name="b"))
    await Band.update_bulk([1], Band(id=1, name="c"))
    await band.update_with_relations(Band(id=1, name="d"))
    await band.update(Band(id=77, name="e"), fields=["name"])
    assert (await Band.get_or_raise(1)).name == "e"


async def test_related_records_of_another_record_are_not_dropped(bands):
    await Band.create(Band(name="b"))
    await Leader.create_bulk([Leader(band=1), Leader(band=2)])
    fields = ["name", "players", "genres", "leader"]
    one, two = [await Band.get_with_relations(key, fields) for key in (1, 2)]
    one.name = "changed"
    await one.update()
    for name in ("players", "genres", "leader"):
        band = await Band.get_with_relations(1, fields)
        setattr(band, name, getattr(two, name))
        with pytest.raises(dotorm.InvalidValue, match=f"Band.{name}"):
            await band.update()
    band = await Band.get(1)
    band.genres = await Band.get_many2many("genres", 1)
    await band.update()
