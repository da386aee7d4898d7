"""What MySQL and MariaDB would change in JSON, or cannot hold, is refused."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dotorm_mysql.documents import mariadb_json, mysql_json

SHORT = st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
LONG = st.integers(min_value=2**64) | st.integers(max_value=-(2**63) - 1)


def nested(levels):
    value = "core"
    for level in range(levels):
        value = [value] if level % 2 else {"in": value, "next": []}
    return value


@given(st.lists(SHORT | st.text(st.characters(exclude_categories=["Cs"]))))
@example([0.00012345678901234567, "18446744073709551616", '\\"18446744073709551616', "[[{"])
def test_what_they_keep_is_written(document):
    for encode in (mysql_json, mariadb_json):
        assert repr(json.loads(encode(document))) == repr(document)


@given(LONG)
def test_integers_of_more_than_64_bits_become_floats_in_mysql(number):
    for document in (number, {"a": [1, number]}):
        assert json.loads(mariadb_json(document)) == document
        with pytest.raises(ValueError, match="at most 64 bits"):
            mysql_json(document)


@pytest.mark.parametrize(("encode", "levels"), [(mariadb_json, 31), (mysql_json, 100)])
def test_levels(encode, levels):
    wide = ["[[{"] * 200 + [[]] * 200
    assert json.loads(encode([wide, nested(levels - 2)])) == [wide, nested(levels - 2)]
    with pytest.raises(ValueError, match=f"deeper than {levels} levels"):
        encode(nested(levels + 1))


@pytest.mark.parametrize("document", ["\ud800", {"\udfff": 1}])
def test_half_of_a_character_is_refused(document):
    for encode in (mysql_json, mariadb_json):
        with pytest.raises(ValueError, match="surrogates not allowed"):
            encode(document)
