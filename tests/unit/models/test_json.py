"""Records as JSON."""

import datetime as dt
import json
import uuid
from decimal import Decimal as Number

import pytest

from dotorm import (
    UUID,
    Binary,
    Char,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Integer,
    InvalidFilter,
    JSONField,
    Many2one,
    One2many,
    Time,
)
from dotorm.builder import RowPlan
from dotorm.orm.related import RelatedList
from dotorm_sqlite import SQLITE


class Team(DotModel):
    __table__ = "teams"

    id: int = Integer(primary_key=True)
    name: str = Char()
    members = One2many(lambda: Person, "team")


class Person(DotModel):
    __table__ = "people"

    id: int = Integer(primary_key=True)
    name: str = Char(default="nobody")
    price = Decimal(8, 2)
    day = Date()
    time = Time()
    moment = Datetime()
    prefs = JSONField()
    data = Binary()
    key = UUID()
    team = Many2one(lambda: Team)
    boss = Many2one(lambda: Person)
    loud = Char(store=False, compute=lambda person: person.name.upper())


KEY = uuid.UUID(int=1)
VALUES = {
    "text": ("name", "ä", "ä"),
    "null": ("name", None, None),
    "decimal": ("price", Number("1.50"), "1.50"),
    "date": ("day", dt.date(2024, 1, 2), "2024-01-02"),
    "time": ("time", dt.time(1, 2, 3, 4), "01:02:03.000004"),
    "moment": ("moment", dt.datetime(2024, 1, 2, tzinfo=dt.UTC), "2024-01-02T00:00:00+00:00"),
    "json": ("prefs", {"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
    "json of anything": ("prefs", {"a": (KEY, {1})}, {"a": [str(KEY), [1]]}),
    "bytes": ("data", b"\0\xff", "AP8="),
    "uuid": ("key", KEY, str(KEY)),
    "key": ("team", 3, 3),
}


@pytest.mark.parametrize(("name", "value", "ready"), VALUES.values(), ids=VALUES)
def test_values(name, value, ready):
    shown = Person(**{name: value}).json(include=[name])
    assert shown == {name: ready}
    assert json.loads(json.dumps(shown)) == shown


def test_what_was_given_and_what_follows_from_it():
    assert Person(id=1).json() == {"id": 1, "name": "nobody", "loud": "NOBODY"}


def test_what_was_loaded():
    fields = [Person.__meta__.stored[name] for name in ("id", "price")]
    person = RowPlan(Person.__meta__, fields, SQLITE).hydrate([(1, "1.50")])[0]
    assert person.json() == {"id": 1, "price": "1.50"}


def test_include_and_exclude():
    person = Person(id=1, name="x")
    assert person.json(include=["id"]) == {"id": 1}
    assert person.json(include=[]) == {}
    assert person.json(exclude=["id", "loud"]) == {"name": "x"}
    assert person.json(include={"id", "name"}, exclude={"id"}) == {"name": "x"}
    assert list(person.json(include=["name", "id"])) == ["id", "name"]


@pytest.mark.parametrize("given", [{"include": "name"}, {"exclude": "name"}])
def test_a_text_is_no_list_of_names(given):
    with pytest.raises(InvalidFilter, match=r"Person\.json: give a list of names, not 'name'"):
        Person(name="x").json(**given)


@pytest.mark.parametrize("given", [{"include": ["nmae"]}, {"exclude": ["nmae"]}])
def test_unknown_names(given):
    with pytest.raises(InvalidFilter, match=r"Person\.json: unknown field 'nmae'"):
        Person().json(**given)


class TestRelations:
    def test_nested(self):
        team = Team(id=1, name="red")
        assert Person(id=2, name="x", team=team).json(exclude=["loud"]) == {
            "id": 2,
            "name": "x",
            "team": {"id": 1, "name": "red"},
        }

    def test_lists(self):
        team = Team(id=1)
        team.members = RelatedList([Person(id=2), Person(id=3)])
        shown = team.json()
        assert [person["id"] for person in shown["members"]] == [2, 3]
        assert json.dumps(shown)

    def test_a_record_inside_itself_is_its_key(self):
        person, boss = Person(id=1), Person(id=2)
        person.boss, boss.boss = boss, person
        assert person.json(exclude=["name", "loud"])["boss"]["boss"] == 1
        person.boss = person
        assert person.json(include=["boss"]) == {"boss": 1}

    def test_both_ways(self):
        team = Team(id=1)
        team.members = RelatedList([Person(id=2, team=team)])
        assert team.json()["members"][0]["team"] == 1

    def test_one_record_twice(self):
        boss = Person(id=2)
        team = Team(id=1)
        team.members = RelatedList([Person(id=3, boss=boss), Person(id=4, boss=boss)])
        assert [person["boss"]["id"] for person in team.json()["members"]] == [2, 2]


def test_a_list_of_related_records():
    people = RelatedList([Person(id=1), Person(id=2)])
    assert people["data"] is people
    assert people[0].id == 1
    assert [person.id for person in people[1:]] == [2]
    with pytest.raises(TypeError):
        _ = people["other"]
