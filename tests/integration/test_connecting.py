"""Connecting that fails or is cancelled: what was opened is closed."""

import asyncio
import sqlite3

import pytest

import dotorm


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
