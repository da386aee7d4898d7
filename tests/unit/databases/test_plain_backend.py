"""What a backend needs not have, and what it may add."""

from dataclasses import replace

from dotorm import Char, Database, DotModel, Integer
from dotorm.databases.abstract.connection import Nesting, Transactional
from dotorm.testing.recording import EVERYTHING, Recorder, RecordingDDL, RecordingSettings

METHODS = (
    "execute",
    "ping",
    "reset",
    "close",
    "terminate",
    "is_closed",
    "begin",
    "commit",
    "rollback",
)


class Duck(DotModel):
    __table__ = "ducks"

    id: int = Integer(primary_key=True)
    name: str | None = Char(max_length=9, index=True)


class NumberedDDL(RecordingDDL):
    def before_table(self, table):
        return [f"CREATE SEQUENCE {table.name}_seq"]


async def test_a_connection_without_savepoints_needs_no_methods_for_them():
    recorder = Recorder(replace(EVERYTHING, savepoints=False))
    backend = recorder.backend()

    async def connect(settings):
        full = await backend.connect(settings)
        return type("Plain", (), {name: staticmethod(getattr(full, name)) for name in METHODS})()

    database = Database(replace(backend, connect=connect), RecordingSettings())
    async with database.transaction() as session:
        connection = session._lease.connection
        await session.run_script(["a"])

    assert isinstance(connection, Transactional)
    assert not isinstance(connection, Nesting)
    assert recorder.calls == ["[begin]", "a", "[commit]"]


async def test_what_a_table_needs_is_made_before_it():
    recorder = Recorder()
    backend = recorder.backend(ddl=NumberedDDL(recorder.dialect))
    database = Database(backend, RecordingSettings())

    changes = await database.create_and_update_tables([Duck])

    words = [" ".join(text.split()[:2]) for text in changes.statements]
    assert words == ["CREATE SEQUENCE", "CREATE TABLE", "CREATE INDEX"]
