"""Who takes part: by name, where the class is, and in which environment it runs."""

from dataclasses import dataclass
from importlib import import_module

from bench.competitor import Competitor

OWN = "dotorm"
ENVIRONMENTS = "peers", "dotorm-2.4"


@dataclass(frozen=True, slots=True)
class Entry:
    """A competitor that is not imported yet: its libraries may not be installed here."""

    module: str
    name: str
    environment: str = "peers"
    peer: bool = False  # another ORM, which is to be slower

    def load(self) -> type[Competitor]:
        """Import the class."""
        found: type[Competitor] = getattr(import_module(self.module), self.name)
        return found


def _raw(name: str) -> Entry:
    return Entry("bench.competitors.asyncpg_raw", name)


def _peer(module: str, name: str, environment: str = "peers") -> Entry:
    return Entry(f"bench.competitors.peers.{module}", name, environment, peer=True)


POSTGRES = {
    "held": _raw("Held"),
    "pool": _raw("Stock"),
    "noreset": _raw("NoReset"),
    "join": _raw("Join"),
    "values": _raw("Values"),
    "unnest": _raw("Unnest"),
    "copy": _raw("Copy"),
    "executemany": _raw("Executemany"),
    OWN: Entry("bench.competitors.dotorm_orm", "DotORM"),
    "dotorm-2.4": _peer("dotorm_2_4", "DotORM24", "dotorm-2.4"),
    "sqlalchemy": _peer("sqlalchemy_orm", "SQLAlchemy"),
    "tortoise": _peer("tortoise_orm", "TortoiseORM"),
    "piccolo": _peer("piccolo_orm", "Piccolo"),
    "django": _peer("django_orm", "Django"),
}

BACKENDS = {"postgres": POSTGRES}
