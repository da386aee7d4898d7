"""Real database servers for the tests, each in a folder of its own.

`provided("postgres")` answers the URL of a server: of the one that DOTORM_TEST_POSTGRES names, or
of a private one that is stopped and removed at the end. `private("postgres")` always starts one,
for tests that stop, kill and restart it. A further server is a class that answers to `Server`, and
one line in `_PRIVATE`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.servers._clickhouse import ClickHouse
from tests.servers._mysql import MariaDB, MariaDB11, MySQL
from tests.servers._postgres import PostgresCluster
from tests.servers._types import Server, ServerUnavailable

__all__ = [
    "UNAVAILABLE",
    "Server",
    "ServerUnavailable",
    "names",
    "private",
    "provided",
    "variable",
]

UNAVAILABLE = "unavailable: "
"""Before the reason why there is no server, where its URL would be."""

_PRIVATE: dict[str, Callable[[], Server]] = {
    "clickhouse": ClickHouse,
    "mariadb": MariaDB,
    "mariadb11": MariaDB11,
    "mysql": MySQL,
    "postgres": PostgresCluster,
}


def names() -> list[str]:
    """Name the servers that can be provided."""
    return sorted(_PRIVATE)


def variable(name: str) -> str:
    """Name the environment variable that holds the URL of an existing server."""
    return f"DOTORM_TEST_{name.upper()}"


@contextmanager
def private(name: str) -> Iterator[Server]:
    """Start a server for this block alone."""
    server = _PRIVATE[name]()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@contextmanager
def provided(name: str) -> Iterator[str]:
    """Answer the URL of the existing server, or of a private one started for this block."""
    existing = os.environ.get(variable(name))
    if existing and existing.startswith(UNAVAILABLE):
        raise ServerUnavailable(existing.removeprefix(UNAVAILABLE))
    if existing:
        yield existing
        return
    with private(name) as server:
        yield server.url
