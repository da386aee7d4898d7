"""Moments are read as text: in any time zone, over all years, and sorted by what they are."""

import datetime as dt
import random

import pytest

import dotorm
from dotorm import Char, Datetime, DotModel, Integer, Load, Many2one, One2many
from dotorm.exceptions import InvalidValue

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
FIRST = dt.datetime.min.replace(tzinfo=dt.UTC)
LAST = dt.datetime.max.replace(tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)
ZONES = ["UTC", "Europe/Amsterdam", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"]


class Event(DotModel):
    __table__ = "events"

    id: int = Integer(primary_key=True)
    name: str = Char()
    at: dt.datetime = Datetime()
    series: "Event" = Many2one(lambda: Event)
    parts: list["Event"] = One2many(lambda: Event, "series")


class Visit(DotModel):
    __table__ = "visits"

    at: dt.datetime = Datetime(primary_key=True)
    event: Event = Many2one(lambda: Event)
    note: str = Char()


@pytest.fixture
async def db(postgres_url):
    async with dotorm.connect(postgres_url, models=[Event, Visit]) as db:
        await db.create_and_update_tables([Event, Visit])
        yield db


@pytest.fixture
def insert(db):
    """A function that inserts events at moments as PostgreSQL writes them."""

    async def insert(*moments):
        for moment in moments:
            await db.execute("INSERT INTO events (at) VALUES (%s::TEXT::TIMESTAMPTZ)", [moment])

    return insert


def some_moments(count):
    dice = random.Random(4)  # noqa: S311 - the same each time
    last = (LAST - EPOCH) // MICROSECOND
    first = (FIRST - EPOCH) // MICROSECOND
    day = 86_400_000_000
    numbers = [dice.randrange(first + day, last - day) for _ in range(count)]
    numbers += [number // 1_000_000 * 1_000_000 for number in numbers[:100]]
    return [EPOCH + MICROSECOND * number for number in numbers]


@pytest.mark.parametrize("zone", ZONES)
async def test_every_moment_is_read_as_it_was_written_and_in_utc(db, zone):
    moments = some_moments(3_000)
    await Event.create_bulk([Event(at=moment) for moment in moments])
    async with db.transaction():
        await db.execute(f"SET LOCAL TIME ZONE '{zone}'")
        found = await Event.search(sort="id")
        ((shown,),) = [row.values() for row in await db.execute("SHOW TIME ZONE")]
    assert shown == zone
    assert [event.at for event in found] == moments
    assert {event.at.tzinfo for event in found} == {dt.UTC}


@pytest.mark.parametrize("zone", [*ZONES, "+15:59", "-15:59"])
async def test_the_first_and_the_last_moment_in_any_zone(db, insert, zone):
    ends = [FIRST, FIRST + MICROSECOND, LAST.replace(microsecond=0), LAST]
    await Event.create_bulk([Event(at=moment) for moment in ends])
    async with db.transaction():
        await db.execute(f"SET LOCAL TIME ZONE '{zone}'")
        assert [event.at for event in await Event.search(sort="id")] == ends
    await insert("0001-12-31 23:59:59.999999+00 BC", "10000-01-01 00:00:00+00")
    for outside in await Event.search(fields=["id"], filter=[("id", ">", len(ends))]):
        async with db.transaction():
            await db.execute(f"SET LOCAL TIME ZONE '{zone}'")
            with pytest.raises(InvalidValue, match="years 1 to 9999"):
                await Event.get(outside.id)


async def test_what_python_has_no_datetime_for(insert):
    await insert("infinity", "-infinity", None)
    assert [event.at for event in await Event.search(sort="id")] == [LAST, FIRST, None]
    for moment in ("0044-03-15 BC", "10000-01-01", "294276-12-31"):
        await Event.delete_where([("id", "is not null", None)])
        await insert(moment)
        with pytest.raises(InvalidValue, match="years 1 to 9999"):
            await Event.search()


async def test_moments_are_sorted_as_moments(insert):
    await insert("infinity", "2024-01-01", "9999-01-01", "-infinity", "0999-01-01")
    found = await Event.search(fields=["id"], sort="at")
    assert [event.id for event in found] == [4, 5, 2, 3, 1]
    found = await Event.search(sort="-at", limit=2)
    assert [event.id for event in found] == [1, 3]


async def test_sorting_by_an_indexed_moment_takes_the_index(db):
    await db.execute("CREATE INDEX ON events (at)")
    async with db.transaction():
        await db.execute("SET LOCAL enable_seqscan = off")
        async with dotorm.count_statements() as sent:
            await Event.search(sort="at", limit=1)
        ((text, *_),) = [sent.statements]
        plan = await db.execute(f"EXPLAIN {text.replace('$1', '1')}")
    assert "Index Scan" in str(plan)


async def test_limits_for_each_record_by_a_moment(insert, db):
    await insert("2024-01-01", "9999-01-01", "2000-01-01", "0999-01-01")
    await db.execute("UPDATE events SET series = 1")
    load = Load(fields=["at"], sort="-at", limit=2)
    (first,) = await Event.search(
        fields=["id", "parts"], filter=[("id", "=", 1)], fields_info={"parts": load}
    )
    assert [part.at.year for part in first.parts] == [9999, 2024]


async def test_the_style_of_a_database_does_not_matter(postgres_url, db, insert):
    ((name,),) = [row.values() for row in await db.execute("SELECT current_database()")]
    await db.execute(f'ALTER DATABASE "{name}" SET DateStyle = German')
    await insert("2024-02-03 04:05:06+00")
    async with dotorm.connect(postgres_url, models=[Event]):
        (event,) = await Event.search()
    assert event.at == dt.datetime(2024, 2, 3, 4, 5, 6, tzinfo=dt.UTC)


async def test_another_style_of_the_session_is_refused_with_a_remedy(db, insert):
    await insert("2024-02-03 04:05:06+00")
    async with db.transaction():
        await db.execute("SET LOCAL DateStyle = 'SQL, DMY'")
        with pytest.raises(InvalidValue, match="SET DateStyle TO 'ISO'"):
            await Event.search()
    (event,) = await Event.search()
    assert event.at.month == 2


async def test_a_record_answers_the_same_before_and_after_it_is_read(db):
    naive = dt.datetime(2024, 5, 6, 7, 8, 9, 10)  # noqa: DTZ001
    event = Event(at=naive)
    await Event.create(event)
    (read,) = await Event.search()
    assert read.at == event.at == naive.replace(tzinfo=dt.UTC)
    read.name = "read"
    async with dotorm.count_statements() as sent:
        await read.update()
    assert [text.partition("SET")[2] for text in sent.statements] == [
        ' "name" = $1 WHERE "id" = $2'
    ]


async def test_columns_without_time_zone_stay_without(db, insert):
    await db.execute("ALTER TABLE events ALTER at TYPE timestamp")
    await db.execute("INSERT INTO events (at) VALUES ('2024-02-03 04:05:06')")
    (event,) = await Event.search()
    assert event.at == dt.datetime(2024, 2, 3, 4, 5, 6)  # noqa: DTZ001
    await db.execute("UPDATE events SET at = '10000-01-01'")
    with pytest.raises(InvalidValue, match="years 1 to 9999"):
        await Event.search()


async def test_a_moment_as_a_key_in_a_query_inside_a_statement(insert):
    await insert("2024-01-01", "2025-01-01")
    first, second = EPOCH, EPOCH + MICROSECOND
    await Visit.create_bulk([Visit(at=first, event=1), Visit(at=second, event=2)])
    early = [("event.at", "<", dt.datetime(2024, 6, 1, tzinfo=dt.UTC))]
    assert await Visit.update_where(early, Visit(note="early")) == 1
    assert [(v.at, v.note) for v in await Visit.search(sort="at")] == [
        (first, "early"),
        (second, None),
    ]
    assert await Visit.delete_where(early) == 1
    assert (await Visit.get(second)).at == second
    assert await Visit.get(first) is None
