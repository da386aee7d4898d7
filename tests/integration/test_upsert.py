"""Inserting records, or changing those that are there."""

import pytest

import dotorm
from dotorm import Boolean, Char, DotModel, Integer, InvalidFilter, InvalidValue


class Guest(DotModel):
    __table__ = "guests"
    __unique__ = (("first", "last"),)

    id: int = Integer(primary_key=True)
    email: str = Char(max_length=50, unique=True)
    first: str = Char(max_length=20)
    last: str = Char(max_length=20)
    vip: bool = Boolean(default=False)


@pytest.fixture
async def db(url):
    async with dotorm.connect(url, models=[Guest]) as db:
        await db.create_and_update_tables([Guest])
        await Guest.create(Guest(email="a@x", first="Ada", last="A", vip=True))
        yield db


async def test_a_new_record_is_inserted_with_its_defaults(db):
    guest = Guest(email="b@x", first="Bo")
    assert await Guest.upsert(guest, ["email"]) == guest.id == 2
    assert (await Guest.get(2)).vip is False


async def test_the_record_there_takes_over_what_was_given_and_no_default(db):
    assert await Guest.upsert(Guest(email="a@x", first="Anna"), ["email"]) == 1
    stored = await Guest.get(1)
    assert (stored.first, stored.last, stored.vip) == ("Anna", "A", True)


async def test_only_the_fields_named_are_taken_over(db):
    payload = Guest(email="a@x", first="Anna", last="Z")
    assert await Guest.upsert(payload, ["email"], update=["last"]) == 1
    stored = await Guest.get(1)
    assert (stored.first, stored.last) == ("Ada", "Z")


async def test_nothing_to_update_leaves_the_record(db):
    assert await Guest.upsert(Guest(email="a@x", first="Anna"), ["email"], update=[]) is None
    assert (await Guest.get(1)).first == "Ada"


async def test_fields_unique_together_and_the_key_serve_as_well(db):
    changed = Guest(first="Ada", last="A", email="new@x")
    assert await Guest.upsert(changed, ["last", "first"]) == 1
    assert await Guest.upsert(Guest(id=1, first="Eve"), [Guest.id]) == 1
    stored = await Guest.get(1)
    assert (stored.email, stored.first) == ("new@x", "Eve")


async def test_many_records_that_were_given_different_fields(db):
    guests = [Guest(email=f"g{i}@x", first=f"G{i}") for i in range(20_000)]
    guests += [Guest(email="a@x", last="Changed", vip=False)]
    assert await Guest.upsert_bulk(guests, ["email"]) == 20_001
    stored = await Guest.get(1)
    assert (stored.first, stored.last, stored.vip) == ("Ada", "Changed", False)
    assert await Guest.table_len() == 20_001
    assert await Guest.upsert_bulk(guests[:10], ["email"], update=[]) == 0


async def test_no_records_are_no_statement(db):
    assert await Guest.upsert_bulk([], ["email"]) == 0


@pytest.mark.parametrize("fields", [["first"], ["vip"], [], "email", ["first", "email"]])
async def test_fields_that_are_not_unique_are_refused(db, fields):
    with pytest.raises(InvalidFilter, match="Guest"):
        await Guest.upsert(Guest(email="a@x"), fields)


async def test_records_that_meet_each_other_are_refused(db):
    with pytest.raises(InvalidValue, match="two records have the same email"):
        await Guest.upsert_bulk([Guest(email="c@x"), Guest(email="c@x")], ["email"])
    assert await Guest.table_len() == 1


async def test_a_field_to_update_that_was_given_nothing_is_refused(db):
    with pytest.raises(InvalidValue, match=r"Guest\.last is to be updated"):
        await Guest.upsert(Guest(email="a@x"), ["email"], update=["last"])


@pytest.mark.parametrize("many", [False, True])
async def test_a_record_that_was_read_remembers_what_was_written(db, many):
    guest = await Guest.get(1)
    guest.first, guest.vip = "Bea", False
    await (
        Guest.upsert_bulk([guest], ["id"], update=["first"])
        if many
        else Guest.upsert(guest, ["id"], update=["first"])
    )
    guest.first = "Ada"
    await guest.update()
    stored = await Guest.get(1)
    assert (stored.first, stored.vip) == ("Ada", False)
