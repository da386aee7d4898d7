"""A column that is not there is missed: SQLite would take its name in quotes for a text."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, SchemaMismatch

CALLS = {
    "read": lambda: Note.search(fields=["size"]),
    "filter": lambda: Note.search(fields=["id"], filter=[("size", ">", 1)]),
    "sort": lambda: Note.search(fields=["id"], sort="size"),
    "count": lambda: Note.search_count([("size", ">", 1)]),
    "set": lambda: Note(id=1, size=2).update(),
    "update where": lambda: Note.update_where([("size", ">", 1)], Note(name="b")),
    "delete where": lambda: Note.delete_where([("size", ">", 1)]),
}


class Note(DotModel):
    __table__ = "notes"

    id: int = Integer(primary_key=True)
    name: str = Char()
    size: int = Integer()


@pytest.fixture
async def db(tmp_path):
    async with await dotorm.connect(f"sqlite:///{tmp_path}/a.db", models=[Note]) as found:
        await found.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, name TEXT) STRICT")
        await found.execute("INSERT INTO notes VALUES (1, 'a')")
        yield found


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_nothing_is_read_or_written(db, call):
    with pytest.raises(SchemaMismatch, match="no such column: size"):
        await call()
    assert await db.execute("SELECT * FROM notes") == [{"id": 1, "name": "a"}]


@pytest.mark.parametrize(
    "sql", ['SELECT "size" FROM notes', 'CREATE INDEX by_size ON notes ("size")']
)
async def test_sql_of_ones_own(db, sql):
    with pytest.raises(SchemaMismatch, match="size"):
        await db.execute(sql)
