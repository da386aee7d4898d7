"""SQL of one's own, and the connections that it runs on."""

from __future__ import annotations

import asyncio
import datetime as dt
import decimal
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import ConnectionFailed, DatabaseError, InvalidValue, NotSupported, Timeout
from dotorm.testing.cases import case
from dotorm.testing.stage import expects, until
from dotorm.testing.suite.models import found, people

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


@case("core", profile="core")
async def values_take_the_place_of_their_marks(stage: Stage) -> None:
    person = await people(stage)
    sql = f"SELECT id, name, age FROM {stage.table_of(person)} "  # noqa: S608 - quoted
    rows = await stage.db.execute(f"{sql}WHERE name = %s AND age >= %s", ["Ann", 20])
    assert rows == [{"id": 1, "name": "Ann", "age": 20}]
    rows = await stage.db.execute(f"{sql}WHERE age < %s ORDER BY id", (35,))
    assert [row["id"] for row in rows] == [1, 2]
    assert await stage.db.execute(f"{sql}WHERE age IS NULL") == [
        {"id": 4, "name": None, "age": None}
    ]


@case("core", profile="core")
async def a_percent_sign_is_doubled(stage: Stage) -> None:
    person = await people(stage)
    await person.update_bulk([1], person(name="50%s"))
    sql = f"SELECT id, '100%%' AS p FROM {stage.table_of(person)} WHERE name "  # noqa: S608 - quoted
    assert await stage.db.execute(f"{sql}LIKE '50%%' AND name = %s", ["50%s"]) == [
        {"id": 1, "p": "100%"}
    ]
    for wrong, values in ((f"{sql}LIKE '5%'", []), (f"{sql}= %s", []), (f"{sql}= 'x'", [1])):
        with expects(InvalidValue):
            await stage.db.execute(wrong, values)


@case("core", profile="core")
async def raw_writes_answer_no_rows(stage: Stage) -> None:
    person = await people(stage)
    table = stage.table_of(person)
    sql = f"INSERT INTO {table} (id, name) VALUES (%s, %s)"  # noqa: S608 - quoted
    assert await stage.db.execute(sql, [5, "'; DROP TABLE x; --"]) == []
    assert (await person.get(5)).name == "'; DROP TABLE x; --"
    done = await stage.db.execute(f"DELETE FROM {table} WHERE id > %s", [3])  # noqa: S608 - quoted
    assert done == []
    assert done.affected in (2, -1)
    assert await found(person, None) == {1, 2, 3}


@case("core", profile="core")
async def raw_values_are_kept_as_fields_keep_them(stage: Stage) -> None:
    person = await people(stage)
    sql = f"INSERT INTO {stage.table_of(person)} (born, salary, id) VALUES (%s, %s, %s)"  # noqa: S608 - quoted
    await stage.db.execute(sql, [dt.date(2024, 2, 29), decimal.Decimal("1.25"), 9])
    eve = await person.get(9)
    assert (eve.born, eve.salary) == (dt.date(2024, 2, 29), decimal.Decimal("1.25"))
    assert await found(person, [("born", "=", "2024-02-29"), ("salary", "=", "1.25")]) == {9}


@case("core", profile="core")
async def columns_of_one_name_are_refused(stage: Stage) -> None:
    with expects(InvalidValue, match="several columns"):
        await stage.db.execute("SELECT 1 AS a, 2 AS a")


@case("core", profile="core")
async def a_server_gives_signs_of_life(stage: Stage) -> None:
    assert 0 <= await stage.db.ping() < 10
    try:
        assert await stage.db.server_version()
    except NotSupported:
        assert stage.sent.nothing()


@case("core", profile="core")
async def many_tasks_share_the_pool(stage: Stage) -> None:
    person = await people(stage)

    async def work(key: int) -> int:
        await person.create(person(id=key, age=key))
        found = await person.get_or_raise(key)
        return int(found.age)

    keys = range(100, 150)
    assert await asyncio.gather(*(work(key) for key in keys)) == list(keys)
    assert stage.db.pool.statistics().size <= stage.db.settings.max_size


@case("core", profile="core")
async def an_error_leaves_its_connection_usable(stage: Stage) -> None:
    person = await people(stage)
    for _ in range(2 * stage.db.settings.max_size + 1):
        with expects(DatabaseError):
            await stage.db.execute("SELECT nothing FROM nowhere_at_all")
    assert await person.table_len() == 4


@case("core", profile="core")
async def a_closed_database_says_so_and_can_be_opened_again(stage: Stage) -> None:
    database = stage.database()
    assert await database.execute("SELECT 1 AS n") == [{"n": 1}]
    await database.close()
    await database.close()
    with expects(ConnectionFailed, match="closed"):
        await database.execute("SELECT 1 AS n")
    await database.open()
    assert await database.execute("SELECT 1 AS n") == [{"n": 1}]


@case("core", profile="core")
async def a_connection_that_was_lost_is_an_error_of_ours_and_replaced(stage: Stage) -> None:
    database = stage.database()
    await database.open()
    lease = await database.pool.acquire()
    lease.connection.terminate()
    assert lease.connection.is_closed()
    with expects(Exception) as caught:
        await lease.connection.ping()
    ours = stage.backend.translate(caught[0])
    assert isinstance(ours, ConnectionFailed) or isinstance(caught[0], ConnectionFailed)
    database.pool.release(lease)
    assert await database.execute("SELECT 1 AS n") == [{"n": 1}]


@case("core", profile="core")
async def a_cancelled_call_leaves_the_pool_whole(stage: Stage) -> None:
    person = await people(stage)
    await person.create_bulk([person(id=key, name="x" * 50) for key in range(10, 3_000)])
    for delay in (0.0, 0.0005, 0.001, 0.002, 0.004):
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(work)
            for work in (
                person.search(filter=[("name", "ilike", "X")], sort="name"),
                person.update_where([("id", ">", 9)], person(age=1)),
                person.table_len(),
            )
        ]
        await asyncio.sleep(delay)
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert not isinstance(result, Exception), result
    await until(lambda: stage.db.pool.statistics().idle == stage.db.pool.statistics().size)
    assert await person.table_len() == 2_994


@case("core", profile="core")
async def waiting_for_a_connection_has_a_limit(stage: Stage) -> None:
    database = stage.database(max_size=1, acquire_timeout=0.05)
    lease = await database.pool.acquire()
    with expects(Timeout, match="max_size"):
        await database.execute("SELECT 1 AS n")
    database.pool.release(lease)
    assert await database.execute("SELECT 1 AS n") == [{"n": 1}]
