"""asynch and clickhouse-connect without anything over them. The client makes the keys."""

from importlib import import_module
from itertools import count
from typing import Any, ClassVar
from urllib.parse import urlsplit

from asynch.connection import Connection
from asynch.pool import Pool

from bench.competitor import Grouped, Place, Tuples, grouped
from bench.data import ROLE, USER, USER_PLAIN, Row
from bench.schemas import as_json

FIRST_KEY = 10_000_000
_USER = ", ".join(USER)
_TYPES = (
    *("Int32", "String", "String", "Bool", "Nullable(Int32)"),
    *("DateTime64(6, 'UTC')", "Int32", "Nullable(String)"),
)

GET = f"SELECT {_USER} FROM users WHERE id = %(key)s"
PAGE = "WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"
SELECT = f"SELECT {_USER} FROM users {PAGE}"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users {PAGE}"
ROLES = f"SELECT {', '.join(ROLE)} FROM roles WHERE id IN %(keys)s ORDER BY id"
USERS_OF = f"SELECT {_USER} FROM users WHERE role_id IN %(keys)s"
ARTICLES = f"SELECT id, title FROM articles {PAGE}"
ARTICLES_OF = "SELECT id, title, author_id FROM articles WHERE author_id IN %(keys)s"
TAGS_OF = (
    "SELECT t.id, t.name, l.article_id FROM tags t JOIN article_tags l ON l.tag_id = t.id"
    " WHERE l.article_id IN %(keys)s"
)
FILTER = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)} FROM users u"
    " JOIN roles r ON r.id = u.role_id"
    " WHERE u.active = %(active)s AND u.age < %(age)s AND r.name = %(role)s ORDER BY u.id"
)
JOIN = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)}, {', '.join(f'r.{name}' for name in ROLE)}"
    " FROM users u LEFT JOIN roles r ON r.id = u.role_id"
    " WHERE u.id > %(after)s ORDER BY u.id LIMIT %(limit)s"
)
INSERT = f"INSERT INTO users ({_USER}) VALUES"
_WAITED = "SETTINGS mutations_sync = 2"
UPDATE = (
    f"ALTER TABLE users UPDATE active = %(active)s, age = %(age)s WHERE id IN %(keys)s {_WAITED}"
)
UPDATE_EACH = (
    "ALTER TABLE users UPDATE name = transform(id, %(keys)s, %(names)s, name),"
    f" age = transform(id, %(keys)s, %(ages)s, age) WHERE id IN %(keys)s {_WAITED}"
)


