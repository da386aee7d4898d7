"""The published DotORM 2.4, in an environment where `dotorm` is that one.

It has no relation of a relation and no path in a filter, and of a many2many it reads 80 links at
most: it does not take part there.
"""

from datetime import datetime
from importlib import import_module
from typing import Any, ClassVar

import asyncpg

from bench.competitor import Competitor, Place
from bench.data import ROLE, USER, USER_PLAIN, Row
from bench.schemas import as_json

old: Any = import_module("dotorm")  # for type checkers the name is today's DotORM


class Role(old.DotModel):
    __table__ = "roles"

    id: int = old.Integer(primary_key=True)
    name: str = old.Char(max_length=100, required=True)
    description: str | None = old.Char(max_length=255)
    users: list["User"] = old.One2many(lambda: User, "role_id")


class User(old.DotModel):
    __table__ = "users"

    id: int = old.Integer(primary_key=True)
    name: str = old.Char(max_length=100, required=True)
    email: str = old.Char(max_length=255, required=True)
    active: bool = old.Boolean(required=True)
    role_id: Role | None = old.Many2one(lambda: Role)
    created_at: datetime = old.Datetime(required=True)
    age: int = old.Integer(required=True)
    note: str | None = old.Text()


class DotORM24(Competitor):
    """Models bound to a pool of asyncpg."""

    title = "DotORM 2.4"
    packages: ClassVar[tuple[str, ...]] = ("dotorm", "asyncpg")

    async def open(self, place: Place) -> None:
        """Make a pool of the size that is given: its own container's has 15 connections."""
        self._pool = await asyncpg.create_pool(
            place.url, min_size=place.pool, max_size=place.pool, command_timeout=60
        )
        for model in (Role, User, _Plain):
            model._pool = self._pool

    async def close(self) -> None:
        """Close the pool."""
        await self._pool.close()

    def column(self, record: Any, name: str) -> Any:
        """Answer the field, of a loaded reference its key."""
        value = getattr(record, name)
        return value.id if isinstance(value, Role) else value

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Answer what was loaded."""
        return getattr(record, "role_id" if relation == "role" else relation)

    async def get(self, key: int) -> Any:
        """User.get"""
        return await User.get(key)

    async def select(self, after: int, limit: int) -> Any:
        """User.search of the columns, with role_id as a plain key"""
        return await _Plain.search(
            fields=list(USER), filter=[("id", ">", after)], sort="id", order="ASC", limit=limit
        )

    async def select_plain(self, after: int, limit: int) -> Any:
        """User.search with fields"""
        return await User.search(
            fields=list(USER_PLAIN),
            filter=[("id", ">", after)],
            sort="id",
            order="ASC",
            limit=limit,
        )

    async def many2one(self, after: int, limit: int) -> Any:
        """User.search; a reference among the fields is loaded"""
        return await User.search(
            fields=list(USER), filter=[("id", ">", after)], sort="id", order="ASC", limit=limit
        )

    async def one2many(self, keys: list[int]) -> Any:
        """Role.search with the relation among its fields"""
        return await Role.search(
            fields=[*ROLE, "users"],
            fields_nested={"users": {"fields": list(USER)}},
            filter=[("id", "in", keys)],
            sort="id",
            order="ASC",
        )

    async def serialise(self, key: int) -> Any:
        """User.get, then a pydantic model with from_attributes"""
        return as_json(await User.get(key))

    async def insert(self, rows: list[Row]) -> Any:
        """User.create_bulk"""
        users = [
            User(
                name=name,
                email=email,
                active=active,
                role_id=role,
                created_at=created_at,
                age=age,
                note=note,
            )
            for name, email, active, role, created_at, age, note in rows
        ]
        made = await User.create_bulk(users)
        return [row["id"] for row in made]

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """User.update_bulk"""
        await User.update_bulk(keys, User(active=active, age=age))


class _Plain(old.DotModel):
    """Users whose role is a plain number, so that a search of all columns loads no roles."""

    __table__ = "users"

    id: int = old.Integer(primary_key=True)
    name: str = old.Char(max_length=100, required=True)
    email: str = old.Char(max_length=255, required=True)
    active: bool = old.Boolean(required=True)
    role_id: int | None = old.Integer()
    created_at: datetime = old.Datetime(required=True)
    age: int = old.Integer(required=True)
    note: str | None = old.Text()
