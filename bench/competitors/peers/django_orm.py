"""Django's ORM by its asynchronous methods, over psycopg with a persistent connection.

They run in one thread: tasks take turns.
"""

from typing import Any, ClassVar
from urllib.parse import urlsplit

import django
from asgiref.sync import sync_to_async
from django.apps import AppConfig
from django.conf import settings

from bench.competitor import Competitor, Place
from bench.data import USER_PLAIN, Row
from bench.schemas import as_json


class Bench(AppConfig):
    """What these models belong to."""

    name = "bench"


settings.configure(
    INSTALLED_APPS=[f"{__name__}.Bench"],
    USE_TZ=True,
    TIME_ZONE="UTC",
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None}},
)
django.setup()

from django.db import connection, models  # noqa: E402 - it needs the settings

_NO_ACTION = models.DO_NOTHING


class _Model(models.Model):
    class Meta:
        abstract = True
        app_label = "bench"


class Role(_Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=100)
    description = models.CharField(max_length=255, null=True)

    class Meta(_Model.Meta):
        abstract = False
        db_table = "roles"


class User(_Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=100)
    email = models.CharField(max_length=255)
    active = models.BooleanField()
    role = models.ForeignKey(Role, _NO_ACTION, related_name="users", null=True)
    created_at = models.DateTimeField()
    age = models.IntegerField()
    note = models.TextField(null=True)

    class Meta(_Model.Meta):
        abstract = False
        db_table = "users"


class Tag(_Model):
    id = models.AutoField(primary_key=True)
    name = models.CharField(max_length=50)

    class Meta(_Model.Meta):
        abstract = False
        db_table = "tags"


class Article(_Model):
    id = models.AutoField(primary_key=True)
    title = models.CharField(max_length=200)
    author = models.ForeignKey(User, _NO_ACTION, related_name="articles", null=True)
    tags = models.ManyToManyField(Tag, db_table="article_tags")

    class Meta(_Model.Meta):
        abstract = False
        db_table = "articles"


class Django(Competitor):
    """Models, and the connection of the thread in which they work."""

    title = "Django 6.1"
    packages: ClassVar[tuple[str, ...]] = ("Django", "psycopg")

    async def open(self, place: Place) -> None:
        """Tell Django where the database is."""
        url = urlsplit(place.url)
        connection.settings_dict |= {
            "NAME": url.path[1:],
            "USER": url.username,
            "HOST": url.hostname,
            "PORT": url.port,
        }

    async def close(self) -> None:
        """Close the connection in its thread."""
        await sync_to_async(connection.close)()

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Answer what was loaded; of many, what the manager holds."""
        found = getattr(record, relation)
        return list(found.all()) if isinstance(found, models.Manager) else found

    async def get(self, key: int) -> Any:
        """objects.aget"""
        return await User.objects.aget(pk=key)

    async def select(self, after: int, limit: int) -> Any:
        """objects.filter"""
        return [user async for user in User.objects.filter(id__gt=after).order_by("id")[:limit]]

    async def select_plain(self, after: int, limit: int) -> Any:
        """objects.filter with only"""
        found = User.objects.filter(id__gt=after).order_by("id").only(*USER_PLAIN)
        return [user async for user in found[:limit]]

    async def many2one(self, after: int, limit: int) -> Any:
        """select_related"""
        found = User.objects.filter(id__gt=after).order_by("id").select_related("role")
        return [user async for user in found[:limit]]

    async def one2many(self, keys: list[int]) -> Any:
        """prefetch_related"""
        found = Role.objects.filter(id__in=keys).order_by("id").prefetch_related("users")
        return [role async for role in found]

    async def many2many(self, after: int, limit: int) -> Any:
        """prefetch_related"""
        found = Article.objects.filter(id__gt=after).order_by("id").prefetch_related("tags")
        return [article async for article in found[:limit]]

    async def nested(self, keys: list[int]) -> Any:
        """prefetch_related over two steps"""
        found = Role.objects.filter(id__in=keys).order_by("id")
        return [role async for role in found.prefetch_related("users__articles")]

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """objects.filter with role__name"""
        found = User.objects.filter(active=active, age__lt=age, role__name=role).order_by("id")
        return [user async for user in found]

    async def serialise(self, key: int) -> Any:
        """objects.aget, then a pydantic model with from_attributes"""
        return as_json(await User.objects.aget(pk=key))

    async def insert(self, rows: list[Row]) -> Any:
        """objects.abulk_create of instances"""
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
        return [user.pk for user in await User.objects.abulk_create(users)]

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """objects.filter(id__in).aupdate"""
        await User.objects.filter(id__in=keys).aupdate(active=active, age=age)

    async def update_distinct(self, rows: list[Row]) -> None:
        """objects.abulk_update of instances, 100 in a statement"""
        users = [User(id=key, name=name, age=age) for key, name, age in rows]
        await User.objects.abulk_update(users, ["name", "age"], batch_size=100)
