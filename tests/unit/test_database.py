"""A database: its URL, its models, and what runs where."""

import pytest

import dotorm
from dotorm import (
    Char,
    ConfigurationError,
    ConnectionFailed,
    ContainerSettings,
    DotModel,
    Integer,
    RecordNotFound,
    Transaction,
    plugins,
)
from dotorm.containers import Container, ContainerTransaction
from dotorm.databases.abstract import PoolSession
from dotorm.ddl import ExistingTable
from dotorm.testing.recording import DriverError, Recorder, RecordingSettings


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()


@pytest.fixture(autouse=True)
def registered(recorder, monkeypatch):
    monkeypatch.setattr(plugins, "_registered", {})
    plugins.register_backend(recorder.backend())
    yield
    User._pool = User._no_transaction = None


class TestConnect:
    async def test_nothing_happens_before_the_first_statement(self, recorder):
        database = dotorm.connect("recording://host/db", models=[User])
        assert recorder.connections == []
        await User.search()
        assert len(recorder.connections) == 1
        await database.close()
        assert recorder.connections[0].closed

    async def test_open_finds_faults_at_once(self, recorder):
        async def refuse():
            raise OSError("refused")

        recorder.connecting = refuse
        with pytest.raises(ConnectionFailed, match="recording: refused"):
            await dotorm.connect("recording://")

    async def test_await_and_async_with(self, recorder):
        database = await dotorm.connect("recording://", min_size=2)
        assert len(recorder.connections) == 2
        await database.close()
        async with dotorm.connect("recording://") as database:
            assert repr(database) == (
                "<recording database, <pool of 1 recording connections, 1 idle>>"
            )
        assert all(connection.closed for connection in recorder.connections)

    def test_settings_given_by_name_win(self):
        settings = dotorm.connect("recording://?max_size=3&min_size=1", max_size=5).settings
        assert (settings.max_size, settings.min_size) == (5, 1)

    @pytest.mark.parametrize(
        ("url", "given", "message"),
        [
            ("recording://?maxsize=3", {}, "there is no setting 'maxsize'; there are "),
            ("recording://?max_size=many", {}, "max_size: .*integer"),
            ("recording://?max_size=0", {}, "max_size: .*greater than or equal to 1"),
            ("recording://?min_size=20", {}, "min_size=20 is more than max_size=10"),
            ("recording://", {"acquire_timeout": 0}, "acquire_timeout: .*greater than 0"),
            ("recording://", {"host": "x"}, "there is no setting 'host'"),
            (5, {}, "connect takes a URL, not int"),
            (None, {}, "connect takes a URL, not NoneType"),
            ("recording://", {"models": 5}, "models= takes a list of models, not 5"),
            ("recording://", {"models": None}, "models= takes a list of models, not None"),
            ("recording://", {"models": User}, "models= takes a list of models, not <class"),
            ("recordings://", {}, r"no backend for recordings:// URLs; did you mean recording\?"),
            ("postgresq://", {}, r"did you mean postgresql\? \("),
            ("oracle://", {}, r"no backend for oracle:// URLs \("),
        ],
    )
    def test_what_cannot_be(self, url, given, message):
        with pytest.raises(ConfigurationError, match=message):
            dotorm.connect(url, **given)

    def test_a_parsed_url(self):
        assert (
            dotorm.connect(dotorm.url.parse_url("recording://?max_size=3")).settings.max_size == 3
        )


class TestBinding:
    async def test_a_model_uses_what_it_was_bound_to_last(self, recorder):
        other = Recorder()
        recorder.database(User)
        other.database(User)
        await User.search()
        assert (len(recorder.statements), len(other.statements)) == (0, 1)

    @pytest.mark.parametrize("models", [[DotModel], [int], [None], ["User"]])
    def test_what_is_no_model(self, recorder, models):
        with pytest.raises(ConfigurationError, match="is no model with a __table__"):
            recorder.database().bind(*models)

    @pytest.mark.parametrize("models", [[User], (User,), {User}])
    def test_a_list_of_models(self, recorder, models):
        with pytest.raises(ConfigurationError, match=r"one by one: bind\(User, …\)"):
            recorder.database().bind(models)

    async def test_session_wins(self, recorder):
        other = Recorder()
        recorder.database(User)
        await User.search(session=other.database().session)
        assert len(other.statements) == 1


async def test_raw_sql(recorder):
    database = recorder.database()
    recorder.answer((1, "a"), columns=["id", "name"], affected=1)
    rows = await database.execute("SELECT %s, '%%'", [7])

    assert rows == [{"id": 1, "name": "a"}]
    assert rows.affected == 1
    assert (recorder.texts, recorder.values) == (["SELECT ?, '%'"], [[7]])


