"""What is limited: how many values a statement takes, how long a name may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import ConfigurationError, NotSupported
from dotorm.fields import Char, Integer, Many2one
from dotorm.model import DotModel
from dotorm.testing.cases import case, refusal
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, people

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

_MOST = 40_000
"""As many values as are tried where a backend declares more."""


@case("max_parameters", profile="core")
async def a_statement_binds_as_many_values_as_declared(stage: Stage) -> None:
    person = await people(stage)
    count = min(stage.features.max_parameters, _MOST)
    marks = ", ".join(["%s"] * count)
    table, column = stage.table_of(person), stage.quoted("id")
    sql = f"SELECT {column} FROM {table} WHERE {column} IN ({marks})"  # noqa: S608 - quoted
    rows = await stage.db.execute(sql, list(range(2, count + 2)))
    assert sorted(row["id"] for row in rows) == [key for key in (2, 3, 4) if key < count + 2]


@case("list_parameters", profile="core")
async def a_list_of_any_length_is_one_value(stage: Stage) -> None:
    person = await people(stage)
    length = max(stage.features.max_parameters + 1, _MOST)
    keys = list(range(2, length + 2))
    assert await found(person, [("id", "in", keys)]) == {2, 3, 4}
    assert await found(person, [("id", "not in", keys)]) == {1}
    assert await person.update_bulk(keys, person(age=1)) in stage.told(3)
    assert await person.delete_bulk(keys) in stage.told(3)
    assert len(stage.sent) == 4
    assert all(len(event.values) < 5 for event in stage.sent.statements)


@refusal("list_parameters", profile="core")
async def a_list_that_is_too_long_is_refused_or_cut(stage: Stage) -> None:
    person = await people(stage)
    length = stage.features.max_parameters + 1
    with expects(NotSupported, match="a list of"):
        await person.search(filter=[("id", "in", list(range(length)))])
    assert stage.sent.nothing()
    assert await person.update_bulk(range(2, length), person(age=1)) in stage.told(3)
    assert len(stage.sent) > 1


@case("max_identifier_bytes", profile="ddl")
async def names_as_long_as_declared_stay_apart(stage: Stage) -> None:
    longest = min(stage.features.max_identifier_bytes, 2000)
    table = stage.table("long")
    table += "t" * (longest - len(table))
    stage.keep(table)

    class Long(DotModel):
        __table__ = table

        id: int = Integer(primary_key=True, column="i" * longest)
        first: int | None = Integer(column="f" * longest)
        second: int | None = Integer(column="f" * (longest - 1) + "s", index=True)
        other: Any = Many2one(lambda: Long, column="o" * (longest - 1) + "o")

    await stage.make(Long)
    assert (await stage.make(Long)).statements == []
    await Long.create(Long(id=1, first=1, second=2))
    await Long.create(Long(id=2, first=3, second=4, other=1))
    read = await Long.get_or_raise(1)
    assert (read.first, read.second) == (1, 2)
    assert await found(Long, [("other.second", "=", 2)]) == {2}


@case("max_identifier_bytes", profile="ddl")
async def a_name_that_is_too_long_is_refused(stage: Stage) -> None:
    longer = stage.features.max_identifier_bytes + 1
    for table, column in (("t" * longer, "a"), (stage.table("short"), "ä" * (longer // 2 + 1))):

        class Wrong(DotModel):
            __table__ = table

            id: int = Integer(primary_key=True)
            name: str | None = Char(max_length=9, column=column)

        stage.db.bind(Wrong)
        with expects(ConfigurationError, match="the name"):
            await stage.db.create_and_update_tables([Wrong])
        with expects(ConfigurationError, match="the name"):
            await Wrong.search()
    assert stage.sent.nothing()