class _Clickhouse(Tuples):
    """What is the same for both drivers, whose rows are tuples."""

    async def open(self, place: Place) -> None:
        """Begin with the first key."""
        self._keys = count(FIRST_KEY)

    async def _all(self, sql: str, **values: Any) -> Any:
        """Answer the rows of a statement."""
        raise NotImplementedError

    async def _write(self, sql: str, **values: Any) -> None:
        """Execute a statement without rows."""
        raise NotImplementedError

    async def _insert(self, keyed: list[Row]) -> None:
        """Store users with their keys."""
        raise NotImplementedError

    async def get(self, key: int) -> Any:
        """one statement"""
        return (await self._all(GET, key=key))[0]

    async def select(self, after: int, limit: int) -> Any:
        """one statement"""
        return await self._all(SELECT, after=after, limit=limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """one statement"""
        return await self._all(SELECT_PLAIN, after=after, limit=limit)

    async def many2one(self, after: int, limit: int) -> Any:
        """one statement with a JOIN"""
        return await self._all(JOIN, after=after, limit=limit)

    async def one2many(self, keys: list[int]) -> Any:
        """two statements with IN, and a dict of lists"""
        roles = await self._all(ROLES, keys=keys)
        users = await self._all(USERS_OF, keys=keys)
        return Grouped(roles, {"users": ("id", grouped(users, 4))})

    async def many2many(self, after: int, limit: int) -> Any:
        """two statements, the second with a JOIN and IN, and a dict of lists"""
        articles = await self._all(ARTICLES, after=after, limit=limit)
        tags = await self._all(TAGS_OF, keys=[row[0] for row in articles])
        return Grouped(articles, {"tags": ("id", grouped(tags, 2))})

    async def nested(self, keys: list[int]) -> Any:
        """three statements with IN, and dicts of lists"""
        roles = await self._all(ROLES, keys=keys)
        users = await self._all(USERS_OF, keys=keys)
        articles = await self._all(ARTICLES_OF, keys=[row[0] for row in users])
        below = {
            "users": ("id", grouped(users, 4)),
            "articles": ("id", grouped(articles, 2)),
        }
        return Grouped(roles, below)

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """a constant text with a JOIN"""
        return await self._all(FILTER, active=active, age=age, role=role)

    async def serialise(self, key: int) -> str:
        """one statement, then a pydantic model of a dict"""
        return as_json(dict(zip(USER, await self.get(key), strict=True)))

    async def insert(self, rows: list[Row]) -> list[int]:
        """one INSERT of all rows, each with its key"""
        keyed = [(key, *row) for row, key in zip(rows, self._keys, strict=False)]
        await self._insert(keyed)
        return [row[0] for row in keyed]

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """ALTER TABLE … UPDATE with IN, waited for"""
        await self._write(UPDATE, keys=keys, active=active, age=age)

    async def update_distinct(self, rows: list[Row]) -> None:
        """ALTER TABLE … UPDATE with transform of lists, waited for"""
        keys, names, ages = map(list, zip(*rows, strict=True))
        await self._write(UPDATE_EACH, keys=keys, names=names, ages=ages)


class Asynch(_Clickhouse):
    """One connection of the native protocol."""

    title = "asynch, held connection"
    packages: ClassVar[tuple[str, ...]] = ("asynch",)
    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and hold it."""
        await super().open(place)
        self.db = Connection(dsn=place.url)
        await self.db.connect()

    async def close(self) -> None:
        """Close it."""
        await self.db.close()

    async def _all(self, sql: str, **values: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def _write(self, sql: str, **values: Any) -> None:
        async with self.db.cursor() as cursor:
            await cursor.execute(sql, values)

    async def _insert(self, keyed: list[Row]) -> None:
        async with self.db.cursor() as cursor:
            await cursor.execute(INSERT, keyed)


class AsynchPool(Tuples):
    """asynch's own pool."""

    title = "asynch, its pool"
    packages: ClassVar[tuple[str, ...]] = ("asynch",)

    async def open(self, place: Place) -> None:
        """Open a pool of the size that is given."""
        self.db = Pool(minsize=place.pool, maxsize=place.pool, dsn=place.url)
        await self.db.startup()

    async def close(self) -> None:
        """Close it."""
        await self.db.shutdown()

    async def _all(self, sql: str, **values: Any) -> Any:
        async with self.db.connection() as connection, connection.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def get(self, key: int) -> Any:
        """one statement"""
        return (await self._all(GET, key=key))[0]

    async def select(self, after: int, limit: int) -> Any:
        """one statement"""
        return await self._all(SELECT, after=after, limit=limit)


class ClickhouseConnect(_Clickhouse):
    """The vendor's client, over HTTP."""

    title = "clickhouse-connect, async client"
    packages: ClassVar[tuple[str, ...]] = ("clickhouse-connect", "aiohttp")

    async def open(self, place: Place) -> None:
        """Make a client of the server's HTTP port, with as many connections as are given.

        It has no session, which would let one statement at a time through, and compresses nothing.
        """
        await super().open(place)
        server = urlsplit(place.url)
        self.db = await import_module("clickhouse_connect").get_async_client(
            host=server.hostname,
            port=await _http_port(place.url),
            username=server.username,
            password=server.password or "",
            database=server.path[1:],
            autogenerate_session_id=False,
            compress=False,
            connector_limit=place.pool,
            connector_limit_per_host=place.pool,
            tz_mode="aware",
        )

    async def close(self) -> None:
        """Close its connections."""
        await self.db.close()

    async def _all(self, sql: str, **values: Any) -> Any:
        return (await self.db.query(sql, parameters=values)).result_rows

    async def _write(self, sql: str, **values: Any) -> None:
        await self.db.command(sql, parameters=values)

    async def _insert(self, keyed: list[Row]) -> None:
        await self.db.insert("users", keyed, column_names=USER, column_type_names=_TYPES)


async def _http_port(url: str) -> int:
    """Ask the server by its native protocol."""
    async with Connection(dsn=url) as connection, connection.cursor() as cursor:
        await cursor.execute("SELECT getServerPort('http_port')")
        ((port,),) = await cursor.fetchall()
        return int(port)