@pytest.mark.parametrize("values", ["x", 5, None, {"a": 1}, iter([1])])
async def test_raw_values_are_a_list(recorder, values):
    with pytest.raises(dotorm.InvalidValue, match="values is a list or tuple"):
        await recorder.database().execute("SELECT %s", values)


async def test_raw_columns_of_one_name(recorder):
    recorder.answer((1, 2), columns=["id", "id"])
    with pytest.raises(dotorm.InvalidValue, match="several columns named 'id'"):
        await recorder.database().execute("SELECT 1")


async def test_errors_of_the_driver_are_said_in_our_words(recorder):
    database = recorder.database(User)
    recorder.fail(DriverError("broken"))
    with pytest.raises(dotorm.DatabaseError, match="broken") as caught:
        await User.search()
    assert isinstance(caught.value.__cause__, DriverError)
    recorder.fail(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await database.execute("SELECT 1")


async def test_create_and_update_tables(recorder):
    database = recorder.database()
    changes = await database.create_and_update_tables([User])
    assert changes.statements == recorder.texts
    assert recorder.calls[0] == "[begin]"
    assert recorder.texts[0].startswith('CREATE TABLE "users"')

    recorder.ddl.existing["users"] = ExistingTable({"id": False, "name": False}, unique={("id",)})
    changes = await database.create_and_update_tables([User])
    assert changes.statements == []
    assert changes.skipped == ["User.name may be null, its column does not allow NULL"]
    recorder.database(User)
    assert await User.__create_table__() == []


class TestContainers:
    @pytest.fixture
    def box(self, recorder):
        return type("Box", (Container,), {"backend": recorder.backend()})

    async def test_life(self, box, recorder):
        container = box(RecordingSettings(min_size=1))
        pool = await container.create_pool()
        assert pool is container.database.pool
        assert len(recorder.connections) == 1
        await container.create_and_update_tables([User])
        await container.close_pool()
        assert recorder.connections[0].closed

    async def test_models_bound_in_the_old_way(self, box, recorder):
        container = box(RecordingSettings())
        User._pool = await container.create_pool()
        User._no_transaction = container.get_no_transaction_session()
        assert User._no_transaction is PoolSession
        await User.search()
        async with ContainerTransaction(User._pool) as session:
            await session.execute("SELECT 1")
            await User.search()
        begin, raw, search, commit = recorder.calls[1:5]
        assert (begin, raw, commit) == ("[begin]", "SELECT 1", "[commit]")
        assert search.startswith('SELECT "id"')

    async def test_what_is_no_pool(self, box, recorder):
        container = box(RecordingSettings())
        for wrong, remedy in (
            (container, r"give what `await container\.create_pool\(\)` answers"),
            (None, r"await container\.create_pool"),
            (container.database, r"give its \.pool, such as db\.pool, or .*db\.bind\(User\)"),
            (container.create_pool(), "not coroutine: await it"),
        ):
            with pytest.raises(ConfigurationError, match=f"^Transaction takes a pool, .*{remedy}"):
                Transaction(wrong)
        with pytest.raises(
            ConfigurationError, match=r"^ContainerTransaction takes a pool, not int"
        ):
            ContainerTransaction(5)
        with pytest.raises(ConfigurationError, match=r"^User\._pool takes a pool.*: await it"):
            User._pool = container.create_pool()
        with pytest.raises(ConfigurationError, match=r"call get_no_transaction_session\(\)"):
            User._no_transaction = container.get_no_transaction_session
        assert (User._pool, User._no_transaction) == (None, None)
        assert recorder.connections == []

    def test_settings(self, box):
        patient = box(RecordingSettings(), ContainerSettings(reconnect_timeout=7))
        assert patient.database.settings.reconnect_timeout == 7
        given = box(RecordingSettings(reconnect_timeout=3), ContainerSettings(driver="recorder"))
        assert given.database.settings.reconnect_timeout == 3
        assert given.pool_settings.reconnect_timeout == 3

    def test_settings_of_another_backend(self, box):
        with pytest.raises(ConfigurationError, match="Box takes RecordingSettings, not PoolSett"):
            box(dotorm.PoolSettings())
        with pytest.raises(ConfigurationError, match="recording has no driver 'x': recorder"):
            box(RecordingSettings(), ContainerSettings(driver="x"))


async def test_a_missing_record(recorder):
    recorder.database(User)
    assert await User.get(1) is None
    with pytest.raises(RecordNotFound, match="there is no User with the key 1"):
        await User.get_or_raise(1)
