"""Reaching a database, and what can be said of it. Passwords stay out of every answer."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from pydantic import SecretBytes, SecretStr

from dotorm.database import Database
from dotorm.exceptions import DotORMError, NotSupported
from dotorm.installed import drivers_of, version_of
from dotorm.plugins import find_backend
from dotorm.url import URL, parse_url

if TYPE_CHECKING:
    from dotorm.backend import Backend
    from dotorm.databases.abstract import PoolSettings, PoolStatistics
    from dotorm.installed import InstalledDriver

__all__ = ["PINGS", "Check", "Latency", "check_database"]

PINGS = 5
_HIDDEN = "(hidden)"
_TELLING = ("password", "passwd", "pwd", "secret", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Milliseconds: for the first connection, and for round trips on it."""

    connect: float
    least: float
    median: float
    most: float
    pings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What is known of a database; None where it is not.

    Attributes:
        url: The URL without password and options.
        backend: The backend's name.
        distribution: What pip installed for it.
        version: That distribution's version.
        drivers: The drivers it can use.
        server_version: As the server says it.
        latency: How fast it answers.
        settings: The pool's, secrets hidden.
        pool: How the pool stands after the connection.
        error: Why the database cannot be used; None if it can.
    """

    url: str | None = None
    backend: str | None = None
    distribution: str | None = None
    version: str | None = None
    drivers: tuple[InstalledDriver, ...] = ()
    server_version: str | None = None
    latency: Latency | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    pool: PoolStatistics | None = None
    error: str | None = None


async def check_database(text: str, pings: int = PINGS) -> Check:
    """Connect to the database at a URL, making none; whatever fails is in the answer."""
    try:
        url = parse_url(text)
    except DotORMError as error:
        return Check(error=str(error))  # it never shows the URL
    known = Check(url=_shown(url))
    try:
        backend = find_backend(url.scheme)
        known = _with_backend(known, backend)
        settings = backend.settings.from_url(url)
        known = replace(known, settings=_settings(settings))
        return await _reached(Database(backend, settings.of_existing()), known, pings)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
        said = str(error) if isinstance(error, DotORMError) else f"{type(error).__name__}: {error}"
        return replace(known, error=_without(_secrets(url), said))


def _with_backend(known: Check, backend: Backend) -> Check:
    return replace(
        known,
        backend=backend.name,
        distribution=backend.distribution,
        version=version_of(backend.distribution),
        drivers=drivers_of(backend),
    )


async def _reached(database: Database, known: Check, pings: int) -> Check:
    started = time.perf_counter()
    async with database:
        connected = time.perf_counter() - started
        return replace(
            known,
            server_version=await _version(database),
            latency=_latency(connected, sorted([await database.ping() for _ in range(pings)])),
            pool=database.pool.statistics(),
        )


async def _version(database: Database) -> str | None:
    try:
        return await database.server_version()
    except NotSupported:
        return None


def _latency(connected: float, times: list[float]) -> Latency:
    return Latency(
        connect=_ms(connected),
        least=_ms(times[0]),
        median=_ms(times[len(times) // 2]),
        most=_ms(times[-1]),
        pings=len(times),
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)


def _shown(url: URL) -> str:
    user = f"{quote(url.user)}@" if url.user else ""
    host = f"[{url.host}]" if url.host and ":" in url.host else url.host or ""
    port = f":{url.port}" if url.port else ""
    return f"{url.scheme}://{user}{host}{port}{url.path}"


def _settings(settings: PoolSettings) -> dict[str, Any]:
    return {
        name: _HIDDEN if value is not None and _is_secret(name, value) else value
        for name, value in settings.model_dump().items()
    }


def _is_secret(name: str, value: Any) -> bool:
    telling = any(word in name.lower() for word in _TELLING)
    return telling or isinstance(value, SecretStr | SecretBytes)


def _secrets(url: URL) -> set[str]:
    """What no error may show, in every spelling; what is shown of the URL anyway is none."""
    given = {url.password} | {value for name, value in url.query if _is_secret(name, value)}
    plain = {each for each in given if each} - {url.user, url.host, url.database, url.scheme}
    return {form for each in plain for form in (each, quote(each, safe=""), quote_plus(each))}


def _without(secrets: set[str], text: str) -> str:
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _HIDDEN)
    return text
