"""Many rows come as one, and are the rows that come one by one."""

import asyncio
import datetime as dt
import decimal
import sqlite3
import threading
import uuid

import pytest

import dotorm
from dotorm import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    DatabaseError,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Float,
    Integer,
    JSONField,
    Many2many,
    SchemaMismatch,
    Text,
    Time,
)
from dotorm.builder import plans_of
from dotorm.databases.abstract import Gathered, Statement
from dotorm.databases.abstract.session import pinned
from dotorm_sqlite.connection import SqliteConnection

MANY = 200
TEXTS = ["", " ", "a", "1.5", "1e5", "null", "NULL", "[1, 2]", '"', '\\"', "\\u0041", "é😀\u2028"]
TEXTS += ["\0", "a\0b", "\x01\x1f\x7f", "\r\n\t\b\f", "/", "\U0010ffff", "a" * 100_000]
NUMBERS = [None, 0, -1, 10**6, 2**53 + 1, -(2**63), 2**63 - 1]
MOMENT = dt.datetime(2026, 2, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


class Note(DotModel):
    __table__ = "notes"

    id: int = Integer(primary_key=True)
    name: str | None = Char()
    size: int | None = BigInteger()


class Sheet(DotModel):
    __table__ = "sheets"

    id: int = Integer(primary_key=True)
    text: str | None = Text()
    number: int | None = BigInteger()
    flag: bool | None = Boolean()
    price: decimal.Decimal | None = Decimal(20, 5)
    day: dt.date | None = Date()
    hour: dt.time | None = Time()
    moment: dt.datetime | None = Datetime()
    data: object = JSONField()
    code: uuid.UUID | None = UUID()
    notes: list[Note] = Many2many(lambda: Note, "sheet_notes", "note_id", "sheet_id")


class Point(DotModel):
    __table__ = "points"

    id: int = Integer(primary_key=True)
    x: float = Float()


class File(DotModel):
    __table__ = "files"

    id: int = Integer(primary_key=True)
    content: bytes = Binary()


class Rows(DotModel):
    __table__ = "dotorm_rows"

    id: int = Integer(primary_key=True)


@pytest.fixture
async def db(sqlite_url):
    models = [Note, Sheet, Point, File, Rows]
    for model in models:
        model.__meta__.builders.clear()  # nothing is known of how many rows there will be
    async with await dotorm.connect(sqlite_url, models=models) as found:
        yield found


@pytest.fixture
def sent(monkeypatch):
    """The texts that reach SQLite."""
    texts, run = [], SqliteConnection._run

    async def _run(self, sql, *rest):
        texts.append(sql)
        return await run(self, sql, *rest)

    monkeypatch.setattr(SqliteConnection, "_run", _run)
    return texts


def values(records):
    """What records hold, with its types, so that 1 is neither 1.0 nor True."""
    return [[(name, repr(value)) for name, value in vars(each).items()] for each in records]


def gathered(texts):
    return [text.startswith("WITH dotorm_rows(") for text in texts]


async def one_by_one(model, **how):
    return [record async for record in model.stream(**how)]


async def test_every_kind_of_value(db, sent):
    await db.create_and_update_tables([Note, Sheet])
    sheets = [Sheet(text=text) for text in TEXTS] + [Sheet(number=number) for number in NUMBERS]
    full = {"flag": True, "price": decimal.Decimal("1.10000"), "day": dt.date(2026, 2, 3)}
    full |= {"hour": dt.time(4, 5, 6, 7), "moment": MOMENT, "data": {"a": ['"', 0.1, None]}}
    sheets += [Sheet(**full, code=uuid.UUID(int=number)) for number in range(MANY)]
    await Sheet.create_bulk(sheets)
    del sent[:]
    for _ in range(2):  # the second time its number is known, and blanks are made
        assert values(await Sheet.search(sort="id")) == values(await one_by_one(Sheet, sort="id"))
    assert gathered(sent).count(True) == 2
    found = await Sheet.search(sort="id")
    assert [sheet.text for sheet in found[: len(TEXTS)]] == TEXTS
    assert [sheet.number for sheet in found[len(TEXTS) :][: len(NUMBERS)]] == NUMBERS
    assert (found[-1].moment, found[-1].data, found[-1].flag) == (MOMENT, full["data"], True)


@pytest.mark.parametrize(
    "odd",
    ["0.1 + 0.2", "1e20", "1.5", "-0.0", "9e999", "-9e999", "1e-300", "x'00ff'", "'1.5'", "'e'"],
)
@pytest.mark.parametrize("column", ["name", "size"])
@pytest.mark.parametrize("others", ["NULL", "7", "'text'"])
async def test_what_no_strict_table_holds(db, column, odd, others):
    await db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name, size)")
    for _ in range(3):
        await db.execute(f"INSERT INTO notes ({column}) VALUES ({others}), ({odd})")
    found = await Note.search(sort="id")
    assert values(found) == values(await one_by_one(Note, sort="id"))
    (kept,) = await db.execute(f"SELECT typeof({column}) AS kind FROM notes WHERE id = 2")
    kinds = {"integer": int, "real": float, "blob": bytes, "text": str}
    assert type(getattr(found[1], column)) is kinds[kept["kind"]]


