"""ClickHouse: a database of its own on the server of a URL. Keys come from the client.

Who speaks HTTP asks the server for its port, `getServerPort('http_port')`.
"""

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from asynch.connection import Connection
from asynch.errors import ServerException

from bench.answers import rows
from bench.data import USER, Sizes, tables
from bench.scenarios import Effect
from bench.traffic import Traffic

_TABLES = """
CREATE TABLE roles (id Int32, name String, description Nullable(String))
    ENGINE = MergeTree ORDER BY id;
CREATE TABLE users (
    id Int32,
    name String,
    email String,
    active Bool,
    role_id Nullable(Int32),
    created_at DateTime64(6, 'UTC'),
    age Int32,
    note Nullable(String)
) ENGINE = MergeTree PARTITION BY id > {users} ORDER BY id;
CREATE TABLE articles (id Int32, title String, author_id Nullable(Int32))
    ENGINE = MergeTree ORDER BY id;
CREATE TABLE tags (id Int32, name String) ENGINE = MergeTree ORDER BY id;
CREATE TABLE article_tags (article_id Int32, tag_id Int32)
    ENGINE = MergeTree ORDER BY (article_id, tag_id)
"""
_DELETE = "ALTER TABLE users DROP PARTITION 1"  # DELETE would write all others anew
_USERS = f"SELECT {', '.join(USER)} FROM users WHERE id > %(after)s ORDER BY id"


class Clickhouse:
    """The tables in a database that is dropped at the end."""

    def __init__(self, server_url: str) -> None:
        self._name = f"dotorm_bench_{secrets.token_hex(4)}"
        self.url = urlsplit(server_url)._replace(path=f"/{self._name}").geturl()
        self._runner = asyncio.Runner()
        self._connection = Connection(dsn=server_url)
        self._runner.run(self._connection.connect())
        with suppress(ServerException):  # who needs it is left out if there is no such port
            self._execute("SYSTEM START LISTEN HTTP")
        self._execute(f"CREATE DATABASE {self._name}")
        self._execute(f"USE {self._name}")
        self._last = 0

    def version(self) -> str:
        """Name the server and its version."""
        ((version,),) = self._execute("SELECT version()")
        return f"ClickHouse {version}"

    def fill(self, sizes: Sizes) -> None:
        """Make the tables with all their rows."""
        self._last = sizes.users
        for sql in _TABLES.format(users=sizes.users).split(";"):
            self._execute(sql)
        for table, (columns, records) in tables(sizes).items():
            self._execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES", list(records))

    @contextmanager
    def counted(self) -> Iterator[tuple[str, Traffic | None]]:
        """Answer the database itself: its protocol is not counted."""
        yield self.url, None

    def tidy(self, effect: Effect) -> None:
        """Delete new users."""
        if effect is Effect.INSERTS:
            self._execute(_DELETE)

    def new_users(self) -> list[list[Any]]:
        """Answer the inserted users, by key."""
        return rows(self._execute(_USERS, {"after": self._last}))

    def all_users(self) -> list[list[Any]]:
        """Answer every user, by key."""
        return rows(self._execute(_USERS, {"after": 0}))

    def close(self) -> None:
        """Drop the database."""
        self._execute(f"DROP DATABASE {self._name}")
        self._runner.run(self._connection.close())
        self._runner.close()

    def _execute(self, sql: str, values: Any = None) -> Any:
        return self._runner.run(self._ask(sql, values))

    async def _ask(self, sql: str, values: Any) -> Any:
        async with self._connection.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()
