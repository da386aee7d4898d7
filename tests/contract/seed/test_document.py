"""Every Python block of the document that calls the API runs as written, and does what it says."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dotorm import (
    Boolean,
    Char,
    CheckViolation,
    Datetime,
    DotModel,
    Field,
    FieldNotLoaded,
    Integer,
    Many2many,
)
from tests.contract.seed import document
from tests.contract.seed.document import Blocks
from tests.contract.seed.stage import TABLES, Stage, stage_on

pytestmark = pytest.mark.may_skip("the document is not part of the repository")

PEOPLE = "SELECT id, name, email, active, role_id FROM users ORDER BY id"


@pytest_asyncio.fixture
async def empty(blocks: Blocks, postgres_url: str) -> AsyncIterator[Stage]:
    """A stage with nothing on it."""
    async with stage_on(postgres_url) as stage:
        yield stage


@pytest_asyncio.fixture
async def stage(blocks: Blocks, empty: Stage) -> Stage:
    """A stage with the document's models, connected, and their empty tables."""
    for name in ("models", "connection", "tables"):
        await empty.run(blocks[name])
    await empty.prepare(TABLES)
    empty.names["Many2many"] = Many2many  # a block uses it that does not import it
    return empty


async def test_the_models_are_defined(blocks: Blocks, empty: Stage) -> None:
    await empty.run(blocks["models"])
    user, role = empty.names["User"], empty.names["Role"]

    assert (user.__table__, role.__table__) == ("users", "roles")
    assert user._builder.store_fields == ["id", "name", "email", "active", "role_id"]
    assert role._builder.store_fields == ["id", "name", "description"]
    assert list(role.__meta__.fields) == ["id", "name", "description", "users"]
    assert user.__meta__.fields["role_id"].target.model is role
    assert user._pool is None


async def test_the_connection_is_the_one_described(blocks: Blocks, empty: Stage) -> None:
    await empty.run(blocks["models"])
    await empty.run(blocks["connection"])
    user, role = empty.names["User"], empty.names["Role"]
    session = user._no_transaction(user._pool)

    assert user._pool is role._pool is empty.names["pool"]
    (answer,) = await session.execute("SELECT current_database() AS name")
    assert empty.url.endswith(f"/{answer['name']}")
    assert empty.names["container"].pool_settings.reconnect_timeout == 10


async def test_the_tables_are_there(stage: Stage) -> None:
    columns = await stage.rows(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_name IN ('users', 'roles') ORDER BY table_name, ordinal_position"
    )
    keys = await stage.column(
        "SELECT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f'"
    )

    assert columns == [
        ("roles", "id", "integer", "NO"),
        ("roles", "name", "character varying", "NO"),
        ("roles", "description", "character varying", "YES"),
        ("users", "id", "integer", "NO"),
        ("users", "name", "character varying", "NO"),
        ("users", "email", "character varying", "YES"),
        ("users", "active", "boolean", "YES"),
        ("users", "role_id", "integer", "YES"),
    ]
    assert "roles" in keys


