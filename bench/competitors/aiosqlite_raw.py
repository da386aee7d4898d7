"""aiosqlite without anything over it: a thread of its own, and one hop for each statement."""

from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import urlsplit

import aiosqlite

from bench.competitor import Grouped, Place, Tuples, grouped
from bench.data import NEW_USER, ROLE, USER, USER_PLAIN, Row
from bench.schemas import as_json

_COLUMNS, _USER, _ROLE = ", ".join(NEW_USER), ", ".join(USER), ", ".join(ROLE)
_VARIABLES = 32_766  # of one statement, at most

GET = f"SELECT {_USER} FROM users WHERE id = ?"
SELECT = f"SELECT {_USER} FROM users WHERE id > ? ORDER BY id LIMIT ?"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users WHERE id > ? ORDER BY id LIMIT ?"
ROLES = f"SELECT {_ROLE} FROM roles WHERE id IN "
USERS_OF = f"SELECT {_USER} FROM users WHERE role_id IN "
ARTICLES = "SELECT id, title FROM articles WHERE id > ? ORDER BY id LIMIT ?"
ARTICLES_OF = "SELECT id, title, author_id FROM articles WHERE author_id IN "
TAGS_OF = (
    "SELECT t.id, t.name, l.article_id FROM tags t JOIN article_tags l ON l.tag_id = t.id"
    " WHERE l.article_id IN "
)
FILTER = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)} FROM users u"
    " JOIN roles r ON r.id = u.role_id"
    " WHERE u.active = ? AND u.age < ? AND r.name = ? ORDER BY u.id"
)
INSERT = f"INSERT INTO users ({_COLUMNS}) VALUES ({', '.join('?' for _ in NEW_USER)})"
UPDATE = "UPDATE users SET active = ?, age = ? WHERE id IN "
UPDATE_ONE = "UPDATE users SET name = ?, age = ? WHERE id = ?"


def marks(count: int) -> str:
    """So many parameters in brackets."""
    return f"({', '.join('?' for _ in range(count))})"


def kept(rows: list[Row]) -> list[Row]:
    """New users as the table keeps them: a moment is text, in the form that DotORM uses."""
    return [
        (name, email, active, role, created_at.isoformat(" ", "microseconds"), age, note)
        for name, email, active, role, created_at, age, note in rows
    ]


