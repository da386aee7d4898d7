"""Who is told of what, from when to when, and what it costs when nobody listens."""

import asyncio
import dataclasses
import gc
import logging
import sys
import weakref

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, plugins
from tests.recording import DriverError


class Listener:
    def __init__(self):
        self.sql = []
        self.outcomes = []
        self.rows = []

    @dotorm.hookimpl
    def dotorm_statement_finished(self, event):
        self.sql.append(event.sql)
        self.rows.append(event.rows)

    @dotorm.hookimpl
    def dotorm_transaction_finished(self, event):
        self.outcomes.append(event.outcome)


@pytest.fixture
def registered():
    """Registers observers, and forgets those that are left."""
    there = []

    def register(plugin):
        dotorm.register_observer(plugin)
        there.append(plugin)
        return plugin

    yield register
    for plugin in there:
        if any(plugin is known for _, known in plugins._manager.list_name_plugin()):
            dotorm.unregister_observer(plugin)


@pytest.fixture
def db(recorder):
    return recorder.database()


# ---------------------------------------------------------------- coming and going


async def test_who_comes_after_the_database_is_told(db, registered):
    await db.execute("SELECT 1")
    listener = registered(Listener())
    await db.execute("SELECT 2")

    assert listener.sql == ["SELECT 2"]


async def test_who_goes_is_not_told_any_more(db, registered):
    listener, other = registered(Listener()), registered(Listener())
    await db.execute("SELECT 1")
    dotorm.unregister_observer(listener)
    await db.execute("SELECT 2")

    assert listener.sql == ["SELECT 1"]
    assert other.sql == ["SELECT 1", "SELECT 2"]


async def test_every_living_pool_hears_of_it(recorder, registered):
    databases = [recorder.database() for _ in range(3)]
    listener = registered(Listener())
    for number, each in enumerate(databases):
        await each.execute(f"SELECT {number}")

    assert listener.sql == ["SELECT 0", "SELECT 1", "SELECT 2"]


def test_without_observers_a_pool_asks_nobody(db, registered):
    assert db.pool.observer is None
    listener = registered(Listener())
    assert db.pool.observer is not None
    dotorm.unregister_observer(listener)
    assert db.pool.observer is None


def test_who_wants_only_models_costs_statements_nothing(db, registered):
    class Models:
        @dotorm.hookimpl
        def dotorm_model_ready(self, model):
            pass

    registered(Models())

    assert db.pool.observer is None


def test_a_pool_is_not_kept_alive(recorder):
    pool = weakref.ref(recorder.database().pool)
    gc.collect()

    assert pool() is None


async def test_who_comes_during_a_statement_is_told_from_the_next(db, recorder, registered):
    listener = Listener()

    async def meanwhile(statement):
        if "1" in statement.sql:
            registered(listener)

    recorder.executing = meanwhile
    await db.execute("SELECT 1")
    await db.execute("SELECT 2")

    assert listener.sql == ["SELECT 2"]


async def test_who_goes_during_a_statement_is_not_told_of_it(db, recorder, registered):
    listener = registered(Listener())

    async def meanwhile(statement):
        dotorm.unregister_observer(listener)

    recorder.executing = meanwhile
    await db.execute("SELECT 1")

    assert listener.sql == []


async def test_transactions_are_told(db, registered):
    listener = registered(Listener())
    async with db.transaction():
        pass
    with pytest.raises(LookupError):
        async with db.transaction():
            raise LookupError

    assert listener.outcomes == ["committed", "rolled back"]


async def test_rows_are_those_read_or_touched(db, recorder, registered):
    listener = registered(Listener())
    recorder.answer([1], [2], columns=["a"])
    recorder.answer(columns=["a"])
    recorder.answer(affected=3)
    recorder.answer(affected=0)
    recorder.answer()
    recorder.fail(DriverError("no"))
    for _ in range(5):
        await db.execute("…")
    with pytest.raises(dotorm.DatabaseError):
        await db.execute("…")

    assert listener.rows == [2, 0, 3, 0, -1, -1]


# ---------------------------------------------------------------- entry points


LISTENING = """
    from dotorm.hookspecs import hookimpl

    SEEN = []

    @hookimpl
    def dotorm_statement_finished(event):
        SEEN.append(event.sql)
"""


async def test_installed_observers_are_found(distributions, recorder, monkeypatch, caplog):
    distributions.add("dotorm-deaf", "raise RuntimeError('deaf')", group=plugins.OBSERVERS)
    distributions.add("dotorm-mute", "x = 1", group=plugins.OBSERVERS)
    module = distributions.add("dotorm-ear", LISTENING, group=plugins.OBSERVERS)
    monkeypatch.setattr(plugins, "_observers_found", False)
    await recorder.database().execute("SELECT 1")
    await recorder.database().execute("SELECT 2")

    assert sys.modules[module].SEEN == ["SELECT 1", "SELECT 2"]
    assert sorted(record.getMessage() for record in caplog.records) == [
        "the observer dotorm_deaf cannot be used",
        "the observer dotorm_mute cannot be used",
    ]


