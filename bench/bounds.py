"""What must hold: a competitor's time, or memory, at most so many times another's.

And what does not: where a hand-written query takes less time than DotORM.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from statistics import median

from bench.competitors import OWN, Kind, of_kind
from bench.ratios import fastest, ratio
from bench.results import Row, Run

_LESS = 0.99  # than the other, with two digits
MEMORY = "memory"
TIME = "time"


@dataclass(frozen=True, slots=True)
class Bound:
    """The subject takes at most `limit` times what the fastest of `against` takes."""

    scenario: str
    against: tuple[str, ...]
    limit: float
    of: str = TIME
    subject: str = OWN


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of a bound, and against whom."""

    bound: Bound
    against: str
    found: float

    @property
    def met(self) -> bool:
        """Tell whether it holds, with what was measured rounded as it is shown."""
        return round(self.found, 2) <= self.bound.limit


@dataclass(frozen=True, slots=True)
class Win:
    """A hand-written query that takes only so much of the time that DotORM takes."""

    scenario: str
    name: str
    against: str  # DotORM, by one of its drivers
    found: float


_POSTGRES = [
    Bound("get", ("held",), 1.25),
    Bound("get", ("pool",), 0.6),
    Bound("tasks", ("pool",), 0.5),
    Bound("select", ("pool",), 0.95),
    Bound("select", ("held",), 1.12),
    Bound("select-plain", ("held",), 1.3),
    Bound("many2one", ("pool",), 1.0),
    Bound("insert", ("values",), 0.6),
    Bound("insert", ("unnest",), 1.15),
    Bound("insert-many", ("copy",), 1.15),
    Bound("insert-most", ("copy",), 1.15),
    Bound("update", ("held",), 1.15),
    Bound("update-distinct", ("unnest",), 1.15),
    Bound("read-all", ("dotorm-2.4",), 1.2, MEMORY),
]
_BEST_OF_SQLITE = "as-it-is", "converted", "values"
_SQLITE = [
    Bound("select", _BEST_OF_SQLITE, 1.25),
    Bound("select", ("converted",), 1.25),  # the same values; else a moment stays a text
    Bound("insert", _BEST_OF_SQLITE, 1.25),
]
_CLICKHOUSE = [Bound("select", ("asynch",), 1.25), Bound("insert", ("asynch",), 1.25)]
_MARIADB = [
    Bound("select", ("aiomysql",), 1.25),
    Bound("insert", ("aiomysql",), 1.25),
    Bound("select", ("asyncmy",), 1.25, subject="dotorm-asyncmy"),
    Bound("insert", ("asyncmy",), 1.25, subject="dotorm-asyncmy"),
]
_BOUNDS = {"postgres": _POSTGRES, "sqlite": _SQLITE, "mariadb": _MARIADB, "clickhouse": _CLICKHOUSE}


def verdicts(run: Run) -> Iterator[Verdict]:
    """Judge a run by the bounds whose competitors took part, and by every peer."""
    for bound in [*_BOUNDS.get(run.backend, []), *_peers(run)]:
        row = run.row(bound.scenario)
        verdict = _judge(row, bound) if row else None
        if verdict:
            yield verdict


def wins(run: Run) -> Iterator[Win]:
    """Find the hand-written queries that are faster, row by row, the fastest first."""
    pairs = list(product(of_kind(run.backend, Kind.RAW), of_kind(run.backend, Kind.OWN)))
    for row in run.rows:
        found = [
            Win(row.scenario, name, own, ratio(row.times, name, own))
            for name, own in pairs
            if row.times.get(name) and row.times.get(own)
        ]
        faster = [win for win in found if round(win.found, 2) < _LESS]
        yield from sorted(faster, key=lambda win: win.found)


def _peers(run: Run) -> Iterator[Bound]:
    """Every peer is slower in every row, and takes more memory; the fastest of them tells."""
    peers = tuple(of_kind(run.backend, Kind.PEER))
    for row in run.rows:
        yield Bound(row.scenario, peers, _LESS)
        if row.peak:
            yield Bound(row.scenario, _without_own(peers), _LESS, MEMORY)


def _without_own(peers: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out the DotORM before: it has a bound of its own."""
    return tuple(name for name in peers if not name.startswith(OWN))


def _judge(row: Row, bound: Bound) -> Verdict | None:
    figures = row.growth() if bound.of == MEMORY else row.times
    against = fastest(figures, bound.against)
    if against is None or not figures.get(bound.subject):
        return None
    if bound.of == MEMORY:
        found = median(figures[bound.subject]) / median(figures[against])
        return Verdict(bound, against, found)
    return Verdict(bound, against, ratio(figures, bound.subject, against))
