"""aiomysql and asyncmy without anything over them: the one is Python, the other compiled."""

from datetime import UTC
from importlib import import_module
from itertools import batched
from typing import Any, ClassVar
from urllib.parse import urlsplit

from bench.backends.mysql import naive
from bench.competitor import Grouped, Place, Raw, grouped
from bench.data import ARTICLE, NEW_USER, ROLE, USER, USER_PLAIN, Row

_USER, _ROLE = ", ".join(USER), ", ".join(ROLE)
_SHAPES = {len(columns): columns for columns in (USER, USER_PLAIN, ROLE, ARTICLE)}
_AT_ONCE = 5000  # rows whose text is one statement

GET = f"SELECT {_USER} FROM users WHERE id = %s"
SELECT = f"SELECT {_USER} FROM users WHERE id > %s ORDER BY id LIMIT %s"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users WHERE id > %s ORDER BY id LIMIT %s"
ROLES = f"SELECT {_ROLE} FROM roles WHERE id IN "
USERS_OF = f"SELECT {_USER} FROM users WHERE role_id IN "
FILTER = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)} FROM users u"
    " JOIN roles r ON r.id = u.role_id"
    " WHERE u.active = %s AND u.age < %s AND r.name = %s ORDER BY u.id"
)
INSERT = f"INSERT INTO users ({', '.join(NEW_USER)}) VALUES ({', '.join('%s' for _ in NEW_USER)})"
UPDATE = "UPDATE users SET active = %s, age = %s WHERE id IN "
UPDATE_ONE = "UPDATE users SET name = %s, age = %s WHERE id = %s"


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


class _Held(Raw):
    """One connection, whose rows are tuples: a moment has no zone, a bool is 0 or 1."""

    driver: ClassVar[str]
    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and hold it."""
        self.db = await import_module(self.driver).connect(**settings(place.url))

    async def close(self) -> None:
        """Close it."""
        self.db.close()

    def column(self, record: Any, name: str) -> Any:
        """Answer what the value means: comparing takes no measured time."""
        value = record[_SHAPES[len(record)].index(name)]
        if name == "created_at":
            return value.replace(tzinfo=UTC)
        return bool(value) if name == "active" else value

    async def _all(self, sql: str, *values: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def _many(self, sql: str, rows: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.executemany(sql, rows)
            return cursor.lastrowid

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
        keys = {row[4] for row in users}
        roles = await self._all(ROLES + marks(len(keys)), *keys)
        return Grouped(users, {"role": ("role_id", {row[0]: row for row in roles})})

    async def one2many(self, keys: list[int]) -> Any:
        """two statements with IN, and a dict of lists"""
        roles = await self._all(f"{ROLES}{marks(len(keys))} ORDER BY id", *keys)
        users = await self._all(USERS_OF + marks(len(roles)), *(row[0] for row in roles))
        return Grouped(list(roles), {"users": ("id", grouped(users, 4))})

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """a constant text with a JOIN"""
        return await self._all(FILTER, active, age, role)

    async def insert(self, rows: list[Row]) -> list[int]:
        """executemany of 5000 at a time, which is one statement; the keys follow its first"""
        keys: list[int] = []
        for part in batched(rows, _AT_ONCE):
            first = await self._many(INSERT, [[naive(value) for value in row] for row in part])
            keys += range(first, first + len(part))
        return keys

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """UPDATE with IN"""
        await self._all(UPDATE + marks(len(keys)), active, age, *keys)

    async def update_distinct(self, rows: list[Row]) -> None:
        """executemany in a transaction"""
        await self._all("BEGIN")
        await self._many(UPDATE_ONE, [(name, age, key) for key, name, age in rows])
        await self._all("COMMIT")


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


class AiomysqlPool(Raw):
    """The usual driver's own pool."""

    title = "aiomysql, its pool"
    packages: ClassVar[tuple[str, ...]] = ("aiomysql",)
    column = _Held.column

    async def open(self, place: Place) -> None:
        """Open a pool of the size that is given."""
        make = import_module("aiomysql").create_pool
        self.db = await make(minsize=place.pool, maxsize=place.pool, **settings(place.url))

    async def close(self) -> None:
        """Close it."""
        self.db.close()
        await self.db.wait_closed()

    async def _all(self, sql: str, *values: Any) -> Any:
        async with self.db.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def get(self, key: int) -> Any:
        """acquire, execute and fetchall"""
        return (await self._all(GET, key))[0]

    async def select(self, after: int, limit: int) -> Any:
        """acquire, execute and fetchall"""
        return await self._all(SELECT, after, limit)
