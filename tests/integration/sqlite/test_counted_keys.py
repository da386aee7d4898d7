"""The keys of many new rows are those that SQLite made, whatever it makes them of."""

import asyncio
import sqlite3
from contextlib import closing, suppress

import pytest

import dotorm
from dotorm import Char, DatabaseError, DotModel, Integer
from dotorm.databases.abstract import Keyed
from dotorm_sqlite.keys import insert_keyed

MANY = 1000
LARGEST = 2**63 - 1

TABLES = {
    "autoincrement": "CREATE TABLE notes (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)",
    "row number": "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT) STRICT",
    "another case": "CREATE TABLE Notes (ID integer, name TEXT, PRIMARY KEY (ID))",
}


class Note(DotModel):
    __table__ = "notes"

    id: int = Integer(primary_key=True)
    name: str = Char()


@pytest.fixture
async def db(tmp_path):
    async with await dotorm.connect(f"sqlite:///{tmp_path}/keys.db", models=[Note]) as found:
        yield found


async def insert(count=MANY):
    """Insert; the keys that were answered, as the records have them, and as they are."""
    notes = [Note(name=f"n{number}") for number in range(count)]
    answered = [row["id"] for row in await Note.create_bulk(notes)]
    names = {name: key for key, name in await stored()}
    assert answered == [note.id for note in notes] == [names[note.name] for note in notes]
    return answered


async def stored():
    return [(note.id, note.name) for note in await Note.search(sort="id")]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
async def test_they_follow_the_last_one(db, table):
    await db.execute(table)
    await db.execute("INSERT INTO notes (id, name) VALUES (41, 'there'), (-7, 'below')")
    assert await insert() == list(range(42, 42 + MANY))


async def test_numbers_of_deleted_rows_are_not_used_again(db):
    await db.execute(TABLES["autoincrement"])
    await db.execute("INSERT INTO notes (id, name) VALUES (5000, 'gone')")
    await db.execute("DELETE FROM notes")
    assert (await insert())[0] == 5001


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
@pytest.mark.parametrize("kind", ["", "TEMP"])
@pytest.mark.parametrize("when", ["BEFORE", "AFTER"])
async def test_a_trigger_takes_numbers_between(db, when, kind, table):
    await db.execute(table)
    notes = [Note(name=f"n{number}") for number in range(MANY)]
    async with db.transaction():  # where what is temporary is seen
        await db.execute(
            f"CREATE {kind} TRIGGER twice {when} INSERT ON NOTES WHEN NEW.name != 'by it' "
            "BEGIN INSERT INTO notes (name) VALUES ('by it'); END"
        )
        await Note.create_bulk(notes)
    names = dict(await stored())
    assert [names[note.id] for note in notes] == [note.name for note in notes]
    assert len(names) == 2 * MANY


async def test_a_temporary_table_hides_one(db):
    await db.execute(TABLES["autoincrement"])
    async with db.transaction():
        await db.execute("CREATE TEMP TABLE notes (name TEXT, id INTEGER PRIMARY KEY)")
        await db.execute("INSERT INTO notes (id, name) VALUES (900, 'there')")
        assert (await insert())[0] == 901


@pytest.mark.parametrize("columns", ["id INT PRIMARY KEY", "id INT, number INTEGER PRIMARY KEY"])
async def test_a_column_that_is_no_row_number_gets_no_keys(db, columns):
    await db.execute(f"CREATE TABLE notes ({columns}, name TEXT)")
    with pytest.raises(DatabaseError, match=r"notes\.id, which is not declared INTEGER PRIMARY"):
        await Note.create_bulk([Note(name="x") for _ in range(MANY)])
    assert await stored() == []


@pytest.mark.parametrize("count", [9, MANY])
async def test_keys_that_are_drawn_by_lot(db, count):
    await db.execute(TABLES["row number"])
    await db.execute(f"INSERT INTO notes (id, name) VALUES ({LARGEST}, 'last')")
    keys = await insert(count)
    assert keys != sorted(keys)


async def test_the_last_numbers_of_all(db):
    await db.execute(TABLES["row number"])
    await db.execute(f"INSERT INTO notes (id, name) VALUES ({LARGEST - MANY}, 'there')")
    assert await insert() == list(range(LARGEST - MANY + 1, LARGEST + 1))


async def test_rows_that_the_table_leaves_out_are_missed(db):
    await db.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT IGNORE)"
    )
    with pytest.raises(DatabaseError, match="1000 rows were inserted and 1 keys answered"):
        await Note.create_bulk([Note(name="same") for _ in range(MANY)])


async def test_one_refused_row_takes_all_with_it(db):
    await db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT CHECK (name != 'n7'))")
    with pytest.raises(dotorm.CheckViolation):
        await insert()
    assert await stored() == []
    await Note.create(Note(name="another"))


async def test_inside_a_transaction_it_stays_open(db):
    await db.execute(TABLES["autoincrement"])

    async def insert_and_fail():
        async with db.transaction():
            await insert()
            assert len(await stored()) == MANY
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await insert_and_fail()
    assert await stored() == []


