"""Rows that a trigger of the database's own leaves out without an error are not taken as there."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer


class Guest(DotModel):
    __table__ = "guests"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=20)


_SQLITE = [
    (
        "CREATE TRIGGER door BEFORE INSERT ON guests WHEN NEW.name = 'out' "
        "BEGIN SELECT RAISE(IGNORE); END"
    )
]
_POSTGRES = [
    (
        "CREATE FUNCTION closed() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN IF NEW.name = ''out'' THEN RETURN NULL; END IF; RETURN NEW; END'"
    ),
    "CREATE TRIGGER door BEFORE INSERT ON guests FOR EACH ROW EXECUTE FUNCTION closed()",
]


@pytest.fixture
async def guests(db):
    db.bind(Guest)
    await db.create_and_update_tables([Guest])
    for statement in _SQLITE if db.backend.name == "sqlite" else _POSTGRES:
        await db.execute(statement)
    return Guest


@pytest.mark.parametrize("given", [{}, {"id": 1}])
async def test_one_record_that_is_left_out(guests, given):
    guest = Guest(name="out", **given)
    with pytest.raises(dotorm.DatabaseError, match="Guest: 0 of 1 rows were inserted: a trigger"):
        await guests.create(guest)
    assert guest._plan is None
    assert await guests.table_len() == 0


@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("count", [2, 1500])
async def test_many_records_of_which_one_is_left_out(guests, db, keyed, count):
    made = [Guest(name=f"guest {n}", **({"id": n} if keyed else {})) for n in range(1, count)]
    made.append(Guest(name="out", **({"id": count} if keyed else {})))
    with pytest.raises(dotorm.DatabaseError, match=f"{count}"):
        async with db.transaction():
            await guests.create_bulk(made)
    assert await guests.table_len() == 0
    await guests.create_bulk(made[:-1])
    assert await guests.table_len() == count - 1
