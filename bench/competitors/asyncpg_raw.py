"""asyncpg without anything over it, in each way that people write it."""

from typing import Any, ClassVar

import asyncpg

from bench.competitor import Grouped, Place, Raw, grouped
from bench.data import NEW_USER, ROLE, USER, USER_PLAIN, Row
from bench.schemas import as_json

_TYPES = ("text", "text", "bool", "int", "timestamptz", "int", "text")
_COLUMNS = ", ".join(NEW_USER)
_USER, _ROLE = ", ".join(USER), ", ".join(ROLE)
_PARAMETERS = 32_767  # of one statement, at most

GET = f"SELECT {_USER} FROM users WHERE id = $1"
SELECT = f"SELECT {_USER} FROM users WHERE id > $1 ORDER BY id LIMIT $2"
SELECT_PLAIN = f"SELECT {', '.join(USER_PLAIN)} FROM users WHERE id > $1 ORDER BY id LIMIT $2"
ROLES = f"SELECT {_ROLE} FROM roles WHERE id = ANY($1)"
USERS_OF = f"SELECT {_USER} FROM users WHERE role_id = ANY($1)"
ARTICLES = "SELECT id, title FROM articles WHERE id > $1 ORDER BY id LIMIT $2"
ARTICLES_OF = "SELECT id, title, author_id FROM articles WHERE author_id = ANY($1)"
TAGS_OF = (
    "SELECT l.article_id, t.id, t.name FROM tags t JOIN article_tags l ON l.tag_id = t.id"
    " WHERE l.article_id = ANY($1)"
)
FILTER = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)} FROM users u"
    " JOIN roles r ON r.id = u.role_id"
    " WHERE u.active = $1 AND u.age < $2 AND r.name = $3 ORDER BY u.id"
)
JOIN = (
    f"SELECT {', '.join(f'u.{name}' for name in USER)},"
    f" {', '.join(f'r.{name} AS role_{name}_' for name in ROLE)}"
    " FROM users u LEFT JOIN roles r ON r.id = u.role_id"
    " WHERE u.id > $1 ORDER BY u.id LIMIT $2"
)
UNNEST = (
    f"INSERT INTO users ({_COLUMNS}) SELECT * FROM unnest("
    f"{', '.join(f'${n}::{kind}[]' for n, kind in enumerate(_TYPES, 1))}) RETURNING id"
)
INSERT_ONE = (
    f"INSERT INTO users ({_COLUMNS})"
    f" VALUES ({', '.join(f'${n}' for n in range(1, len(NEW_USER) + 1))}) RETURNING id"
)
NEXT_KEYS = (
    "SELECT array_agg(nextval(pg_get_serial_sequence('users', 'id'))) FROM generate_series(1, $1)"
)
UPDATE_ANY = "UPDATE users SET active = $2, age = $3 WHERE id = ANY($1)"
UPDATE_UNNEST = (
    "UPDATE users SET name = v.name, age = v.age"
    " FROM unnest($1::int[], $2::text[], $3::int[]) AS v (id, name, age) WHERE users.id = v.id"
)
UPDATE_ONE = "UPDATE users SET name = $2, age = $3 WHERE id = $1"
UPDATE_ONE_SAME = "UPDATE users SET active = $2, age = $3 WHERE id = $1"


def values_text(rows: int) -> str:
    """An INSERT with so many rows of parameters."""
    width = len(NEW_USER)
    texts = (
        "(" + ", ".join(f"${row * width + n}" for n in range(1, width + 1)) + ")"
        for row in range(rows)
    )
    return f"INSERT INTO users ({_COLUMNS}) VALUES {', '.join(texts)} RETURNING id"


class _Asyncpg(Raw):
    """What all have: `db` is what statements are sent to."""

    packages: ClassVar[tuple[str, ...]] = ("asyncpg",)
    db: Any

    async def open(self, place: Place) -> None:
        """Open one connection and hold it."""
        self.db = await asyncpg.connect(place.url)

    async def close(self) -> None:
        """Close it."""
        await self.db.close()


