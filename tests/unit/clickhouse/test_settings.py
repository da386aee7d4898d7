"""Settings of ClickHouse, from a URL and by name."""

import pytest

import dotorm
from dotorm.url import parse_url
from dotorm_clickhouse import ClickhousePoolSettings


def read(url, **named):
    return ClickhousePoolSettings.from_url(parse_url(url), **named)


def test_the_parts_of_a_url():
    found = read("clickhouse://ann:p%40ss@db.example:9001/shop?max_size=3&cluster=all")
    assert (found.host, found.port, found.user, found.database) == (
        "db.example", 9001, "ann", "shop"
    )  # fmt: skip
    assert found.password.get_secret_value() == "p@ss"
    assert "p@ss" not in repr(found)
    assert (found.max_size, found.cluster, found.secure) == (3, "all", False)


def test_what_is_not_given():
    found = read("clickhouse://")
    assert (found.user, found.database, found.settings) == ("default", "default", {})
    assert found.places() == [("localhost", 9000)]


def test_tls_has_a_scheme_and_a_port():
    found = read("clickhouses://db.example/shop?ca_certs=/etc/ca.pem")
    assert (found.secure, found.verify, found.ca_certs) == (True, True, "/etc/ca.pem")
    assert found.places() == [("db.example", 9440)]
    assert read("clickhouse+asynch://h?secure=true&verify=false").places() == [("h", 9440)]


def test_several_hosts_are_tried_in_turn():
    found = read("clickhouse://one,two:9001/shop")
    assert found.places() == [("one", 9000), ("two", 9001)]
    assert ClickhousePoolSettings(host="a,b", port=5).places() == [("a", 5), ("b", 5)]
    with pytest.raises(dotorm.ConfigurationError, match="3 hosts and 2 ports"):
        ClickhousePoolSettings(host="a,b,c", port="1,2").places()


def test_the_servers_settings_in_a_url():
    found = read("clickhouse://h?settings=max_threads=4,async_insert=1")
    assert found.settings == {"max_threads": "4", "async_insert": "1"}
    assert read("clickhouse://h", settings={"a": 1.5}).settings == {"a": 1.5}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("clickhouse://h?max_sise=3", "there is no setting 'max_sise'; there are .*max_size"),
        ("clickhouse+http://h", "no driver 'http' for ClickHouse: write clickhouse://"),
        ("clickhouse://h?port=0", "a port is a number from 1 to 65535"),
        ("clickhouse://h?cluster=", "a name in the database"),
        ("clickhouse://h?settings=1x=2", "'1x' is no name of a setting"),
        ("clickhouse://h?settings=max_threads%3B=2", "is no name of a setting"),
    ],
)
def test_what_is_refused(given, said):
    with pytest.raises(dotorm.ConfigurationError, match=said):
        read(given)


async def test_a_file_that_is_not_there_is_named():
    with pytest.raises(dotorm.ConfigurationError, match=r"ca_certs: .*/nowhere\.pem"):
        await dotorm.connect("clickhouses://127.0.0.1:1?ca_certs=/nowhere.pem")


async def test_a_server_that_is_not_there_is_named():
    with pytest.raises(dotorm.ConnectionFailed, match=r"127\.0\.0\.1:1.*refused|Connect call"):
        await dotorm.connect("clickhouse://127.0.0.1:1")
