"""Connecting to a server that answers what we tell it to."""

import asyncio
import struct
from contextlib import asynccontextmanager

import pytest

from dotorm.databases.abstract import Pool, PoolSession
from dotorm.exceptions import ConfigurationError, ConnectionFailed, Timeout
from dotorm.url import parse_url
from dotorm_postgres import BACKEND, PostgresPoolSettings


def message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


def refusal(state: str, text: str) -> bytes:
    return message(b"E", f"SFATAL\0VFATAL\0C{state}\0M{text}\0\0".encode())


def welcome(version: str) -> bytes:
    return (
        message(b"R", struct.pack("!i", 0))
        + message(b"S", f"server_version\0{version}\0".encode())
        + message(b"K", struct.pack("!ii", 1, 2))
        + message(b"Z", b"I")
    )


@asynccontextmanager
async def server(answer: bytes):
    connections = []

    async def serve(reader, writer):
        connections.append(writer)
        await reader.read(1024)
        writer.write(answer)
        await reader.read(1024)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        url = parse_url(f"postgresql://u:hush@127.0.0.1:{port}?sslmode=disable")
        yield PostgresPoolSettings.from_url(url)
        for writer in connections:
            writer.close()


async def failure(settings, kind):
    pool = Pool(BACKEND, settings)
    with pytest.raises(kind) as caught:
        await PoolSession(pool).execute("SELECT 1")
    assert pool.statistics().size == 0
    await pool.close()
    assert "hush" not in str(caught.value)
    return str(caught.value)


async def test_wrong_password():
    answer = refusal("28P01", 'password authentication failed for user "u"')
    async with server(answer) as settings:
        text = await failure(settings, ConnectionFailed)
    assert text == 'password authentication failed for user "u": check user and password'


async def test_a_server_that_starts():
    async with server(refusal("57P03", "the database system is starting up")) as settings:
        assert "starting up" in await failure(settings, ConnectionFailed)


async def test_pgbouncer_refuses_a_startup_parameter():
    answer = refusal("08P01", "unsupported startup parameter: search_path")
    async with server(answer) as settings:
        assert "set search_path" in await failure(settings, ConnectionFailed)


async def test_an_old_server():
    async with server(welcome("11.22")) as settings:
        text = await failure(settings, ConfigurationError)
    assert text == "the server is PostgreSQL 11; DotORM needs 12 or newer"


async def test_a_server_that_hangs_up():
    async with server(b"") as settings:
        await failure(settings.model_copy(update={"connect_timeout": 0.2}), Timeout)


async def test_a_refused_port(unused_tcp_port):
    settings = PostgresPoolSettings(host="127.0.0.1", port=unused_tcp_port)
    assert await failure(settings, ConnectionFailed) == (
        f"postgres: cannot reach 127.0.0.1:{unused_tcp_port}: the connection was refused; "
        "the server may not be running there"
    )


async def test_several_refused_ports(unused_tcp_port):
    settings = PostgresPoolSettings(host="127.0.0.1,localhost", port=unused_tcp_port)
    text = await failure(settings, ConnectionFailed)
    assert f"cannot reach 127.0.0.1:{unused_tcp_port}, localhost:{unused_tcp_port}: " in text


async def test_an_unknown_host():
    text = await failure(PostgresPoolSettings(host="nowhere.invalid"), ConnectionFailed)
    assert text.startswith("postgres: cannot reach nowhere.invalid:5432: the host is not known (")


async def test_a_missing_socket(tmp_path):
    settings = PostgresPoolSettings(host=str(tmp_path), database="d")
    text = await failure(settings, ConnectionFailed)
    assert f"cannot reach {tmp_path}/.s.PGSQL.5432: there is no such socket" in text


@pytest.mark.parametrize("name", ["sslrootcert", "sslcert"])
async def test_a_file_that_is_missing(name, tmp_path, unused_tcp_port):
    settings = PostgresPoolSettings(
        host="127.0.0.1",
        port=unused_tcp_port,
        sslmode="require",
        reconnect_timeout=5,  # waiting does not bring it
        **{name: f"{tmp_path}/none.pem"},
    )
    assert await failure(settings, ConfigurationError) == (
        f"{name}: the file '{tmp_path}/none.pem' is not there, or may not be read"
    )


async def test_a_missing_key(tmp_path, unused_tcp_port):
    certificate = tmp_path / "client.pem"
    certificate.write_text("")
    settings = PostgresPoolSettings(
        host="127.0.0.1",
        port=unused_tcp_port,
        sslmode="require",
        sslcert=str(certificate),
        sslkey=f"{tmp_path}/none.key",
    )
    assert f"sslkey: the file '{tmp_path}/none.key'" in await failure(settings, ConfigurationError)


async def test_a_missing_certificate(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = PostgresPoolSettings(host="127.0.0.1", user="u", sslmode="verify-full")
    assert "root certificate" in await failure(settings, ConfigurationError)
