"""What settings do on a real server."""

import os

import pytest

from dotorm.databases.abstract import Pool, PoolSession, Statement
from dotorm.exceptions import ConfigurationError, ConnectionFailed, Timeout
from dotorm.url import parse_url
from dotorm_postgres import BACKEND


async def test_a_role_or_database_that_does_not_exist(postgres_url):
    for url in (
        parse_url(postgres_url + "_nowhere"),
        parse_url(postgres_url + "?user=dotorm_no_such_role"),
    ):
        pool = Pool(BACKEND, BACKEND.settings.from_url(url))
        with pytest.raises(ConnectionFailed, match=r"does not exist|authentication failed"):
            await pool.open()
        await pool.close()


@pytest.mark.may_skip(reason="a server elsewhere has its socket elsewhere")
async def test_unix_socket(opened, postgres_url):
    async with opened() as pool:
        session = PoolSession(pool)
        (row,) = await session.execute("SHOW unix_socket_directories")
    folder = row["unix_socket_directories"].partition(",")[0].strip()
    url = parse_url(postgres_url)
    if not os.path.exists(f"{folder}/.s.PGSQL.{url.port or 5432}"):  # noqa: ASYNC240, PTH110 - quick
        pytest.skip("the server has no socket here")
    user = f"{url.user}@" if url.user else ""
    local = f"postgresql://{user}/{url.database}?host={folder}&port={url.port or 5432}"
    async with opened(local) as pool:
        (row,) = await PoolSession(pool).execute("SELECT inet_client_addr() IS NULL AS local")
        assert row["local"]


async def test_search_path_and_application_name(opened):
    async with opened() as pool:
        await PoolSession(pool).execute('CREATE SCHEMA "My App"')
    async with opened(search_path='"My App", public', application_name="shop") as pool:
        session = PoolSession(pool)
        await session.execute("SELECT set_config('search_path', 'public', false)")
        (row,) = await session.execute(
            "SELECT current_schema()::text AS schema, current_setting('application_name') AS name"
        )
        assert row == {"schema": "My App", "name": "shop"}


async def test_statement_timeout(opened):
    async with opened(max_size=1, statement_timeout=0.1) as pool:
        session = PoolSession(pool)
        with pytest.raises(Timeout, match="statement timeout"):
            await session.run(Statement("SELECT pg_sleep(30)"))
        assert await session.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_without_prepared_statements(opened):
    async with opened(max_size=1, statement_cache_size=0) as pool:
        session = PoolSession(pool)
        for _ in range(3):
            assert await session.execute("SELECT %s::int AS n", [1]) == [{"n": 1}]
            assert list((await session.run(Statement("SELECT $1::int", (2,)))).rows[0]) == [2]
        prepared = await session.run(Statement("SELECT count(*) FROM pg_prepared_statements"))
        assert prepared.rows[0][0] == 0


async def test_raw_sql_keeps_no_prepared_statements(opened):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        for number in range(20):
            await session.execute(f"SELECT {number} AS n")
        count = (
            "SELECT count(*) AS n FROM pg_prepared_statements WHERE statement LIKE 'SELECT %% AS n'"
        )
        assert await session.execute(count) == [{"n": 0}]


async def test_tls_that_the_server_does_not_have(opened, postgres_url):
    async with opened() as pool:
        (row,) = await PoolSession(pool).execute("SHOW ssl")
    settings = BACKEND.settings.from_url(parse_url(postgres_url), sslmode="require")
    pool = Pool(BACKEND, settings)
    if row["ssl"] == "on":
        await pool.open()
    else:
        with pytest.raises((ConnectionFailed, ConfigurationError), match="SSL"):
            await pool.open()
    await pool.close()
