"""Transactions and savepoints: what the connection is told, in which order."""

import asyncio

import pytest

from dotorm import (
    ConfigurationError,
    DatabaseError,
    NotSupported,
    SerializationFailure,
    TransactionClosed,
)
from dotorm.databases.abstract import current_session
from dotorm.testing.recording import NOTHING, DriverError, Recorder


class Oops(Exception):
    pass


@pytest.fixture
def database(recorder):
    return recorder.database(max_size=1)


async def failing(transaction, do=lambda session: None):
    """A block that does something and then fails."""
    async with transaction as session:
        do(session)
        raise Oops


def rested(database):
    statistics = database.pool.statistics()
    return statistics.size == statistics.idle


async def settled():
    for _ in range(10):
        await asyncio.sleep(0)


class TestOne:
    async def test_commit(self, recorder, database):
        async with database.transaction() as session:
            await session.run_script(["a", "b"])
            assert session.in_transaction
            assert session.depth == 0
            assert current_session(database.pool) is session
        assert recorder.calls == ["[begin]", "a", "b", "[commit]"]
        assert current_session(database.pool) is None
        assert not database.session.in_transaction
        assert rested(database)

    async def test_rollback(self, recorder, database):
        with pytest.raises(Oops):
            await failing(database.transaction())
        assert recorder.calls == ["[begin]", "[rollback]"]
        assert rested(database)

    async def test_options(self, recorder, database):
        async with database.transaction(isolation="serializable", readonly=True):
            pass
        assert recorder.calls[0] == "[begin serializable readonly]"

    def test_levels_that_are_not_there(self, database):
        with pytest.raises(NotSupported, match="isolation level 'chaos': serializable"):
            database.transaction(isolation="chaos")

    def test_where_there_are_none(self):
        with pytest.raises(NotSupported, match="does not support transactions"):
            Recorder(NOTHING).database().transaction()

    async def test_one_is_entered_once(self, database):
        transaction = database.transaction()
        async with transaction:
            pass
        with pytest.raises(ConfigurationError, match="entered once"):
            await transaction.__aenter__()

    async def test_after_its_end(self, database):
        async with database.transaction() as session:
            pass
        with pytest.raises(TransactionClosed, match="a task or a session outlived it"):
            await session.execute("SELECT 1")
        with pytest.raises(TransactionClosed):
            await session.run_script(["a"])


class TestFaults:
    async def test_begin_fails(self, recorder, database):
        recorder.fail_at("begin", DriverError("no"))
        with pytest.raises(DatabaseError, match="no"):
            async with database.transaction():
                raise AssertionError
        await settled()
        assert recorder.calls == ["[begin]", "[reset]"]
        assert rested(database)
        assert current_session(database.pool) is None

    async def test_commit_fails(self, recorder, database):
        recorder.fail_at("commit", SerializationFailure("again"))
        with pytest.raises(SerializationFailure):
            async with database.transaction():
                pass
        await settled()
        assert recorder.calls == ["[begin]", "[commit]", "[reset]"]
        assert rested(database)

    async def test_rollback_fails(self, recorder, database, caplog):
        recorder.fail_at("rollback", DriverError("lost"))
        with pytest.raises(Oops):
            await failing(database.transaction())
        assert recorder.calls == ["[begin]", "[rollback]", "[terminate]"]
        assert "a rollback failed" in caplog.text
        assert rested(database)

    async def test_a_connection_that_is_closed_is_not_asked_to_roll_back(
        self, recorder, database, caplog
    ):
        with pytest.raises(Oops):
            await failing(
                database.transaction(), lambda session: session._lease.connection.terminate()
            )
        assert recorder.calls == ["[begin]", "[terminate]"]
        assert caplog.text == ""
        assert rested(database)

    async def test_a_mistake_of_the_driver_is_left_as_it_is(self, recorder, database):
        recorder.fail_at("commit", ZeroDivisionError())
        with pytest.raises(ZeroDivisionError):
            async with database.transaction():
                pass

    async def test_a_task_that_is_cancelled(self, recorder, database):
        async def wait(_):
            await asyncio.Event().wait()

        async def work():
            async with database.transaction() as session:
                recorder.executing = wait
                await session.execute("SELECT 1")

        task = asyncio.create_task(work())
        await settled()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await settled()
        assert recorder.calls[:3] == ["[begin]", "SELECT 1", "[rollback]"]
        assert rested(database)


