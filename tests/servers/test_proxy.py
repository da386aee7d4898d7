"""The network that fails on request: what a client sees of each fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

from tests.servers.proxy import Proxy


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(1000):
            writer.write(data)
    writer.close()


@pytest.fixture
async def proxy() -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with Proxy(f"echo://me:secret@127.0.0.1:{port}/db?a=b") as proxy:
        yield proxy
    server.close()


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, data: bytes) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(5):
            return await self.reader.read(1000)

    async def hears_nothing(self) -> bool:
        try:
            async with asyncio.timeout(0.1):
                await self.ask(b"anyone?")
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def connected(proxy: Proxy) -> AsyncIterator[Client]:
    url = urlsplit(proxy.url)
    client = Client(*await asyncio.open_connection(url.hostname, url.port))
    yield client
    client.writer.close()


async def test_its_url_is_that_of_the_server_but_for_the_port(proxy: Proxy) -> None:
    assert proxy.url.startswith("echo://me:secret@127.0.0.1:")
    assert proxy.url.endswith("/db?a=b")
    assert proxy.url != proxy._server.geturl()


async def test_it_passes_bytes_until_a_side_hangs_up(proxy: Proxy) -> None:
    async with connected(proxy) as client, connected(proxy) as other:
        assert await client.ask(b"one") == b"one"
        assert await other.ask(b"two") == b"two"
        client.writer.write_eof()
        assert await client.reader.read() == b""
        assert await other.ask(b"three") == b"three"


async def test_what_is_delayed_comes(proxy: Proxy) -> None:
    async with connected(proxy) as client:
        proxy.delay = 0.2
        assert await client.hears_nothing()
        assert await client.ask(b"") == b"anyone?"


async def test_what_is_swallowed_never_comes(proxy: Proxy) -> None:
    async with connected(proxy) as client:
        proxy.swallows = True
        assert await client.hears_nothing()
        async with connected(proxy) as newcomer:
            assert await newcomer.hears_nothing()
        proxy.swallows = False
        assert await client.ask(b"again") == b"again"


async def test_who_is_refused_is_thrown_out(proxy: Proxy) -> None:
    async with connected(proxy) as client:
        proxy.refuses = True
        async with connected(proxy) as newcomer:
            with pytest.raises(ConnectionResetError):
                await newcomer.ask(b"hello")
        assert await client.ask(b"still") == b"still"


async def test_an_answer_is_cut_in_its_middle(proxy: Proxy) -> None:
    async with connected(proxy) as client:
        assert await client.ask(b"whole") == b"whole"
        proxy.cuts_after = 5
        assert await client.ask(b"abc") == b"abc"
        assert await client.ask(b"defg") == b"de"
        with pytest.raises(ConnectionResetError):
            await client.ask(b"hij")
    async with connected(proxy) as newcomer:
        assert await newcomer.ask(b"whole again") == b"whole again"


async def test_a_reset_is_noticed(proxy: Proxy) -> None:
    async with connected(proxy) as client:
        assert await client.ask(b"one") == b"one"
        proxy.reset()
        with pytest.raises(ConnectionResetError):
            await client.ask(b"two")


async def test_a_server_that_is_away_hangs_up() -> None:
    async with Proxy("echo://127.0.0.1:1/") as proxy, connected(proxy) as client:
        assert await client.ask(b"") == b""
