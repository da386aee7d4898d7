"""Who takes part: by name, where the class is, and in which environment it runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from bench.competitor import Competitor

OWN = "dotorm"
ENVIRONMENTS = "peers", "dotorm-2.4"


class Kind(StrEnum):
    """What a competitor is."""

    RAW = "raw"  # a driver; `usual` says for which methods it is how most programs are written
    OWN = "own"
    PEER = "peer"  # another ORM, which is to be slower


@dataclass(frozen=True, slots=True)
class Entry:
    """A competitor that is not imported yet: its libraries may not be installed here."""

    kind: Kind
    module: str
    name: str
    environment: str = "peers"
    usual: frozenset[str] = frozenset()
    loop: str = ""  # the only event loop that has what it needs

    def load(self) -> type[Competitor]:
        """Import the class."""
        found: type[Competitor] = getattr(import_module(self.module), self.name)
        return found


_ALL_BUT_BULK = (
    *("get", "select", "select_plain", "filter", "serialise", "update"),
    *("many2one", "one2many", "many2many", "nested"),
)
_ALL = (*_ALL_BUT_BULK, "insert", "update_distinct")


def _asyncpg(name: str, *usual: str, loop: str = "") -> Entry:
    module = "bench.competitors.asyncpg_raw"
    return Entry(Kind.RAW, module, name, usual=frozenset(usual), loop=loop)


def _aiosqlite(name: str, *usual: str) -> Entry:
    return Entry(Kind.RAW, "bench.competitors.aiosqlite_raw", name, usual=frozenset(usual))


def _mysql(name: str, *usual: str) -> Entry:
    return Entry(Kind.RAW, "bench.competitors.mysql_raw", name, usual=frozenset(usual))


def _clickhouse(name: str, *usual: str) -> Entry:
    return Entry(Kind.RAW, "bench.competitors.clickhouse_raw", name, usual=frozenset(usual))


def _peer(module: str, name: str, environment: str = "peers") -> Entry:
    return Entry(Kind.PEER, f"bench.competitors.peers.{module}", name, environment)


_OWN = Entry(Kind.OWN, "bench.competitors.dotorm_orm", "DotORM")

POSTGRES = {
    "held": _asyncpg("Held"),
    "pool": _asyncpg("Stock", *_ALL_BUT_BULK),
    "noreset": _asyncpg("NoReset"),
    "prepared": _asyncpg("Prepared"),
    "small-reads": _asyncpg("SmallReads", loop="asyncio"),
    "join": _asyncpg("Join"),
    "values": _asyncpg("Values", "insert"),
    "unnest": _asyncpg("Unnest"),
    "copy": _asyncpg("Copy"),
    "executemany": _asyncpg("Executemany", "update_distinct"),
    OWN: _OWN,
    "dotorm-2.4": _peer("dotorm_2_4", "DotORM24", "dotorm-2.4"),
    "sqlalchemy": _peer("sqlalchemy_orm", "SQLAlchemy"),
    "tortoise": _peer("tortoise_orm", "TortoiseORM"),
    "piccolo": _peer("piccolo_orm", "Piccolo"),
    "django": _peer("django_orm", "Django"),
}

SQLITE = {
    "as-it-is": _aiosqlite("AsItIs", "update_distinct"),
    "converted": _aiosqlite("Converted", "get", "select", "filter"),
    "values": _aiosqlite("Values", "insert"),
    OWN: _OWN,
}

CLICKHOUSE = {
    "asynch": _clickhouse("Asynch"),
    "asynch-pool": _clickhouse("AsynchPool"),
    "connect": _clickhouse("ClickhouseConnect", *_ALL),
    OWN: Entry(Kind.OWN, "bench.competitors.dotorm_clickhouse", "DotORMClickhouse"),
}

MARIADB = {
    "aiomysql": _mysql("Aiomysql", "insert"),
    "pool": _mysql("AiomysqlPool", *_ALL_BUT_BULK),
    "executemany": _mysql("AiomysqlEach", "update_distinct"),
    "asyncmy": _mysql("Asyncmy"),
    "asyncmy-pool": _mysql("AsyncmyPool"),
    OWN: _OWN,
    "dotorm-asyncmy": Entry(Kind.OWN, "bench.competitors.dotorm_asyncmy", "DotORMAsyncmy"),
}

BACKENDS = {"postgres": POSTGRES, "sqlite": SQLITE, "mariadb": MARIADB, "clickhouse": CLICKHOUSE}


def of_kind(backend: str, kind: Kind) -> Iterator[str]:
    """Name the competitors of a kind."""
    return (name for name, entry in BACKENDS[backend].items() if entry.kind is kind)
