"""SQLAlchemy's ORM over asyncpg.

Reads go through an engine in AUTOCOMMIT mode, which spares the BEGIN and ROLLBACK around each.
"""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    joinedload,
    load_only,
    mapped_column,
    relationship,
    selectinload,
)

from bench.competitor import Competitor, Place
from bench.data import USER_PLAIN, Row
from bench.schemas import as_json


class _Base(DeclarativeBase):
    """The registry of these models."""


_links = Table(
    "article_tags",
    _Base.metadata,
    Column("article_id", Integer, ForeignKey("articles.id"), primary_key=True),
    Column("tag_id", Integer, ForeignKey("tags.id"), primary_key=True),
)


class Role(_Base):
    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str | None] = mapped_column(String(255))
    users: Mapped[list["User"]] = relationship(back_populates="role")


class User(_Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))
    email: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool]
    role_id: Mapped[int | None] = mapped_column(ForeignKey("roles.id"))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    age: Mapped[int]
    note: Mapped[str | None] = mapped_column(Text)
    role: Mapped[Role | None] = relationship(back_populates="users")
    articles: Mapped[list["Article"]] = relationship()


class Tag(_Base):
    __tablename__ = "tags"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50))


class Article(_Base):
    __tablename__ = "articles"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    tags: Mapped[list[Tag]] = relationship(secondary=_links)


_PLAIN = load_only(*(getattr(User, name) for name in USER_PLAIN))


class SQLAlchemy(Competitor):
    """A session for every call, as a web request has one."""

    title = "SQLAlchemy 2.1"
    packages: ClassVar[tuple[str, ...]] = ("SQLAlchemy", "asyncpg")

    async def open(self, place: Place) -> None:
        """Make an engine with a pool of the size that is given."""
        url = place.url.replace("postgresql://", "postgresql+asyncpg://")
        self._engine = create_async_engine(url, pool_size=place.pool, max_overflow=0)
        reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reads = async_sessionmaker(reading, expire_on_commit=False)
        self._writes = async_sessionmaker(self._engine, expire_on_commit=False)

    async def close(self) -> None:
        """Close the pool."""
        await self._engine.dispose()

    async def _all(self, statement: Any) -> Any:
        async with self._reads() as session:
            return (await session.scalars(statement)).all()

    async def get(self, key: int) -> Any:
        """session.get"""
        async with self._reads() as session:
            return await session.get(User, key)

    async def select(self, after: int, limit: int) -> Any:
        """session.scalars(select(User))"""
        return await self._all(select(User).where(User.id > after).order_by(User.id).limit(limit))

    async def select_plain(self, after: int, limit: int) -> Any:
        """session.scalars(select(User)) with load_only"""
        found = select(User).where(User.id > after).order_by(User.id).limit(limit)
        return await self._all(found.options(_PLAIN))

    async def many2one(self, after: int, limit: int) -> Any:
        """joinedload, which its documentation recommends for many-to-one"""
        found = select(User).where(User.id > after).order_by(User.id).limit(limit)
        return await self._all(found.options(joinedload(User.role)))

    async def one2many(self, keys: list[int]) -> Any:
        """selectinload, which its documentation recommends for collections"""
        found = select(Role).where(Role.id.in_(keys)).order_by(Role.id)
        return await self._all(found.options(selectinload(Role.users)))

    async def many2many(self, after: int, limit: int) -> Any:
        """selectinload"""
        found = select(Article).where(Article.id > after).order_by(Article.id).limit(limit)
        return await self._all(found.options(selectinload(Article.tags)))

    async def nested(self, keys: list[int]) -> Any:
        """selectinload, twice"""
        found = select(Role).where(Role.id.in_(keys)).order_by(Role.id)
        return await self._all(found.options(selectinload(Role.users).selectinload(User.articles)))

    async def filter(self, active: bool, age: int, role: str) -> Any:
        """select(User).join(User.role).where"""
        conditions = User.active == active, User.age < age, Role.name == role
        return await self._all(select(User).join(User.role).where(*conditions).order_by(User.id))

    async def serialise(self, key: int) -> Any:
        """session.get, then a pydantic model with from_attributes"""
        return as_json(await self.get(key))

    async def insert(self, rows: list[Row]) -> Any:
        """bulk insert of dicts with RETURNING, in order, and render_nulls; no instances"""
        values = [
            {
                "name": name,
                "email": email,
                "active": active,
                "role_id": role,
                "created_at": created_at,
                "age": age,
                "note": note,
            }
            for name, email, active, role, created_at, age, note in rows
        ]
        statement = insert(User).returning(User.id, sort_by_parameter_order=True)
        async with self._writes.begin() as session:
            found = await session.scalars(
                statement, values, execution_options={"render_nulls": True}
            )
            return list(found.all())

    async def update(self, keys: list[int], active: bool, age: int) -> None:
        """execute(update(User).where(User.id.in_)), synchronising no session"""
        statement = update(User).where(User.id.in_(keys)).values(active=active, age=age)
        async with self._writes.begin() as session:
            await session.execute(statement, execution_options={"synchronize_session": False})

    async def update_distinct(self, rows: list[Row]) -> None:
        """bulk update of dicts by primary key"""
        values = [{"id": key, "name": name, "age": age} for key, name, age in rows]
        async with self._writes.begin() as session:
            await session.execute(update(User), values)
