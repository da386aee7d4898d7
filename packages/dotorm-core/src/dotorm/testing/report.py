"""What became of the cases on one backend, as data and as JSON."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from dataclasses import asdict, dataclass, field, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from dotorm.components.features import Features
from dotorm.database import Database
from dotorm.exceptions import NotSupported
from dotorm.testing.stage import backend_of
from dotorm.url import parse_url

if TYPE_CHECKING:
    from dotorm.backend import Backend
    from dotorm.testing.cases import Case

__all__ = ["STATUSES", "Outcome", "Report", "describe"]

STATUSES = ("passed", "refused", "failed", "not applicable")
"""A case that showed a feature, one that showed a refusal as declared, and the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one case.

    Attributes:
        name: The case.
        profile: Its group.
        bound_to: The features that it is about, or ``core``.
        status: One of `STATUSES`.
        reason: Why it failed or says nothing.
        notes: What it found besides: of a field type, which of its values are refused.
    """

    name: str
    profile: str
    bound_to: tuple[str, ...]
    status: str
    reason: str = ""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, case: Case, status: str, reason: str = "", notes: tuple[str, ...] = ()) -> Self:
        """The outcome of a case."""
        return cls(
            name=case.name,
            profile=case.profile,
            bound_to=case.bound_to,
            status=status,
            reason=reason,
            notes=notes,
        )

    @classmethod
    def read(cls, data: dict[str, Any]) -> Self:
        """The outcome that JSON tells of."""
        lists = {name: tuple(data.get(name, ())) for name in ("bound_to", "notes")}
        return cls(**{**data, **lists})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcomes on one backend.

    Attributes:
        backend: Its name.
        distribution: What pip installs.
        versions: Of Python, of the distributions, of the server where it tells.
        features: What the backend declares.
        cases: The outcomes.
    """

    backend: str
    distribution: str
    versions: dict[str, str]
    features: dict[str, Any]
    cases: list[Outcome] = field(default_factory=list)

    @property
    def failed(self) -> list[Outcome]:
        """The cases that failed."""
        return [outcome for outcome in self.cases if outcome.status == "failed"]

    def count(self, status: str, profile: str | None = None) -> int:
        """How many cases came to a status, of one profile or of all."""
        return sum(
            outcome.status == status and profile in (None, outcome.profile)
            for outcome in self.cases
        )

    def write(self, file: str | Path) -> None:
        """Write it as JSON."""
        text = json.dumps(asdict(self), indent=2, ensure_ascii=False)
        Path(file).write_text(f"{text}\n", encoding="utf-8")

    @classmethod
    def read(cls, file: str | Path) -> Self:
        """Read what `write` wrote."""
        data = json.loads(Path(file).read_text(encoding="utf-8"))
        return cls(**{**data, "cases": [Outcome.read(case) for case in data["cases"]]})


def describe(url: str) -> dict[str, Any]:
    """What a report tells of the backend of a URL: all but the outcomes."""
    backend = backend_of(url)
    return {
        "backend": backend.name,
        "distribution": backend.distribution,
        "versions": _versions(backend, url),
        "features": _plain(backend.features),
    }


def _plain(features: Features) -> dict[str, Any]:
    values = {each.name: getattr(features, each.name) for each in fields(Features)}
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in values.items()}


def _versions(backend: Backend, url: str) -> dict[str, str]:
    found = {"python": platform.python_version(), "platform": sys.platform}
    for distribution in ("dotorm-core", backend.distribution, *backend.drivers):
        try:
            found[distribution] = version(distribution)
        except (PackageNotFoundError, ValueError):
            continue
    server = asyncio.run(_server(backend, url))
    return found if server is None else {**found, "server": server}


async def _server(backend: Backend, url: str) -> str | None:
    settings: Any = backend.settings.from_url(parse_url(url))
    async with Database(backend, settings) as database:
        try:
            return await database.server_version()
        except NotSupported:
            return None
