"""aiosqlite without anything over it: a thread of its own, and one hop for each statement."""

from datetime import datetime
from sqlite3 import Row as SqliteRow
from typing import Any, ClassVar
from urllib.parse import urlsplit

import aiosqlite

from bench.backends.sqlite import text
from bench.competitor import Grouped, Place, Raw, grouped
from bench.data import NEW_USER, ROLE, USER, USER_PLAIN, Row

_COLUMNS, _USER, _ROLE = ", ".join(NEW_USER), ", ".join(USER), ", ".join(ROLE)
_VARIABLES = 32_766  # of one statement, at most

GET = f"SELECT {_USER} FROM users WHERE id = ?"
SELECT = f"SELECT {_USER} FROM users WHERE id > ? ORDER BY id LIMIT ?"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users WHERE id > ? ORDER BY id LIMIT ?"
ROLES = f"SELECT {_ROLE} FROM roles WHERE id IN "
USERS_OF = f"SELECT {_USER} FROM users WHERE role_id IN "
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


class _Aiosqlite(Raw):
    """One connection, whose rows have a moment as text, and a bool as 0 or 1."""

    packages: ClassVar[tuple[str, ...]] = ("aiosqlite",)
    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and hold it, with the settings that DotORM has."""
        self.db = await aiosqlite.connect(urlsplit(place.url).path[1:], isolation_level=None)
        self.db.row_factory = SqliteRow
        await self.db.execute_fetchall("PRAGMA synchronous = NORMAL")
        await self.db.execute_fetchall("PRAGMA foreign_keys = ON")

    async def close(self) -> None:
        """Close it."""
        await self.db.close()

    def column(self, record: Any, name: str) -> Any:
        """Answer what the value means: comparing takes no measured time."""
        value = record[name]
        if name == "created_at":
            return datetime.fromisoformat(value)
        return bool(value) if name == "active" else value


class AsItIs(_Aiosqlite):
    """Rows as SQLite has them."""

    title = "aiosqlite, values as they are"

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
        keys = list({row["role_id"] for row in users})
        roles = await self.db.execute_fetchall(ROLES + marks(len(keys)), keys)
        return Grouped(users, {"role": ("role_id", {row["id"]: row for row in roles})})

    async def one2many(self, keys: list[int]) -> Any:
        """execute_fetchall twice with IN, and a dict of lists"""
        sql = f"{ROLES}{marks(len(keys))} ORDER BY id"
        roles = list(await self.db.execute_fetchall(sql, keys))
        users = await self.db.execute_fetchall(USERS_OF + marks(len(keys)), keys)
        return Grouped(roles, {"users": ("id", grouped(users, "role_id"))})

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """execute_fetchall of a constant text with a JOIN"""
        return await self.db.execute_fetchall(FILTER, [active, age, role])

    async def insert(self, rows: list[Row]) -> list[int]:
        """executemany in a transaction; the keys are the last so many"""
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        await self.db.executemany(INSERT, [[text(value) for value in row] for row in rows])
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
    """Rows as dicts with a moment and a bool, made in Python."""

    title = "aiosqlite, values converted"

    def column(self, record: Any, name: str) -> Any:
        """Answer an item of the dict."""
        return record[name]

    async def get(self, key: int) -> Any:
        """execute_fetchall, then a dict"""
        return _dict(next(iter(await self.db.execute_fetchall(GET, [key]))))

    async def select(self, after: int, limit: int) -> Any:
        """execute_fetchall, then dicts"""
        return [_dict(row) for row in await self.db.execute_fetchall(SELECT, [after, limit])]

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """execute_fetchall of a constant text with a JOIN, then dicts"""
        return [_dict(row) for row in await self.db.execute_fetchall(FILTER, [active, age, role])]


def _dict(row: Any) -> dict[str, Any]:
    found = dict(row)
    found["active"] = bool(found["active"])
    found["created_at"] = datetime.fromisoformat(found["created_at"])
    return found


class Values(_Aiosqlite):
    """INSERT with many rows of VALUES."""

    title = "aiosqlite, VALUES (…), (…)"

    async def insert(self, rows: list[Row]) -> list[int]:
        """multi-row VALUES with RETURNING, in as few statements as variables allow"""
        size, keys = _VARIABLES // len(NEW_USER), []
        await self.db.execute_fetchall("BEGIN IMMEDIATE")
        for first in range(0, len(rows), size):
            part = rows[first : first + size]
            values = ", ".join(marks(len(NEW_USER)) for _ in part)
            sql = f"INSERT INTO users ({_COLUMNS}) VALUES {values} RETURNING id"
            found = await self.db.execute_fetchall(sql, [text(v) for row in part for v in row])
            keys += [row[0] for row in found]
        await self.db.execute_fetchall("COMMIT")
        return keys
