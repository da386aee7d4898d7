"""Lists of related records: lists in all, which know whether they were changed."""

import copy
import pickle
from operator import delitem, iadd, imul, setitem

import pytest

from dotorm.orm.related import RelatedList

CHANGES = {
    "append": lambda items: items.append(4),
    "extend": lambda items: items.extend([4]),
    "insert": lambda items: items.insert(0, 4),
    "pop": lambda items: items.pop(),
    "remove": lambda items: items.remove(2),
    "clear": lambda items: items.clear(),
    "an item": lambda items: setitem(items, 0, 4),
    "a part": lambda items: setitem(items, slice(1), [4, 5]),
    "del": lambda items: delitem(items, 0),
    "+=": lambda items: iadd(items, [4]),
    "*=": lambda items: imul(items, 2),
}

COPIES = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda items: pickle.loads(pickle.dumps(items)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_a_list_is_noticed(change):
    plain, items = [3, 2, 1], RelatedList([3, 2, 1])
    assert not items.is_changed
    change(plain)
    change(items)
    assert items.is_changed
    assert items == plain


def test_looking_and_sorting_is_no_change():
    items = RelatedList([3, 2, 1])
    items.reverse()
    items.sort()
    assert (items[0], items[1:], items + items, items.index(2)) == (1, [2, 3], [1, 2, 3] * 2, 1)
    assert items["data"] is items
    assert not items.is_changed


@pytest.mark.parametrize("duplicate", COPIES.values(), ids=COPIES)
def test_a_copy_is_as_changed_as_what_it_was_made_of(duplicate):
    items = RelatedList([1, 2])
    assert type(duplicate(items)) is RelatedList
    assert (duplicate(items), duplicate(items).is_changed) == ([1, 2], False)
    items.append(3)
    assert (duplicate(items), duplicate(items).is_changed) == ([1, 2, 3], True)


def test_a_list_that_holds_itself_is_copied():
    items = RelatedList([1])
    items.append(items)
    again = pickle.loads(pickle.dumps(items))
    assert again[1] is again
