"""Upserts mean what they mean elsewhere, though any unique key of MySQL's sets them off."""

from uuid import uuid4

import pytest

from dotorm import UUID, Char, DotModel, Integer, Many2many
from dotorm.exceptions import UniqueViolation


class Guest(DotModel):
    __table__ = "guests"

    id: int = Integer(primary_key=True)
    email: str | None = Char(max_length=50, unique=True)
    seat: int | None = Integer(unique=True)
    name: str | None = Char(max_length=50)
    friends = Many2many(lambda: Guest, "friends", "friend", "guest")


class Named(DotModel):
    __table__ = "named"

    key = UUID(primary_key=True, default=uuid4)
    name: str = Char(max_length=50, unique=True)


@pytest.fixture
async def guests(db):
    db.bind(Guest, Named)
    await db.create_and_update_tables([Guest, Named])
    await Guest.create_bulk([Guest(email="a@x", seat=1), Guest(email="b@x", seat=2)])
    return db


async def rows():
    return [(each.id, each.email, each.seat, each.name) for each in await Guest.search(order="ASC")]


async def test_a_record_there_by_another_key_is_an_error(guests):
    before = await rows()
    for payload in (
        Guest(email="c@x", seat=1),
        Guest(seat=1),
        Guest(id=1, email="c@x"),
    ):
        for update in (None, []):
            with pytest.raises(UniqueViolation):
                await Guest.upsert(payload, ["email"], update)
            with pytest.raises(UniqueViolation):
                await Guest.upsert_bulk([Guest(email="d@x"), payload], ["email"], update)
    with pytest.raises(UniqueViolation):
        await Guest.upsert(Guest(email="a@x", seat=2), ["email"])
    assert await rows() == before


async def test_keys_of_what_was_written_and_of_what_was_left(guests):
    payload = Guest(email="b@x", name="Bob")
    assert await Guest.upsert(payload, ["email"]) == payload.id == 2
    assert await Guest.upsert(Guest(email="b@x", name="Bob"), ["email"]) == 2
    assert await Guest.upsert(Guest(email="b@x", name="Rob"), ["email"], update=[]) is None
    fresh = await Guest.upsert(Guest(email="c@x"), ["email"], update=[])
    assert (await Guest.get(fresh)).email == "c@x"
    assert (await Guest.get(2)).name == "Bob"


async def test_keys_that_the_server_does_not_make(guests):
    first = Named(name="x")
    assert await Named.upsert(first, ["name"], update=[]) == first.key
    assert await Named.upsert(Named(name="x"), ["name"], update=["name"]) == first.key
    assert await Named.upsert(Named(name="x"), ["name"], update=[]) is None


async def test_how_many_were_inserted_or_changed(guests):
    some = [Guest(email=f"{n}@x", name="n") for n in "abcdef"]
    assert await Guest.upsert_bulk(some, ["email"]) == 6
    assert await Guest.upsert_bulk(some, ["email"]) == 6
    assert await Guest.upsert_bulk(some, ["email"], update=[]) == 0
    assert await Guest.upsert_bulk(some[:1], ["email"], update=[]) == 0
    more = [*some, Guest(email="g@x", name="n")]
    assert await Guest.upsert_bulk(more, ["email"], update=[]) == 1


async def test_in_a_transaction_that_saw_the_table_before(guests, stranger):
    async with guests.transaction():
        assert await Guest.table_len() == 2
        await stranger.execute("INSERT INTO guests (email, name) VALUES ('c@x', 'same')")
        key = await Guest.upsert(Guest(email="c@x", name="same"), ["email"])
    assert (await Guest.get(key)).email == "c@x"


async def test_links_that_are_there(guests):
    await Guest.link_many2many("friends", [(1, 2), (1, 1)])
    await Guest.link_many2many("friends", [(1, 2), (2, 2)])
    assert len(await guests.execute("SELECT * FROM friends")) == 3


@pytest.mark.parametrize("key", [-1, -(2**31)])
async def test_a_key_below_zero_is_a_key_as_any_other(guests, key):
    assert await Guest.upsert(Guest(id=key, email="c@x"), ["id"], update=["email"]) == key
    assert await Guest.upsert(Guest(id=key, email="d@x"), ["id"], update=[]) is None
    assert await Guest.upsert_bulk([Guest(id=key), Guest(id=9)], ["id"], update=[]) == 1
    assert await Guest.create(Guest(id=-7)) == -7
