"""Where a MySQL or MariaDB database is, and how to talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr, field_validator

from dotorm.databases.abstract import PoolSettings
from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from dotorm.url import URL

__all__ = ["MysqlPoolSettings"]

type SSLMode = Literal["disabled", "preferred", "required", "verify_ca", "verify_identity"]


class MysqlPoolSettings(PoolSettings):
    """How to connect to MySQL or MariaDB; each setting is also an option of the URL.

    Attributes:
        host: A name or an address.
        port: The port.
        unix_socket: The path of the server's socket, instead of host and port.
        user: Who connects; None is the operating system's user.
        password: Text; it is not shown.
        database: The database's name.
        charset: ``utf8mb4``: no other keeps every text.
        ssl_mode: Whether to use TLS, as MySQL has it: ``preferred`` uses it where the server has
            it, which protects against nobody who can change the traffic, and not on a socket;
            ``required`` fails where there is none; ``verify_ca`` looks at the server's
            certificate, ``verify_identity`` also whether it is this host's.
        ssl_ca: The file of the certificates to trust, instead of the operating system's.
        ssl_cert: The file of the client's certificate.
        ssl_key: The file of its key.
        program_name: What the server's lists call the connection.
        driver: ``aiomysql`` or ``asyncmy``; in a URL ``mysql+asyncmy://``.
    """

    host: str = Field(default="localhost", min_length=1)
    port: int = Field(default=3306, ge=1, le=65535)
    unix_socket: str | None = None
    user: str | None = None
    password: SecretStr | None = None
    database: str | None = None
    charset: str = "utf8mb4"
    ssl_mode: SSLMode = "preferred"
    ssl_ca: str | None = None
    ssl_cert: str | None = None
    ssl_key: str | None = None
    program_name: str | None = None
    driver: Literal["aiomysql", "asyncmy"] = "aiomysql"

    @field_validator("charset")
    @classmethod
    def _every_text(cls, value: str) -> str:
        if value.lower() != "utf8mb4":
            raise ValueError("it is utf8mb4, which keeps every text; leave it out")
        return "utf8mb4"

    @field_validator("ssl_mode", mode="before")
    @classmethod
    def _in_any_case(cls, value: Any) -> Any:
        return value.lower().replace("-", "_") if isinstance(value, str) else value

    @property
    def place(self) -> str:
        """Where the server is, for messages."""
        return self.unix_socket or f"{self.host}:{self.port}"

    @classmethod
    def url_parts(cls, url: URL) -> dict[str, Any]:
        """Driver, host, port, user, password and database."""
        url.check_driver("MySQL", "aiomysql", "asyncmy")
        if url.hosts:
            raise ConfigurationError("a MySQL URL has one host: put a proxy before several")
        parts = url.server_parts(3306)
        return parts if url.driver is None else {**parts, "driver": url.driver}