# ---------------------------------------------------------------- models


def model(name):
    return type(name, (DotModel,), {"__table__": name.lower(), "id": Integer(primary_key=True)})


def test_who_comes_late_is_told_of_the_models_that_exist(registered):
    class Seen:
        def __init__(self):
            self.models = []

        @dotorm.hookimpl
        def dotorm_model_ready(self, model, meta):
            assert meta.name == model.__name__
            self.models.append(model)

    before = model("ObservedBefore")
    seen = registered(Seen())
    after = model("ObservedAfter")

    assert before in seen.models
    assert seen.models[-1] is after
    assert seen.models.count(before) == seen.models.count(after) == 1


# ---------------------------------------------------------------- who raises


class Broken:
    def fail(self):
        raise RuntimeError("a broken observer")

    @dotorm.hookimpl
    def dotorm_model_ready(self, model, meta):
        self.fail()

    @dotorm.hookimpl
    def dotorm_statement_finished(self, event):
        self.fail()

    @dotorm.hookimpl
    def dotorm_transaction_finished(self, event):
        self.fail()


@pytest.mark.parametrize("first", [True, False])
async def test_an_observer_that_raises_harms_nobody(db, recorder, registered, caplog, first):
    listener = Listener()
    for plugin in (Broken(), listener) if first else (listener, Broken()):
        registered(plugin)
    caplog.clear()
    recorder.answer([7], columns=["a"])
    async with db.transaction():
        rows = await db.execute("SELECT a")
    thing = model("MadeUnderABrokenObserver")

    assert rows == [{"a": 7}]
    assert thing.__table__ == "madeunderabrokenobserver"
    assert listener.sql == ["SELECT a"]
    assert listener.outcomes == ["committed"]
    assert [record.exc_info[1].args for record in caplog.records] == [("a broken observer",)] * 3


async def test_an_error_is_not_hidden_by_an_observer_that_raises(db, recorder, registered):
    registered(Broken())
    recorder.fail(DriverError("refused"))

    with pytest.raises(dotorm.DatabaseError, match="refused"):
        await db.execute("SELECT 1")


async def test_a_pool_with_an_observer_of_its_own_is_safe_too(recorder, caplog):
    class Own:
        def statement_finished(self, event):
            raise RuntimeError

        def transaction_finished(self, event):
            raise RuntimeError

    db = recorder.database()
    db.pool.observer = Own()
    async with db.transaction():
        await db.execute("SELECT 1")

    assert [record.message for record in caplog.records] == ["an observer failed"] * 2


# ---------------------------------------------------------------- who is refused


def test_an_object_without_hooks_is_refused():
    class Unmarked:
        def dotorm_statement_finished(self, event):
            pass

    with pytest.raises(dotorm.ConfigurationError, match=r"no hooks: mark them with @dotorm\.hook"):
        dotorm.register_observer(Unmarked())


def test_an_unknown_hook_is_refused():
    class Misspelt:
        @dotorm.hookimpl
        def dotorm_statment_finished(self, event):
            pass

    with pytest.raises(dotorm.ConfigurationError, match="unknown hook 'dotorm_statment_finished'"):
        dotorm.register_observer(Misspelt())


def test_an_unknown_argument_is_refused():
    class Misspelt:
        @dotorm.hookimpl
        def dotorm_statement_finished(self, evnt):
            pass

    with pytest.raises(dotorm.ConfigurationError, match="evnt"):
        dotorm.register_observer(Misspelt())


def test_an_async_hook_is_refused():
    class Async:
        @dotorm.hookimpl
        async def dotorm_statement_finished(self, event):
            pass

    with pytest.raises(dotorm.ConfigurationError, match="not async"):
        dotorm.register_observer(Async())


def test_a_wrapper_is_refused():
    class Wrapper:
        @dotorm.hookimpl(wrapper=True)
        def dotorm_statement_finished(self, event):
            yield

    with pytest.raises(dotorm.ConfigurationError, match="no wrappers"):
        dotorm.register_observer(Wrapper())


def test_who_was_refused_leaves_nothing_behind(db, registered):
    for _ in range(2):
        with pytest.raises(dotorm.ConfigurationError):
            dotorm.register_observer(object())
    registered(Listener())


def test_twice_is_refused(registered):
    listener = registered(Listener())

    with pytest.raises(dotorm.ConfigurationError, match="is registered already"):
        dotorm.register_observer(listener)


def test_a_stranger_cannot_go():
    with pytest.raises(dotorm.ConfigurationError, match="is not registered"):
        dotorm.unregister_observer(Listener())


async def test_an_observer_may_be_a_data_class(db, registered):
    @dataclasses.dataclass
    class Count:
        name: str
        statements: int = 0

        @dotorm.hookimpl
        def dotorm_statement_finished(self):
            self.statements += 1

    a, b = registered(Count("a")), registered(Count("b"))
    await db.execute("SELECT 1")
    dotorm.unregister_observer(b)
    await db.execute("SELECT 2")

    assert (a.statements, b.statements) == (2, 1)
    with pytest.raises(dotorm.ConfigurationError, match="or its equal, is registered already"):
        dotorm.register_observer(Count("a", 2))


