"""Database URLs."""

import pytest

from dotorm.exceptions import ConfigurationError
from dotorm.url import URL, parse_url

PARTS = {
    "postgresql://user:secret@db.example:5432/shop": URL(
        "postgresql", None, "user", "secret", "db.example", 5432, "/shop"
    ),
    "mysql+asyncmy://h/db": URL("mysql", "asyncmy", host="h", path="/db"),
    "POSTGRES://Host/DB": URL("postgres", host="host", path="/DB"),
    "sqlite://": URL("sqlite"),
    "sqlite:///file.db": URL("sqlite", path="/file.db"),
    "sqlite:////run/a%20b.db": URL("sqlite", path="//run/a b.db"),
    "postgres://u%40x:p%3A%2F%23@h/d%3Fb": URL("postgres", None, "u@x", "p:/#", "h", None, "/d?b"),
    "postgres://u:@h": URL("postgres", None, "u", "", "h"),
    "postgres://[::1]:5433/d": URL("postgres", host="::1", port=5433, path="/d"),
    "postgres://u@%2Frun%2FMyApp/d": URL("postgres", user="u", host="/run/MyApp", path="/d"),
    "postgres://u:A%40B@%2FRun:5433/d": URL("postgres", None, "u", "A@B", "/Run", 5433, "/d"),
    "postgres:///d?host=/run&x=&y=a%20b": URL(
        "postgres", path="/d", query=(("host", "/run"), ("x", ""), ("y", "a b"))
    ),
}


@pytest.mark.parametrize(("text", "parts"), PARTS.items(), ids=PARTS)
def test_parts(text, parts):
    assert parse_url(text) == parts


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no scheme"),
        ("shop.db", "no scheme"),
        ("sqlite:shop.db", "no scheme"),
        ("://host/db", "no scheme"),
        ("postgres://h:port/db", "port is not a number"),
        ("postgres://h:70000/db", "port is not a number from 1 to 65535;"),
        ("postgres://h:0/db", "port is not a number from 1 to 65535;"),
        ("postgres://h:1,h:99999/db", "port is not a number from 1 to 65535;"),
        ("postgres://u:pass/word@h/db", "port is not a number"),
        ("postgres://[::1/db", "cannot be read"),
        ("postgres://h/db?min_size", "name=value"),
        ("postgres://u:p?ss@h/db", "port is not a number"),
        ("sqlite:///file#1.db", "%23"),
        ("postgres://u:12#secret@h/db", "%23"),
    ],
)
def test_what_cannot_be_read(text, message):
    with pytest.raises(ConfigurationError, match=message):
        parse_url(text)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://u:secret/x@h/db",
        "postgres://u:secret#x@h/db",
        "postgres://u:secret?x@h/db",
        "postgres://u:secret℀@h/db",
        "postgres://u:secret[@h/db",
        "//u:secret@h/db",
    ],
)
def test_errors_do_not_show_the_password(text):
    with pytest.raises(ConfigurationError) as caught:
        parse_url(text)

    error = caught.value
    while error is not None:
        assert "secret" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def test_a_url_does_not_show_its_password():
    assert "secret" not in repr(parse_url("postgres://u:secret@h/db"))


@pytest.mark.parametrize(
    ("path", "database"), [("", None), ("/", None), ("/shop", "shop"), ("//run/x", "/run/x")]
)
def test_database(path, database):
    assert URL("x", path=path).database == database


def test_options():
    assert parse_url("x://h?a=1&b=2").options == {"a": "1", "b": "2"}
    with pytest.raises(ConfigurationError, match="'a' is given twice"):
        _ = parse_url("x://h?a=1&a=2").options