class _Aiosqlite(Tuples):
    """One connection, whose rows are tuples: a moment is text, a bool is 0 or 1."""

    packages: ClassVar[tuple[str, ...]] = ("aiosqlite",)
    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and hold it, with the settings that DotORM has."""
        self.db = await aiosqlite.connect(urlsplit(place.url).path[1:], isolation_level=None)
        await self.db.execute_fetchall("PRAGMA synchronous = NORMAL")
        await self.db.execute_fetchall("PRAGMA foreign_keys = ON")

    async def close(self) -> None:
        """Close it."""
        await self.db.close()

    def column(self, record: Any, name: str) -> Any:
        """Answer what the value means: comparing takes no measured time."""
        value = super().column(record, name)
        if name == "created_at":
            return datetime.fromisoformat(value)
        return bool(value) if name == "active" else value


class AsItIs(_Aiosqlite):
    """Rows as SQLite has them."""

    title = "aiosqlite, values as they are"
    concurrent = True  # one after another in the thread of the connection

    async def get(self, key: int) -> Any:
        """execute_fetchall"""
        return next(iter(await self.db.execute_fetchall(GET, [key])))

    async def select(self, after: int, limit: int) -> Any:
        """execute_fetchall"""
        return await self.db.execute_fetchall(SELECT, [after, limit])

    async def select_plain(self, after: int, limit: int) -> Any:
        """execute_fetchall"""
        return await self.db.execute_fetchall(SELECT_PLAIN, [after, limit])

    async def many2one(self, after: int, limit: int) -> Any:
        """execute_fetchall twice, the second with IN, and a dict of roles"""
        users = list(await self.db.execute_fetchall(SELECT, [after, limit]))
        roles = await self._among(ROLES, list({row[4] for row in users}))
        return Grouped(users, {"role": ("role_id", {row[0]: row for row in roles})})

    async def one2many(self, keys: list[int]) -> Any:
        """execute_fetchall twice with IN, and a dict of lists"""
        roles = await self._among(ROLES, keys, " ORDER BY id")
        users = await self._among(USERS_OF, keys)
        return Grouped(roles, {"users": ("id", grouped(users, 4))})

    async def many2many(self, after: int, limit: int) -> Any:
        """execute_fetchall twice, the second with a JOIN and IN, and a dict of lists"""
        articles = list(await self.db.execute_fetchall(ARTICLES, [after, limit]))
        tags = await self._among(TAGS_OF, [row[0] for row in articles])
        return Grouped(articles, {"tags": ("id", grouped(tags, 2))})

    async def nested(self, keys: list[int]) -> Any:
        """execute_fetchall three times with IN, and dicts of lists"""
        roles = await self._among(ROLES, keys, " ORDER BY id")
        users = await self._among(USERS_OF, keys)
        articles = await self._among(ARTICLES_OF, [row[0] for row in users])
        below = {"users": ("id", grouped(users, 4)), "articles": ("id", grouped(articles, 2))}
        return Grouped(roles, below)

    async def _among(self, sql: str, keys: list[int], order: str = "") -> list[Any]:
        return list(await self.db.execute_fetchall(f"{sql}{marks(len(keys))}{order}", keys))

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """execute_fetchall of a constant text with a JOIN"""
        return await self.db.execute_fetchall(FILTER, [active, age, role])

    async def serialise(self, key: int) -> str:
        """execute_fetchall, then a pydantic model of a dict, which reads the moment's text"""
        return as_json(dict(zip(USER, await self.get(key), strict=True)))

    async def insert(self, rows: list[Row]) -> list[int]:
        """executemany in a transaction; the keys are the last so many"""
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        await self.db.executemany(INSERT, kept(rows))
        ((last,),) = await self.db.execute_fetchall("SELECT last_insert_rowid()")
        await self.db.execute_fetchall("COMMIT")
        return list(range(last - len(rows) + 1, last + 1))

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """execute_fetchall with IN"""
        await self.db.execute_fetchall(UPDATE + marks(len(keys)), [active, age, *keys])

    async def update_distinct(self, rows: list[Row]) -> None:
        """executemany in a transaction"""
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        await self.db.executemany(UPDATE_ONE, [(name, age, key) for key, name, age in rows])
        await self.db.execute_fetchall("COMMIT")


class Converted(_Aiosqlite):
    """Rows with a moment and a bool, which every other driver makes and sqlite3 does not."""

    title = "aiosqlite, values converted"

    def column(self, record: Any, name: str) -> Any:
        """Answer an item of the tuple."""
        return Tuples.column(self, record, name)

    async def get(self, key: int) -> Any:
        """execute_fetchall, then a tuple"""
        return _converted(await self.db.execute_fetchall(GET, [key]))[0]

    async def select(self, after: int, limit: int) -> Any:
        """execute_fetchall, then tuples"""
        return _converted(await self.db.execute_fetchall(SELECT, [after, limit]))

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """execute_fetchall of a constant text with a JOIN, then tuples"""
        return _converted(await self.db.execute_fetchall(FILTER, [active, age, role]))


def _converted(rows: Any) -> list[Row]:
    moment = datetime.fromisoformat
    return [
        (key, name, email, active == 1, role, moment(created_at), age, note)
        for key, name, email, active, role, created_at, age, note in rows
    ]


class Values(_Aiosqlite):
    """INSERT with many rows of VALUES."""

    title = "aiosqlite, VALUES (…), (…)"

    async def insert(self, rows: list[Row]) -> list[int]:
        """multi-row VALUES with RETURNING, in as few statements as variables allow"""
        size, keys = _VARIABLES // len(NEW_USER), []
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        for first in range(0, len(rows), size):
            part = kept(rows[first : first + size])
            values = ", ".join(marks(len(NEW_USER)) for _ in part)
            sql = f"INSERT INTO users ({_COLUMNS}) VALUES {values} RETURNING id"
            found = await self.db.execute_fetchall(sql, [value for row in part for value in row])
            keys += [row[0] for row in found]
        await self.db.execute_fetchall("COMMIT")
        return keys