# ---------------------------------------------------------------- counting


async def test_a_count_is_of_its_block(db):
    await db.execute("SELECT 1")
    async with dotorm.count_statements() as n:
        assert n == 0
        assert not n
        await db.execute("SELECT 2")
        assert n == 1
        await db.execute("SELECT 3")
    await db.execute("SELECT 4")

    assert n == 2
    assert n.statements == ["SELECT 2", "SELECT 3"]


async def test_a_count_is_like_an_int(db):
    async with dotorm.count_statements() as n:
        await db.execute("SELECT 2")
        await db.execute("SELECT 3")
    async with dotorm.count_statements() as none:
        pass

    assert int(n) == 2
    assert n == 2 == n != 3
    assert 1 < n < 3
    assert 2 <= n <= 2
    assert none < n
    assert n != none
    assert n != "2"
    assert f"{n}" == str(n) == "2"
    assert f"{n:03}" == "002"
    assert repr(n) == "<2 statements: ['SELECT 2', 'SELECT 3']>"
    assert "abc"[n] == "c"
    with pytest.raises(TypeError):
        n < "3"  # noqa: B015 - the comparison itself is refused


async def test_failures_count(db, recorder):
    recorder.fail(DriverError("no"))
    async with dotorm.count_statements() as n:
        with pytest.raises(dotorm.DatabaseError):
            await db.execute("SELECT 1")

    assert n == 1


async def test_a_block_that_raises_ends_too(db):
    with pytest.raises(ZeroDivisionError):
        async with dotorm.count_statements() as n:
            await db.execute(f"SELECT {1 / 0}")
    await db.execute("SELECT 2")

    assert n == 0
    assert db.pool.observer is None


async def test_all_databases_count(recorder):
    async with dotorm.count_statements() as n:
        await recorder.database().execute("SELECT 1")
        await recorder.database().execute("SELECT 2")

    assert n == 2


async def test_nested_blocks_count_each_for_themselves(db):
    async with dotorm.count_statements() as outer:
        await db.execute("SELECT 1")
        async with dotorm.count_statements() as inner:
            await db.execute("SELECT 2")
        await db.execute("SELECT 3")

    assert outer.statements == ["SELECT 1", "SELECT 2", "SELECT 3"]
    assert inner.statements == ["SELECT 2"]


async def test_tasks_that_the_block_starts_count(db):
    async with dotorm.count_statements() as n:
        await asyncio.gather(*(db.execute(f"SELECT {i}") for i in range(5)))

    assert sorted(n.statements) == [f"SELECT {i}" for i in range(5)]


async def test_other_tasks_do_not_count(db):
    inside, done = asyncio.Event(), asyncio.Event()

    async def other():
        await inside.wait()
        await db.execute("SELECT 'other'")
        done.set()

    task = asyncio.create_task(other())
    async with dotorm.count_statements() as n:
        inside.set()
        await done.wait()
        await db.execute("SELECT 'mine'")
    await task

    assert n.statements == ["SELECT 'mine'"]


async def test_blocks_of_tasks_side_by_side_do_not_mix(db):
    async def request(number):
        async with dotorm.count_statements() as n:
            for _ in range(number):
                await db.execute(f"SELECT {number}")
                await asyncio.sleep(0)
        return n

    counts = await asyncio.gather(*(request(number) for number in range(8)))

    assert [int(n) for n in counts] == list(range(8))
    assert all(set(n.statements) <= {f"SELECT {number}"} for number, n in enumerate(counts))


async def test_a_task_that_outlives_the_block_counts_no_more(db):
    go = asyncio.Event()

    async def late():
        await go.wait()
        await db.execute("SELECT 1")

    async with dotorm.count_statements() as n:
        task = asyncio.create_task(late())
        await asyncio.sleep(0)
    async with dotorm.count_statements():  # somebody listens still
        go.set()
        await task

    assert n == 0


async def test_when_the_last_block_ends_nobody_listens(db):
    async with dotorm.count_statements():
        async with dotorm.count_statements():
            pass
        assert db.pool.observer is not None

    assert db.pool.observer is None


async def test_a_transaction_is_no_statement(db):
    async with dotorm.count_statements() as n, db.transaction(), db.transaction():
        await db.execute("SELECT 1")

    assert n == 1


# ---------------------------------------------------------------- logging


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


async def test_operations_of_models_are_seen(recorder):
    class Thing(DotModel):
        __table__ = "observed_things"

        id: int = Integer(primary_key=True)
        name: str = Char()

    recorder.database(Thing)
    recorder.answer([1, "x"])
    recorder.answer([1])
    async with dotorm.count_statements() as n:
        await Thing.search(fields=["name"])
        await Thing.search_count()

    assert n == 2
    assert all("observed_things" in text for text in n.statements)
