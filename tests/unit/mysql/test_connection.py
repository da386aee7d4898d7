"""Which servers will do, and what their answers count as."""

import re
from types import SimpleNamespace

import pytest

from dotorm.exceptions import ConfigurationError
from dotorm_mysql.connection import _affected, _check_server
from dotorm_mysql.dialect import KEPT


@pytest.mark.parametrize(
    "version", ["8.0.19", "8.4.3", "9.7.4-2", "10.6.0-MariaDB", "11.8.6-mariadb"]
)
def test_a_server_that_will_do(version):
    _check_server(version, mariadb_only=False)


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("5.7.44", "MySQL 5.7.44; DotORM needs 8.0.19 or newer"),
        ("8.0.18-log", "DotORM needs 8.0.19"),
        ("10.5.28-MariaDB-1:10", "MariaDB 10.5.28-MariaDB-1:10; DotORM needs 10.6.0 or newer"),
    ],
)
def test_a_server_that_is_too_old(version, told):
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        _check_server(version, mariadb_only=False)


def test_a_server_of_the_other_kind():
    with pytest.raises(ConfigurationError, match=r"the server is MySQL 9\.1\.0: write mysql://"):
        _check_server("9.1.0", mariadb_only=True)


@pytest.mark.parametrize(
    ("affected", "last", "message", "counted"),
    [
        (1, 5, b"", 1),
        (3, 0, b"(Rows matched: 3  Changed: 0  Warnings: 0", 3),
        (3, 7, b"&Records: 3  Duplicates: 0  Warnings: 0", 3),
        (3, KEPT, b"&Records: 3  Duplicates: 2  Warnings: 0", 1),
        (5, 7, b"&Records: 3  Duplicates: 2  Warnings: 0", 3),
        (1, KEPT, b"", 0),
        (1, KEPT, None, 0),
    ],
)
def test_how_many_rows_a_write_found(affected, last, message, counted):
    result = SimpleNamespace(affected_rows=affected, insert_id=last, message=message)
    assert _affected(result) == counted
