"""MariaDB and MySQL: a database of its own on the server of a URL."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pymysql

from bench.answers import rows
from bench.data import USER, Sizes, tables
from bench.scenarios import Effect
from bench.traffic import Traffic

_TABLES = """
CREATE TABLE roles (
    id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL, description VARCHAR(255),
    KEY (name)
);
CREATE TABLE users (
    id INT AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    email VARCHAR(255) NOT NULL,
    active TINYINT(1) NOT NULL,
    role_id INT,
    created_at DATETIME(6) NOT NULL,
    age INT NOT NULL,
    note LONGTEXT,
    KEY (role_id)
);
CREATE TABLE articles (
    id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(200) NOT NULL, author_id INT,
    KEY (author_id)
);
CREATE TABLE tags (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(50) NOT NULL);
CREATE TABLE article_tags (
    article_id INT NOT NULL, tag_id INT NOT NULL, PRIMARY KEY (article_id, tag_id), KEY (tag_id)
)
"""
_USERS = f"SELECT {', '.join(USER)} FROM users WHERE id > %s ORDER BY id"


class Mysql:
    """The tables in a database that is dropped at the end."""

    def __init__(self, server_url: str) -> None:
        server = urlsplit(server_url)
        self._name = f"dotorm_bench_{secrets.token_hex(4)}"
        self.url = server._replace(path=f"/{self._name}").geturl()
        self._connection = pymysql.connect(
            host=server.hostname or "localhost",
            port=server.port or 3306,
            user=server.username or "root",
            password=server.password or "",
            autocommit=True,
            charset="utf8mb4",
        )
        self._execute(f"CREATE DATABASE {self._name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
        self._execute(f"USE {self._name}")
        self._last = 0

    def version(self) -> str:
        """Name the server and its version."""
        ((version,),) = self._execute("SELECT VERSION()")
        name, _, _ = version.partition("-")
        return f"{'MariaDB' if 'MariaDB' in version else 'MySQL'} {name}"

    def fill(self, sizes: Sizes) -> None:
        """Make the tables with all their rows."""
        self._last = sizes.users
        for sql in _TABLES.split(";"):
            self._execute(sql)
        self._execute("BEGIN")
        for table, (columns, records) in tables(sizes).items():
            marks = ", ".join("%s" for _ in columns)
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            with self._connection.cursor() as cursor:
                cursor.executemany(sql, [[naive(value) for value in row] for row in records])
        self._execute("COMMIT")
        self._execute("ANALYZE TABLE users, roles, articles, tags, article_tags")

    @contextmanager
    def counted(self) -> Iterator[tuple[str, Traffic | None]]:
        """Answer the database itself: its protocol is not counted."""
        yield self.url, None

    def tidy(self, effect: Effect) -> None:
        """Delete new users, and have the next key be the one after the last."""
        if effect is Effect.INSERTS:
            self._execute(f"DELETE FROM users WHERE id > {self._last}")
            self._execute(f"ALTER TABLE users AUTO_INCREMENT = {self._last + 1}")

    def new_users(self) -> list[list[Any]]:
        """Answer the inserted users, by key."""
        return rows(typed(row) for row in self._execute(_USERS, self._last))

    def all_users(self) -> list[list[Any]]:
        """Answer every user, by key."""
        return rows(typed(row) for row in self._execute(_USERS, 0))

    def close(self) -> None:
        """Drop the database."""
        self._execute(f"DROP DATABASE {self._name}")
        self._connection.close()

    def _execute(self, sql: str, *values: Any) -> Any:
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall()


def naive(value: Any) -> Any:
    """A moment in UTC without its zone, which the database does not keep."""
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


def typed(row: Any) -> tuple[Any, ...]:
    """A row of all columns of a user with a bool, and a moment in UTC."""
    key, name, email, active, role, created, age, note = row
    return key, name, email, bool(active), role, created.replace(tzinfo=UTC), age, note
