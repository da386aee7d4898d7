"""aiomysql and asyncmy without anything over them: the one is Python, the other compiled."""

import json
from datetime import UTC
from importlib import import_module
from itertools import batched
from typing import Any, ClassVar
from urllib.parse import urlsplit

from bench.competitor import Grouped, Place, Tuples, grouped
from bench.data import NEW_USER, ROLE, USER, USER_PLAIN, Row
from bench.schemas import as_json

_USER, _ROLE = ", ".join(USER), ", ".join(ROLE)
_AT_ONCE = 5000  # rows whose text is one statement

GET = f"SELECT {_USER} FROM users WHERE id = %s"
SELECT = f"SELECT {_USER} FROM users WHERE id > %s ORDER BY id LIMIT %s"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users WHERE id > %s ORDER BY id LIMIT %s"
ROLES = f"SELECT {_ROLE} FROM roles WHERE id IN "
USERS_OF = f"SELECT {_USER} FROM users WHERE role_id IN "
ARTICLES = "SELECT id, title FROM articles WHERE id > %s ORDER BY id LIMIT %s"
ARTICLES_OF = "SELECT id, title, author_id FROM articles WHERE author_id IN "
TAGS_OF = (
    "SELECT t.id, t.name, l.article_id FROM tags t JOIN article_tags l ON l.tag_id = t.id"
    " WHERE l.article_id IN "
)
JOIN = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)}, {', '.join(f'r.{name}' for name in ROLE)}"
    " FROM users u LEFT JOIN roles r ON r.id = u.role_id"
    " WHERE u.id > %s ORDER BY u.id LIMIT %s"
)
FILTER = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)} FROM users u"
    " JOIN roles r ON r.id = u.role_id"
    " WHERE u.active = %s AND u.age < %s AND r.name = %s ORDER BY u.id"
)
INSERT = f"INSERT INTO users ({', '.join(NEW_USER)}) VALUES ({', '.join('%s' for _ in NEW_USER)})"
UPDATE = "UPDATE users SET active = %s, age = %s WHERE id IN "
UPDATE_ONE = "UPDATE users SET name = %s, age = %s WHERE id = %s"
UPDATE_JSON = (
    "UPDATE users u JOIN JSON_TABLE(%s, '$[*]' COLUMNS ("
    "id INT PATH '$[0]', name VARCHAR(100) PATH '$[1]', age INT PATH '$[2]'"
    ")) v ON v.id = u.id SET u.name = v.name, u.age = v.age"
)


def marks(count: int) -> str:
    """So many parameters in brackets."""
    return f"({', '.join('%s' for _ in range(count))})"


def settings(url: str) -> dict[str, Any]:
    """What both drivers' `connect` takes."""
    server = urlsplit(url)
    return {
        "host": server.hostname,
        "port": server.port,
        "user": server.username,
        "password": server.password or "",
        "db": server.path[1:],
        "autocommit": True,
        "charset": "utf8mb4",
    }


class _Mysql(Tuples):
    """What all have: rows are tuples, a moment has no zone, a bool is 0 or 1."""

    driver: ClassVar[str]

    def column(self, record: Any, name: str) -> Any:
        """Answer what the value means: comparing takes no measured time."""
        value = super().column(record, name)
        if name == "created_at":
            return value.replace(tzinfo=UTC)
        return bool(value) if name == "active" else value

    async def _all(self, sql: str, *values: Any) -> Any:
        """Answer the rows of a statement."""
        raise NotImplementedError


