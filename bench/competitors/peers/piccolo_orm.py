"""Piccolo over asyncpg. It has no one-to-many: those are two queries and a dict."""

from itertools import batched
from typing import Any, ClassVar

from piccolo.columns import (
    M2M,
    Boolean,
    ForeignKey,
    Integer,
    LazyTableReference,
    Serial,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table

from bench.competitor import Competitor, Grouped, Place
from bench.data import USER_PLAIN, Row
from bench.schemas import as_json

_AT_ONCE = 4000  # rows of 7 parameters in one statement


class Role(Table, tablename="roles"):
    id = Serial(primary_key=True)
    name = Varchar(length=100)
    description = Varchar(length=255, null=True)


class User(Table, tablename="users"):
    id = Serial(primary_key=True)
    name = Varchar(length=100)
    email = Varchar(length=255)
    active = Boolean()
    role = ForeignKey(Role, db_column_name="role_id")
    created_at = Timestamptz()
    age = Integer()
    note = Text(null=True)


class Tag(Table, tablename="tags"):
    id = Serial(primary_key=True)
    name = Varchar(length=50)


class Article(Table, tablename="articles"):
    id = Serial(primary_key=True)
    title = Varchar(length=200)
    author = ForeignKey(User, db_column_name="author_id")
    tags = M2M(LazyTableReference("ArticleTag", module_path=__name__))


class ArticleTag(Table, tablename="article_tags"):
    article = ForeignKey(Article, db_column_name="article_id", primary_key=True)
    tag = ForeignKey(Tag, db_column_name="tag_id")


class Piccolo(Competitor):
    """Tables, and the pool of their engine."""

    title = "Piccolo 1.38"
    packages: ClassVar[tuple[str, ...]] = ("piccolo", "asyncpg")

    async def open(self, place: Place) -> None:
        """Start a pool of the size that is given."""
        self._engine = PostgresEngine(config={"dsn": place.url})
        await self._engine.start_connection_pool(min_size=place.pool, max_size=place.pool)
        for table in (Role, User, Tag, Article, ArticleTag):
            table._meta._db = self._engine

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.close_connection_pool()

    def column(self, record: Any, name: str) -> Any:
        """Answer the item or attribute; a reference's attribute is called by its relation."""
        if isinstance(record, dict):
            return record[name]
        value = getattr(record, "role" if name == "role_id" else name)
        return value.id if isinstance(value, Table) else value

    def records(self, answer: Any) -> list[Any]:
        """Answer the instances."""
        return list(answer.rows if isinstance(answer, Grouped) else answer)

    def related(self, parents: Any, record: Any, relation: str) -> Any:
        """Answer what was loaded, or grouped by hand."""
        if isinstance(parents, Grouped):
            _, groups = parents.related[relation]
            return groups.get(record.id, ())
        return record[relation] if isinstance(record, dict) else getattr(record, relation)

    async def get(self, key: int) -> Any:
        """objects().get"""
        return await User.objects().get(User.id == key)

    async def select(self, after: int, limit: int) -> Any:
        """objects().where"""
        return await User.objects().where(User.id > after).order_by(User.id).limit(limit)

    async def select_plain(self, after: int, limit: int) -> Any:
        """select of columns, which answers dicts: objects have all columns"""
        columns = [getattr(User, name) for name in USER_PLAIN]
        return await User.select(*columns).where(User.id > after).order_by(User.id).limit(limit)

    async def many2one(self, after: int, limit: int) -> Any:
        """objects(User.role), a JOIN"""
        return await User.objects(User.role).where(User.id > after).order_by(User.id).limit(limit)

    async def one2many(self, keys: list[int]) -> Any:
        """objects() twice, and a dict of lists"""
        roles = await Role.objects().where(Role.id.is_in(keys)).order_by(Role.id)
        users = await User.objects().where(User.role.is_in([role.id for role in roles]))
        return Grouped(roles, {"users": ("id", _by(users, "role"))})

    async def many2many(self, after: int, limit: int) -> Any:
        """select with the M2M, which answers dicts"""
        columns = Article.id, Article.title, Article.tags(Tag.id, Tag.name)
        found = Article.select(*columns).where(Article.id > after)
        return await found.order_by(Article.id).limit(limit)

    async def nested(self, keys: list[int]) -> Any:
        """objects() three times, and dicts of lists"""
        found = await self.one2many(keys)
        users = [user.id for each in found.related["users"][1].values() for user in each]
        articles = await Article.objects().where(Article.author.is_in(users))
        found.related["articles"] = ("id", _by(articles, "author"))
        return found

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """objects().where with a joined column"""
        conditions = User.active == active, User.age < age, User.role.name == role
        return await User.objects().where(*conditions).order_by(User.id)

    async def serialise(self, key: int) -> Any:
        """select of one row, which answers a dict, then a pydantic model"""
        return as_json(await User.select().where(User.id == key).first())

    async def insert(self, rows: list[Row]) -> Any:
        """insert of instances, 4000 in a statement"""
        keys = []
        for part in batched(rows, _AT_ONCE):
            users = [
                User(
                    name=name,
                    email=email,
                    active=active,
                    role=role,
                    created_at=created_at,
                    age=age,
                    note=note,
                )
                for name, email, active, role, created_at, age, note in part
            ]
            keys += [row["id"] for row in await User.insert(*users)]
        return keys

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """User.update().where(User.id.is_in)"""
        await User.update({User.active: active, User.age: age}).where(User.id.is_in(keys))

    async def update_distinct(self, rows: list[Row]) -> None:
        """User.update() in a transaction, row by row: there is no bulk update"""
        async with self._engine.transaction():
            for key, name, age in rows:
                await User.update({User.name: name, User.age: age}).where(User.id == key)


def _by(records: list[Any], name: str) -> dict[Any, list[Any]]:
    """Records in lists, by a reference."""
    groups: dict[Any, list[Any]] = {}
    for record in records:
        groups.setdefault(getattr(record, name), []).append(record)
    return groups
