"""Raw SQL, counts of rows, and what the server refuses."""

import asyncio

import asyncpg
import pytest

from dotorm.databases.abstract import PoolSession, Statement, Transaction
from dotorm.exceptions import (
    CheckViolation,
    DatabaseError,
    ForeignKeyViolation,
    InvalidValue,
    NotNullViolation,
    UniqueViolation,
)


async def test_raw_sql(session):
    rows = await session.execute("SELECT %s::text || '%%' AS share, %s::int AS n", ["50", 3])
    assert rows == [{"share": "50%", "n": 3}]
    assert rows.affected == -1


async def test_affected(session):
    made = await session.execute("CREATE TABLE t (id int PRIMARY KEY, n int)")
    assert (list(made), made.affected) == ([], -1)
    assert (await session.execute("INSERT INTO t VALUES (1, 1), (2, 2), (3, 3)")).affected == 3
    changed = await session.execute("UPDATE t SET n = 0 WHERE id > %s RETURNING id", [1])
    assert (sorted(row["id"] for row in changed), changed.affected) == ([2, 3], 2)
    count = await session.run(Statement("UPDATE t SET n = 1 WHERE id = $1", (9,), "count"))
    assert count.affected == 0
    count = await session.run(Statement("DELETE FROM t", (), "count"))
    assert count.affected == 3
    assert (await session.execute("SELECT * FROM t")).affected == -1


async def test_two_columns_of_one_name(session):
    with pytest.raises(InvalidValue, match="several columns named 'a'"):
        await session.execute("SELECT 1 AS a, 2 AS a")


async def test_raw_sql_leaves_nothing_behind(opened, stranger):
    async with opened(max_size=1, application_name="first") as pool:
        session = PoolSession(pool)
        await session.execute("CREATE ROLE dotorm_nobody_at_all")
        try:
            for sql in (
                "SET application_name = 'second'",
                "SET ROLE dotorm_nobody_at_all",
                "CREATE TEMP TABLE left_over (id int)",
                "SELECT pg_advisory_lock(7)",
                "LISTEN news",
                "BEGIN",
            ):
                await session.execute(sql)
            (row,) = await session.execute(
                "SELECT current_setting('application_name') AS name,"
                " current_user = session_user AS me,"
                " to_regclass('pg_temp.left_over') AS temporary,"
                " (SELECT count(*) FROM pg_locks"
                "  WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks,"
                " (SELECT count(*) FROM pg_listening_channels()) AS channels"
            )
        finally:
            await session.execute("DROP ROLE dotorm_nobody_at_all")
        assert row == {
            "name": "first",
            "me": True,
            "temporary": None,
            "locks": 0,
            "channels": 0,
        }
        open_transactions = await stranger.fetchval(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE state LIKE 'idle in%' AND datname = current_database()"
        )
        assert open_transactions == 0


async def test_constraints(session):
    await session.run_script(
        [
            'CREATE TABLE "Role" (id int PRIMARY KEY)',
            """CREATE TABLE "User" (id int PRIMARY KEY, "Mail, Box" text,
            n int NOT NULL CHECK (n > 0), role int REFERENCES "Role", UNIQUE ("Mail, Box", n))""",
            'INSERT INTO "Role" VALUES (1)',
            "INSERT INTO \"User\" VALUES (1, 'a', 1, 1)",
        ]
    )

    async def refused(kind, sql):
        with pytest.raises(kind) as caught:
            await session.execute(sql)
        return caught.value.table, caught.value.columns, caught.value.constraint

    add = 'INSERT INTO "User" VALUES'
    key = await refused(UniqueViolation, f"{add} (1, 'b', 1, 1)")
    assert key == ("User", ("id",), "User_pkey")
    pair = await refused(UniqueViolation, f"{add} (2, 'a', 1, 1)")
    assert pair == ("User", ("Mail, Box", "n"), "User_Mail, Box_n_key")
    missing = await refused(NotNullViolation, f"{add} (2, 'b', NULL, 1)")
    assert missing == ("User", ("n",), None)
    check = await refused(CheckViolation, f"{add} (2, 'b', 0, 1)")
    assert check == ("User", (), "User_n_check")
    foreign = await refused(ForeignKeyViolation, f"{add} (2, 'b', 1, 9)")
    assert foreign == ("User", ("role",), "User_role_fkey")
    used = await refused(ForeignKeyViolation, 'DELETE FROM "Role"')
    assert used == ("User", (), "User_role_fkey")


async def test_statements_that_make_no_sense(session):
    for sql in ("SELEC 1", "SELECT * FROM nowhere", "SELECT 1; SELECT 2", "SELECT 1/0"):
        with pytest.raises(DatabaseError):
            await session.execute(sql)
    assert await session.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_a_statement_that_finds_one_row_stops_at_it(session):
    numbers = "SELECT n FROM generate_series(1, $1::INT) n ORDER BY n"
    for count, found in ((3, [(1,)]), (0, [])):
        result = await session.run(Statement(numbers, (count,), single=True))
        assert [tuple(row) for row in result.rows] == found
    assert len((await session.run(Statement(numbers, (3,)))).rows) == 3


