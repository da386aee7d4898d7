"""The private PostgreSQL server: what tests of faults rely on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from tests.servers import Server, ServerUnavailable, private, provided, variable
from tests.servers import _postgres as module
from tests.servers._processes import Account, Command

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def server() -> Iterator[Server]:
    with private("postgres") as started:
        yield started


async def _ask(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_data_survives_restart_and_kill(server: Server) -> None:
    await _ask(server.url, "CREATE TABLE kept AS SELECT 7 AS n")
    server.restart()
    assert await _ask(server.url, "SELECT n FROM kept") == 7

    server.kill()
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(server.url)
    server.start()
    assert await _ask(server.url, "SELECT n FROM kept") == 7


async def test_kill_with_busy_connections(server: Server) -> None:
    busy = [await asyncpg.connect(server.url) for _ in range(5)]
    server.kill()
    server.start()

    assert await _ask(server.url, "SELECT 1") == 1
    for connection in busy:
        connection.terminate()


def test_nothing_remains(tmp_path: Path) -> None:
    with private("postgres") as server:
        folder = server._folder  # type: ignore[attr-defined]
        assert folder.exists()
    assert not folder.exists()

    server.remove()  # may be called again


def test_an_existing_server_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("postgres"), "postgresql://elsewhere/db")
    with provided("postgres") as url:
        assert url == "postgresql://elsewhere/db"


def test_why_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Path:
        raise ServerUnavailable("out of order")

    monkeypatch.setattr(module, "_installed", lambda: None)
    monkeypatch.setattr(module, "_from_debian", refuse)
    monkeypatch.setattr(module, "_from_wheel", refuse)
    with pytest.raises(ServerUnavailable, match=r"nothing in .*; out of order; out of order"):
        module.programs()


def test_a_failing_program_says_why(tmp_path: Path) -> None:
    with pytest.raises(ServerUnavailable, match="No such file"):
        Command(Account(), tmp_path).run("ls", "/no/such/file")


def test_the_command_line_passes_the_url_and_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    words = [sys.executable, "-c", "import os; print(os.environ['DOTORM_TEST_POSTGRES']); exit(3)"]
    monkeypatch.delenv(variable("postgres"), raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "tests.servers", "postgres", "--", *words],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3
    assert done.stdout.startswith("postgresql://postgres@127.0.0.1:")


def test_root_is_never_who_runs_it() -> None:
    account = Account.for_servers("nobody")
    assert (account.uid is None) == (os.getuid() != 0)
    assert account.uid != 0
