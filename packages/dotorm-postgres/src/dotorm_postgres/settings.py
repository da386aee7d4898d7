"""Where a PostgreSQL database is, and how to talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr, field_validator

from dotorm.databases.abstract import PoolSettings
from dotorm.databases.abstract.types import Seconds
from dotorm.url import hosts_with_ports

if TYPE_CHECKING:
    from dotorm.url import URL

__all__ = ["PostgresPoolSettings"]

type SessionAttributes = Literal[
    "any", "primary", "standby", "prefer-standby", "read-write", "read-only"
]
type SSLMode = Literal["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]


class PostgresPoolSettings(PoolSettings):
    """How to connect to PostgreSQL; each setting is also an option of the URL.

    What is None is left to asyncpg, which looks where libpq looks: PGUSER, PGPASSWORD, PGDATABASE,
    PGSSLMODE, ``~/.pgpass``, ``~/.postgresql/``; the user is then the operating system's and the
    database the user's name.

    ``search_path``, ``application_name`` and ``statement_timeout`` are sent as the connection is
    opened, so that resetting a session comes back to them. pgbouncer refuses the first and the
    last unless its ``ignore_startup_parameters`` or ``track_extra_parameters`` name them: set them
    for the role or the database there (``ALTER ROLE app SET search_path = …``). They are not set
    afterwards by a statement, which behind pgbouncer would reach other clients.

    Attributes:
        host: A name, an address, or the directory of the server's Unix socket, which in a URL is
            an option: ``postgresql:///shop?host=/var/run/postgresql``. Several, joined by commas,
            are tried in turn: ``postgresql://one:5432,two:5433/shop``.
        port: The port, also of a Unix socket; one for all hosts, or one each, joined by commas.
        target_session_attrs: Which of several hosts will do, as libpq has it: ``any``,
            ``primary``, ``standby``, ``prefer-standby``, ``read-write`` or ``read-only``.
        user: Who connects.
        password: Text; it is not shown.
        database: The database's name.
        sslmode: Whether to use TLS, as libpq has it. None is ``prefer``, which protects against
            nobody who can change the traffic; ``verify-full`` does.
        sslrootcert: The file of the certificates to trust.
        sslcert: The file of the client's certificate.
        sslkey: The file of its key.
        application_name: What the server's lists and logs call the connection.
        search_path: Schemas, as in ``"app, public"``; tables are made in the first.
        statement_timeout: Seconds after which the server gives up a statement (`Timeout`).
        statement_cache_size: How many prepared statements a connection keeps. 0 keeps none, as
            pgbouncer needs it in transaction mode (before 1.21, or with
            ``max_prepared_statements=0``); then every statement costs two round trips.
    """

    host: str = Field(default="localhost", min_length=1)
    port: int | str = 5432
    target_session_attrs: SessionAttributes | None = None
    user: str | None = None
    password: SecretStr | None = None
    database: str | None = None
    sslmode: SSLMode | None = None
    sslrootcert: str | None = None
    sslcert: str | None = None
    sslkey: str | None = None
    application_name: str | None = None
    search_path: str | None = None
    statement_timeout: Seconds | None = None
    statement_cache_size: int = Field(default=256, ge=0)

    @field_validator("port")
    @classmethod
    def _ports(cls, value: int | str) -> int | str:
        ports = str(value).split(",")
        if not all(port.isascii() and port.isdigit() and 0 < int(port) < 65536 for port in ports):
            raise ValueError("a port is a number from 1 to 65535")
        return int(value) if len(ports) == 1 else value

    @property
    def copies(self) -> bool:
        """Where statements are kept: the driver prepares one of its own for each COPY."""
        return self.statement_cache_size > 0

    def places(self) -> list[tuple[str, int]]:
        """Each host with its port.

        Raises:
            ConfigurationError: There are neither as many ports as hosts, nor one.
        """
        return hosts_with_ports(self.host, self.port)

    @classmethod
    def url_parts(cls, url: URL) -> dict[str, Any]:
        """Host, port, user, password and database."""
        url.check_driver("PostgreSQL", "asyncpg")
        return url.server_parts(5432)
