"""The document's examples on every other database, where only the URL differs.

The models stay as they are written, with ``_dialect = POSTGRES``: what a connection speaks decides.
A database that makes no keys gets them from a default, the one thing that is added to the models.
"""

import itertools
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

import dotorm
from dotorm import Database, Many2many
from dotorm.components import POSTGRES
from tests.contract.seed import document
from tests.contract.seed.document import Blocks
from tests.contract.seed.stage import Stage
from tests.contract.seed.test_document import FOUND, Person

pytestmark = pytest.mark.may_skip("the document is not part of the repository")

OTHERS = ("sqlite", "mariadb", "mysql", "clickhouse")

KEY = "Integer(primary_key=True)"
KEY_WITH_DEFAULT = "Integer(primary_key=True, default=count(1).__next__)"
LINKS = """
class ArticleTag(DotModel):
    __table__ = "article_tags"
    tag_id = Integer(primary_key=True)
    article_id = Integer(primary_key=True)
"""

ROLES = "INSERT INTO roles (id, name) VALUES (1, 'editor'), (2, 'reader')"
USERS = """
INSERT INTO users (id, name, email, role_id)
VALUES (1, 'U1', 'a', 1), (2, 'U2', 'b', 1), (3, 'U3', 'c', 2)
"""
RELATED = (
    ROLES,
    USERS,
    "INSERT INTO tags (id, name) VALUES (1, 't1'), (2, 't2'), (3, 't3'), (4, 't4')",
    "INSERT INTO articles (id, title) VALUES (1, 'A1'), (2, 'A2')",
    "INSERT INTO article_tags (article_id, tag_id) VALUES (1, 1), (2, 1), (2, 4)",
)


class OwnEyes:
    """Looks into a database by a pool of its own, with plain SQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def execute(self, sql: str) -> None:
        """Run a statement."""
        await self._database.execute(sql)

    async def fetch(self, sql: str) -> Sequence[Sequence[Any]]:
        """The rows of a query."""
        return [tuple(row.values()) for row in await self._database.execute(sql)]


@asynccontextmanager
async def _staged(blocks: Blocks, url: str) -> AsyncIterator[Stage]:
    """A stage with the document's models, bound to the database at a URL, and their tables."""
    async with dotorm.connect(url) as database, dotorm.connect(url) as witness:
        makes_keys = database.backend.dialect.features.autoincrement
        stage = Stage(url, OwnEyes(witness))
        stage.names |= {
            "count": itertools.count,
            "database": database,
            "pool": database.pool,
            "Many2many": Many2many,
        }
        for source in (blocks["models"], document.classes_of(blocks["relations"]) + LINKS):
            await stage.run(source if makes_keys else source.replace(KEY, KEY_WITH_DEFAULT))
        models = [stage.names[n] for n in ("Role", "User", "Tag", "Article", "ArticleTag")]
        database.bind(*models)
        with warnings.catch_warnings():  # of constraints that a database does not enforce
            warnings.simplefilter("ignore")
            await database.create_and_update_tables(models)
        dotorm.register_observer(stage)
        try:
            yield stage
        finally:
            dotorm.unregister_observer(stage)


@pytest_asyncio.fixture(params=[pytest.param(n, marks=getattr(pytest.mark, n)) for n in OTHERS])
async def stage(blocks: Blocks, request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A stage on each of the other databases in turn."""
    async with _staged(blocks, request.getfixturevalue(f"{request.param}_url")) as stage:
        yield stage


async def test_records_are_created_read_updated_and_deleted(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare(ROLES)
    printed = await stage.run(blocks["records"])
    names = stage.names

    assert names["User"].__meta__.dialect is POSTGRES
    assert [line.rpartition(" ")[2] for line in printed] == ["1", "users", "John"]
    assert names["created_ids"] == [{"id": 2}, {"id": 3}, {"id": 4}]
    assert [user.name for user in names["active_users"]] == ["Alice", "Bob", "Charlie", "John"]
    assert [user.id for user in names["users"]] == [1]
    assert [user.id for user in names["page_1"]] == [4, 3, 2, 1]
    assert names["page_2"] == []
    assert (names["user"].name, names["user"].active) == ("Updated Name", False)
    assert await stage.rows("SELECT id, name, email FROM users ORDER BY id") == [
        (2, "Alice", "alice@example.com"),
        (3, "Bob", "bob@example.com"),
    ]
    assert not any(await stage.column("SELECT active FROM users"))


async def test_relations_are_read_linked_and_unlinked(blocks: Blocks, stage: Stage) -> None:
    for statement in RELATED:
        await stage.prepare(statement)
    printed = await stage.run(blocks["relations"])

    assert printed == ["User: U1, Role: editor", "Role: editor", "  - U1", "  - U2"]
    assert [tag.name for tag in stage.names["article"].tags] == ["t1"]
    links = "SELECT article_id, tag_id FROM article_tags ORDER BY 1, 2"
    assert await stage.rows(links) == [(1, 3), (2, 4)]


async def test_relations_of_many_take_two_statements(blocks: Blocks, stage: Stage) -> None:
    for statement in RELATED:
        await stage.prepare(statement)
    stage.forget()
    await stage.run(blocks["many2one"])
    await stage.run(blocks["one2many"])
    assert len(stage.statements) == 4
    assert [[user.id for user in role.users] for role in stage.names["roles"]] == [[3], [1, 2]]


async def test_a_bulk_takes_one_statement(blocks: Blocks, stage: Stage) -> None:
    await stage.run(blocks["bulk"])
    assert len(stage.statements) == 1
    assert [user.id for user in stage.names["users"]] == list(range(1, 1001))
    emails = await stage.column("SELECT email FROM users ORDER BY id")
    assert emails == [f"user{n}@test.com" for n in range(1000)]


PERSONS: list[tuple[Any, ...]] = [
    (1, 25, "Johnny", "active", "admin", "a", "2024-01-01T00:00Z", None, True, True, False),
    (
        2,
        18,
        "Big John",
        "pending",
        "moderator",
        None,
        "2023-12-31T00:00Z",
        "2024-05-01T00:00Z",
        True,
        False,
        True,
    ),
    (3, 65, "john low", "closed", "superuser", "c", "2024-12-31T00:00Z", None, False, True, False),
    (4, 70, "a tester", None, "guest", None, "2024-12-31T12:00Z", None, True, True, None),
    (5, None, None, "active", None, None, None, None, True, None, True),
]


async def test_every_filter_finds_what_it_describes(blocks: Blocks, stage: Stage) -> None:
    database: Database = stage.names["database"]
    database.bind(Person)
    await database.create_and_update_tables([Person])
    names = list(Person.__meta__.stored)
    await Person.create_bulk([Person(**dict(zip(names, row, strict=True))) for row in PERSONS])
    for source, expected in zip(document.filters_of(blocks["filters"]), FOUND, strict=True):
        await stage.run(f"filter = {source}")
        found = await Person.search(fields=["id"], filter=stage.names["filter"])
        assert {person.id for person in found} == expected, source
