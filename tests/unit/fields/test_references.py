"""References to keys of several fields, and how they can be declared wrongly."""

from typing import Any

import pytest

from dotorm import (
    UUID,
    Char,
    ConfigurationError,
    DotModel,
    Integer,
    InvalidValue,
    Many2many,
    Many2one,
    One2one,
    SmallInteger,
    Text,
)
from dotorm.tables import table_plans
from dotorm_sqlite import SQLITE


class Order(DotModel):
    __table__ = "orders"

    tenant = Integer(primary_key=True)
    number = Char(max_length=9, primary_key=True)


class Team(DotModel):
    __table__ = "teams"

    id = Integer(primary_key=True)


def line(**relations: Any) -> Any:
    """A model with fields that can hold the key of an order."""
    body = {
        "__table__": "lines",
        "id": Integer(primary_key=True),
        "tenant": SmallInteger(required=True),
        "number": Text(),
        "token": UUID(),
        **relations,
    }
    return type(DotModel)("Line", (DotModel,), body)


FIELDS = ("tenant", "number")


class TestDeclaring:
    @pytest.mark.parametrize("given", ["tenant", (), [], 3, ("tenant", 3)])
    def test_fields_are_names(self, given):
        with pytest.raises(ConfigurationError, match="fields is a tuple of names, not"):
            Many2one(lambda: Order, fields=given)

    def test_a_field_is_named_once(self):
        with pytest.raises(ConfigurationError, match="fields names one field twice: a, a"):
            Many2one(lambda: Order, fields=("a", "a"))

    @pytest.mark.parametrize("name", ["column", "null", "required", "default", "primary_key"])
    def test_what_is_given_to_the_fields(self, name):
        with pytest.raises(ConfigurationError, match=f"no column of its own: give {name}= to the"):
            Many2one(lambda: Order, fields=FIELDS, **{name: None})

    @pytest.mark.parametrize(
        ("fields", "match"),
        [
            (("tenant", "numbr"), r"Line\.order: no stored field 'numbr'; did you mean 'number'"),
            (("tenant", "order"), r"Line\.order: no stored field 'order'"),
        ],
    )
    def test_fields_that_are_not_there(self, fields, match):
        with pytest.raises(ConfigurationError, match=match):
            line(order=Many2one(lambda: Order, fields=fields))

    def test_set_null_needs_fields_that_may_be_null(self):
        with pytest.raises(ConfigurationError, match="may be null, which tenant may not"):
            line(order=Many2one(lambda: Order, fields=FIELDS, ondelete="set null"))

    @pytest.mark.parametrize(
        ("relation", "match"),
        [
            (Many2one(lambda: Order), r"the key of Order is 2 fields \(tenant, number\): name the"),
            (Many2one(lambda: Team, fields=FIELDS), "names 2, the key of Team is one field: leave"),
            (
                Many2one(lambda: Order, fields=("id",)),
                r"names 1, the key of Order is 2 \(tenant, n",
            ),
            (
                Many2one(lambda: Order, fields=("number", "tenant")),
                r"Line\.number is to hold Order\.tenant, which is Integer, not Text",
            ),
            (
                Many2one(lambda: Order, fields=("tenant", "token")),
                r"Line\.token is to hold Order\.number, which is Char, not UUID",
            ),
            (
                Many2many(lambda: Order, "links", "order", "line"),
                r"column1 names order, the key of Order is 2 fields \(tenant, number\)",
            ),
            (
                Many2many(lambda: Team, "links", ("a", "b"), "line"),
                r"column1 names a, b, the key of Team is one field \(id\)",
            ),
        ],
    )
    def test_what_the_target_shows(self, relation, match):
        with pytest.raises(ConfigurationError, match=match):
            _ = line(order=relation).order.relation.target

    def test_columns_of_this_model(self):
        with pytest.raises(
            ConfigurationError, match=r"Line\.teams: column2 names a, b, the key of"
        ):
            line(teams=Many2many(lambda: Team, "links", "team", ("a", "b")))
        with pytest.raises(ConfigurationError, match="column1 is a name or a tuple of names"):
            Many2many(lambda: Order, "links", ("a", "a"), "b")
        with pytest.raises(ConfigurationError, match="each needs a column of its own"):
            Many2many(lambda: Order, "links", ("a", "b"), "b")

    def test_a_column_for_both_has_one_type(self):
        class Box(DotModel):
            __table__ = "boxes"

            code = Char(primary_key=True)
            size = Integer(primary_key=True)
            orders = Many2many(lambda: Order, "links", ("x", "y"), ("x", "z"))

        with pytest.raises(ConfigurationError, match=r"x is to hold Order\.tenant and Box\."):
            _ = Box.orders.relation.target

    @pytest.mark.parametrize(
        ("parameters", "options", "is_unique"),
        [
            ({}, {}, False),
            ({"unique": True}, {}, True),
            ({}, {"__unique__": [("number", "tenant")]}, True),
            ({}, {"number": Text(unique=True)}, True),
            ({}, {"__unique__": [("number", "token")]}, False),
        ],
    )
    def test_an_inverse_is_unique_over_all_of_its_fields(self, parameters, options, is_unique):
        model = line(order=Many2one(lambda: Order, fields=FIELDS, **parameters), **options)
        assert model.order.relation.is_unique == is_unique

    def test_a_part_of_the_key_is_not_unique(self):
        class Part(DotModel):
            __table__ = "parts"

            team = Many2one(lambda: Group, primary_key=True)
            number = Integer(primary_key=True)

        class Group(DotModel):
            __table__ = "teams"

            id = Integer(primary_key=True)
            part = One2one(lambda: Part, "team")

        with pytest.raises(
            ConfigurationError, match=r"Part\.team must be declared with unique=True"
        ):
            _ = Group.part.relation.inverse_field

    def test_two_that_are_one_foreign_key_agree(self):
        model = line(
            one=Many2one(lambda: Order, fields=FIELDS),
            two=Many2one(lambda: Order, fields=FIELDS, ondelete="cascade"),
        )
        with pytest.raises(ConfigurationError, match=r"Line\.two has ondelete='cascade', another"):
            table_plans([model.__meta__, Order.__meta__], SQLITE)

    def test_a_base_carries_it(self):
        class Ordered(DotModel):
            tenant = Integer(required=True)
            order = Many2one(lambda: Order, fields=FIELDS)

        class One(Ordered):
            __table__ = "ones"

            id = Integer(primary_key=True)
            number = Char(max_length=9)

        class Two(Ordered):
            __table__ = "twos"

            id = Integer(primary_key=True)
            number = Char(max_length=9, required=True)

        one, two = One.order.relation, Two.order.relation
        assert [field.label for field in one.beneath] == ["One.tenant", "One.number"]
        assert [field.label for field in two.beneath] == ["Two.tenant", "Two.number"]
        assert (one.clears, two.clears) == (("number",), ())
        assert One(tenant=1, number="x").order == (1, "x")


class TestReading:
    Line = line(order=Many2one(lambda: Order, fields=FIELDS))

    def test_what_the_fields_say(self):
        assert self.Line().order is None
        assert self.Line(tenant=1).order is None
        assert self.Line(tenant=1, number="x").order == (1, "x")
        assert "order" not in self.Line(tenant=1, number="x").json()

    def test_it_has_no_column(self):
        meta = self.Line.__meta__
        assert meta.stored_names == ("id", "tenant", "number", "token")
        assert (meta.fields["order"].null, meta.fields["order"].ondelete) == (True, "restrict")
        assert not meta.fields["order"].is_column

    def test_what_is_accepted(self):
        field = self.Line.order.relation
        assert field.accept([1, "x"]) == (1, "x")
        assert field.accept(Order(tenant=1, number="x")) == (1, "x")
        assert field.accept(None) is None
        with pytest.raises(InvalidValue, match=r"Line\.tenant cannot take 70000"):
            field.accept((70_000, "x"))
