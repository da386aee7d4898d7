"""Where a ClickHouse server is, and how to talk to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, SecretStr, field_validator

from dotorm.components.sql import check_identifier
from dotorm.databases.abstract import PoolSettings
from dotorm.databases.abstract.types import Seconds
from dotorm.exceptions import ConfigurationError
from dotorm.url import hosts_with_ports
from dotorm_clickhouse.options import check_settings

if TYPE_CHECKING:
    from dotorm.url import URL

__all__ = ["ClickhousePoolSettings"]

_SECURE = "clickhouses"


class ClickhousePoolSettings(PoolSettings):
    """How to connect to ClickHouse; each setting is also an option of the URL.

    Attributes:
        host: A name or an address. Several, joined by commas, are tried in turn:
            ``clickhouse://one:9000,two:9000/shop``.
        port: The port of the native protocol; None is 9000, or 9440 with TLS. One for all hosts,
            or one each, joined by commas.
        user: Who connects.
        password: Text; it is not shown.
        database: The database's name.
        secure: Use TLS; ``clickhouses://`` does.
        verify: With TLS, check the server's certificate and name.
        ca_certs: The file of the certificates to trust, instead of the system's.
        compression: Compress what travels (LZ4); needs ``dotorm-clickhouse[compression]``.
        cluster: Tables are made and changed on all servers of this cluster (ON CLUSTER).
        settings: The server's settings for every statement, a dict; in the URL
            ``settings=max_threads=4,async_insert=1``.
        receive_timeout: Seconds without a sign of life from a server that works on a statement,
            after which the connection counts as lost; it sends such signs all the time.
        client_name: What the server's lists and logs call the program.
    """

    host: str = Field(default="localhost", min_length=1)
    port: int | str | None = None
    user: str = "default"
    password: SecretStr = SecretStr("")
    database: str = "default"
    secure: bool = False
    verify: bool = True
    ca_certs: str | None = None
    compression: bool = False
    cluster: str | None = None
    settings: dict[str, str | int | float] = Field(default_factory=dict)
    receive_timeout: Seconds = 300.0
    client_name: str = "dotorm"

    @field_validator("port")
    @classmethod
    def _ports(cls, value: int | str | None) -> int | str | None:
        if value is None:
            return None
        ports = str(value).split(",")
        if not all(port.isascii() and port.isdigit() and 0 < int(port) < 65536 for port in ports):
            raise ValueError("a port is a number from 1 to 65535")
        return int(value) if len(ports) == 1 else value

    @field_validator("cluster")
    @classmethod
    def _cluster(cls, value: str | None) -> str | None:
        return None if value is None else _named(value)

    @field_validator("settings", mode="before")
    @classmethod
    def _pairs(cls, value: Any) -> Any:
        """A dict, or the URL's ``name=value,name=value``."""
        if isinstance(value, str):
            pairs = [pair.partition("=") for pair in value.split(",") if pair]
            value = {name: text for name, _, text in pairs}
        try:
            check_settings(value)
        except ConfigurationError as error:
            raise ValueError(str(error)) from error
        return value

    def places(self) -> list[tuple[str, int]]:
        """Each host with its port.

        Raises:
            ConfigurationError: There are neither as many ports as hosts, nor one.
        """
        return hosts_with_ports(self.host, self.port or _usual_port(secure=self.secure))

    @classmethod
    def url_parts(cls, url: URL) -> dict[str, Any]:
        """Host, port, user, password and database; the scheme says whether with TLS."""
        url.check_driver("ClickHouse", "asynch")
        secure = url.scheme == _SECURE
        parts = url.server_parts(_usual_port(secure=secure))
        return {**parts, "secure": True} if secure else parts


def _usual_port(*, secure: bool) -> int:
    return 9440 if secure else 9000


def _named(name: str) -> str:
    try:
        return check_identifier(name)
    except ConfigurationError as error:
        raise ValueError(str(error)) from error
