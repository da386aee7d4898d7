"""Settings and what a URL says of them."""

import subprocess
import sys

import pytest

from dotorm.exceptions import ConfigurationError
from dotorm.url import parse_url
from dotorm_postgres import BACKEND, PostgresPoolSettings
from dotorm_postgres.connection import _arguments


def settings(url: str, **overrides):
    return PostgresPoolSettings.from_url(parse_url(url), **overrides)


def test_defaults():
    plain = PostgresPoolSettings()
    assert (plain.host, plain.port) == ("localhost", 5432)
    assert plain.user is plain.password is plain.database is plain.sslmode is None


def test_every_part_of_a_url():
    found = settings("postgresql://an%40n:s%2Fcret@db.example:6432/shop?max_size=3")
    assert (found.host, found.port, found.user, found.database, found.max_size) == (
        "db.example",
        6432,
        "an@n",
        "shop",
        3,
    )
    assert found.password.get_secret_value() == "s/cret"


def test_unix_socket():
    found = settings("postgresql:///shop?host=/var/run/postgresql")
    assert (found.host, found.database) == ("/var/run/postgresql", "shop")


def test_what_a_url_leaves_out():
    assert settings("postgresql://") == PostgresPoolSettings()


def test_driver_in_the_scheme():
    assert settings("postgresql+asyncpg://h/d").host == "h"
    with pytest.raises(ConfigurationError, match="no driver 'psycopg' for PostgreSQL"):
        settings("postgresql+psycopg://h/d")


@pytest.mark.parametrize(
    "option",
    [
        "sslmode=perhaps",
        "port=0",
        "port=70000",
        "host=",
        "statement_timeout=0",
        "statement_cache_size=-1",
        "colour=blue",
    ],
)
def test_wrong_options(option):
    with pytest.raises(ConfigurationError, match=option.partition("=")[0]):
        settings(f"postgresql://h/d?{option}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://one:1,two:2/d", {"host": ["one", "two"], "port": [1, 2]}),
        ("postgresql://one,[::1]:2/d", {"host": ["one", "::1"], "port": [5432, 2]}),
        ("postgresql:///d?host=one,two&port=7", {"host": ["one", "two"], "port": [7, 7]}),
    ],
)
def test_several_hosts(url, expected):
    told = _arguments(settings(f"{url}{'&' if '?' in url else '?'}target_session_attrs=primary"))
    assert told["target_session_attrs"] == "primary"
    assert {name: told[name] for name in expected} == expected


def test_hosts_and_ports_that_do_not_match():
    with pytest.raises(ConfigurationError, match="2 hosts and 3 ports"):
        _arguments(settings("postgresql:///d?host=one,two&port=1,2,3"))


def test_the_password_stays_hidden():
    found = settings("postgresql://u:hush@h/d")
    assert "hush" not in f"{found!r} {found}"
    with pytest.raises(ConfigurationError) as error:
        settings("postgresql://u:hush@h/d?colour=blue")
    assert "hush" not in str(error.value)


def test_what_asyncpg_is_told():
    found = settings(
        "postgresql://u:p@h:1/d?sslmode=verify-full&sslrootcert=/a b.pem&statement_cache_size=0"
        "&search_path=app,public&application_name=shop&statement_timeout=1.5&connect_timeout=2"
    )
    assert _arguments(found) == {
        "dsn": "postgresql://?sslrootcert=%2Fa+b.pem",
        "host": "h",
        "port": 1,
        "target_session_attrs": None,
        "user": "u",
        "password": "p",
        "database": "d",
        "ssl": "verify-full",
        "timeout": 2.0,
        "statement_cache_size": 0,
        "server_settings": {
            "application_name": "shop",
            "search_path": "app,public",
            "statement_timeout": "1500",
            "DateStyle": "ISO",
        },
    }


def test_nothing_is_sent_that_was_not_set_but_the_style_of_moments():
    told = _arguments(PostgresPoolSettings())
    assert told["dsn"] is None
    assert told["server_settings"] == {"DateStyle": "ISO"}


def test_a_tiny_timeout_is_not_none():
    told = _arguments(PostgresPoolSettings(statement_timeout=0.0001))
    assert told["server_settings"]["statement_timeout"] == "1"


def test_the_backend():
    assert BACKEND.schemes == ("postgres", "postgresql")
    assert BACKEND.settings is PostgresPoolSettings
    assert BACKEND.features.list_parameters


def test_importing_the_plugin_imports_no_driver():
    code = "import dotorm_postgres, sys; print('asyncpg' in sys.modules)"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_the_containers():
    from dotorm_postgres import ContainerPostgres, ContainerTransaction
    from dotorm_postgres.pool import ContainerPostgres as Same

    assert ContainerPostgres is Same
    assert ContainerPostgres.backend is BACKEND
    assert ContainerTransaction.__name__ == "ContainerTransaction"
