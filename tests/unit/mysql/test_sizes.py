"""Rows are cut into statements that a server takes, whatever their values are."""

import datetime as dt
from itertools import accumulate

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


@pytest.mark.parametrize("column", [["x" * 1000], ["x" * 1000, None], [b"x" * 1000, 5, "x" * 1000]])
def test_rows_of_a_megabyte_go_in_parts(column):
    values = [column[place % len(column)] for place in range(5000)]
    small, large = values[:500], values
    assert list(MYSQL.parts([small], 500, 10_000)) == [(0, 500)]
    parts = list(MYSQL.parts([large], 5000, 10_000))
    assert len(parts) > 2
    assert [first for first, _ in parts] == [*accumulate((n for _, n in parts[:-1]), initial=0)]
    assert sum(rows for _, rows in parts) == 5000
    assert list(MYSQL.parts([[]], 0, 10_000)) == []
