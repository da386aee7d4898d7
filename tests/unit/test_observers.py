"""Who is told of what, from when to when, and what it costs when nobody listens."""

import dataclasses
import gc
import sys
import weakref

import pytest

import dotorm
from dotorm import DotModel, Integer, plugins
from dotorm.testing.recording import DriverError


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
