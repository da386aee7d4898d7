"""Arrays as text: what PostgreSQL would read differently is enclosed or escaped."""

import pytest

from dotorm_postgres.lists import array_item, boolean_list, integer_list, text_list

TEXTS = {
    "plain": (["a", "b c", ""], '{"a","b c",""}'),
    "one that is empty": ([""], '{""}'),
    "what means something without quotes": (["NULL", "{}", "a,b"], '{"NULL","{}","a,b"}'),
    "None": (["a", None, "NULL"], '{"a",NULL,"NULL"}'),
    "only None": ([None, None], "{NULL,NULL}"),
    "quotes": (['"', "a"], r'{"\"","a"}'),
    "backslashes and None": (["\\", None, "a"], r'{"\\",NULL,"a"}'),
}


@pytest.mark.parametrize(("values", "text"), TEXTS.values(), ids=TEXTS)
def test_texts(values, text):
    assert text_list(values) == text


def test_whole_numbers():
    assert integer_list((7,)) == "{7}"
    assert integer_list([1, -2, None, 2**63 - 1]) == "{1, -2, NULL, 9223372036854775807}"


def test_truth_values():
    assert boolean_list([True, False, None]) == "{t,f,NULL}"


def test_bytes():
    assert array_item(b"\xff") == r'"\\xff"'
