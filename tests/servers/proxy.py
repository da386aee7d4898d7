"""A network between a client and a server that fails in the way a test asks for.

async with Proxy(url) as proxy:
    db = dotorm.connect(proxy.url)
    proxy.swallows = True
"""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from typing import Self
from urllib.parse import urlsplit

_AT_ONCE = struct.pack("ii", 1, 0)  # closing sends RST, without what is still to be sent
_PIECE = 65536


class Proxy:
    """Passes bytes on between its clients and a server, in the loop of the test.

    Its attributes may be set at any time and hold for what passes from then on:

    - ``delay``: seconds that each piece takes, in either direction.
    - ``swallows``: bytes go in and never come out; nobody is told.
    - ``refuses``: who connects is thrown out at once.
    - ``cuts_after``: how many more bytes come from the server before every connection is reset.

    Args:
        server: The URL of the server.
    """

    def __init__(self, server: str) -> None:
        self._server = urlsplit(server)
        self.delay = 0.0
        self.swallows = False
        self.refuses = False
        self.cuts_after: int | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._served: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()
        self.reset()
        for task in self._served:
            task.cancel()
        await asyncio.gather(*self._served, return_exceptions=True)

    @property
    def url(self) -> str:
        """The URL of the server, by way of this proxy."""
        who, at, _ = self._server.netloc.rpartition("@")
        port = self._listener.sockets[0].getsockname()[1]
        return self._server._replace(netloc=f"{who}{at}127.0.0.1:{port}").geturl()

    def reset(self, *writers: asyncio.StreamWriter) -> None:
        """End every connection as a crash does: with RST, to both sides."""
        for writer in writers or self._writers:
            linger = socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE
            writer.get_extra_info("socket").setsockopt(*linger)
            writer.transport.abort()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._served.add(task)
        task.add_done_callback(self._served.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with self._ending(writer), suppress(OSError):
            if self.refuses:
                self.reset(writer)
                return
            answers, asks = await asyncio.open_connection(self._server.hostname, self._server.port)
            with self._ending(asks):
                await asyncio.gather(self._ask(reader, asks), self._answer(answers, writer))

    @contextmanager
    def _ending(self, writer: asyncio.StreamWriter) -> Iterator[None]:
        self._writers.add(writer)
        try:
            yield
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for data in self._passing(reader):
            writer.write(data)
            await writer.drain()
        self._hang_up(writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async for data in self._passing(reader):
            writer.write(data[: self.cuts_after])
            await writer.drain()
            if self.cuts_after is not None:
                self.cuts_after -= len(data)
                if self.cuts_after < 0:
                    self.cuts_after = None
                    self.reset()
        self._hang_up(writer)

    async def _passing(self, reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
        with suppress(OSError):
            while data := await reader.read(_PIECE):
                await asyncio.sleep(self.delay)
                if not self.swallows:
                    yield data

    def _hang_up(self, writer: asyncio.StreamWriter) -> None:
        """Pass on that one side has gone, unless that is swallowed too."""
        if not self.swallows and not writer.is_closing():
            writer.write_eof()
