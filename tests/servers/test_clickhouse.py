"""A private ClickHouse server: what tests rely on."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from urllib.request import urlopen

import asynch
import pytest
from asynch.errors import NetworkError

from tests.servers import Server, private

pytestmark = [pytest.mark.clickhouse, pytest.mark.slow]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with private("clickhouse") as started:
        yield started


def fetched(url: str) -> bytes:
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - it is our own server
        body: bytes = answer.read()
        return body


async def ask(server: Server, sql: str) -> object:
    connection = asynch.Connection(dsn=server.url)
    await connection.connect()
    try:
        async with connection.cursor() as cursor:
            await cursor.execute(sql)
            row = await cursor.fetchone()
            return row and row[0]
    finally:
        await connection.close()


async def test_it_is_the_version_it_says(server: Server) -> None:
    assert str(await ask(server, "SELECT version()")).startswith("26.9.")
    assert await ask(server, "SELECT timezone()") == "UTC"


async def test_it_speaks_http_when_it_is_told_to(server: Server) -> None:
    assert await ask(server, "SYSTEM START LISTEN HTTP") is None
    port = await ask(server, "SELECT getServerPort('http_port')")
    answer = await asyncio.to_thread(fetched, f"http://127.0.0.1:{port}/?query=SELECT+1,'two'")
    assert answer == b"1\ttwo\n"


async def test_data_survives_restart_and_kill(server: Server) -> None:
    await ask(server, "CREATE TABLE kept (n Int32) ENGINE = MergeTree ORDER BY n")
    await ask(server, "INSERT INTO kept SELECT 7")
    server.restart()
    assert await ask(server, "SELECT n FROM kept") == 7

    busy = [asyncio.create_task(ask(server, "SELECT sleepEachRow(3)")) for _ in range(3)]
    await asyncio.sleep(0.3)
    server.kill()
    with pytest.raises(NetworkError):
        await ask(server, "SELECT 1")
    server.start()
    assert await ask(server, "SELECT n FROM kept") == 7
    for query in busy:
        with suppress(Exception):
            await query


async def test_its_user_may_make_databases(server: Server) -> None:
    await ask(server, "CREATE DATABASE another")
    await ask(server, "CREATE TABLE another.t (n Int32) ENGINE = Memory")
    assert await ask(server, "SELECT count() FROM system.tables WHERE database = 'another'") == 1
    await ask(server, "DROP DATABASE another SYNC")
