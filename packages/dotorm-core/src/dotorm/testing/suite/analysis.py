"""Questions about many records: groups, totals, ranks and pages."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from dotorm.testing.cases import case
from dotorm.testing.suite.models import people

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage

_MANY = 3_000
_AGES = 7


async def _crowd(stage: Stage) -> Any:
    """A model with so many records: their keys from 1, their ages from 0, again and again."""
    person = await people(stage)
    await person.delete_bulk([1, 2, 3, 4])
    await person.create_bulk(
        [person(id=key, age=key % _AGES, active=key % 3 == 0) for key in range(1, _MANY + 1)]
    )
    stage.sent.forget()
    return person


@case("core", profile="olap")
async def groups_are_counted_and_summed(stage: Stage) -> None:
    table = stage.table_of(await _crowd(stage))
    rows = await stage.db.execute(
        "SELECT age, COUNT(*) AS n, SUM(id) AS total, MIN(id) AS least, MAX(id) AS most "  # noqa: S608 - quoted
        f"FROM {table} WHERE id > %s GROUP BY age HAVING COUNT(*) > %s ORDER BY age",
        [10, 1],
    )
    keys = {
        age: [key for key in range(11, _MANY + 1) if key % _AGES == age] for age in range(_AGES)
    }
    assert [
        (row["age"], row["n"], int(row["total"]), row["least"], row["most"]) for row in rows
    ] == [(age, len(of), sum(of), of[0], of[-1]) for age, of in keys.items()]


@case("core", profile="olap")
async def distinct_values_are_counted(stage: Stage) -> None:
    table = stage.table_of(await _crowd(stage))
    (row,) = await stage.db.execute(
        "SELECT COUNT(DISTINCT age) AS ages, AVG(age) AS mean, "  # noqa: S608 - quoted
        f"SUM(CASE WHEN age < %s THEN 1 ELSE 0 END) AS young FROM {table}",
        [2],
    )
    ages = [key % _AGES for key in range(1, _MANY + 1)]
    assert row["ages"] == _AGES
    assert abs(float(row["mean"]) - sum(ages) / _MANY) < 0.001
    assert int(row["young"]) == sum(age < 2 for age in ages)


@case("core", profile="olap")
async def counts_agree_with_the_records(stage: Stage) -> None:
    person = await _crowd(stage)
    ages = Counter(key % _AGES for key in range(1, _MANY + 1))
    for age in range(_AGES + 1):
        assert await person.search_count([("age", "=", age)]) == ages[age]
    either = [[("age", "in", [1, 2]), ("active", "=", True)], "or", ("id", "between", [1, 50])]
    found = await person.search(fields=["id"], filter=either)
    assert await person.search_count(either) == len(found) > 50


@case("core", profile="olap")
async def pages_hold_each_record_once(stage: Stage) -> None:
    person = await _crowd(stage)
    seen: list[Any] = []
    for start in range(0, _MANY + 500, 500):
        page = await person.search(
            fields=["age"], sort=["-age", "id"], start=start, end=start + 500
        )
        seen += [(each.age, each.id) for each in page]
    assert len(seen) == _MANY
    assert seen == sorted(set(seen), key=lambda pair: (-pair[0], pair[1]))


@case("window_functions", profile="olap")
async def a_running_total_is_kept(stage: Stage) -> None:
    table = stage.table_of(await _crowd(stage))
    rows = await stage.db.execute(
        f"SELECT id, SUM(age) OVER (ORDER BY id) AS total FROM {table} WHERE id <= %s ORDER BY id",  # noqa: S608 - quoted
        [100],
    )
    totals = accumulate(key % _AGES for key in range(1, 101))
    assert [int(row["total"]) for row in rows] == list(totals)


@case("window_functions", profile="olap")
async def the_first_of_each_group_are_found(stage: Stage) -> None:
    table = stage.table_of(await _crowd(stage))
    rows = await stage.db.execute(
        "SELECT age, id, place FROM (SELECT age, id, "  # noqa: S608 - quoted
        f"ROW_NUMBER() OVER (PARTITION BY age ORDER BY id DESC) AS place FROM {table}) AS ranked "
        "WHERE place <= %s ORDER BY age, place",
        [2],
    )
    last = {age: [key for key in range(1, _MANY + 1) if key % _AGES == age] for age in range(_AGES)}
    assert [(row["age"], row["id"]) for row in rows] == [
        (age, key) for age, keys in last.items() for key in (keys[-1], keys[-2])
    ]
