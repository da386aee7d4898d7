"""Settings and what a URL says of them."""

import pytest

from dotorm.exceptions import ConfigurationError
from dotorm.url import parse_url
from dotorm_mysql import MysqlPoolSettings


def settings(url, **overrides):
    return MysqlPoolSettings.from_url(parse_url(url), **overrides)


def test_defaults():
    plain = MysqlPoolSettings()
    assert (plain.host, plain.port, plain.driver, plain.charset) == (
        "localhost",
        3306,
        "aiomysql",
        "utf8mb4",
    )
    assert plain.user is plain.password is plain.database is plain.unix_socket is None
    assert plain.ssl_mode == "preferred"


def test_every_part_of_a_url():
    found = settings("mysql+asyncmy://an%40n:s%2Fcret@db.example:3307/shop?max_size=3")
    assert (found.driver, found.host, found.port, found.user, found.database, found.max_size) == (
        "asyncmy",
        "db.example",
        3307,
        "an@n",
        "shop",
        3,
    )
    assert found.password.get_secret_value() == "s/cret"
    assert "s/cret" not in repr(found)


def test_options():
    found = settings(
        "mariadb:///shop?unix_socket=/run/mysqld/s.sock&charset=UTF8MB4&ssl_mode=VERIFY-CA"
        "&ssl_ca=/ca.pem&connect_timeout=3&command_timeout=7&program_name=shop"
    )
    assert (found.place, found.charset, found.ssl_mode) == (
        "/run/mysqld/s.sock",
        "utf8mb4",
        "verify_ca",
    )
    assert (found.connect_timeout, found.command_timeout) == (3, 7)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql+pymysql://h/d", "no driver 'pymysql' for MySQL: write mysql://"),
        ("mariadb+x://h/d", r"mariadb\+aiomysql:// or mariadb\+asyncmy://"),
        ("mysql://a,b/d", "one host"),
        ("mysql://h/d?charset=latin1", "charset: it is utf8mb4"),
        ("mysql://h/d?charset=utf8", "charset: it is utf8mb4"),
        ("mysql://h/d?ssl_mode=perhaps", "ssl_mode"),
        ("mysql://h/d?port=0", "port"),
        ("mysql://h/d?colour=blue", "no setting 'colour'; there are .*unix_socket"),
    ],
)
def test_what_is_refused(url, told):
    with pytest.raises(ConfigurationError, match=told):
        settings(url)
