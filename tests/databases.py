"""A pytest plugin: an empty database for each test that asks for one."""

import asyncio
import itertools
import os
import secrets
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import unquote, urlsplit

import asynch
import asyncpg
import pymysql
import pytest
from pymysql.cursors import DictCursor

from tests.backends import BACKENDS, missing, promised
from tests.servers import ServerUnavailable, provided

_numbers = itertools.count(1)


class Databases:
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
        self._run(self._connect())

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Answer the URL of an empty database that is dropped after the block."""
        name = f"{self._prefix}_{next(_numbers)}"
        self._run(self._execute(f"CREATE DATABASE {name}"))
        try:
            yield self._server._replace(path=f"/{name}").geturl()
        finally:
            self._run(self._drop(name))

    def close(self) -> None:
        """Close the connection and end the thread."""
        self._run(self._disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=60)

    async def _connect(self) -> None:
        raise NotImplementedError

    async def _execute(self, sql: str) -> None:
        raise NotImplementedError

    async def _drop(self, name: str) -> None:
        """Drop a database, whoever may still be connected to it."""
        raise NotImplementedError

    async def _disconnect(self) -> None:
        raise NotImplementedError


class PostgresDatabases(Databases):
    """Databases on PostgreSQL."""

    async def _connect(self) -> None:
        self._connection = await asyncpg.connect(self._server.geturl())

    async def _execute(self, sql: str) -> None:
        await self._connection.execute(sql)

    async def _drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    async def _disconnect(self) -> None:
        await self._connection.close()


class MysqlDatabases(Databases):
    """Databases on MariaDB and MySQL."""

    async def _connect(self) -> None:
        server = self._server
        self._connection = pymysql.connect(
            host=server.hostname or "127.0.0.1",
            port=server.port or 3306,
            user=unquote(server.username or "root"),
            password=unquote(server.password or ""),
        )

    async def _execute(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    async def _drop(self, name: str) -> None:
        with self._connection.cursor(DictCursor) as cursor:
            cursor.execute("SHOW PROCESSLIST")
            left = [row["Id"] for row in cursor.fetchall() if row["db"] == name]
        for connection in left:
            with suppress(pymysql.OperationalError):  # it has just gone by itself
                await self._execute(f"KILL {connection}")
        await self._execute(f"DROP DATABASE {name}")

    async def _disconnect(self) -> None:
        self._connection.close()


class ClickHouseDatabases(Databases):
    """Databases on ClickHouse."""

    async def _connect(self) -> None:
        self._connection = asynch.Connection(dsn=self._server.geturl())
        await self._connection.connect()

    async def _execute(self, sql: str) -> None:
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql)

    async def _drop(self, name: str) -> None:
        await self._execute(f"DROP DATABASE {name} SYNC")

    async def _disconnect(self) -> None:
        await self._connection.close()


@contextmanager
def available[T](
    config: pytest.Config, name: str, start: Callable[[str], AbstractContextManager[T]]
) -> Iterator[T]:
    """What `start` answers for a server; skips the test if there is none, unless it is promised."""
    try:
        with start(name) as server:
            yield server
    except ServerUnavailable as reason:
        if name in promised(config):
            raise
        config.stash[missing][name] = str(reason)
        pytest.skip(f"no {name} server: {reason}")


def _server(name: str) -> Any:
    """Make the fixture of a server."""

    @pytest.fixture(scope="session", name=f"{name}_server")
    def server(pytestconfig: pytest.Config) -> Iterator[str]:
        """The URL of a server: the one that scripts/test started, or one of our own."""
        with available(pytestconfig, name, provided) as url:
            yield url

    return server


def _databases(name: str, kind: type[Databases]) -> Any:
    """Make the fixture that makes databases."""

    @pytest.fixture(scope="session", name=f"{name}_databases")
    def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
        """Where a test that needs several databases gets them."""
        made = kind(request.getfixturevalue(f"{name}_server"))
        yield made
        made.close()

    return databases


def _url(name: str) -> Any:
    """Make the fixture of a database."""

    @pytest.fixture(name=f"{name}_url")
    def url(request: pytest.FixtureRequest) -> Iterator[str]:
        """The URL of an empty database."""
        databases: Databases = request.getfixturevalue(f"{name}_databases")
        with databases.fresh() as url:
            yield url

    return url


def _fixtures(name: str, kind: type[Databases]) -> tuple[Any, Any, Any]:
    return _server(name), _databases(name, kind), _url(name)


postgres_server, postgres_databases, postgres_url = _fixtures("postgres", PostgresDatabases)
mariadb_server, mariadb_databases, mariadb_url = _fixtures("mariadb", MysqlDatabases)
mariadb11_server, mariadb11_databases, mariadb11_url = _fixtures("mariadb11", MysqlDatabases)
mysql_server, mysql_databases, mysql_url = _fixtures("mysql", MysqlDatabases)
clickhouse_server, clickhouse_databases, clickhouse_url = _fixtures(
    "clickhouse", ClickHouseDatabases
)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/test.db"


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BACKENDS])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, on every backend in turn."""
    answer: str = request.getfixturevalue(f"{request.param}_url")
    return answer
