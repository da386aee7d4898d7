"""Tortoise ORM over asyncpg."""

from typing import Any, ClassVar

from tortoise import Tortoise, fields
from tortoise.models import Model

from bench.competitor import Competitor, Place
from bench.data import USER_PLAIN, Row
from bench.schemas import as_json


class Role(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    description = fields.CharField(max_length=255, null=True)

    class Meta:
        table = "roles"


class User(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=100)
    email = fields.CharField(max_length=255)
    active = fields.BooleanField()
    role: Any = fields.ForeignKeyField("models.Role", related_name="users", null=True)
    created_at = fields.DatetimeField()
    age = fields.IntField()
    note = fields.TextField(null=True)

    class Meta:
        table = "users"


class Tag(Model):
    id = fields.IntField(primary_key=True)
    name = fields.CharField(max_length=50)

    class Meta:
        table = "tags"


class Article(Model):
    id = fields.IntField(primary_key=True)
    title = fields.CharField(max_length=200)
    author: Any = fields.ForeignKeyField("models.User", related_name="articles", null=True)
    tags: Any = fields.ManyToManyField(
        "models.Tag", through="article_tags", forward_key="tag_id", backward_key="article_id"
    )

    class Meta:
        table = "articles"


class TortoiseORM(Competitor):
    """Models, and the pool of its client."""

    title = "Tortoise 1.1"
    packages: ClassVar[tuple[str, ...]] = ("tortoise-orm", "asyncpg")

    async def open(self, place: Place) -> None:
        """Make a pool of the size that is given."""
        url = place.url.replace("postgresql://", "asyncpg://")
        await Tortoise.init(
            db_url=f"{url}?minsize={place.pool}&maxsize={place.pool}",
            modules={"models": [__name__]},
            use_tz=True,
        )

    async def close(self) -> None:
        """Close the pool."""
        await Tortoise.close_connections()

    async def get(self, key: int) -> Any:
        """User.get"""
        return await User.get(id=key)

    async def select(self, after: int, limit: int) -> Any:
        """User.filter"""
        return await User.filter(id__gt=after).order_by("id").limit(limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """User.filter with only"""
        return await User.filter(id__gt=after).order_by("id").limit(limit).only(*USER_PLAIN)

    async def many2one(self, after: int, limit: int) -> Any:
        """prefetch_related"""
        found = User.filter(id__gt=after).order_by("id").limit(limit)
        return await found.prefetch_related("role")

    async def one2many(self, keys: list[int]) -> Any:
        """prefetch_related"""
        return await Role.filter(id__in=keys).order_by("id").prefetch_related("users")

    async def many2many(self, after: int, limit: int) -> Any:
        """prefetch_related"""
        found = Article.filter(id__gt=after).order_by("id").limit(limit)
        return await found.prefetch_related("tags")

    async def nested(self, keys: list[int]) -> Any:
        """prefetch_related over two steps"""
        return await Role.filter(id__in=keys).order_by("id").prefetch_related("users__articles")

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """User.filter with role__name"""
        return await User.filter(active=active, age__lt=age, role__name=role).order_by("id")

    async def serialise(self, key: int) -> Any:
        """User.get, then a pydantic model with from_attributes"""
        return as_json(await User.get(id=key))

    async def insert(self, rows: list[Row]) -> None:
        """bulk_create of instances; it tells no keys"""
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
        await User.bulk_create(users)

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """User.filter(id__in).update"""
        await User.filter(id__in=keys).update(active=active, age=age)

    async def update_distinct(self, rows: list[Row]) -> None:
        """bulk_update of instances, 100 in a statement"""
        users = [User(id=key, name=name, age=age) for key, name, age in rows]
        await User.bulk_update(users, fields=["name", "age"], batch_size=100)
