"""PostgreSQL: a database of its own on the server of a URL."""

import asyncio
import secrets
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from bench.answers import rows
from bench.data import USER, Sizes, tables
from bench.scenarios import Effect
from bench.traffic import Traffic, counted

_TABLES = """
CREATE TABLE roles (id serial PRIMARY KEY, name varchar(100) NOT NULL, description varchar(255));
CREATE TABLE users (
    id serial PRIMARY KEY,
    name varchar(100) NOT NULL,
    email varchar(255) NOT NULL,
    active boolean NOT NULL,
    role_id integer,
    created_at timestamptz NOT NULL,
    age integer NOT NULL,
    note text
);
CREATE TABLE articles (id serial PRIMARY KEY, title varchar(200) NOT NULL, author_id integer);
CREATE TABLE tags (id serial PRIMARY KEY, name varchar(50) NOT NULL);
CREATE TABLE article_tags (
    article_id integer NOT NULL, tag_id integer NOT NULL, PRIMARY KEY (article_id, tag_id)
);
"""
# There are no foreign keys: checking them is the server's work, the same for all, and would hide
# what differs.
_INDEXES = """
CREATE INDEX ON users (role_id);
CREATE INDEX ON roles (name);
CREATE INDEX ON articles (author_id);
CREATE INDEX ON article_tags (tag_id);
"""
_USERS = f"SELECT {', '.join(USER)} FROM users WHERE id > $1 ORDER BY id"


class Postgres:
    """The tables in a database that is dropped at the end."""

    def __init__(self, server_url: str) -> None:
        self._server = server_url
        self._name = f"dotorm_bench_{secrets.token_hex(4)}"
        self.url = urlsplit(server_url)._replace(path=f"/{self._name}").geturl()
        self._runner = asyncio.Runner()
        self._admin = self._runner.run(asyncpg.connect(server_url))
        self._execute(self._admin, f"CREATE DATABASE {self._name}")
        self._connection = self._runner.run(asyncpg.connect(self.url))
        self._last = 0

    def version(self) -> str:
        """Name the server and its version."""
        version: str = self._runner.run(self._admin.fetchval("SHOW server_version"))
        return f"PostgreSQL {version.partition(' ')[0]}"

    def fill(self, sizes: Sizes) -> None:
        """Make the tables with all their rows."""
        self._last = sizes.users
        self._execute(self._connection, _TABLES)
        for table, (columns, records) in tables(sizes).items():
            self._runner.run(
                self._connection.copy_records_to_table(table, records=records, columns=columns)
            )
        self._execute(self._connection, _INDEXES)
        self._forget_keys()
        self._execute(self._connection, "VACUUM ANALYZE")

    def counted(self) -> AbstractContextManager[tuple[str, Traffic | None]]:
        """Answer the URL of a proxy that counts statements."""
        return counted(self.url)

    def tidy(self, effect: Effect) -> None:
        """Delete new users; leave no dead rows."""
        if effect is Effect.INSERTS:
            self._execute(self._connection, f"DELETE FROM users WHERE id > {self._last}")
            self._forget_keys()
        if effect is not Effect.NONE:
            self._execute(self._connection, "VACUUM users")

    def new_users(self) -> list[list[Any]]:
        """Answer the inserted users, by key."""
        return rows(self._runner.run(self._connection.fetch(_USERS, self._last)))

    def all_users(self) -> list[list[Any]]:
        """Answer every user, by key."""
        return rows(self._runner.run(self._connection.fetch(_USERS, 0)))

    def close(self) -> None:
        """Drop the database."""
        self._runner.run(self._connection.close())
        self._execute(self._admin, f"DROP DATABASE {self._name} WITH (FORCE)")
        self._runner.run(self._admin.close())
        self._runner.close()

    def _forget_keys(self) -> None:
        """Have the next key be the one after the last, for whoever inserts next."""
        self._execute(self._connection, f"SELECT setval('users_id_seq', {self._last})")

    def _execute(self, connection: Any, sql: str) -> None:
        self._runner.run(connection.execute(sql))
