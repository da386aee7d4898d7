"""Rows are cut into statements that a server takes, whatever their values are."""

import datetime as dt

import pytest

from dotorm_mysql.dialect import MYSQL
from dotorm_mysql.literals import literal

MOMENT = dt.datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=dt.UTC)


@pytest.mark.parametrize("value", [MOMENT, -(2**63), "x" * 20, b"x" * 100])
def test_45_columns(value):
    columns = [[value] * 10_000 for _ in range(45)]
    sizes = [rows for _, rows in MYSQL.parts(columns, 10_000, 10_000)]
    assert sum(sizes) == 10_000
    bytes_of_one = 45 * len(f"{literal(value)}, ")
    assert max(sizes) * bytes_of_one < 4_000_000