class _Reads(_Mysql):
    async def get(self, key: int) -> Any:
        """execute and fetchall"""
        return (await self._all(GET, key))[0]

    async def select(self, after: int, limit: int) -> Any:
        """execute and fetchall"""
        return await self._all(SELECT, after, limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """execute and fetchall"""
        return await self._all(SELECT_PLAIN, after, limit)

    async def many2one(self, after: int, limit: int) -> Any:
        """two statements, the second with IN, and a dict of roles"""
        users = await self._all(SELECT, after, limit)
        roles = await self._among(ROLES, list({row[4] for row in users}))
        return Grouped(users, {"role": ("role_id", {row[0]: row for row in roles})})

    async def one2many(self, keys: list[int]) -> Any:
        """two statements with IN, and a dict of lists"""
        roles = await self._among(ROLES, keys, " ORDER BY id")
        users = await self._among(USERS_OF, keys)
        return Grouped(roles, {"users": ("id", grouped(users, 4))})

    async def many2many(self, after: int, limit: int) -> Any:
        """two statements, the second with a JOIN and IN, and a dict of lists"""
        articles = await self._all(ARTICLES, after, limit)
        tags = await self._among(TAGS_OF, [row[0] for row in articles])
        return Grouped(articles, {"tags": ("id", grouped(tags, 2))})

    async def nested(self, keys: list[int]) -> Any:
        """three statements with IN, and dicts of lists"""
        roles = await self._among(ROLES, keys, " ORDER BY id")
        users = await self._among(USERS_OF, keys)
        articles = await self._among(ARTICLES_OF, [row[0] for row in users])
        below = {"users": ("id", grouped(users, 4)), "articles": ("id", grouped(articles, 2))}
        return Grouped(roles, below)

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """a constant text with a JOIN"""
        return await self._all(FILTER, active, age, role)

    async def serialise(self, key: int) -> str:
        """execute and fetchall, then a pydantic model of a dict, given a zone"""
        user = dict(zip(USER, await self.get(key), strict=True))
        user["created_at"] = user["created_at"].replace(tzinfo=UTC)
        return as_json(user)

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """UPDATE with IN"""
        await self._all(UPDATE + marks(len(keys)), active, age, *keys)

    async def _among(self, sql: str, keys: list[int], order: str = "") -> Any:
        return await self._all(f"{sql}{marks(len(keys))}{order}", *keys)


class _Connected(_Mysql):
    """One connection."""

    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and hold it."""
        self.db = await import_module(self.driver).connect(**settings(place.url))

    async def close(self) -> None:
        """Close it."""
        self.db.close()

    async def _all(self, sql: str, *values: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def _many(self, sql: str, rows: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.executemany(sql, rows)
            return cursor.lastrowid


class _Held(_Connected, _Reads):
    """One connection for everything."""

    async def insert(self, rows: list[Row]) -> list[int]:
        """executemany of 5000 at a time, which is one statement; the keys follow its first"""
        keys: list[int] = []
        for part in batched(rows, _AT_ONCE):
            first = await self._many(INSERT, part)  # the text of a moment in UTC has no zone
            keys += range(first, first + len(part))
        return keys

    async def update_distinct(self, rows: list[Row]) -> None:
        """UPDATE of a JOIN with JSON_TABLE"""
        await self._all(UPDATE_JSON, json.dumps(rows))


class Aiomysql(_Held):
    """The usual driver."""

    title = "aiomysql, held connection"
    packages: ClassVar[tuple[str, ...]] = ("aiomysql",)
    driver = "aiomysql"


class Asyncmy(_Held):
    """The compiled driver."""

    title = "asyncmy, held connection"
    packages: ClassVar[tuple[str, ...]] = ("asyncmy",)
    driver = "asyncmy"

    async def many2one(self, after: int, limit: int) -> Any:
        """one statement with a JOIN: more columns cost it little"""
        return await self._all(JOIN, after, limit)


class AiomysqlEach(_Connected):
    """The usual driver's way to change many rows."""

    title = "aiomysql, executemany"
    packages: ClassVar[tuple[str, ...]] = ("aiomysql",)
    driver = "aiomysql"

    async def update_distinct(self, rows: list[Row]) -> None:
        """executemany in a transaction"""
        await self._all("BEGIN")
        await self._many(UPDATE_ONE, [(name, age, key) for key, name, age in rows])
        await self._all("COMMIT")


class AiomysqlPool(_Reads):
    """The usual driver's own pool."""

    title = "aiomysql, its pool"
    packages: ClassVar[tuple[str, ...]] = ("aiomysql",)
    driver = "aiomysql"

    async def open(self, place: Place) -> None:
        """Open a pool of the size that is given."""
        make = import_module(self.driver).create_pool
        self.db = await make(minsize=place.pool, maxsize=place.pool, **settings(place.url))

    async def close(self) -> None:
        """Close it."""
        self.db.close()
        await self.db.wait_closed()

    async def _all(self, sql: str, *values: Any) -> Any:
        async with self.db.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()


class AsyncmyPool(AiomysqlPool):
    """The compiled driver's own pool."""

    title = "asyncmy, its pool"
    packages: ClassVar[tuple[str, ...]] = ("asyncmy",)
    driver = "asyncmy"
