"""DotORM, on any backend: the URL chooses."""

from datetime import datetime
from typing import Any, ClassVar

import dotorm
from bench.competitor import Competitor, Place
from bench.data import USER, USER_PLAIN, Row
from dotorm import Boolean, Char, Datetime, DotModel, Integer, Many2many, Many2one, One2many, Text
from dotorm.pydantic import from_record, read_schema


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    description: str | None = Char(max_length=255)
    users: list["User"] = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    email: str = Char(max_length=255, required=True)
    active: bool = Boolean(required=True)
    role_id: Role = Many2one(lambda: Role, index=True)
    created_at: datetime = Datetime(required=True)
    age: int = Integer(required=True)
    note: str | None = Text()
    articles: list["Article"] = One2many(lambda: Article, "author_id")


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50, required=True)


class Article(DotModel):
    __table__ = "articles"

    id: int = Integer(primary_key=True)
    title: str = Char(max_length=200, required=True)
    author_id: User = Many2one(lambda: User, index=True)
    tags: list[Tag] = Many2many(lambda: Tag, "article_tags", "tag_id", "article_id")


_UserRead = read_schema(User, list(USER))
_ROLE_AND_USERS = ["id", "name", "description", "users"]
_USERS_AND_ARTICLES = dotorm.Load(
    fields=[
        *(name for name in USER if name != "role_id"),
        "articles",
    ],  # the key that leads back comes
    fields_info={"articles": ["id", "title"]},
)


class DotORM(Competitor):
    """Models bound to one database, and the pool as it comes."""

    title = "DotORM"
    packages: ClassVar[tuple[str, ...]] = ("dotorm-core",)

    async def open(self, place: Place) -> None:
        """Connect."""
        settings = {} if place.url.startswith("sqlite") else {"max_size": place.pool}
        models = [Role, User, Tag, Article]
        self._db = await dotorm.connect(place.url, models=models, **settings)

    async def close(self) -> None:
        """Disconnect."""
        await self._db.close()

    def column(self, record: Any, name: str) -> Any:
        """Answer the field, of a loaded reference its key."""
        value = getattr(record, name)
        return value.id if isinstance(value, Role | User) else value

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Answer what was loaded: the seed calls the reference to a role `role_id`."""
        return getattr(record, "role_id" if relation == "role" else relation)

    async def get(self, key: int) -> Any:
        """User.get"""
        return await User.get(key)

    async def select(self, after: int, limit: int) -> Any:
        """User.search"""
        return await User.search(filter=[("id", ">", after)], sort="id", limit=limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """User.search with fields"""
        return await User.search(
            fields=USER_PLAIN, filter=[("id", ">", after)], sort="id", limit=limit
        )

    async def many2one(self, after: int, limit: int) -> Any:
        """User.search with fields; a reference among them is loaded"""
        return await User.search(fields=USER, filter=[("id", ">", after)], sort="id", limit=limit)

    async def one2many(self, keys: list[int]) -> Any:
        """Role.search with fields; a relation among them is loaded"""
        return await Role.search(
            fields=_ROLE_AND_USERS,
            filter=[("id", "in", keys)],
            sort="id",
            fields_info={"users": USER},
        )

    async def many2many(self, after: int, limit: int) -> Any:
        """Article.search with fields; a relation among them is loaded"""
        return await Article.search(
            fields=["id", "title", "tags"],
            filter=[("id", ">", after)],
            sort="id",
            limit=limit,
        )

    async def nested(self, keys: list[int]) -> Any:
        """Role.search with Load inside Load"""
        return await Role.search(
            fields=_ROLE_AND_USERS,
            filter=[("id", "in", keys)],
            sort="id",
            fields_info={"users": _USERS_AND_ARTICLES},
        )

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """User.search with a path in the filter"""
        return await User.search(
            filter=[("active", "=", active), ("age", "<", age), ("role_id.name", "=", role)],
            sort="id",
        )

    async def serialise(self, key: int) -> Any:
        """User.get, then from_record of a read_schema"""
        user = await User.get_or_raise(key)
        return from_record(_UserRead, user).model_dump_json()

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

    async def update_distinct(self, rows: list[Row]) -> None:
        """User.update_bulk of records"""
        await User.update_bulk([User(id=key, name=name, age=age) for key, name, age in rows])

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """User.update_bulk"""
        await User.update_bulk(keys, User(active=active, age=age))
