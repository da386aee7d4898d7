"""JSON keeps its numbers as they were, and NUL is found wherever it is."""

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dotorm import Char, InvalidValue
from dotorm_postgres import POSTGRES
from dotorm_postgres.texts import encode_json, encode_text, has_nul

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | TEXTS,
    lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
)


@given(DOCUMENTS)
@example({"1e+16": [1e16, "1e+16", '\\"1e+16', -1.5e300]})
@example("\\u0000")
def test_a_document_is_written_as_it_is(document):
    read = json.loads(encode_json(document))
    assert repr(read) == repr(json.loads(json.dumps(document)))


@given(FLOATS)
@example(1e16)
@example(-1.7976931348623157e308)
def test_a_float_has_a_point_or_a_negative_exponent(number):
    text = encode_json(number)
    assert "e+" not in text
    assert "." in text or "e-" in text


@pytest.mark.parametrize("document", ["\0", ["a\0"], {"\0": 1}, {"a": "\\\0"}, "\\\\\0"])
def test_a_document_with_nul_is_refused(document):
    with pytest.raises(ValueError, match="no character NUL"):
        encode_json(document)


@pytest.mark.parametrize("document", [math.nan, [math.inf], "\ud800", {"\udfff": 1}])
def test_what_is_no_json_or_no_text_is_refused(document):
    with pytest.raises(ValueError):  # noqa: PT011 - the message is Python's
        encode_json(document)


def test_text_with_nul_is_refused():
    assert encode_text("a\\0") == "a\\0"
    with pytest.raises(ValueError, match="no character NUL"):
        encode_text("a\0")
    assert has_nul(["a", None, "b\0"])
    assert not has_nul(["a", None, ""])


def test_a_column_of_text_is_looked_through():
    column = ["a", None, "b"]
    assert POSTGRES.encode_values(Char(), column) is column
    with pytest.raises(InvalidValue, match=r"Char cannot take 'b\\x00'.*no character NUL"):
        POSTGRES.encode_values(Char(), ["a", None, "b\0"])