async def test_inside_a_transaction_a_refused_row_takes_none_of_what_was_there(db):
    await db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT CHECK (name != 'n7'))")
    async with db.transaction():
        await Note.create(Note(name="before"))
        with pytest.raises(dotorm.CheckViolation):
            await insert()
        await Note.create(Note(name="after"))
    assert [name for _, name in await stored()] == ["before", "after"]


async def test_inside_a_transaction_that_sqlite_rolls_back(db):
    await db.execute(
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT ROLLBACK)"
    )

    async def insert_twice_the_same():
        async with db.transaction():
            await Note.create(Note(name="before"))
            await Note.create_bulk([Note(name="same"), Note(name="same")])

    with pytest.raises(dotorm.UniqueViolation):
        await insert_twice_the_same()
    assert await stored() == []


async def test_a_cancelled_one_leaves_no_transaction(db):
    await db.execute(TABLES["autoincrement"])
    for pause in range(40):
        with suppress(TimeoutError):
            async with asyncio.timeout(pause / 5_000):
                await Note.create_bulk([Note(name="x") for _ in range(3_000)])
        assert len(await stored()) in (0, 3_000)
        async with db.transaction():
            await Note.delete_where([("id", "is not null", None)])


async def test_it_waits_for_another_writer(db, tmp_path):
    await db.execute(TABLES["autoincrement"])
    async with await dotorm.connect(f"sqlite:///{tmp_path}/keys.db") as other:
        async with other.transaction():
            await other.execute("INSERT INTO notes (name) VALUES ('first')")
            task = asyncio.create_task(insert())
            await asyncio.sleep(0.1)
            assert not task.done()
        assert (await task)[0] == 2


@pytest.mark.parametrize("count", [2, 9, 10, 11, 20, 99, 100, 101, 110, 199, 1234])
async def test_any_number_of_rows(db, count):
    await db.execute(TABLES["row number"])
    assert await insert(count) == list(range(1, count + 1))
    assert [name for _, name in await stored()] == [f"n{number}" for number in range(count)]


@pytest.mark.parametrize("width", [300, 400, 1500])
def test_wide_rows(width):
    """Of those with more columns fewer go into a statement, which takes so many values."""
    names = [f"c{number}" for number in range(width)]
    rows = [tuple(range(first, first + width)) for first in range(123)]
    sql = f"INSERT INTO wide ({', '.join(names)}) VALUES ({', '.join('?' * width)})"
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.setlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER, 32766)  # some builds take more
        database.execute(f"CREATE TABLE wide (id INTEGER PRIMARY KEY, {', '.join(names)})")
        values = [value for row in rows for value in row]
        statement = Keyed(sql, values, "keys", table="wide", column="id", rows=len(rows))
        keys = insert_keyed(database, statement)
        found = database.execute("SELECT * FROM wide ORDER BY id").fetchall()
    assert found == [(key, *row) for key, row in zip(keys, rows, strict=True)]


async def test_rows_of_nothing_but_defaults(db):
    await db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT DEFAULT 'none')")
    made = await Note.create_bulk([Note() for _ in range(30)])
    assert await stored() == [(row["id"], "none") for row in made]


async def test_a_thousand_rows_are_few_statements():
    """While the program is busy, each waits for the interpreter's lock for milliseconds."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT)")
        texts = []
        database.set_trace_callback(texts.append)
        insert_keyed(database, keyed([f"n{number}" for number in range(1023)]))
    inserted = [text for text in texts if text.startswith("INSERT")]
    assert [text.count("(") - 1 for text in inserted] == [100] * 10 + [10] * 2 + [1] * 3


async def test_only_several_are_counted(db, sent):
    await db.execute(TABLES["autoincrement"])
    for count in (1, 2, MANY):
        sent.forget()
        await Note.create_bulk([Note(name="x") for _ in range(count)])
        assert sent.texts[0].endswith('RETURNING "id"') == (count == 1)


def keyed(names):
    sql = "INSERT INTO notes (name) VALUES (?)"
    return Keyed(sql, names, "keys", table="notes", column="id", rows=len(names))


def test_a_trigger_in_an_attached_database():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE others (id INTEGER PRIMARY KEY)")
        database.execute("ATTACH ':memory:' AS other")
        database.execute("CREATE TABLE other.notes (id INTEGER PRIMARY KEY, name TEXT)")
        database.execute(
            "CREATE TRIGGER other.twice AFTER INSERT ON notes "
            "BEGIN INSERT INTO notes (name) VALUES ('by it'); END"
        )
        assert insert_keyed(database, keyed(["a", "b"])) == [1, 3]


def test_a_failure_leaves_no_transaction_to_the_next_attempt():
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        database.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        with pytest.raises(sqlite3.IntegrityError):
            insert_keyed(database, keyed(["a", None]))
        assert not database.in_transaction
        assert list(insert_keyed(database, keyed(["a", "b"]))) == [1, 2]
