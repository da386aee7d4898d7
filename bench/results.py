"""What a run found, as it is kept in JSON."""

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

_NUMBERS = re.compile(r"\[[-+.,\de\s]+\]")  # of a list, which is kept in one line


@dataclass(slots=True)
class Row:
    """One scenario: seconds by competitor, one of each round, and what it sent for a call."""

    scenario: str
    times: dict[str, list[float]] = field(default_factory=dict)
    statements: dict[str, int] = field(default_factory=dict)
    trips: dict[str, int] = field(default_factory=dict)
    before: dict[str, list[float]] = field(default_factory=dict)  # megabytes
    peak: dict[str, list[float]] = field(default_factory=dict)

    def growth(self) -> dict[str, list[float]]:
        """How many megabytes a call took at its peak, by competitor."""
        return {
            name: [top - low for top, low in zip(peaks, self.before[name], strict=True)]
            for name, peaks in self.peak.items()
        }


@dataclass(slots=True)
class Run:
    """All scenarios in one backend, Python and event loop."""

    backend: str
    server: str
    python: str
    loop: str
    titles: dict[str, str] = field(default_factory=dict)
    ways: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Say what distinguishes it."""
        return f"{self.server}, CPython {self.python}, {self.loop}"

    def row(self, scenario: str) -> Row | None:
        """Find a scenario's row."""
        return next((row for row in self.rows if row.scenario == scenario), None)


@dataclass(slots=True)
class Results:
    """Everything that one command found, and on which machine."""

    machine: dict[str, Any]
    command: str  # which made them
    sizes: dict[str, int]
    runs: list[Run] = field(default_factory=list)
    seconds: float = 0.0  # that it took, from the first server to the last

    def write(self, path: Path) -> None:
        """Keep them in a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(_short(asdict(self)), indent=1)
        path.write_text(_NUMBERS.sub(lambda found: "".join(found[0].split()), text) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Take them from a file."""
        found = json.loads(path.read_text())
        runs = [
            Run(**{**run, "rows": [Row(**row) for row in run["rows"]]}) for run in found["runs"]
        ]
        return cls(**{**found, "runs": runs})

    def find(self, backend: str, python: str, loop: str) -> Run | None:
        """Find a run; `python` may be the beginning of a version."""
        return next(
            (
                run
                for run in self.runs
                if (run.backend, run.loop) == (backend, loop) and run.python.startswith(python)
            ),
            None,
        )


def _short(value: Any) -> Any:
    """Round what was measured to six significant digits: more would be noise."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _short(each) for key, each in value.items()}
    return [_short(each) for each in value] if isinstance(value, list) else value


def names(rows: Iterable[Row]) -> list[str]:
    """Everyone who took part in some row, in the order of appearance."""
    return list(dict.fromkeys(name for row in rows for name in row.times))
