"""Connecting by settings, tables and transactions, as the PostgreSQL container has them."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from dotorm.databases.postgres import (  # type: ignore[import-not-found] # found at run time
    ContainerPostgres,
    ContainerTransaction,
)
from dotorm.databases.postgres.session import (  # type: ignore[import-not-found] # as above
    NoTransactionSession,
    TransactionSession,
)

from dotorm import (
    Char,
    ConfigurationError,
    ConnectionFailed,
    Database,
    DotModel,
    Integer,
    Many2many,
    Many2one,
    Pool,
    Session,
    connect,
)
from dotorm.databases.abstract import ContainerSettings, PostgresPoolSettings


class Team(DotModel):
    """Has members and sports."""

    __table__ = "teams"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=30, required=True)
    captain: Any = Many2one(lambda: Member)
    sports: Any = Many2many(lambda: Sport, "team_sports", column1="sport_id", column2="team_id")


class Member(DotModel):
    """Refers back to the team."""

    __table__ = "members"

    id: int = Integer(primary_key=True)
    team: Any = Many2one(lambda: Team, required=True)


class Sport(DotModel):
    """What a team plays."""

    __table__ = "sports"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=30)


MODELS = [Member, Team, Sport]


def _settings(url: str, **more: Any) -> PostgresPoolSettings:
    parts = urlsplit(url)
    return PostgresPoolSettings(
        host=parts.hostname,
        port=parts.port,
        user=parts.username,
        password=parts.password or "",
        database=parts.path.removeprefix("/"),
        **more,
    )


@pytest_asyncio.fixture
async def container(postgres_url: str) -> AsyncIterator[ContainerPostgres]:
    """A container that the models are bound to, with their tables."""
    settings = ContainerSettings(driver="asyncpg", reconnect_timeout=10)
    container = ContainerPostgres(_settings(postgres_url), settings)
    pool = await container.create_pool()
    for model in MODELS:
        model._pool = pool
        model._no_transaction = container.get_no_transaction_session()
    await container.create_and_update_tables(MODELS)
    yield container
    await container.close_pool()


@pytest_asyncio.fixture
async def pool(container: ContainerPostgres) -> Pool:
    """The container's pool."""
    pool: Pool = await container.create_pool()
    return pool


async def test_a_container_makes_a_pool(container: ContainerPostgres, pool: Pool) -> None:
    assert isinstance(pool, Pool)
    assert Team._pool is pool
    assert container.container_settings.driver == "asyncpg"
    assert container.pool_settings.reconnect_timeout == 10


CONNECTED = "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()"


async def _wait_for_connections(witness: Database, count: int) -> None:
    """Wait until the server has that many; it takes a moment to forget one."""
    for _ in range(500):
        if await witness.execute(CONNECTED) == [{"n": count}]:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"there never were {count} connections")


async def test_closing_ends_the_connections(postgres_url: str) -> None:
    container = ContainerPostgres(_settings(postgres_url, min_size=2))
    async with connect(postgres_url, max_size=1) as witness:
        await container.create_pool()
        await _wait_for_connections(witness, 1 + 2)
        await container.close_pool()
        await _wait_for_connections(witness, 1)


async def test_a_session_without_transaction(container: ContainerPostgres, pool: Pool) -> None:
    for factory in (container.get_no_transaction_session(), NoTransactionSession):
        session = factory(pool)
        assert isinstance(session, Session)
        assert await session.execute("SELECT %s::int + 1 AS sum", [2]) == [{"sum": 3}]
        assert not session.in_transaction


async def test_settings_are_checked(postgres_url: str) -> None:
    with pytest.raises(ConfigurationError):
        ContainerPostgres(_settings(postgres_url), ContainerSettings(driver="nosuch"))
    with pytest.raises(ConfigurationError):
        PostgresPoolSettings(hots="localhost")
    with pytest.raises(ConfigurationError):
        ContainerSettings(reconnect_timeout=-1)
    with pytest.raises(ConnectionFailed):
        await ContainerPostgres(PostgresPoolSettings(port=1)).create_pool()


async def test_a_transaction_is_committed_at_its_end(pool: Pool) -> None:
    async with ContainerTransaction(pool) as session:
        assert isinstance(session, TransactionSession)
        key = await Team.create(Team(name="Reds"), session=session)
        await Member.create(Member(team=key), session=session)
        assert await Member.table_len(session=NoTransactionSession(pool)) == 0

    assert [member.team for member in await Member.search()] == [key]


async def _found_fail(pool: Pool) -> None:
    async with ContainerTransaction(pool):
        await Team.create(Team(name="Blues"))
        raise ZeroDivisionError


async def test_a_transaction_is_rolled_back_by_an_error(pool: Pool) -> None:
    with pytest.raises(ZeroDivisionError):
        await _found_fail(pool)

    assert await Team.table_len() == 0


async def test_a_transaction_inside_another_is_a_savepoint(pool: Pool) -> None:
    async with ContainerTransaction(pool):
        await Team.create(Team(name="Reds"))
        with pytest.raises(ZeroDivisionError):
            await _found_fail(pool)

    assert [team.name for team in await Team.search()] == ["Reds"]


async def test_tables_that_refer_to_each_other_are_created(container: ContainerPostgres) -> None:
    rows = await container.database.execute(
        "SELECT conrelid::regclass::text AS a, confrelid::regclass::text AS b, confdeltype::text "
        "FROM pg_constraint WHERE contype = 'f' ORDER BY 1, 2"
    )

    assert [tuple(row.values()) for row in rows] == [
        ("members", "teams", "r"),
        ("team_sports", "sports", "c"),
        ("team_sports", "teams", "c"),
        ("teams", "members", "n"),
    ]


async def test_creating_tables_twice_changes_nothing(container: ContainerPostgres) -> None:
    changes = await container.create_and_update_tables(MODELS)

    assert (changes.statements, changes.skipped) == ([], [])


async def test_one_table_is_created_by_its_model(url: str) -> None:
    async with connect(url, models=[Sport]) as database:
        statements = await Sport.__create_table__()
        await Sport.create(Sport(name="chess"))

        assert [type(statement) for statement in statements] == [str]
        assert "sports" in statements[0]
        assert await database.execute("SELECT name FROM sports") == [{"name": "chess"}]


async def test_a_table_gets_the_columns_it_lacks(url: str) -> None:
    class Wider(DotModel):
        __table__ = "sports"
        id: int = Integer(primary_key=True)
        name: str = Char(max_length=30)
        players: int = Integer(required=True, default=2)

    async with connect(url, models=[Sport, Wider]) as database:
        await database.create_and_update_tables([Sport])
        await Sport.create(Sport(name="chess"))
        await database.create_and_update_tables([Wider])

        assert (await Wider.get_or_raise(1)).players == 2
