"""The databases on which competitors meet: one module each, with a class that is a `Stage`."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from bench.backends.stage import Stage
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
    with provided(backend) as url, _closing(make(url)) as stage:
        yield stage


@contextmanager
def _closing(stage: Stage) -> Iterator[Stage]:
    try:
        yield stage
    finally:
        stage.close()
