"""The databases on which competitors meet: one module each, with a class that is a `Stage`."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module

from bench.backends.stage import Stage
from bench.cores import CLIENTS, SERVERS, started_on
from tests.servers import provided

_STAGES = {
    "postgres": ("postgres", "Postgres"),
    "sqlite": ("sqlite", "Sqlite"),
    "mariadb": ("mysql", "Mysql"),
    "clickhouse": ("clickhouse", "Clickhouse"),
}
_WITHOUT_SERVER = {"sqlite"}

NAMES = tuple(_STAGES)


@contextmanager
def staged(backend: str) -> Iterator[Stage]:
    """Provide a database of our own for this block.

    Raises:
        ServerUnavailable: There is no server, and none could be started.
    """
    module, name = _STAGES[backend]
    make = getattr(import_module(f"bench.backends.{module}"), name)
    if backend in _WITHOUT_SERVER:
        stage: Stage = make()
        with _closing(stage):
            yield stage
        return
    with ExitStack() as until_the_end:
        with started_on(SERVERS):
            url = until_the_end.enter_context(provided(backend))
        yield until_the_end.enter_context(_closing(make(url)))


def clients(backend: str) -> frozenset[int]:
    """The cores for competitors: none that a server has, and all where there is none."""
    return frozenset() if backend in _WITHOUT_SERVER else CLIENTS


@contextmanager
def _closing(stage: Stage) -> Iterator[Stage]:
    try:
        yield stage
    finally:
        stage.close()
