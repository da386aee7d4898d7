"""Columns as JSON become rows, or nothing where JSON may have changed a value."""

import pytest

from dotorm import Binary, Char, DotModel, Float, Integer
from dotorm.components.expressions import ColumnRef
from dotorm.components.queries import Fragment, Select, Windowed
from dotorm_sqlite.dialect import SQLITE
from dotorm_sqlite.gathering import rows_of


class Thing(DotModel):
    __table__ = "things"

    id: int = Integer(primary_key=True)
    name: str = Char()
    weight: float = Float()
    content: bytes = Binary()


def columns(*names):
    return [Thing.__meta__.fields[name].ref() for name in names]


@pytest.mark.parametrize(
    ("arrays", "rows"),
    [
        (["[]", "[]"], []),
        (["[1,null]", '["a",null]'], [(1, "a"), (None, None)]),
        (['["1.5","e"]'], [("1.5",), ("e",)]),
        (['["a.b",null,""]'], [("a.b",), (None,), ("",)]),
        (["[9223372036854775807,-9223372036854775808]"], [(2**63 - 1,), (-(2**63),)]),
        (['["\\u0000\\u001f\\"\\\\"]'], [('\0\x1f"\\',)]),
        (["[0.3]"], None),
        (["[1.0e+20]"], None),
        (["[1e20]"], None),
        (["[1,2.5,3]"], None),
        (["[0.0]"], None),
        (["[-0.0,null]"], None),
        (['["0.0",null]'], [("0.0",), (None,)]),
        (['["e",1]'], None),
        (['["[1]","{}"]'], [("[1]",), ("{}",)]),
        (["[[]]"], None),
        (["[{}]"], None),
        (["[[1,2],[3]]"], None),
        (["[null,false]"], None),
        (["[Inf]"], None),
        (["[9e999]"], None),
        (["[1]", "[0.5]"], None),
    ],
)
def test_rows(arrays, rows):
    assert rows_of(arrays) == rows


def selecting(*columns, **rest):
    return Select("things", tuple(columns), **rest)


@pytest.mark.parametrize(
    ("rest", "limit"),
    [({}, " LIMIT -1"), ({"limit": 5}, ""), ({"offset": 5}, ""), ({"limit": 5, "offset": 5}, "")],
)
def test_the_text(rest, limit):
    query = selecting(*columns("id", "name"), **rest)
    assert SQLITE.gathered("SELECT …", query) == (
        f"WITH dotorm_rows(c0, c1) AS (SELECT …{limit})"
        " SELECT json_group_array(c0), json_group_array(c1) FROM dotorm_rows"
    )


def test_the_first_rows_of_groups():
    query = Windowed(selecting(*columns("id")), (), 3)
    assert "(SELECT … ORDER BY n LIMIT -1)" in SQLITE.gathered("SELECT … ORDER BY n", query)


def test_what_no_field_describes_is_looked_at_when_it_comes():
    assert SQLITE.gathered("SELECT", selecting(ColumnRef("a"), Fragment("b"))) is not None


@pytest.mark.parametrize("name", ["weight", "content"])
def test_what_json_would_change_is_not_gathered(name):
    assert SQLITE.gathered("SELECT", selecting(*columns("id", name))) is None
