"""Private MariaDB and MySQL servers: what tests rely on."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pymysql
import pytest

from tests.servers import Server, ServerUnavailable, private

pytestmark = pytest.mark.slow

VERSIONS = {"mariadb": "10.11.", "mariadb11": "11.8.", "mysql": "9."}


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in VERSIONS],
)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def server(name: str) -> Iterator[Server]:
    try:
        with private(name) as started:
            yield started
    except ServerUnavailable as reason:
        if name != "mysql":
            raise
        pytest.skip(f"no MySQL: {reason}")


def connect(server: Server, **settings: Any) -> "pymysql.Connection[Any]":
    url = urlsplit(server.url)
    return pymysql.connect(host=url.hostname, port=url.port or 0, user=url.username, **settings)


def ask(server: Server, sql: str, database: str | None = "test") -> object:
    with closing(connect(server, database=database)) as connection:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            row = cursor.fetchone()
        connection.commit()
    return row and row[0]


def test_it_is_the_version_it_says(server: Server, name: str) -> None:
    assert urlsplit(server.url).scheme == name.rstrip("1")
    assert str(ask(server, "SELECT VERSION()")).startswith(VERSIONS[name])


def test_data_survives_restart_and_kill(server: Server) -> None:
    ask(server, "CREATE TABLE kept (n int) ENGINE=InnoDB")
    ask(server, "INSERT INTO kept VALUES (7)")
    server.restart()
    assert ask(server, "SELECT n FROM kept") == 7

    busy = [connect(server) for _ in range(5)]
    server.kill()
    with pytest.raises(pymysql.OperationalError):
        connect(server)
    server.start()
    assert ask(server, "SELECT n FROM kept") == 7
    for connection in busy:
        with pytest.raises(pymysql.OperationalError):
            connection.ping(reconnect=False)


def test_its_user_may_make_databases_and_users(server: Server) -> None:
    ask(server, "CREATE DATABASE another")
    ask(server, "CREATE USER somebody@'%' IDENTIFIED BY 'secret'")
    ask(server, "GRANT SELECT ON another.* TO somebody@'%'")
    assert ask(server, "SELECT DATABASE()", "another") == "another"
    ask(server, "DROP DATABASE another")
    ask(server, "DROP USER somebody@'%'")


def test_there_is_tls_where_its_version_makes_a_certificate(server: Server, name: str) -> None:
    if name == "mariadb":
        with pytest.raises(pymysql.OperationalError, match="doesn't support"):
            connect(server, ssl={"check_hostname": False})
    else:
        with closing(connect(server, ssl={"check_hostname": False})) as connection:
            connection.ping(reconnect=False)