async def prepared(session):
    """The numbers that the prepared statements of its connection select, the newest last."""
    texts = await session.run(
        Statement("SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")
    )
    return [int(text.split()[1]) for (text,) in texts.rows if text.split()[1].isdigit()]


async def test_prepared_statements_that_were_not_used_for_longest_are_dropped(opened):
    async with opened(max_size=1, statement_cache_size=4) as pool:
        session = PoolSession(pool)

        async def select(*numbers):
            for number in numbers:
                found = await session.run(Statement(f"SELECT {number} WHERE $1", (True,)))
                assert [tuple(row) for row in found.rows] == [(number,)]

        await select(1, 2, 3, 1, 4)
        assert await prepared(session) == [1, 3, 4]  # and that which asks
        await select(5, 1)
        assert await prepared(session) == [1, 4, 5]


async def test_a_statement_whose_task_was_cancelled_as_it_was_made_is_dropped(opened, monkeypatch):
    prepare = asyncpg.Connection.prepare

    async def cancelled(*given, **named):
        await prepare(*given, **named)
        raise asyncio.CancelledError

    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        await session.run(Statement("SELECT 1 WHERE $1", (True,)))
        monkeypatch.setattr(asyncpg.Connection, "prepare", cancelled)
        with pytest.raises(asyncio.CancelledError):
            await session.run(Statement("SELECT 2 WHERE $1", (True,)))
        monkeypatch.undo()
        for number in (2, 1):
            found = await session.run(Statement(f"SELECT {number} WHERE $1", (True,)))
            assert [tuple(row) for row in found.rows] == [(number,)]
        assert await prepared(session) == [2, 1]


@pytest.mark.parametrize("change", ["ALTER TABLE t ALTER n TYPE bigint", "DEALLOCATE ALL"])
async def test_a_stream_of_a_statement_that_is_out_of_date_fails_once(opened, change):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        await session.run_script(["CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)"])

        async def stream():
            async with Transaction(pool) as inside:
                portions = inside.stream(Statement("SELECT n FROM t WHERE $1", (True,)), 10)
                return [tuple(row) async for rows in portions for row in rows]

        assert await stream() == [(1,)]
        await session.run_script([change])
        with pytest.raises(DatabaseError):
            await stream()
        assert await stream() == [(1,)]


async def test_a_composite_type_that_grew_fails_once(opened):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        await session.execute("CREATE TYPE pair AS (a int)")
        await session.execute("CREATE TABLE t (p pair)")
        await session.execute("INSERT INTO t VALUES (ROW(1))")
        statement = Statement("SELECT p FROM t WHERE $1", (True,))
        assert [tuple(p) for (p,) in (await session.run(statement)).rows] == [(1,)]

        await session.execute("ALTER TYPE pair ADD ATTRIBUTE b int")
        with pytest.raises(DatabaseError, match="attributes"):
            await session.run(statement)

        assert [tuple(p) for (p,) in (await session.run(statement)).rows] == [(1, None)]


async def test_raw_sql_that_is_out_of_date_is_not_run_again(opened):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        await session.execute("CREATE TABLE t (n int)")
        await session.execute("PREPARE mine AS SELECT n FROM t")
        await session.execute("ALTER TABLE t ALTER n TYPE bigint")
        with pytest.raises(DatabaseError, match="plan is invalid"):
            await asyncio.wait_for(session.execute("EXECUTE mine"), 10)
        kept = await session.execute("SELECT statement FROM pg_prepared_statements")
        assert not any(row["statement"].startswith("EXECUTE") for row in kept)


async def test_ddl_is_not_prepared(session):
    await session.run_script(["CREATE TABLE t (n int)", "ALTER TABLE t ADD m int", "DROP TABLE t"])
    found = await session.run(Statement("SELECT statement FROM pg_prepared_statements"))
    assert [text for (text,) in found.rows] == ["SELECT statement FROM pg_prepared_statements"]


async def test_a_text_that_is_long_is_not_kept(opened):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        for _ in range(2):
            found = await session.run(Statement(f"SELECT 1 WHERE $1 /*{'-' * 15_000}*/", (True,)))
            assert [tuple(row) for row in found.rows] == [(1,)]
        assert await prepared(session) == []


async def test_prepared_statements_that_somebody_dropped_are_prepared_anew(opened):
    async with opened(max_size=1) as pool:
        session = PoolSession(pool)
        one = Statement("SELECT $1::INT", (1,))
        await session.run(one)
        await session.execute("DEALLOCATE ALL")
        with pytest.raises(DatabaseError, match="pgbouncer"):
            await session.run(one)
        assert [tuple(row) for row in (await session.run(one)).rows] == [(1,)]
