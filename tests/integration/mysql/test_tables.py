"""Tables: made by several processes at once, with keys that MySQL can have."""

import asyncio
import subprocess
import sys

import pytest

import dotorm
from dotorm import Binary, Char, DotModel, Integer, JSONField, Text
from dotorm.exceptions import NotSupported

PROGRAM = """
import asyncio, sys
import dotorm
from tests.integration.mysql.test_tables import Page

async def main(url):
    async with dotorm.connect(url, models=[Page], max_size=1) as db:
        for _ in range(3):
            await db.create_and_update_tables([Page])

asyncio.run(main(sys.argv[1]))
"""


class Page(DotModel):
    __table__ = "pages"
    __indexes__ = (("title", "body"), ("number", "body"))

    id: int = Integer(primary_key=True)
    title: str | None = Char(max_length=200, index=True)
    line: str | None = Char(index=True)
    body: str | None = Text(default="it's \\ 50%")
    data: bytes | None = Binary(index=True, default=b"\0'\xff")
    number: int | None = Integer()
    more = JSONField(default={"a": ["b'", 1]})


async def make(db, model):
    db.bind(model)
    return await db.create_and_update_tables([model])


async def test_three_processes_at_once(db, mysqls):
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PROGRAM, mysqls), stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    for process in processes:
        _, complaints = await process.communicate()
        assert (process.returncode, complaints) == (0, b"")
    again = await make(db, Page)
    assert (again.statements, again.skipped) == ([], [])


async def test_what_a_table_is(db):
    await make(db, Page)
    (row,) = await db.execute("SHOW CREATE TABLE pages")
    text = row["Create Table"]
    assert "ENGINE=InnoDB" in text
    assert "utf8mb4_0900_bin" in text or "utf8mb4_nopad_bin" in text
    assert "(`number`,`body`(759))" in text
    assert "`line`(768)" in text
    await db.execute("INSERT INTO pages () VALUES ()")
    page = await Page.get(1)
    assert (page.body, page.data, page.more) == ("it's \\ 50%", b"\0'\xff", {"a": ["b'", 1]})


@pytest.mark.parametrize(
    "field",
    [
        Char(max_length=769, unique=True),
        JSONField(index=True),
    ],
    ids=lambda field: f"{type(field).__name__} {getattr(field, 'max_length', '')}",
)
async def test_a_key_that_mysql_cannot_have(db, field):
    class Wide(DotModel):
        __table__ = "wide"

        id = Integer(primary_key=True)
        value = field

    with pytest.raises(NotSupported, match=r"over Wide\.value: it takes 768 characters"):
        await make(db, Wide)


async def test_the_widest_keys(db):
    class Wide(DotModel):
        __table__ = "wide"
        __unique__ = (("left", "right"),)

        key = Char(max_length=768, primary_key=True)
        left = Char(max_length=384)
        right = Char(max_length=384)

    await make(db, Wide)
    texts = ["😀" * 768, "😁" * 768]
    await Wide.create_bulk([Wide(key=t, left=t[:384], right=t[:384]) for t in texts])
    assert (await make(db, Wide)).statements == []


async def test_columns_that_take_different_texts_for_the_same_are_told(db):
    await db.execute(
        "CREATE TABLE pages (id INT PRIMARY KEY AUTO_INCREMENT, title VARCHAR(200), number INT(9) "
        "UNSIGNED, more LONGTEXT) DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci"
    )
    told = (await make(db, Page)).skipped
    collated = "collate utf8mb4_general_ci"
    assert f"Page.title is varchar(200), its column is varchar(200) {collated}" in told
    assert f"Page.more is json, its column is longtext {collated}" in told
    assert any(each.startswith("Page.number is int, its column is int") for each in told)


async def test_what_a_newer_model_adds(db, mysqls):
    await db.execute("CREATE TABLE pages (id INT PRIMARY KEY AUTO_INCREMENT)")
    await db.execute("INSERT INTO pages VALUES (1)")
    await make(db, Page)
    assert (await Page.get(1)).more == {"a": ["b'", 1]}
    async with dotorm.connect(mysqls, models=[Page]) as other:
        assert (await other.create_and_update_tables([Page])).statements == []
