"""SQLite: a file of its own, in the WAL mode that everyone then finds."""

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.answers import rows
from bench.data import USER, Sizes, tables
from bench.scenarios import Effect
from bench.traffic import Traffic

_TABLES = """
PRAGMA journal_mode = WAL;
CREATE TABLE roles (id INTEGER PRIMARY KEY, name TEXT NOT NULL, description TEXT) STRICT;
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    active INTEGER NOT NULL,
    role_id INTEGER,
    created_at TEXT NOT NULL,
    age INTEGER NOT NULL,
    note TEXT
) STRICT;
CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INTEGER) STRICT;
CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT;
CREATE TABLE article_tags (
    article_id INTEGER NOT NULL, tag_id INTEGER NOT NULL, PRIMARY KEY (article_id, tag_id)
) STRICT;
CREATE INDEX users_role ON users (role_id);
CREATE INDEX roles_name ON roles (name);
CREATE INDEX articles_author ON articles (author_id);
CREATE INDEX article_tags_tag ON article_tags (tag_id);
"""
_USERS = f"SELECT {', '.join(USER)} FROM users WHERE id > ? ORDER BY id"


def text(value: Any) -> Any:
    """A moment as DotORM keeps it on SQLite; any other value as it is."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="microseconds")
    return value


class Sqlite:
    """The tables in a file that is deleted at the end."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="dotorm_bench_")
        self._file = Path(self._folder.name) / "bench.db"
        self.url = f"sqlite:///{self._file}"
        self._database = sqlite3.connect(self._file, isolation_level=None)
        self._last = 0

    def version(self) -> str:
        """Name the library and its version."""
        return f"SQLite {sqlite3.sqlite_version}"

    def fill(self, sizes: Sizes) -> None:
        """Make the tables with all their rows."""
        self._last = sizes.users
        self._database.executescript(_TABLES)
        self._database.execute("BEGIN")
        for table, (columns, records) in tables(sizes).items():
            marks = ", ".join("?" for _ in columns)
            sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
            self._database.executemany(sql, ([text(value) for value in row] for row in records))
        self._database.execute("COMMIT")
        self._database.execute("ANALYZE")

    @contextmanager
    def counted(self) -> Iterator[tuple[str, Traffic | None]]:
        """Answer the file: nothing goes over a wire."""
        yield self.url, None

    def tidy(self, effect: Effect) -> None:
        """Delete new users; put everything into the file."""
        if effect is Effect.INSERTS:
            self._database.execute("DELETE FROM users WHERE id > ?", [self._last])
        if effect is not Effect.NONE:
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def new_users(self) -> list[list[Any]]:
        """Answer the inserted users, by key."""
        return self._users(self._last)

    def all_users(self) -> list[list[Any]]:
        """Answer every user, by key."""
        return self._users(0)

    def close(self) -> None:
        """Delete the file."""
        self._database.close()
        self._folder.cleanup()

    def _users(self, after: int) -> list[list[Any]]:
        found = self._database.execute(_USERS, [after])
        return rows(typed(row) for row in found)


def typed(row: Any) -> tuple[Any, ...]:
    """A row of all columns of a user with a bool and a moment, which SQLite has not."""
    key, name, email, active, role, created, age, note = row
    return key, name, email, bool(active), role, datetime.fromisoformat(created), age, note
