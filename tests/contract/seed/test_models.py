"""Defining models, and what a model class answers."""

from collections.abc import Iterator
from typing import Any

import pytest

from dotorm import Char, ConfigurationError, DotModel, Integer, Many2one, One2many, connect
from dotorm.builder import Builder
from dotorm.components import POSTGRES
from dotorm.databases.abstract import PoolSession


class Harbour(DotModel):
    """Defined twice: the second time it has boats."""

    __table__ = "harbours"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)


class Boat(DotModel):
    """Refers to whatever `Harbour` is when it is asked."""

    __table__ = "boats"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100)
    harbour: Any = Many2one(lambda: Harbour)


First = Harbour


class Harbour(DotModel):  # type: ignore[no-redef] # that is the case
    """The newest form."""

    __table__ = "harbours"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    boats: Any = One2many(lambda: Boat, "harbour")


@pytest.fixture(autouse=True)
def _unbound() -> Iterator[None]:
    """Leave the models bound to nothing."""
    yield
    for model in (Boat, Harbour):
        model._pool = model._no_transaction = None


def test_a_model_answers_its_parts() -> None:
    assert Boat.__table__ == "boats"
    assert Boat._dialect is POSTGRES
    assert isinstance(Boat._builder, Builder)
    assert Boat._builder.table == "boats"
    assert Boat._pool is None
    assert Boat._no_transaction is None


def test_a_new_record_answers_what_it_was_given() -> None:
    boat: Any = Boat(name="Gull")

    assert (boat.name, boat.id, boat.harbour) == ("Gull", None, None)
    with pytest.raises(TypeError):
        Boat(nmae="Gull")  # type: ignore[call-arg]


async def test_a_model_that_is_bound_to_nothing_says_so() -> None:
    with pytest.raises(ConfigurationError):
        await Boat.search()


async def test_relations_point_at_the_newest_form_of_a_model(url: str) -> None:
    async with connect(url, models=[Harbour, Boat]) as database:
        await database.create_and_update_tables([Harbour, Boat])
        await Harbour.create(Harbour(name="Cork"))
        await Boat.create_bulk([Boat(name="Gull", harbour=1), Boat(name="Tern", harbour=1)])
        (boat, _) = await Boat.search(fields=["harbour"])
        harbour: Any = await Harbour.get_with_relations(1, fields=["boats"])

    assert type(boat.harbour) is Harbour
    assert type(boat.harbour) is not First
    assert [boat.name for boat in harbour.boats] == ["Gull", "Tern"]


async def test_models_are_bound_by_their_attributes(url: str) -> None:
    async with connect(url) as database:
        Boat._pool = Harbour._pool = database.pool
        Boat._no_transaction = PoolSession
        await database.create_and_update_tables([Harbour, Boat])
        await Boat.create(Boat(name="Gull"))
        session = Boat._no_transaction(Boat._pool)
        rows = await session.execute("SELECT name FROM boats WHERE name = %s", ["Gull"])

    assert rows == [{"name": "Gull"}]
