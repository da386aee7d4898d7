"""Records that were given the same fields are told from others, whatever others look like."""

import gc

import pytest

from dotorm import Char, DotModel, Integer, Many2many, One2many
from dotorm.builder import plans_of
from dotorm.orm.alike import given_alike
from dotorm.orm.bulk import by_fields_given
from dotorm_postgres import POSTGRES


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)


class Thing(DotModel):
    __table__ = "things"

    id: int = Integer(primary_key=True)
    name: str = Char()
    size: int = Integer(default=7)
    note: str = Char()
    parts: list["Thing"] = One2many(lambda: Thing, "whole")
    tags: list[Tag] = Many2many(lambda: Tag, "thing_tags", "tag_id", "thing_id")


PLANS = plans_of(Thing.__meta__, POSTGRES)
ROWS = PLANS.row_plan(("id", "name", "size"))


def changed(record, **values):
    for name, value in values.items():
        setattr(record, name, value)
    return record


def with_dict(record):
    vars(record)
    return record


def made_without_us(**values):
    return changed(object.__new__(Thing), **values)


def read(*rows):
    return ROWS.hydrate(rows)


ALIKE = {
    "new": [Thing(name="a", size=1), Thing(size=2, name="b")],
    "set afterwards": [Thing(name="a", size=1), changed(Thing(size=2), name="b")],
    "with None": [Thing(name=None, size=1), Thing(name="b", size=None)],
    "read": read((1, "a", 2), (2, None, 3)),
}
OTHERS = {
    "fewer": [Thing(name="a", size=1), Thing(name="b")],
    "more": [Thing(name="a", size=1), Thing(name="b", size=2, note="c")],
    "as many others": [Thing(name="a", size=1), Thing(name="b", note="c")],
    "an attribute that is no field": [Thing(name="a", size=1), changed(Thing(name="b"), color=3)],
    "not made by our constructor": [
        Thing(name="a", size=1),
        made_without_us(name="b", size=2, color=3, _plan=None),
    ],
    "a relation": [Thing(name="a", size=1), Thing(name="b", tags=[])],
    "fewer, and more that make up for it": [
        Thing(name="a", size=1),
        with_dict(Thing(name="b", size=2)),
        Thing(name="c", size=3, note="d", tags=[], parts=[]),
    ],
    "one value, and a dict with more": [Thing(name="a"), with_dict(Thing(name="b", size=1))],
    "new and read": [*read((1, "a", 2)), Thing(id=1, name="a", size=1, note="x", tags=[])],
    "deleted": [Thing(name="a", size=1), Thing(name="b", size=2)],
}
del OTHERS["deleted"][1].size


@pytest.mark.parametrize("records", ALIKE.values(), ids=ALIKE)
def test_alike(records):
    alike = given_alike(PLANS, records)
    assert by_fields_given(PLANS, records) == [alike]
    assert alike.names == tuple(name for name in Thing.__meta__.stored if name in vars(records[0]))
    assert alike.columns == [[getattr(r, name) for r in records] for name in alike.names]
    ((*alike_too, _),) = by_fields_given(PLANS, records)  # some have a dict of their own now
    assert alike_too == [alike.names, records]


@pytest.mark.parametrize("records", OTHERS.values(), ids=OTHERS)
def test_others(records):
    assert given_alike(PLANS, records) is None
    assert given_alike(PLANS, records[::-1]) is None


def test_records_of_a_class_that_was_written_twice():
    again = type(Thing)("Thing", (Thing,), {"__table__": "things", "__module__": __name__})
    records = [Thing(name="a"), again(name="b")]
    assert given_alike(PLANS, records) is None
    assert by_fields_given(PLANS, records) == [(("name",), records, None)]


@pytest.mark.parametrize("place", [0, 999, 1000, 2499])
def test_one_among_many(place):
    records = [Thing(name="a", size=1) for _ in range(2500)]
    assert given_alike(PLANS, records).records is records
    records[place].note = "more"
    assert given_alike(PLANS, records) is None


def test_a_dict_is_made_of_no_record():
    records = [Thing(name=str(n), size=n) for n in range(10)]
    assert given_alike(PLANS, records).names == ("name", "size")
    assert {len(gc.get_referents(record)) for record in records} == {5}


def test_what_is_lacking_is_a_default_again_afterwards():
    assert given_alike(PLANS, OTHERS["fewer"]) is None
    assert Thing(name="a").size == 7


class Lenient(Thing):
    __table__ = "things"

    def __getattr__(self, name):
        return "made up"


class Watchful(Thing):
    __table__ = "things"

    def __getattribute__(self, name):
        return "made up" if name == "note" else super().__getattribute__(name)


class WithSlots(Thing):
    __table__ = "things"
    __slots__ = ("cache",)


class Sized:
    size = 5


class Named(DotModel):
    id: int = Integer(primary_key=True)
    name: str = Char()
    size: int = Integer()


class Hidden(Sized, Named):
    __table__ = "hidden"


OPAQUE = {
    "made up": [changed(Lenient(name=name, size=1), a=1, b=2) for name in "ab"],
    "made up before": [changed(Watchful(name=name), a=1) for name in "ab"],
    "hidden": [changed(Hidden(name=name), a=1) for name in "ab"],
    "a slot": [
        WithSlots(name="a", size=1),
        changed(with_dict(WithSlots(name="b", size=2, note="c")), cache=1),
    ],
}


@pytest.mark.parametrize("records", OPAQUE.values(), ids=OPAQUE)
def test_records_that_look_as_if_they_were_given_more_or_less(records):
    meta = type(records[0]).__meta__
    assert not meta.is_transparent
    groups = by_fields_given(plans_of(meta, POSTGRES), records)
    names = {id(record): names for names, group, _ in groups for record in group}
    assert [names[id(record)] for record in records] == [
        tuple(name for name in meta.stored if name in vars(record)) for record in records
    ]


def test_models_with_methods_are_transparent():
    class Loud(Thing):
        __table__ = "things"

        @property
        def loud(self):
            return self.name.upper()

    assert Thing.__meta__.is_transparent
    assert Loud.__meta__.is_transparent
