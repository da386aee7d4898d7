"""Many that open a new file at the same time wait for one another."""

import asyncio
import sqlite3
from contextlib import closing

import pytest

import dotorm


async def test_a_new_file_that_many_open_at_once(tmp_path):
    for number in range(40):
        url = f"sqlite:///{tmp_path}/{number}.db"
        programs = [dotorm.connect(url) for _ in range(8)]
        await asyncio.gather(*(db.open() for db in programs))
        for db in programs:
            assert (await db.execute("PRAGMA journal_mode"))[0]["journal_mode"] == "wal"
            await db.close()


async def test_a_lock_that_is_not_given_back_is_no_reason_to_wait_for_ever(tmp_path):
    file = tmp_path / "locked.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        db = dotorm.connect(f"sqlite:///{file}?busy_timeout=0.2&connect_timeout=5")
        with pytest.raises(dotorm.DotORMError, match="locked"):
            await db.open()
        await db.close()
