"""Database URLs: ``scheme://user:password@host:port/database?option=value`` (RFC 3986)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from dotorm.exceptions import ConfigurationError

__all__ = ["URL", "hosts_with_ports", "parse_url"]


@dataclass(frozen=True, slots=True)
class URL:
    """The parts of a database URL, percent-decoded.

    Attributes:
        scheme: What picks the backend, in lower case (``postgresql``).
        driver: What follows a ``+`` in the scheme (``mysql+asyncmy``), else None.
        user, password, host, port: None where the URL has none. The password is not shown.
        path: Everything after the host, with its leading slash kept.
        query: The options, in order.
        hosts: All hosts with their ports, where the URL lists several (``a:1,b:2``), else empty.
    """

    scheme: str
    driver: str | None = None
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    host: str | None = None
    port: int | None = None
    path: str = ""
    query: tuple[tuple[str, str], ...] = ()
    hosts: tuple[tuple[str, int | None], ...] = ()

    @property
    def database(self) -> str | None:
        """The path without its leading slash; None if empty."""
        return self.path.removeprefix("/") or None

    @property
    def options(self) -> dict[str, str]:
        """The query as a dict.

        Raises:
            ConfigurationError: An option is given twice.
        """
        found: dict[str, str] = {}
        for name, value in self.query:
            if name in found:
                raise ConfigurationError(f"the URL option {name!r} is given twice")
            found[name] = value
        return found

    def check_driver(self, database: str, *drivers: str) -> None:
        """Find out whether the URL names no driver, or one of these.

        Raises:
            ConfigurationError: It names another; the text says which there are for the database.
        """
        if self.driver not in (None, *drivers):
            ways = " or ".join(f"{self.scheme}+{driver}://" for driver in drivers)
            raise ConfigurationError(
                f"there is no driver {self.driver!r} for {database}: write {self.scheme}:// "
                f"or {ways}"
            )

    def server_parts(self, usual_port: int) -> dict[str, Any]:
        """Host, port, user, password and database, those that the URL gives.

        Several hosts and their ports are one text each, separated by commas.
        """
        names = ("host", "port", "user", "password", "database")
        parts = {name: getattr(self, name) for name in names}
        if self.hosts:
            parts["host"] = ",".join(host for host, _ in self.hosts)
            parts["port"] = ",".join(str(port or usual_port) for _, port in self.hosts)
        return {name: part for name, part in parts.items() if part is not None}


def hosts_with_ports(host: str, port: int | str) -> list[tuple[str, int]]:
    """Each of several hosts, separated by commas, with its port.

    Raises:
        ConfigurationError: There are neither as many ports as hosts, nor one.
    """
    hosts = host.split(",")
    ports = [int(number) for number in str(port).split(",")]
    if len(ports) not in (1, len(hosts)):
        raise ConfigurationError(
            f"{len(hosts)} hosts and {len(ports)} ports: give one port, or each host its own"
        )
    return list(zip(hosts, ports if len(ports) > 1 else ports * len(hosts), strict=True))


def parse_url(text: str) -> URL:
    """Take a database URL apart.

    Args:
        text: For example ``postgresql://user:secret@db.example:5432/shop?min_size=2``. Reserved
            characters in user, password and database are percent-encoded (``@`` is ``%40``).

    Raises:
        ConfigurationError: There is no scheme, or the port is no number from 1 to 65535. The
            error never shows the URL, which may hold a password.
    """
    parts = _split(text)
    scheme, _, driver = parts.scheme.partition("+")
    authority = parts.netloc.rpartition("@")[2]
    hosts = tuple(_host(part) for part in authority.split(",")) if "," in authority else ()
    first = hosts[0] if hosts else (_decoded(parts.hostname), _port(parts))
    return URL(
        scheme=scheme,
        driver=driver or None,
        user=_decoded(parts.username),
        password=_decoded(parts.password),
        host=first[0],
        port=first[1],
        hosts=hosts,
        path=unquote(parts.path),
        query=tuple(_options(parts.query)),
    )


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
    except ValueError:
        # Python's own message may show the password.
        raise ConfigurationError(
            "the database URL cannot be read: percent-encode what is special in it, and close "
            "the brackets of an IPv6 address"
        ) from None
    if "://" not in text or not parts.scheme:
        raise ConfigurationError(
            "a database URL looks like scheme://user:password@host/database; this one has no "
            "scheme:// in front"
        )
    if parts.fragment:
        raise ConfigurationError("the database URL has a #: percent-encode it as %23")
    return parts


def _host(part: str) -> tuple[str, int | None]:
    split = _split(f"x://{part}")
    if not split.hostname:
        raise ConfigurationError("the URL's list of hosts has an empty place")
    return unquote(split.hostname), _port(split)


def _options(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError as error:
        raise ConfigurationError("the URL's options after ? are not name=value pairs") from error


def _decoded(part: str | None) -> str | None:
    return None if part is None else unquote(part)


def _port(parts: SplitResult) -> int | None:
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        # What stands there is part of the password, if a character in it is not encoded.
        raise ConfigurationError(
            "the URL's port is not a number from 1 to 65535; percent-encode reserved characters "
            "such as : @ / in the password"
        )
    return port
