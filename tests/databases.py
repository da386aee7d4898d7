"""A pytest plugin: an empty database for each test that asks for one."""

import asyncio
import itertools
import os
import secrets
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.backends import BACKENDS, promised
from tests.servers import ServerUnavailable, provided

_numbers = itertools.count(1)


class PostgresDatabases:
    """Makes and drops databases over one connection.

    The connection lives in an event loop and thread of its own, so that neither the loop of a test
    nor what a test does to it matters here.
    """

    def __init__(self, server_url: str) -> None:
        self._server = urlsplit(server_url)
        self._prefix = f"dotorm_test_{os.getpid()}_{secrets.token_hex(3)}"
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="test databases", daemon=True)
        self._thread.start()
        self._connection = self._run(asyncpg.connect(server_url))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Answer the URL of an empty database that is dropped after the block."""
        name = f"{self._prefix}_{next(_numbers)}"
        self._run(self._connection.execute(f"CREATE DATABASE {name}"))
        try:
            yield self._server._replace(path=f"/{name}").geturl()
        finally:
            self._run(self._connection.execute(f"DROP DATABASE {name} WITH (FORCE)"))

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._run(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=60)


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> Iterator[str]:
    """The URL of a PostgreSQL server: the one that scripts/test started, or one of our own."""
    try:
        with provided("postgres") as url:
            yield url
    except ServerUnavailable as reason:
        if "postgres" in promised(pytestconfig):
            raise
        pytest.skip(f"no PostgreSQL server: {reason}")


@pytest.fixture(scope="session")
def postgres_databases(postgres_server: str) -> Iterator[PostgresDatabases]:
    """Where a test that needs several PostgreSQL databases gets them."""
    databases = PostgresDatabases(postgres_server)
    yield databases
    databases.close()


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    with postgres_databases.fresh() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BACKENDS])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, on every backend in turn."""
    answer: str = request.getfixturevalue(f"{request.param}_url")
    return answer
