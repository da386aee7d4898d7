"""A log with a line for each statement."""

import asyncio
import logging

import pytest

import dotorm
from dotorm.testing.recording import DriverError


@pytest.fixture
def db(recorder):
    return recorder.database()


@pytest.fixture
def lines(caplog):
    """The lines in the log so far."""
    caplog.set_level(logging.DEBUG, "dotorm.statements")
    return lambda: [record.getMessage() for record in caplog.records]


async def test_a_log_has_a_line_for_each_statement(db, recorder, lines):
    recorder.answer([1], columns=["a"])
    recorder.answer([1], [2], columns=["a"])
    recorder.answer()
    with dotorm.log_statements():
        for text in ("SELECT 1", "SELECT\n  2", "CREATE"):
            await db.execute(text)
    await db.execute("SELECT 'after'")

    assert [line.split(" ms, ")[1] for line in lines()] == [
        "1 row, recording: SELECT 1",
        "2 rows, recording: SELECT 2",
        "? rows, recording: CREATE",
    ]
    assert all(float(line.split(" ms")[0]) < 1000 for line in lines())


async def test_a_log_shows_no_values_unless_asked(db, recorder, lines):
    recorder.fail(DriverError("key (name)=(secret) exists"))
    with dotorm.log_statements(), pytest.raises(dotorm.DatabaseError):
        await db.execute("SELECT %s", ["secret"])
    recorder.fail(DriverError("key (name)=(secret)\nexists"))
    with dotorm.log_statements(values=True), pytest.raises(dotorm.DatabaseError):
        await db.execute("SELECT %s", ["secret"])

    without, with_values = lines()
    assert "secret" not in without
    assert without.endswith(" failed: DatabaseError")
    assert with_values.endswith("['secret'] failed: DatabaseError: key (name)=(secret) exists")


async def test_long_values_are_cut(db, lines):
    with dotorm.log_statements(values=True):
        await db.execute("SELECT %s", ["x" * 10_000])
        await db.execute("SELECT %s" + ", %s" * 999, list(range(1000)))

    assert len(lines()[0]) < 300
    assert lines()[1].endswith("28, 29, ...]")


async def test_only_what_is_slower_is_logged(db, recorder, lines):
    async def wait(statement):
        await asyncio.sleep(0.03 if "slow" in statement.sql else 0)

    recorder.executing = wait
    with dotorm.log_statements(slower_than=0.02):
        await db.execute("SELECT 'fast'")
        await db.execute("SELECT 'slow'")

    assert len(lines()) == 1
    assert lines()[0].endswith("SELECT 'slow'")


@pytest.mark.parametrize("logger", ["shop.sql", logging.getLogger("shop.sql")])
async def test_logger_and_level_are_chosen(db, caplog, logger):
    caplog.set_level(logging.WARNING, "shop.sql")
    with dotorm.log_statements(logger, level=logging.INFO):
        await db.execute("SELECT 1")
    with dotorm.log_statements(logger, level=logging.WARNING):
        await db.execute("SELECT 2")

    (record,) = caplog.records
    assert (record.name, record.levelno) == ("shop.sql", logging.WARNING)
    assert record.getMessage().endswith("SELECT 2")


async def test_a_log_runs_until_it_is_stopped(db, lines):
    log = dotorm.log_statements()
    await db.execute("SELECT 1")
    log.stop()
    log.stop()
    await db.execute("SELECT 2")

    assert len(lines()) == 1
    assert db.pool.observer is None


async def test_two_logs_at_once(db, lines):
    with dotorm.log_statements(), dotorm.log_statements(values=True):
        await db.execute("SELECT %s", [3])

    assert sorted(line.endswith("[3]") for line in lines()) == [False, True]
