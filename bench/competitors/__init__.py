"""Who takes part: by name, where the class is, and in which environment it runs."""

from dataclasses import dataclass
from importlib import import_module

from bench.competitor import Competitor

OWN = "dotorm"


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
}

BACKENDS = {"postgres": POSTGRES}
