"""Asking a server for a sign of life and for its version."""

import asyncio

import pytest

import dotorm
from dotorm.database import Database
from dotorm.testing.recording import DriverError, RecordingConnection, RecordingSettings


class Telling(RecordingConnection):
    """Knows a version, which may fail or take its time."""

    async def server_version(self):
        await self._recorder.told("version")
        return "1.2.3"


@pytest.fixture
def telling(recorder):
    async def connect(settings):
        recorder.connections.append(Telling(recorder))
        return recorder.connections[-1]

    return Database(recorder.backend(connect=connect), RecordingSettings(connect_timeout=0.05))


async def test_a_server_tells_its_version(telling, recorder):
    assert await telling.server_version() == "1.2.3"
    assert telling.pool.statistics().idle == 1


async def test_who_does_not_know_says_so(recorder):
    with pytest.raises(dotorm.NotSupported, match="recording does not support server_version"):
        await recorder.database().server_version()


async def test_a_ping_takes_seconds(recorder):
    db = recorder.database()

    assert 0 <= await db.ping() < 1
    assert recorder.calls == ["[ping]"]
    assert db.pool.statistics().idle == 1


async def test_a_failing_ping_is_in_our_words(recorder):
    db = recorder.database()
    recorder.fail_at("ping", DriverError("gone"))

    with pytest.raises(dotorm.DatabaseError, match="gone"):
        await db.ping()
    await asyncio.sleep(0.01)

    assert recorder.calls == ["[ping]", "[reset]"]
    assert db.pool.statistics().idle == 1


async def test_a_server_that_does_not_answer(telling, recorder, monkeypatch):
    monkeypatch.setattr(RecordingConnection, "ping", lambda self: asyncio.sleep(60))

    with pytest.raises(dotorm.Timeout, match=r"recording: no answer within 0\.05 s"):
        await telling.ping()


async def test_in_a_transaction_its_connection_is_asked(recorder):
    db = recorder.database(max_size=1, acquire_timeout=0.05)
    async with db.transaction(), db.transaction():
        await db.ping()

    assert recorder.calls[:3] == ["[begin]", "[savepoint dotorm_1]", "[ping]"]
    assert len(recorder.connections) == 1


async def test_a_driver_that_is_not_installed_is_said(recorder):
    async def connect(settings):
        import no_such_driver  # noqa: F401

    db = Database(recorder.backend(connect=connect), RecordingSettings())

    with pytest.raises(dotorm.ConfigurationError, match=r"recording: the driver .*no_such_driver"):
        await db.open()
