"""DotORM over a PostgreSQL that answers at once: what is left is what DotORM itself takes.

Everything is the real one, up to the driver: dialect, plans, pool, session, records.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import dotorm
from bench import data
from bench.competitors.dotorm_orm import Article, DotORM, Role, Tag, User
from bench.data import NEW_USER, Sizes
from dotorm.databases.abstract import Result, Statement
from dotorm_postgres import BACKEND, PostgresPoolSettings

_SIZES = Sizes()
_BATCH = _SIZES.batch


class _Connection:
    """Answers every statement by what it says."""

    def __init__(self, users: list[data.Row], roles: list[data.Row]) -> None:
        self._users = users
        self._roles = roles
        self._keys = [(number,) for number in range(1, _BATCH + 1)]

    async def execute(self, statement: Statement) -> Result:
        """Answer a list that the caller may keep."""
        return Result(list(self._rows(statement)), affected=_BATCH)

    def _rows(self, statement: Statement) -> Sequence[Any]:
        sql = statement.sql
        if "nextval" in sql:
            return [([key for (key,) in self._keys],)]
        if sql.startswith("INSERT"):
            return self._keys
        if not sql.startswith("SELECT"):
            return ()
        if 'FROM "roles"' in sql:
            return self._roles
        if "LIMIT" in sql:
            return self._users
        return self._users[:1]

    async def ping(self) -> None:
        """Be alive."""

    async def reset(self) -> None:
        """Have nothing to forget."""

    async def close(self) -> None:
        """Have nothing to close."""

    def terminate(self) -> None:
        """Have nothing to end."""

    def is_closed(self) -> bool:
        """Stay open."""
        return False


async def _connect(_: Any) -> Any:
    rows = [row for row, _ in zip(data.users(_SIZES), range(_BATCH), strict=False)]
    users = [tuple(map(_as_read, row)) for row in rows]
    roles = [row for row, _ in zip(data.roles(_SIZES), range(_BATCH // 10), strict=False)]
    return _Connection(users, roles)


def _as_read(value: Any) -> Any:
    """A value as the driver answers it to DotORM, which reads moments as text."""
    return str(value) if isinstance(value, datetime) else value


def bind() -> None:
    """Have the models use such a connection."""
    backend = replace(BACKEND, connect=_connect)
    dotorm.Database(backend, PostgresPoolSettings()).bind(Role, User, Tag, Article)


_own = DotORM()
_values = [dict(zip(NEW_USER, row, strict=True)) for row in data.new_users(_BATCH, _SIZES)]
_rows = data.new_users(_BATCH, _SIZES)
_keys = list(range(1, _BATCH + 1))
_each = [(key, f"renamed {key}", key % 90) for key in _keys]
_filter = [("active", "=", True), ("age", "<", 30), ("role_id.name", "=", "role 7")]


async def _construct() -> None:
    for values in _values:
        User(**values)


async def _build() -> None:
    User._builder.build_search(filter=_filter, sort="name", limit=10)


CASES: dict[str, tuple[str, Callable[[], Awaitable[Any]], int]] = {
    "get": ("User.get", lambda: _own.get(1), 400),
    "filter": ("search by a filter of 3 conditions", lambda: _own.filter(True, 30, "role 7"), 200),
    "build": ("the text of that search, by the builder", _build, 200),
    "select": ("search, 1000 records", lambda: _own.select(0, _BATCH), 8),
    "many2one": ("search, 1000 records and their roles", lambda: _own.many2one(0, _BATCH), 4),
    "construct": ("User(…), 1000 times", _construct, 4),
    "insert": ("create_bulk of 1000", lambda: _own.insert(_rows), 4),
    "update-distinct": ("update_bulk of 1000 records", lambda: _own.update_distinct(_each), 4),
    "update": ("update_bulk of 1000", lambda: _own.update(_keys, True, 30), 20),
}
"""By name: what it is, the call, and how many calls are counted."""