async def test_records_are_created_read_updated_and_deleted(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare("INSERT INTO roles (name) VALUES ('editor')")
    printed = await stage.run(blocks["records"])
    names = stage.names

    assert [line.rpartition(" ")[2] for line in printed] == ["1", "users", "John"]
    assert names["created_ids"] == [{"id": 2}, {"id": 3}, {"id": 4}]
    assert [user.name for user in names["active_users"]] == ["Alice", "Bob", "Charlie", "John"]
    assert [user.id for user in names["users"]] == [1]
    assert [user.id for user in names["page_1"]] == [4, 3, 2, 1]
    assert names["page_2"] == []
    assert (names["user"].name, names["user"].active) == ("Updated Name", False)
    assert [(row[0], row[1], row[3]) for row in await stage.rows(PEOPLE)] == [
        (2, "Alice", False),
        (3, "Bob", False),
    ]


async def test_relations_are_read_linked_and_unlinked(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare(
        "INSERT INTO roles (name) VALUES ('editor'), ('reader');"
        "INSERT INTO users (name, email, role_id) VALUES"
        " ('U1', 'a', 1), ('U2', 'b', 1), ('U3', 'c', 2);"
        "INSERT INTO tags (name) VALUES ('t1'), ('t2'), ('t3'), ('t4');"
        "INSERT INTO articles (title) VALUES ('A1'), ('A2');"
        "INSERT INTO article_tags (article_id, tag_id) VALUES (1, 1), (2, 1), (2, 4)"
    )
    printed = await stage.run(blocks["relations"])
    names = stage.names

    assert printed == ["User: U1, Role: editor", "Role: editor", "  - U1", "  - U2"]
    assert [user.email for user in names["role"].users] == ["a", "b"]
    with pytest.raises(FieldNotLoaded):
        _ = names["role"].users[0].active
    assert [tag.name for tag in names["article"].tags] == ["t1"]
    links = "SELECT article_id, tag_id FROM article_tags ORDER BY 1, 2"
    assert await stage.rows(links) == [(1, 3), (2, 4)]


async def test_a_transaction_keeps_all_of_it(blocks: Blocks, stage: Stage) -> None:
    await stage.run(blocks["transaction"])

    assert await stage.rows("SELECT id, name FROM roles") == [(1, "Admin")]
    assert await stage.rows("SELECT name, role_id FROM users") == [("Admin User", 1)]


async def test_a_transaction_keeps_nothing_after_an_error(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare("ALTER TABLE users ADD CHECK (role_id IS NULL)")
    with pytest.raises(CheckViolation):
        await stage.run(blocks["transaction"])

    assert await stage.rows("SELECT id FROM roles UNION ALL SELECT id FROM users") == []


class Person(DotModel):
    """Has every field that the document's filters name."""

    __table__ = "people"

    id: int = Integer(primary_key=True)
    age: int = Integer()
    name: str = Char(max_length=50)
    status: str = Char(max_length=20)
    role: str = Char(max_length=20)
    email: str = Char(max_length=50)
    created_at: Any = Datetime()
    deleted_at: Any = Datetime()
    active: bool = Boolean()
    verified: bool = Boolean()
    deleted: bool = Boolean()


PERSONS = """
INSERT INTO people
(age, name, status, role, email, created_at, deleted_at, active, verified, deleted) VALUES
(25, 'Johnny', 'active', 'admin', 'a', '2024-01-01Z', NULL, true, true, false),
(18, 'Big John', 'pending', 'moderator', NULL, '2023-12-31Z', '2024-05-01Z', true, false, true),
(65, 'john low', 'closed', 'superuser', 'c', '2024-12-31Z', NULL, false, true, false),
(70, 'a tester', NULL, 'guest', NULL, '2024-12-31 12:00Z', NULL, true, true, NULL),
(NULL, NULL, 'active', NULL, NULL, NULL, NULL, true, NULL, true)
"""

FOUND = (
    *({1}, {2, 3, 4}, {1, 3, 4}, {1, 2, 3, 4}, {1, 2}, {1, 2, 3}),  # comparisons of age
    *({1, 2}, {1, 2, 3}, {1, 2, 3}),  # text
    *({1, 2, 5}, {4, 5}),  # lists
    *({1, 3, 4, 5}, {1, 3}),  # NULL
    {1, 3},  # between
    {1, 4},  # and
    {1, 2},  # or
    {1},  # nested
    {1, 3},  # not
)


async def test_every_filter_finds_what_it_describes(blocks: Blocks, stage: Stage) -> None:
    Person._pool = stage.names["pool"]
    await Person.__create_table__()
    await stage.prepare(PERSONS)
    filters = document.filters_of(blocks["filters"])

    for source, expected in zip(filters, FOUND, strict=True):
        await stage.run(f"filter = {source}")
        found = await Person.search(fields=["id"], filter=stage.names["filter"])
        assert {person.id for person in found} == expected, source


MANY_USERS = """
INSERT INTO roles (name) SELECT 'role ' || n FROM generate_series(1, 12) n;
INSERT INTO users (name, role_id) SELECT 'user ' || n, n % 12 + 1 FROM generate_series(1, 120) n
"""

MANY_ARTICLES = """
INSERT INTO tags (name) SELECT 'tag ' || n FROM generate_series(1, 7) n;
INSERT INTO articles (title) SELECT 'article ' || n FROM generate_series(1, 60) n;
INSERT INTO article_tags (article_id, tag_id)
SELECT a, (a + t) % 7 + 1 FROM generate_series(1, 60) a, generate_series(1, 3) t
"""


def _user_lines() -> list[str]:
    return [f"user {n} - role {n % 12 + 1}" for n in range(120, 20, -1)]


async def test_a_loaded_record_stands_for_its_key(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare(MANY_USERS)

    assert await stage.run(blocks["one by one"]) == _user_lines()
    assert len(stage.statements) == 2 + 100


async def test_many2one_takes_two_statements(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare(MANY_USERS)

    assert await stage.run(blocks["many2one"]) == _user_lines()
    assert len(stage.statements) == 2


async def test_many2many_takes_two_statements(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare(MANY_ARTICLES)
    await stage.run(document.classes_of(blocks["relations"]))
    await stage.run(blocks["many2many"])

    assert [article.id for article in stage.names["articles"]] == list(range(60, 10, -1))
    for article in stage.names["articles"]:
        assert {tag.id for tag in article.tags} == {(article.id + t) % 7 + 1 for t in (1, 2, 3)}
    assert len(stage.statements) == 2


async def test_one2many_takes_two_statements(blocks: Blocks, stage: Stage) -> None:
    await stage.prepare(MANY_USERS)
    await stage.run(blocks["one2many"])

    assert [role.id for role in stage.names["roles"]] == list(range(12, 2, -1))
    for role in stage.names["roles"]:
        assert {user.id for user in role.users} == {
            n for n in range(1, 121) if n % 12 + 1 == role.id
        }
    assert len(stage.statements) == 2


async def test_a_bulk_takes_one_statement(blocks: Blocks, stage: Stage) -> None:
    await stage.run(blocks["bulk"])

    emails = await stage.column("SELECT email FROM users ORDER BY id")
    assert emails == [f"user{n}@test.com" for n in range(1000)]
    assert await stage.column("SELECT DISTINCT active FROM users") == [True]
    assert len(stage.statements) == 1


def test_the_example_of_a_test_passes(blocks: Blocks, tmp_path: Path) -> None:
    path = tmp_path / "test_builder.py"
    path.write_text(blocks["builder test"])
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", path)
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "3 passed" in done.stdout, done.stdout + done.stderr


async def test_a_field_has_the_parameters_shown(blocks: Blocks, empty: Stage) -> None:
    empty.names["Field"] = Field
    await empty.run(f"field = {blocks['field']}")
    field = empty.names["field"]

    assert (field.null, field.store) == (True, True)
    assert not any((field.primary_key, field.required, field.unique, field.index))
    assert field.default is field.description is field.compute is None