@pytest.mark.parametrize(
    "made",
    ["json_array(size)", "json_quote(size || '')", "json_object('a', size)", "json('false')"],
)
@pytest.mark.parametrize("source", ["column", "view"])
async def test_computed_json_is_text(db, made, source):
    """SQLite knows what its JSON functions made, and would not put it into an array as text."""
    if source == "column":
        await db.execute(
            f"CREATE TABLE notes (id INTEGER PRIMARY KEY, size, name TEXT AS ({made}) VIRTUAL)"
        )
        await db.execute("INSERT INTO notes (size) VALUES (1), (2)")
    else:
        await db.execute("CREATE TABLE sizes (id INTEGER PRIMARY KEY, size)")
        await db.execute("INSERT INTO sizes (size) VALUES (1), (2)")
        await db.execute(f"CREATE VIEW notes AS SELECT id, size, {made} AS name FROM sizes")
    expected = values(await one_by_one(Note, sort="id"))
    assert values(await Note.search(sort="id")) == expected
    plan, bound = plans_of(Note.__meta__, db.pool.dialect).search(("id", "size", "name"), None, ())
    async with pinned(db.pool) as session:
        rows = (await session.run(Gathered(plan.sql, bound, gathered=plan.gathered))).rows
    assert [[repr(value) for value in row] for row in rows] == [
        [dict(each)[name] for name in ("id", "size", "name")] for each in expected
    ]


@pytest.mark.parametrize("index", ["", "name", "size", "size, name"])
async def test_the_order_stays(db, index):
    await db.create_and_update_tables([Note])
    if index:
        await db.execute(f"CREATE INDEX sorted ON notes ({index})")
    await Note.create_bulk([Note(name=f"n{n * 37 % 101}", size=n % 7 or None) for n in range(MANY)])
    for sort in ("id", "-id", "name", ["-size", "name", "id"], ["size", "-id"]):
        for how in ({}, {"limit": 150}, {"start": 20, "end": 170}):
            found = await Note.search(sort=sort, **how)
            expected = await Note.search(sort=sort)
            assert values(found) == values(
                expected[how.get("start", 0) : how.get("end", how.get("limit"))]
            )
        assert values(await Note.search(sort=sort)) == values(await one_by_one(Note, sort=sort))


async def test_few_rows_come_one_by_one(db, sent):
    await db.create_and_update_tables([Note])
    await Note.create_bulk([Note(name=f"n{number}", size=number) for number in range(MANY)])

    async def found(most):
        del sent[:]
        assert len(await Note.search(filter=[("size", "<", most)])) == most
        return gathered(sent)

    assert await found(3) == [True]  # nothing is known of it
    assert await found(3) == [False]
    assert await found(MANY) == [False]
    assert await found(MANY) == [True]
    del sent[:]
    await Note.get(1)
    await Note.search_count()
    assert gathered(sent) == [False, False]


@pytest.mark.parametrize("model", [Point, File])
async def test_floats_and_bytes_come_one_by_one(db, sent, model):
    await db.create_and_update_tables([Point, File])
    points = [Point(x=number / 3) for number in range(MANY)]
    files = [File(content=bytes([number])) for number in range(MANY)]
    await model.create_bulk(points if model is Point else files)
    del sent[:]
    found = await model.search(sort="id")
    assert values(found) == values(await one_by_one(model, sort="id"))
    assert True not in gathered(sent)
    await model.search(fields=["id"])
    assert gathered(sent)[-1]


async def test_linked_records(db, sent):
    await db.create_and_update_tables([Note, Sheet])
    await Note.create_bulk([Note(name=f"n{number}") for number in range(MANY)])
    await Sheet.create_bulk([Sheet(text=f"s{number}") for number in range(3)])
    notes, sheets = await Note.search(sort="id"), await Sheet.search(sort="id")
    pairs = [(sheet.id, note.id) for sheet in sheets for note in notes[: 100 * sheet.id]]
    await Sheet.link_many2many(Sheet.notes, pairs)
    del sent[:]
    for _ in range(2):
        found = await Sheet.search(fields=["text", "notes"], sort="id")
        assert [len(sheet.notes) for sheet in found] == [100, 200, 200]
        assert {note.name for note in found[0].notes} == {f"n{number}" for number in range(100)}
    assert gathered(sent)[1::2] == [True, True]


async def test_a_table_of_that_name(db):
    await db.create_and_update_tables([Rows])
    await Rows.create_bulk([Rows(id=number) for number in range(MANY)])
    assert [each.id for each in await Rows.search(sort="id")] == [*range(MANY)]


async def test_what_is_wrong_is_said_of_the_statement_itself(db):
    with pytest.raises(SchemaMismatch, match="no such table: notes"):
        await Note.search()


async def test_what_is_no_text_is_an_error_of_ours(db):
    await db.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name, size)")
    await db.execute("INSERT INTO notes (name) VALUES (CAST(x'ff' AS TEXT))")
    with pytest.raises(DatabaseError, match="Could not decode to UTF-8"):
        await Note.search()
    with pytest.raises(DatabaseError, match="Could not decode to UTF-8"):
        await Note.get(1)


async def test_more_than_fits_into_a_text(db):
    await db.create_and_update_tables([Note])
    await Note.create_bulk([Note(name="n" * 1000) for _ in range(MANY)])
    async with db.transaction() as session:
        raw = session._lease.connection._database
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 100_000)
        assert len(await Note.search()) == MANY


async def test_what_the_program_does_meanwhile(db):
    called = []
    statement = Gathered(
        "SELECT 1",
        gathered="SELECT json_group_array(1)",
        meanwhile=lambda: called.append(threading.current_thread()),
    )
    async with pinned(db.pool) as session:
        assert list((await session.run(statement)).rows) == [(1,)]
    assert called == [threading.main_thread()]


async def test_a_cancelled_one_leaves_the_connection_free(db):
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
    statement = Gathered(
        f"{endless}SELECT i FROM n",
        gathered=f"{endless}SELECT json_group_array(i) FROM (SELECT i FROM n WHERE i < 0)",
    )
    async with pinned(db.pool) as session:
        task = asyncio.create_task(session.run(statement))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert list((await session.run(Statement("SELECT 2"))).rows) == [(2,)]
