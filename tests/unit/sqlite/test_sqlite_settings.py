"""What a SQLite URL says, and what is refused in it."""

import pytest

import dotorm


def refused(url: str, **settings):
    with pytest.raises(dotorm.ConfigurationError) as caught:
        dotorm.connect(url, **settings)
    return str(caught.value)


def test_a_driver_that_there_is_not():
    assert refused("sqlite+pysqlite:///x.db") == (
        "there is no driver 'pysqlite' for SQLite: write sqlite:// or sqlite+aiosqlite://"
    )
    assert dotorm.connect("sqlite+aiosqlite:///x.db").settings.database == "x.db"


def test_sizes_that_contradict_each_other():
    assert refused("sqlite:///x.db", min_size=9, max_size=3) == (
        "SqlitePoolSettings: the settings: min_size=9 is more than max_size=3"
    )
