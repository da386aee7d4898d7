"""Statements are written once per shape."""

import pytest

from dotorm import Char, DotModel, Integer, Many2many
from dotorm.builder import Plans, plans, plans_of
from dotorm.builder.queries import among_keys
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    name: str = Char()


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()
    age: int = Integer()
    tags = Many2many(lambda: Tag, "links", "tag_id", "user_id")


META = User.__meta__
TAGS = META.fields["tags"]


@pytest.fixture(params=[SQLITE, POSTGRES], ids=lambda dialect: dialect.name)
def kept(request):
    return Plans(META, request.param)


ASKED = {
    "get": lambda p, n: p.get(("id", "name"), n),
    "search": lambda p, n: p.search(("id",), [("age", ">", n)], (("id", True),), limit=n, offset=n),
    "count": lambda p, n: p.count(("age", "in", [n] * (n + 1))),
    "exists": lambda p, n: p.exists(User.age == n),
    "update": lambda p, n: p.update(("age",), [n], n),
    "update_among": lambda p, n: p.update_among(("age",), [n], [n] * (n + 1)),
    "delete": lambda p, n: p.delete(n),
    "delete_among": lambda p, n: p.delete_among([n] * (n + 1)),
    "unlink": lambda p, n: p.unlink(TAGS, [n] * (n + 1), None),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_the_text_is_kept_and_the_values_are_not(kept, ask):
    (first, _), (second, values) = ask(kept, 1), ask(kept, 2)

    assert second is first
    assert values == ask(Plans(kept.meta, kept.dialect), 2)[1]


ONE_OR_MORE = {
    "count": lambda p, n: p.count(("age", "in", [1] * n)),
    "search": lambda p, n: p.search(("id",), None, (), among=among_keys(META, [1] * n)),
    "delete_among": lambda p, n: p.delete_among([1] * n),
}


@pytest.mark.parametrize("ask", ONE_OR_MORE.values(), ids=ONE_OR_MORE)
def test_the_text_for_one_item_is_not_that_for_more(ask):
    kept = Plans(META, POSTGRES)
    first, _ = ask(kept, 1)
    second, values = ask(kept, 3)

    assert second is not first
    assert (ask(kept, 1), ask(kept, 3)) == ((first, [1]), (second, values))
    assert values in ([[1, 1, 1]], ["{1, 1, 1}"])


def test_statements_that_write_rows_are_kept_too(kept):
    assert kept.insert(("name",), 2, ("id",)) is kept.insert(("name",), 2, ("id",))
    assert kept.insert(("name",), 1, ("id",)) is not kept.insert(("name",), 2, ("id",))
    assert kept.link(TAGS, 2) is kept.link(TAGS, 2)
    assert kept.row_plan(("id",)) is kept.row_plan(("id",))


def test_linked_is_kept_by_relation():
    kept = Plans(Tag.__meta__, SQLITE)
    first, _ = kept.linked(TAGS, ("id",), [1])
    second, values = kept.linked(TAGS, ("id",), [1, 2], [])

    assert first is second
    assert values == ["[1,2]"]


def test_the_number_of_shapes_is_bounded(kept, monkeypatch):
    monkeypatch.setattr(plans, "_MOST_SHAPES", 20)
    for number in range(100):
        kept.row_plan(tuple(["id", "name"] * (number + 1)))
        kept.search(("id",), [("age", "=", 1)] * (number + 1), ())
        kept.insert(("name",), number + 1, ("id",))
        assert len(kept._kept) <= 20
    text = kept.search(("id",), [("age", "=", 1)] * 100, ())[0].sql
    assert text.count("AND") == 99


def test_shapes_are_forgotten_when_a_model_is_defined(kept):
    first, _ = kept.get(("id",), 1)

    class Another(DotModel):
        __table__ = "another"
        id: int = Integer(primary_key=True)

    assert kept.get(("id",), 1)[0] is not first


def test_one_for_each_model_and_dialect():
    assert plans_of(META, SQLITE) is plans_of(META, SQLITE)
    assert plans_of(META, SQLITE) is not plans_of(META, POSTGRES)
    assert plans_of(Tag.__meta__, SQLITE) is not plans_of(META, SQLITE)


def test_long_texts_are_not_kept():
    plans_ = Plans(User.__meta__, SQLITE)
    assert plans_.insert(("name",), 100, ()) is plans_.insert(("name",), 100, ())
    assert plans_.insert(("name",), 20_000, ()) is not plans_.insert(("name",), 20_000, ())
