"""Connecting: what was opened is closed if it fails or is cancelled; how connections read."""

import asyncio
import socket
import sqlite3

import pytest

import dotorm
from tests.integration.conftest import all_back


@pytest.fixture
def opened(monkeypatch):
    """What the driver opens while the test runs."""
    connect, found = sqlite3.connect, []

    def recorded(*args, **options):
        found.append(connect(*args, **options))
        return found[-1]

    monkeypatch.setattr(sqlite3, "connect", recorded)
    return found


def closed(database):
    try:
        database.execute("SELECT 1")
    except sqlite3.ProgrammingError as error:
        return "closed" in str(error)
    database.close()
    return False


async def test_what_a_cancelled_task_opens_is_closed(sqlite_url, opened):
    for n in range(60):
        task = asyncio.create_task(dotorm.connect(sqlite_url).open())
        await asyncio.sleep(n / 60 * 0.003)
        task.cancel()
        try:
            database = await task
        except asyncio.CancelledError:
            continue
        await database.close()
    assert opened
    assert all(map(closed, opened))


async def test_a_file_that_is_no_database_is_closed(tmp_path, opened):
    (tmp_path / "x.db").write_text("no database " * 100)
    with pytest.raises(dotorm.ConnectionFailed, match="not a database"):
        await dotorm.connect(f"sqlite:///{tmp_path}/x.db")
    (database,) = opened
    assert closed(database)


@pytest.fixture
def asked(monkeypatch):
    """How many bytes each read from a socket asks for, at most."""
    read, sizes = socket.socket.recv, set()

    def recorded(self, size, *flags):
        sizes.add(size)
        return read(self, size, *flags)

    monkeypatch.setattr(socket.socket, "recv", recorded)
    return sizes


async def test_no_read_asks_for_more_memory_than_is_cheap(server_url, asked):
    without_tls = {"ssl_mode": "disabled"} if server_url.startswith("mysql") else {}
    async with dotorm.connect(server_url, max_size=1, **without_tls) as db:
        asked.clear()
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
        assert asked == {64 * 1024}


@pytest.mark.clickhouse
async def test_nor_after_a_connection_was_made_anew(clickhouse_url, asked):
    async with dotorm.connect(clickhouse_url, max_size=1) as db:
        await db.execute("SET max_threads = 1")
        await all_back(db.pool)
        asked.clear()
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
        assert asked == {64 * 1024}
