"""asynch without anything over it. The client makes the keys."""

from itertools import count
from typing import Any, ClassVar

from asynch.connection import Connection

from bench.competitor import Grouped, Place, Raw
from bench.data import ROLE, USER, USER_PLAIN, Row

FIRST_KEY = 10_000_000
_USER = ", ".join(USER)
_SHAPES = {len(columns): columns for columns in (USER, USER_PLAIN, ROLE)}

GET = f"SELECT {_USER} FROM users WHERE id = %(key)s"
PAGE = "WHERE id > %(after)s ORDER BY id LIMIT %(limit)s"
SELECT = f"SELECT {_USER} FROM users {PAGE}"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users {PAGE}"
ROLES = f"SELECT {', '.join(ROLE)} FROM roles WHERE id IN %(keys)s"
FILTER = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)} FROM users u"
    " JOIN roles r ON r.id = u.role_id"
    " WHERE u.active = %(active)s AND u.age < %(age)s AND r.name = %(role)s ORDER BY u.id"
)
INSERT = f"INSERT INTO users ({_USER}) VALUES"


class Asynch(Raw):
    """One connection, whose rows are tuples."""

    title = "asynch, held connection"
    packages: ClassVar[tuple[str, ...]] = ("asynch",)
    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and hold it."""
        self.db = Connection(dsn=place.url)
        await self.db.connect()
        self._keys = count(FIRST_KEY)

    async def close(self) -> None:
        """Close it."""
        await self.db.close()

    def column(self, record: Any, name: str) -> Any:
        """Answer an item of the tuple."""
        return record[_SHAPES[len(record)].index(name)]

    async def _all(self, sql: str, **values: Any) -> Any:
        async with self.db.cursor() as cursor:
            await cursor.execute(sql, values)
            return await cursor.fetchall()

    async def get(self, key: int) -> Any:
        """execute and fetchall"""
        return (await self._all(GET, key=key))[0]

    async def select(self, after: int, limit: int) -> Any:
        """execute and fetchall"""
        return await self._all(SELECT, after=after, limit=limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """execute and fetchall"""
        return await self._all(SELECT_PLAIN, after=after, limit=limit)

    async def many2one(self, after: int, limit: int) -> Any:
        """two statements, the second with IN, and a dict of roles"""
        users = await self._all(SELECT, after=after, limit=limit)
        roles = await self._all(ROLES, keys=tuple({row[4] for row in users}))
        return Grouped(users, {"role": ("role_id", {row[0]: row for row in roles})})

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """a constant text with a JOIN"""
        return await self._all(FILTER, active=active, age=age, role=role)

    async def insert(self, rows: list[Row]) -> list[int]:
        """execute with rows"""
        keyed = [(key, *row) for key, row in zip(self._keys, rows, strict=False)]
        async with self.db.cursor() as cursor:
            await cursor.execute(INSERT, keyed)
        return [row[0] for row in keyed]
