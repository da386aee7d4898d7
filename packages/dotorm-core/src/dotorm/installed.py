"""Which backends are installed, and what is wrong with those that cannot be used."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from importlib.metadata import EntryPoint, PackageNotFoundError, entry_points, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from dotorm.exceptions import ConfigurationError
from dotorm.plugins import BACKENDS, check_contract, distribution_of, load_backend

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dotorm.backend import Backend
    from dotorm.components.features import Features

__all__ = ["InstalledBackend", "InstalledDriver", "drivers_of", "installed_backends", "version_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledDriver:
    """A driver that a backend can use.

    Attributes:
        name: The name it is imported by.
        installed: Whether it is there.
        version: The version, if it is known.
    """

    name: str
    installed: bool
    version: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalledBackend:
    """A plugin that is installed, of use or not.

    Attributes:
        name: The backend's name, or its module's if it could not be imported.
        distribution: What pip installed.
        version: That distribution's version.
        schemes: The URL schemes of its entry points.
        contract: The version of the contract it was written for; None if it does not tell.
        drivers: The drivers it can use, the usual one first.
        features: What it promises; None if it does not tell.
        faults: What is wrong with it, a sentence each.
    """

    name: str
    distribution: str
    version: str | None
    schemes: tuple[str, ...]
    contract: int | None
    drivers: tuple[InstalledDriver, ...]
    features: Features | None
    faults: tuple[str, ...]


def installed_backends() -> list[InstalledBackend]:
    """Every installed plugin; those that fail are among them, with their faults."""
    plugins: dict[tuple[str, str], list[EntryPoint]] = {}
    for entry in entry_points(group=BACKENDS):
        plugins.setdefault((distribution_of(entry), entry.value), []).append(entry)
    return [_examined(plugins[key]) for key in sorted(plugins)]


def drivers_of(backend: Backend) -> tuple[InstalledDriver, ...]:
    """The drivers that a backend can use, and whether they are there; none is imported."""
    return tuple(
        InstalledDriver(name=name, installed=_is_there(name), version=version_of(name))
        for name in backend.drivers
    )


def version_of(distribution: str) -> str | None:
    """The installed version of a distribution; None if there is none of that name."""
    try:
        return version(distribution)
    except (PackageNotFoundError, ValueError):
        return None


def _examined(entries: Sequence[EntryPoint]) -> InstalledBackend:
    schemes = tuple(sorted({entry.name for entry in entries}))
    backend, broken = _loaded(entries[0])
    faults = [*_rivals(entries), *broken]
    if backend is not None:
        faults += _faults(backend, schemes)
    dist = entries[0].dist
    return InstalledBackend(
        name=entries[0].value if backend is None else backend.name,
        distribution=entries[0].value if dist is None else dist.name,
        version=None if dist is None else dist.version,
        schemes=schemes,
        contract=None if backend is None else backend.api,
        drivers=() if backend is None else drivers_of(backend),
        features=None if backend is None else backend.features,
        faults=tuple(faults),
    )


def _loaded(entry: EntryPoint) -> tuple[Backend | None, list[str]]:
    try:
        return load_backend(entry), []
    except ConfigurationError as error:
        return None, [str(error)]
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, it is the plugin's
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__}: {error}"
        return None, [f"raises when it is imported: {said} ({place.filename}:{place.lineno})"]


def _rivals(entries: Sequence[EntryPoint]) -> Iterator[str]:
    for entry in entries:
        others = {
            distribution_of(other)
            for other in entry_points(group=BACKENDS, name=entry.name)
            if other.value != entry.value
        }
        if others:
            names = " and ".join(sorted(others))
            yield f"{names} serves the scheme {entry.name!r} too: uninstall one"


def _faults(backend: Backend, schemes: tuple[str, ...]) -> Iterator[str]:
    try:
        check_contract(backend)
    except ConfigurationError as error:
        yield str(error)
    if set(schemes) != set(backend.schemes):
        named, served = ", ".join(schemes), ", ".join(sorted(backend.schemes))
        yield f"its entry points name the schemes {named}, its backend {served}"
    if backend.drivers and not any(map(_is_there, backend.drivers)):
        missing = " or ".join(backend.drivers)
        yield f"its driver is not installed: pip install {missing}"


def _is_there(module: str) -> bool:
    try:
        return find_spec(module.partition(".")[0].replace("-", "_")) is not None
    except (ImportError, ValueError):
        return False
