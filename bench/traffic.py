"""Counts what clients send to PostgreSQL: a proxy between them and the server.

What is counted is what is seen on the wire, whatever a library says of itself: a simple query and
an execution of a prepared statement are one statement each, and what the client waits for, a
round trip.
"""

import asyncio
import struct
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from urllib.parse import urlsplit

_QUERY, _EXECUTE, _SYNC = b"QES"
_SSL_REQUEST = 80877103


@dataclass(slots=True)
class Traffic:
    """What was sent since the counter was set to zero."""

    statements: int = 0
    trips: int = 0

    def message(self, kind: int) -> None:
        """Count a message of a client."""
        self.statements += kind in {_QUERY, _EXECUTE}
        self.trips += kind in {_QUERY, _SYNC}

    def reset(self) -> None:
        """Set it to zero."""
        self.statements = self.trips = 0


class Reader:
    """Splits what a client sends into messages."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic
        self._buffer = bytearray()
        self._started = False

    def feed(self, data: bytes) -> None:
        """Count the messages that are complete."""
        self._buffer += data
        while self._next():
            pass

    def _next(self) -> bool:
        """Take one message off the buffer; the first ones of a connection have no kind."""
        head = 5 if self._started else 4
        if len(self._buffer) < head:
            return False
        (length,) = struct.unpack_from("!I", self._buffer, head - 4)
        end = length + head - 4
        if len(self._buffer) < end:
            return False
        if self._started:
            self._traffic.message(self._buffer[0])
        else:
            self._started = struct.unpack_from("!I", self._buffer, 4) != (_SSL_REQUEST,)
        del self._buffer[:end]
        return True


async def _pump(
    source: asyncio.StreamReader, target: asyncio.StreamWriter, reader: Reader | None
) -> None:
    try:
        while data := await source.read(1 << 16):
            if reader:
                reader.feed(data)
            target.write(data)
            await target.drain()
    except ConnectionError:
        pass  # the other side is gone, and so are we
    finally:
        target.close()


class _Proxy:
    """Listens in a thread of its own until it is told to stop."""

    def __init__(self, host: str | None, port: int | None, traffic: Traffic) -> None:
        self._target = host, port
        self._traffic = traffic
        self._stop = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.port: Future[int] = Future()

    def run(self) -> None:
        """Listen; this is what the thread does."""
        asyncio.run(self._listen())

    def stop(self) -> None:
        """Listen no more, and drop who is connected."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._stop.set)

    async def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port.set_result(server.sockets[0].getsockname()[1])
        await self._stop.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        up, down = await asyncio.open_connection(*self._target)
        await asyncio.gather(_pump(reader, down, Reader(self._traffic)), _pump(up, writer, None))


@contextmanager
def counted(url: str) -> Iterator[tuple[str, Traffic]]:
    """Answer a URL that leads to the same server, and the count of what goes there."""
    server, traffic = urlsplit(url), Traffic()
    proxy = _Proxy(server.hostname, server.port, traffic)
    thread = Thread(target=proxy.run, name="traffic", daemon=True)
    thread.start()
    try:
        user = f"{server.username}@" if server.username else ""
        yield server._replace(netloc=f"{user}127.0.0.1:{proxy.port.result(10)}").geturl(), traffic
    finally:
        proxy.stop()
        thread.join()
