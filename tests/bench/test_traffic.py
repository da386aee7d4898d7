"""What is counted of the traffic with PostgreSQL."""

import asyncio
import struct

import asyncpg
import pytest

from bench.traffic import Reader, Traffic, counted


def message(kind, payload=b""):
    return kind + struct.pack("!I", len(payload) + 4) + payload


STARTUP = struct.pack("!II", 12, 196608) + b"a\0b\0"
SSL_REQUEST = struct.pack("!II", 8, 80877103)


def test_messages_are_found_however_they_are_cut():
    sent = SSL_REQUEST + STARTUP + message(b"Q", b"SELECT 1\0")
    sent += message(b"P") + message(b"B", b"E" * 9) + message(b"E") + message(b"S")
    for size in (1, 3, len(sent)):
        traffic = Traffic()
        reader = Reader(traffic)
        for start in range(0, len(sent), size):
            reader.feed(sent[start : start + size])
        assert (traffic.statements, traffic.trips) == (2, 2)


async def ask(url, traffic):
    connection = await asyncpg.connect(url)
    await connection.fetchval("SELECT $1::int", 1)
    traffic.reset()
    assert await connection.fetchval("SELECT $1::int", 2) == 2
    assert (traffic.statements, traffic.trips) == (1, 1)
    traffic.reset()
    await connection.executemany("SELECT $1::int", [(1,), (2,), (3,)])
    assert traffic.statements == 3
    await connection.close()


@pytest.mark.postgres
def test_what_asyncpg_sends_is_counted(postgres_url):
    with counted(postgres_url) as (url, traffic):
        asyncio.run(ask(url, traffic))