class TestSavepoints:
    async def test_kept(self, recorder, database):
        async with database.transaction(), database.transaction() as inner:
            assert inner.depth == 1
            async with database.transaction() as innermost:
                assert innermost.depth == 2
                await innermost.run_script(["a"])
        assert recorder.calls == [
            "[begin]",
            "[savepoint dotorm_1]",
            "[savepoint dotorm_2]",
            "a",
            "[release dotorm_2]",
            "[release dotorm_1]",
            "[commit]",
        ]

    async def test_undone(self, recorder, database):
        async with database.transaction() as outer:
            with pytest.raises(Oops):
                await failing(database.transaction())
            assert current_session(database.pool) is outer
        assert recorder.calls[1:] == ["[savepoint dotorm_1]", "[rollback to dotorm_1]", "[commit]"]

    async def test_the_outer_session_inside(self, recorder, database):
        async with database.transaction() as outer:
            async with database.transaction():
                await outer.run_script(["a"])
            await outer.run_script(["b"])
        assert recorder.calls[2:4] == ["a", "[release dotorm_1]"]

    async def test_options_belong_to_the_outer_one(self, database):
        async with database.transaction():
            with pytest.raises(ConfigurationError, match="has the isolation of the outer one"):
                async with database.transaction(readonly=True):
                    raise AssertionError

    async def test_one_that_fails_to_begin(self, recorder, database):
        async with database.transaction() as outer:
            recorder.fail_at("savepoint dotorm_1", DriverError("no"))
            with pytest.raises(DatabaseError):
                async with database.transaction():
                    raise AssertionError
            await outer.run_script(["a"])
        assert recorder.calls[-2:] == ["a", "[commit]"]


class TestTasks:
    async def test_tasks_of_one_transaction_take_turns(self, recorder, database):
        running = []

        async def alone(statement):
            running.append(1)
            await asyncio.sleep(0)
            assert len(running) == 1
            running.pop()

        recorder.executing = alone
        async with database.transaction():
            await asyncio.gather(*(database.execute(f"SELECT {n}") for n in range(5)))
        assert len(recorder.statements) == 5

    async def test_a_task_that_outlives_it(self, database):
        ended = asyncio.Event()

        async def work():
            await ended.wait()
            await database.execute("SELECT 1")

        async with database.transaction():
            task = asyncio.create_task(work())
        ended.set()
        with pytest.raises(TransactionClosed, match=r"db\.detached"):
            await task

    async def test_detached(self, recorder):
        database = recorder.database(max_size=2)
        async with database.transaction() as outer:
            async with database.detached() as session:
                assert current_session(database.pool) is None
                await session.execute("SELECT 1")
                async with database.transaction():
                    pass
            assert current_session(database.pool) is outer
        assert len(recorder.connections) == 2
        assert [call for call in recorder.calls if call.startswith("[begin")] == ["[begin]"] * 2

    async def test_two_databases(self, recorder, database):
        other = Recorder()
        second = other.database()
        async with database.transaction(), second.transaction():
            await database.execute("SELECT 1")
            await second.execute("SELECT 2")
        assert (recorder.texts, other.texts) == (["SELECT 1"], ["SELECT 2"])
        assert other.calls[:3] == ["[begin]", "SELECT 2", "[commit]"]


class TestAfterCommit:
    async def test_callbacks(self, database):
        told = []

        async def later():
            told.append("later")

        async with database.transaction() as session:
            session.on_commit(lambda: told.append("first"))
            session.on_commit(later)
            assert told == []
        assert told == ["first", "later"]

    async def test_none_after_a_rollback(self, database):
        told = []
        with pytest.raises(Oops):
            await failing(
                database.transaction(), lambda session: session.on_commit(lambda: told.append(1))
            )
        assert told == []
        async with database.transaction() as session:
            pass
        with pytest.raises(TransactionClosed):
            session.on_commit(lambda: None)

    @pytest.mark.parametrize("name", ["on_commit", "on_rollback"])
    async def test_what_is_no_function(self, database, name):
        async with database.transaction() as session:
            with pytest.raises(ConfigurationError, match=rf"^{name} takes a function, not 3$"):
                getattr(session, name)(3)

    async def test_those_of_a_savepoint_wait_for_the_whole(self, database):
        told = []
        async with database.transaction():
            async with database.transaction() as inner:
                inner.on_commit(lambda: told.append("kept"))
            with pytest.raises(Oops):
                await failing(
                    database.transaction(),
                    lambda session: session.on_commit(lambda: told.append("undone")),
                )
            assert told == []
        assert told == ["kept"]

    async def test_all_run_then_the_first_error_is_raised(self, recorder, database):
        told = []

        def fail():
            raise Oops

        async def work():
            async with database.transaction() as session:
                session.on_commit(fail)
                session.on_commit(lambda: told.append(1))

        with pytest.raises(Oops):
            await work()
        assert told == [1]
        assert "[commit]" in recorder.calls
