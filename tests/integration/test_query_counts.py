"""How many statements loading relations takes, counted on real connections, and that all come."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

import dotorm
from dotorm import Char, Database, DotModel, Integer, Many2many, Many2one, One2many, connect


class Role(DotModel):
    __table__ = "roles"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40)
    users: Any = One2many(lambda: User, "role")


class Badge(DotModel):
    __table__ = "badges"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40)


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=40)
    role: Any = Many2one(lambda: Role)
    badges: Any = Many2many(lambda: Badge, "user_badges", column1="badge_id", column2="user_id")
    phones: Any = One2many(lambda: Phone, "user")


class Phone(DotModel):
    __table__ = "phones"

    id: int = Integer(primary_key=True)
    user: Any = Many2one(lambda: User, index=True)


MODELS = [Role, Badge, User, Phone]


class Statements(list[str]):
    """The texts of the statements that databases ran since they were connected."""

    @dotorm.hookimpl
    def dotorm_statement_finished(self, event: Any) -> None:
        self.append(event.sql)

    def __hash__(self) -> int:
        return id(self)


@pytest.fixture
def statements() -> Iterator[Statements]:
    """Listens to the databases that are connected from now on."""
    listener = Statements()
    dotorm.register_observer(listener)
    yield listener
    dotorm.unregister_observer(listener)


@pytest_asyncio.fixture
async def database(statements: Statements, url: str) -> AsyncIterator[Database]:
    """A database with empty tables."""
    async with connect(url, models=MODELS) as database:
        await database.create_and_update_tables(MODELS)
        yield database


async def _fill(roles: int, users: int, badges: int, each: int, phones: int = 0) -> None:
    """User n has the role, the badges and the phones that follow from n; keys count from 1."""
    await Role.create_bulk([Role(name=f"role {n}") for n in range(roles)])
    await Badge.create_bulk([Badge(name=f"badge {n}") for n in range(badges)])
    await User.create_bulk([User(name=f"user {n}", role=n % roles + 1) for n in range(users)])
    pairs = [(n + 1, badge) for n in range(users) for badge in _badges(n + 1, badges, each)]
    await User.link_many2many(User.badges, pairs)
    await Phone.create_bulk([Phone(user=n % users + 1) for n in range(phones)])


def _badges(user: int, badges: int, each: int) -> list[int]:
    return sorted((user + step) % badges + 1 for step in range(each))


def _chunks(database: Database, keys: int) -> int:
    """How many statements it takes to ask for that many keys."""
    size = database.pool.dialect.list_size()
    return 1 if size is None else -(-keys // size)


async def test_a_hundred_users_and_their_roles_take_two(
    database: Database, statements: Statements
) -> None:
    await _fill(roles=7, users=120, badges=1, each=0)
    statements.clear()
    users = await User.search(fields=["name", "role"], limit=100)

    assert len(users) == 100
    assert all(user.role.name == f"role {(user.id - 1) % 7}" for user in users)
    assert len(statements) == 2


async def test_fifty_users_and_their_badges_take_two(
    database: Database, statements: Statements
) -> None:
    await _fill(roles=1, users=60, badges=9, each=4)
    statements.clear()
    users = await User.search(fields=["name", "badges"], limit=50)

    assert len(users) == 50
    assert all([b.id for b in user.badges] == _badges(user.id, 9, 4) for user in users)
    assert len(statements) == 2


async def test_ten_roles_and_their_users_take_two(
    database: Database, statements: Statements
) -> None:
    await _fill(roles=12, users=120, badges=1, each=0)
    statements.clear()
    roles = await Role.search(fields=["name", "users"], limit=10)

    assert len(roles) == 10
    assert all([u.id for u in role.users] == list(range(role.id, 121, 12)) for role in roles)
    assert len(statements) == 2


async def test_three_kinds_of_relations_take_four(
    database: Database, statements: Statements
) -> None:
    await _fill(roles=7, users=100, badges=9, each=4, phones=300)
    statements.clear()
    users = await User.search(fields=["name", "role", "badges", "phones"])

    assert len(users) == 100
    assert all(user.role.id == (user.id - 1) % 7 + 1 for user in users)
    assert all([b.id for b in user.badges] == _badges(user.id, 9, 4) for user in users)
    assert all([p.id for p in user.phones] == list(range(user.id, 301, 100)) for user in users)
    assert len(statements) == 4


async def test_a_single_record_takes_no_more(database: Database, statements: Statements) -> None:
    await _fill(roles=2, users=3, badges=5, each=2, phones=6)
    statements.clear()
    user: Any = await User.get_with_relations(2)

    assert (user.role.id, len(user.badges), len(user.phones)) == (2, 2, 2)
    assert len(statements) == 4


async def test_a_relation_that_leads_nowhere_asks_nothing(
    database: Database, statements: Statements
) -> None:
    await User.create_bulk([User(name="alone"), User(name="too")])
    statements.clear()
    users = await User.search(fields=["role"])

    assert [user.role for user in users] == [None, None]
    assert len(statements) == 1


async def test_no_records_load_no_relations(database: Database, statements: Statements) -> None:
    statements.clear()

    assert await User.search(fields=["name", "role", "badges", "phones"]) == []
    assert len(statements) == 1


@pytest.mark.slow
async def test_ten_thousand_parents_miss_nothing(
    database: Database, statements: Statements
) -> None:
    count = 10_000
    await _fill(roles=count, users=count, badges=50, each=3, phones=2 * count)
    statements.clear()
    users = await User.search(fields=["name", "role", "badges", "phones"])

    assert len(users) == count
    assert all(user.role.id == user.id for user in users)
    assert all([b.id for b in user.badges] == _badges(user.id, 50, 3) for user in users)
    assert all([p.id for p in user.phones] == [user.id, user.id + count] for user in users)
    assert len(statements) == 1 + 3 * _chunks(database, count)


async def test_a_list_of_keys_is_one_parameter(database: Database) -> None:
    assert _chunks(database, 10_000) == 1


async def test_all_of_150_links_of_one_record_come(
    database: Database, statements: Statements
) -> None:
    await _fill(roles=1, users=2, badges=150, each=150)
    statements.clear()
    users = await User.search(fields=["badges"])

    assert [len(user.badges) for user in users] == [150, 150]
    assert len(statements) == 2
    assert [b.id for b in await User.get_many2many(User.badges, 1)] == list(range(1, 151))
    user: Any = await User.get_with_relations(2, fields=["badges"])
    assert [b.id for b in user.badges] == list(range(1, 151))


async def test_all_of_1500_children_of_one_record_come(
    database: Database, statements: Statements
) -> None:
    await _fill(roles=1, users=1500, badges=1, each=0)
    statements.clear()
    (role,) = await Role.search(fields=["users"])

    assert [user.id for user in role.users] == list(range(1, 1501))
    assert len(statements) == 2
