"""Records that are made while the database works, and fit whatever it answers."""

import asyncio
import gc
from typing import ClassVar

import pytest

from dotorm import Char, DotModel, Integer
from dotorm.builder import Plan, RowPlan
from dotorm.databases.abstract import Gathered, Statement
from dotorm.orm.fetching import Blanks
from dotorm.testing.recording import RecordingDialect


class Pebble(DotModel):
    __table__ = "pebbles"

    id: int = Integer(primary_key=True)
    name: str = Char()


class Counted(Pebble):
    __table__ = "counted"
    gone: ClassVar[list[bool]] = []

    def __del__(self):
        self.gone.append("id" in vars(self))


def plan_of(model, expected=-1):
    meta = model.__meta__
    rows = RowPlan(meta, list(meta.stored.values()), RecordingDialect())
    return Plan("SELECT", [], rows, expected=expected)


def begun(plan):
    """Blanks whose statement is about to run."""
    blanks = Blanks(plan)
    assert type(blanks.statement([1])) is Statement
    return blanks


def rows(count):
    return [(number, f"pebble {number}") for number in range(1, count + 1)]


def pebbles():
    """How many there are, besides the one that laid the class out."""
    return sum(type(thing) is Pebble for thing in gc.get_objects())


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
async def test_whatever_comes(count):
    plan = plan_of(Pebble, 100)
    blanks = begun(plan)
    assert pebbles() == 0
    await asyncio.sleep(0)
    assert pebbles() == 100
    found = blanks.filled(rows(count))
    assert [(pebble.id, pebble.name) for pebble in found] == rows(count)
    assert len(set(map(id, found))) == count
    assert plan.expected == count
    del blanks
    assert pebbles() == count


async def test_what_answers_at_once_needs_none():
    plan = plan_of(Pebble, 100)
    found = begun(plan).filled(rows(100))
    await asyncio.sleep(0)
    assert pebbles() == len(found) == 100


async def test_few_records_are_not_worth_it_and_many_would_keep_others_waiting():
    plan = plan_of(Pebble)
    for count, made in ((49, 0), (50, 0), (20_000, 50), (3, 5_000), (3, 0)):
        blanks = begun(plan)
        await asyncio.sleep(0)
        assert pebbles() == made
        assert len(blanks.filled(rows(count))) == count
        del blanks


async def test_a_model_that_looks_at_what_goes_never_meets_one_without_values():
    plan = plan_of(Counted)
    for _ in range(2):
        blanks = begun(plan)
        await asyncio.sleep(0)
        blanks.filled(rows(60))
        blanks.filled(())
    assert Counted.gone.count(True) > 100
    assert False not in Counted.gone


@pytest.mark.parametrize(
    ("expected", "gathered", "meanwhile"),
    [(-1, True, False), (0, False, False), (49, False, False), (50, True, True)],
)
async def test_many_rows_are_gathered_where_the_dialect_can(expected, gathered, meanwhile):
    plan = plan_of(Pebble, expected)
    plan.gathered = "SELECT all"
    blanks = Blanks(plan)
    statement = blanks.statement([1])
    assert (statement.sql, statement.values) == ("SELECT", [1])
    assert isinstance(statement, Gathered) is gathered
    await asyncio.sleep(0)
    assert pebbles() == 0  # the adapter knows when the database has begun
    if gathered:
        assert statement.gathered == "SELECT all"
        assert (statement.meanwhile is not None) is meanwhile
    if meanwhile:
        statement.meanwhile()
        assert pebbles() == expected
    assert len(blanks.filled(rows(60))) == 60
    assert plan.expected == 60
