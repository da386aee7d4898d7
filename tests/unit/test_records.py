"""What a model's constructor says of itself, and what records say that lack a value."""

import enum
import inspect
from dataclasses import dataclass

import pytest

from dotorm import (
    Char,
    DotModel,
    Enum,
    FieldNotLoaded,
    Integer,
    JSONField,
    Many2one,
    One2many,
)
from dotorm.builder import RowPlan
from dotorm_sqlite import SQLITE
from tests.given import given


class Color(enum.Enum):
    RED = "red"


@dataclass
class Size:
    width: int


class Team(DotModel):
    __table__ = "teams"

    id: int = Integer(primary_key=True)
    players = One2many(lambda: Player, "team")


class Player(DotModel):
    __table__ = "players"

    loud = Char(store=False, compute=lambda player: player.name.upper())
    id: int = Integer(primary_key=True)
    name: str = Char()
    color = Enum(Color)
    prefs = JSONField(default={"a": 1})
    size = JSONField(schema=Size)
    team = Many2one(lambda: Team)


def loaded(model, **values):
    meta = model.__meta__
    fields = [meta.stored[name] for name in values]
    return RowPlan(meta, fields, SQLITE).hydrate([tuple(values.values())])[0]


def test_the_constructor_describes_itself():
    class Pet(DotModel):
        __table__ = "pets"

        id: int = Integer(primary_key=True)
        name: str = Char()

    assert (
        Pet.__init__.__doc__ == "A new Pet with the values given; it is not sent to the database."
    )
    assert str(inspect.signature(Pet)) == "(*, id=<not given>, name=<not given>)"


def test_an_unknown_attribute_is_told_with_its_name_and_record():
    team = Team(id=1)
    with pytest.raises(AttributeError, match=r"^Team has no attribute 'ix'") as caught:
        _ = team.ix
    assert (caught.value.name, caught.value.obj) == ("ix", team)


NOT_LOADED = {
    "a column": (
        Player,
        "name",
        "Player.name was not loaded: name 'name' in fields (reading an attribute never queries)",
    ),
    "a key": (
        Player,
        "team",
        "Player.team was not loaded: name 'team' in fields (reading an attribute never queries)",
    ),
    "many": (
        Team,
        "players",
        (
            "Team.players was not loaded: name 'players' in fields of search or "
            "get_with_relations (reading an attribute never queries)"
        ),
    ),
}


@pytest.mark.parametrize(("model", "name", "message"), NOT_LOADED.values(), ids=NOT_LOADED)
def test_what_was_not_loaded_says_how_to_load_it(model, name, message):
    with pytest.raises(FieldNotLoaded) as caught:
        getattr(loaded(model, id=1), name)
    assert str(caught.value) == message


def test_a_default_that_can_change_is_the_records_own():
    one, other = Player(), Player()
    one.prefs["b"] = 2

    assert (one.prefs, other.prefs) == ({"a": 1, "b": 2}, {"a": 1})
    assert one.json(include=["prefs"]) == {"prefs": {"a": 1, "b": 2}}
    assert given(one) == {"_defaults": {"prefs": one.prefs}}


class TestJson:
    def test_an_enum_is_its_value(self):
        assert Player(color=Color.RED).json(include=["color"]) == {"color": "red"}

    def test_json_with_a_schema(self):
        assert Player(size=Size(3)).json(include=["size"]) == {"size": {"width": 3}}
        assert Player(size=None).json(include=["size"]) == {"size": None}

    def test_a_computed_value_whose_fields_were_not_loaded_is_left_out(self):
        assert loaded(Player, id=1).json() == {"id": 1}
        assert loaded(Player, id=1, name="x").json() == {"id": 1, "name": "x", "loud": "X"}

    def test_a_record_inside_its_own_values_is_its_key(self):
        player = Player(id=1)
        player.prefs = {"me": player}
        assert player.json(include=["prefs"]) == {"prefs": {"me": 1}}