class _Reads(_Asyncpg):
    async def get(self, key: int) -> Any:
        """fetchrow"""
        return await self.db.fetchrow(GET, key)

    async def select(self, after: int, limit: int) -> Any:
        """fetch"""
        return await self.db.fetch(SELECT, after, limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """fetch"""
        return await self.db.fetch(SELECT_PLAIN, after, limit)

    async def many2one(self, after: int, limit: int) -> Any:
        """two fetches, the second with `= ANY`, and a dict of roles"""
        users = await self.db.fetch(SELECT, after, limit)
        roles = await self.db.fetch(ROLES, list({row["role_id"] for row in users}))
        return Grouped(users, {"role": ("role_id", {row["id"]: row for row in roles})})

    async def one2many(self, keys: list[int]) -> Any:
        """two fetches with `= ANY`, and a dict of lists"""
        roles = await self.db.fetch(ROLES, keys)
        users = await self.db.fetch(USERS_OF, [row["id"] for row in roles])
        return Grouped(roles, {"users": ("id", grouped(users, "role_id"))})

    async def many2many(self, after: int, limit: int) -> Any:
        """two fetches, the second with a JOIN and `= ANY`, and a dict of lists"""
        articles = await self.db.fetch(ARTICLES, after, limit)
        tags = await self.db.fetch(TAGS_OF, [row["id"] for row in articles])
        return Grouped(articles, {"tags": ("id", grouped(tags, "article_id"))})

    async def nested(self, keys: list[int]) -> Any:
        """three fetches with `= ANY`, and dicts of lists"""
        roles = await self.db.fetch(ROLES, keys)
        users = await self.db.fetch(USERS_OF, [row["id"] for row in roles])
        articles = await self.db.fetch(ARTICLES_OF, [row["id"] for row in users])
        below = {
            "users": ("id", grouped(users, "role_id")),
            "articles": ("id", grouped(articles, "author_id")),
        }
        return Grouped(roles, below)

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """fetch of a constant text with a JOIN"""
        return await self.db.fetch(FILTER, active, age, role)

    async def serialise(self, key: int) -> str:
        """fetchrow, then a pydantic model of a dict"""
        return as_json(dict(await self.db.fetchrow(GET, key)))

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """execute with `= ANY`"""
        await self.db.execute(UPDATE_ANY, keys, active, age)


class Held(_Reads):
    """One connection for everything."""

    title = "asyncpg, held connection"
    concurrent = False


class Stock(_Reads):
    """asyncpg's own pool, as most programs use it."""

    title = "asyncpg, its pool"

    async def open(self, place: Place) -> None:
        """Open a pool of the size that is given."""
        self.db = await asyncpg.create_pool(place.url, min_size=place.pool, max_size=place.pool)


class NoReset(Stock):
    """asyncpg's own pool that sends no reset when a connection is given back."""

    title = "asyncpg, its pool without reset"

    async def open(self, place: Place) -> None:
        """Open the pool with a reset that does nothing."""
        self.db = await asyncpg.create_pool(
            place.url, min_size=place.pool, max_size=place.pool, reset=_no_reset
        )


async def _no_reset(connection: Any) -> None:
    """Leave the connection as it is."""


class Prepared(_Asyncpg):
    """Statements that the program keeps itself, on a connection of its own."""

    title = "asyncpg, prepared statements"
    concurrent = False

    async def open(self, place: Place) -> None:
        """Open one connection and prepare all."""
        await super().open(place)
        texts = (GET, SELECT, SELECT_PLAIN, FILTER)
        self._get, self._select, self._select_plain, self._filter = [
            await self.db.prepare(text) for text in texts
        ]
        # What was prepared last keeps the tables locked, and VACUUM waiting, until something runs.
        await self.db.execute("SELECT 1")

    async def get(self, key: int) -> Any:
        """fetchrow of a prepared statement"""
        return await self._get.fetchrow(key)

    async def select(self, after: int, limit: int) -> Any:
        """fetch of a prepared statement"""
        return await self._select.fetch(after, limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """fetch of a prepared statement"""
        return await self._select_plain.fetch(after, limit)

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """fetch of a prepared statement with a JOIN"""
        return await self._filter.fetch(active, age, role)


class SmallReads(Prepared):
    """What DotORM does below its records, done by hand."""

    title = "asyncpg, prepared statements, small reads"

    async def open(self, place: Place) -> None:
        """Have the event loop read no more at a time than memory is cheap for."""
        await super().open(place)
        self.db._transport.max_size = 64 * 1024


class Join(_Asyncpg):
    """A many2one by JOIN."""

    title = "asyncpg, JOIN"
    concurrent = False

    async def many2one(self, after: int, limit: int) -> Any:
        """one fetch with a JOIN"""
        return await self.db.fetch(JOIN, after, limit)

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Answer the role's columns of the same row."""
        return {name: record[f"{relation}_{name}_"] for name in ROLE}


class Values(_Asyncpg):
    """INSERT with many rows of VALUES."""

    title = "asyncpg, VALUES (…), (…)"
    concurrent = False

    async def insert(self, rows: list[Row]) -> list[int]:
        """multi-row VALUES, in as few statements as parameters allow"""
        size, keys = _PARAMETERS // len(NEW_USER), []
        for first in range(0, len(rows), size):
            part = rows[first : first + size]
            found = await self.db.fetch(
                values_text(len(part)), *[value for row in part for value in row]
            )
            keys += [row[0] for row in found]
        return keys


class Unnest(_Asyncpg):
    """Arrays as parameters."""

    title = "asyncpg, unnest"
    concurrent = False

    async def insert(self, rows: list[Row]) -> list[int]:
        """INSERT … SELECT FROM unnest"""
        return [row[0] for row in await self.db.fetch(UNNEST, *map(list, zip(*rows, strict=True)))]

    async def update_distinct(self, rows: list[Row]) -> None:
        """UPDATE … FROM unnest"""
        await self.db.execute(UPDATE_UNNEST, *map(list, zip(*rows, strict=True)))


class Copy(_Asyncpg):
    """Keys from the sequence, then COPY."""

    title = "asyncpg, nextval + COPY"
    concurrent = False

    async def insert(self, rows: list[Row]) -> list[int]:
        """nextval for all keys, then binary COPY"""
        keys: list[int] = await self.db.fetchval(NEXT_KEYS, len(rows))
        records = [(key, *row) for key, row in zip(keys, rows, strict=True)]
        await self.db.copy_records_to_table("users", records=records, columns=USER)
        return keys


class Executemany(_Asyncpg):
    """One statement, many times."""

    title = "asyncpg, executemany"
    concurrent = False

    async def insert(self, rows: list[Row]) -> list[int]:
        """fetchmany with RETURNING"""
        return [row[0] for row in await self.db.fetchmany(INSERT_ONE, rows)]

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """executemany"""
        await self.db.executemany(UPDATE_ONE_SAME, [(key, active, age) for key in keys])

    async def update_distinct(self, rows: list[Row]) -> None:
        """executemany"""
        await self.db.executemany(UPDATE_ONE, rows)
