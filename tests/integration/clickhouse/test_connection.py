"""What one connection does: streams, cancelled statements, errors, what sessions keep."""

import asyncio
import datetime as dt
import decimal
import gc
import tracemalloc
from contextlib import aclosing

import pytest

import dotorm
from dotorm import BigInteger, Char, DotModel, Integer
from dotorm.databases.abstract import Pool, PoolSession, Statement
from dotorm.url import parse_url
from dotorm_clickhouse import BACKEND
from tests.integration.conftest import all_back

FOREVER = "SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(cityHash64(number))"


@pytest.fixture
async def pool(clickhouse_url):
    pool = Pool(BACKEND, BACKEND.settings.from_url(parse_url(clickhouse_url), max_size=3))
    yield pool
    await all_back(pool)
    await pool.close()


@pytest.fixture
def session(pool):
    return PoolSession(pool)


async def running(db, part):
    """How many statements with that text the server works on, apart from this question."""
    rows = await db.execute(
        "SELECT count() AS n FROM system.processes WHERE position(query, %s) > 0 "
        "AND position(query, 'system.processes') = 0",
        [part],
    )
    return rows[0]["n"]


async def until_running(db, part, number):
    for _ in range(500):
        if await running(db, part) == number:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{await running(db, part)} statements run, {number} were expected")


async def test_a_cancelled_statement_ends_on_the_server(db, pool, session):
    task = asyncio.create_task(session.execute(f"{FOREVER} /* one */"))
    await until_running(db, "/* one */", 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_running(db, "/* one */", 0)
    assert await session.execute("SELECT 1 AS n") == [{"n": 1}]


async def test_a_time_limit_ends_a_statement_on_the_server(db, clickhouse_url):
    async with dotorm.connect(clickhouse_url, command_timeout=0.3) as limited:
        with pytest.raises(dotorm.Timeout, match="command_timeout"):
            await limited.execute(f"{FOREVER} /* two */")
        await until_running(db, "/* two */", 0)
        assert await limited.execute("SELECT 1 AS n") == [{"n": 1}]


async def test_a_statement_that_is_killed_is_no_success(db, session):
    task = asyncio.create_task(session.execute("SELECT number /* three */ FROM numbers(1e12)"))
    await until_running(db, "/* three */", 1)
    await db.execute(
        "KILL QUERY WHERE position(query, '/* three */') > 0 AND position(query, 'KILL') = 0 SYNC"
    )
    with pytest.raises(dotorm.Timeout, match="cancel"):
        await task
    assert await session.execute("SELECT 1 AS n") == [{"n": 1}]


async def test_the_servers_own_time_limit_is_a_timeout(clickhouse_url):
    url = f"{clickhouse_url}?settings=max_execution_time=0.2"
    async with dotorm.connect(url) as limited:
        with pytest.raises(dotorm.Timeout, match="Timeout exceeded"):
            await limited.execute(FOREVER)


class Line(DotModel):
    __table__ = "lines"

    id: int = BigInteger(primary_key=True)
    text: str = Char()


async def test_a_stream_that_is_left_closes_its_connection_and_no_other(db, make, sent):
    await make(Line)
    await db.execute("INSERT INTO lines SELECT number, repeat('x', 100) FROM numbers(500000)")
    await all_back(db.pool)
    before = db.pool.statistics().size
    async with aclosing(Line.stream(sort="id", batch=10)) as lines:
        async for line in lines:
            assert line.id == 0
            break
    await all_back(db.pool)
    assert db.pool.statistics().size == before - 1
    await until_running(db, "FROM `lines`", 0)
    assert await Line.table_len() == 500_000


async def test_a_stream_reads_in_flat_memory(db, make):
    await make(Line)
    await db.execute("INSERT INTO lines SELECT number, repeat('x', 200) FROM numbers(300000)")
    tracemalloc.start()
    try:
        count = 0
        async for _ in Line.stream(["text"], sort="id"):
            count += 1
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 300_000
    assert peak < 60_000_000  # all of it would be some 150 MB


async def test_an_error_in_the_middle_of_a_stream_is_told(session, pool):
    lease = await pool.acquire()
    sql = "SELECT throwIf(number = 500000, 'here') FROM numbers(1000000) SETTINGS max_threads = 1"
    read = 0
    with pytest.raises(Exception, match="here") as caught:  # noqa: PT012 - it fails on the way
        async for rows in lease.connection.stream(Statement(sql), 1000):
            read += len(rows)
    assert isinstance(BACKEND.translate(caught.value), dotorm.DatabaseError)
    assert read < 1_000_000
    assert (await lease.connection.execute(Statement("SELECT 1"))).rows == [(1,)]
    pool.release(lease)


async def test_what_a_statement_left_in_its_session_is_gone(session):
    await session.execute("SET max_block_size = 7")
    await session.execute("CREATE TEMPORARY TABLE mine (n Int32)")
    await session.execute("USE system")
    for _ in range(4):
        rows = await session.execute(
            "SELECT getSetting('max_block_size') AS size, currentDatabase() AS name"
        )
        assert rows[0]["size"] != 7
        assert rows[0]["name"] != "system"
        with pytest.raises(dotorm.DatabaseError, match="mine"):
            await session.execute("SELECT * FROM mine")


async def test_a_connection_that_is_gone_does_not_come_back_by_itself(pool):
    lease = await pool.acquire()
    await lease.connection.execute(Statement("SET max_block_size = 7", (), "mappings"))
    lease.connection.terminate()
    with pytest.raises(dotorm.ConnectionFailed, match="closed"):
        await lease.connection.execute(Statement("SELECT 1"))
    assert lease.connection.is_closed()
    pool.release(lease)


@pytest.mark.parametrize(
    ("sql", "error", "said"),
    [
        ("SELECT nothing FROM lines", dotorm.DatabaseError, "`nothing`.*code 47"),
        ("SELECT * FROM nowhere", dotorm.DatabaseError, "nowhere"),
        ("SELECT * FROM nowhere.lines", dotorm.DatabaseError, "nowhere"),
        ("SELEKT 1", dotorm.DatabaseError, "Syntax error"),
        ("INSERT INTO lines (id) VALUES ('x')", dotorm.InvalidValue, "parse"),
        ("INSERT INTO lines (id) VALUES (NULL)", dotorm.InvalidValue, "NULL|Nullable"),
        ("SELECT toDecimal32('1e20', 2)", dotorm.InvalidValue, "too big"),
        ("SELECT 1 AS a, 2 AS a", dotorm.InvalidValue, "several columns"),
        ("ALTER TABLE lines UPDATE id = 1 WHERE 1", dotorm.DatabaseError, "create it anew"),
    ],
)
async def test_the_servers_errors_are_ours(make, db, sql, error, said):
    await make(Line)
    with pytest.raises(error, match=said) as caught:
        await db.execute(sql)
    assert not isinstance(caught.value, dotorm.ConnectionFailed)
    assert caught.value.__cause__ is not None


async def test_a_constraint_names_table_column_and_itself(db):
    await db.execute(
        "CREATE TABLE checked (n Int32, CONSTRAINT positive CHECK n > 0) ENGINE = Memory"
    )
    with pytest.raises(dotorm.CheckViolation) as caught:
        await db.execute("INSERT INTO checked VALUES (%s)", [-1])
    assert (caught.value.table, caught.value.constraint) == ("checked", "positive")


async def test_a_failed_insert_of_many_is_told_and_the_pool_stays_whole(db, make):
    await make(Line)
    await db.execute("ALTER TABLE lines ADD CONSTRAINT short CHECK length(text) < 5")
    records = [Line(id=key, text="x" * (key // 900)) for key in range(10_000)]
    for _ in range(3):
        with pytest.raises(dotorm.CheckViolation, match="short"):
            await Line.create_bulk(records)
    assert await Line.table_len() == 0
    await Line.create_bulk(records[:100])
    assert await Line.table_len() == 100


async def test_a_value_without_a_place_is_refused_before_it_is_sent(session):
    for sql in ("SELECT '%s'", "SELECT 1 -- %s", "SELECT 1 /* %s */", "SELECT `%s`", "SELECT a%s"):
        with pytest.raises(dotorm.InvalidValue, match="places"):
            await session.execute(sql, ["' OR 1 = 1 --"])


async def test_raw_values_of_every_type(db):
    values = [
        None, True, -5, 2**64 - 1, 2**200, -(2**200), 1.5, "it's \\ `", b"\xff'", dt.date(1, 1, 1),
        dt.datetime(2024, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=3))), dt.time(1, 2, 3),
        decimal.Decimal("-0.0001"), [1, None, 3], ["a'", "b"], {"k'": 1}, [[1], []],
    ]  # fmt: skip
    columns = ", ".join(f"%s AS c{number}" for number in range(len(values)))
    (row,) = await db.execute(f"SELECT {columns}", values)
    assert list(row.values()) == [
        *values[:10], values[10], "01:02:03.000000", *values[12:]
    ]  # fmt: skip
    with pytest.raises(dotorm.InvalidValue, match="cannot be given"):
        await db.execute("SELECT %s", [object()])


async def test_an_old_server_is_refused(monkeypatch, clickhouse_url):
    monkeypatch.setattr("dotorm_clickhouse.connection.MIN_SERVER", (99, 1))
    with pytest.raises(dotorm.ConfigurationError, match=r"ClickHouse 2\d\.\d+; DotORM needs 99\.1"):
        await dotorm.connect(clickhouse_url)


@pytest.mark.parametrize(
    ("change", "said"),
    [("user=nobody", "nobody"), ("password=wrong", "password"), ("database=nowhere", "nowhere")],
)
async def test_who_is_not_let_in_is_told_why(clickhouse_url, change, said):
    with pytest.raises(dotorm.AccessDenied, match=said):
        await dotorm.connect(clickhouse_url, **dict([change.split("=")]))


async def test_a_user_who_may_only_read_reads(make, clickhouse_url):
    await make(Line)
    await Line.create(Line(id=1))
    async with dotorm.connect(f"{clickhouse_url}?settings=readonly=2") as reader:
        assert await Line.table_len(session=reader.session) == 1
        with pytest.raises(dotorm.DatabaseError, match="readonly mode"):
            await Line.create(Line(id=2), session=reader.session)
        with pytest.raises(dotorm.DatabaseError, match="readonly mode"):
            await Line.delete_bulk([1], session=reader.session)
    assert await Line.table_len() == 1


async def test_what_travels_can_be_compressed(clickhouse_url):
    async with dotorm.connect(clickhouse_url, compression=True, models=[Line]) as db:
        await db.create_and_update_tables([Line])
        await Line.create_bulk([Line(id=key, text="x" * 1000) for key in range(5_000)])
        assert [each.text for each in await Line.search(limit=2)] == ["x" * 1000] * 2
        assert len([each async for each in Line.stream()]) == 5_000


class Counted(DotModel):
    __table__ = "counted"

    id: int = BigInteger(primary_key=True)
    n: int = Integer()


async def test_tasks_cancelled_at_any_moment_leave_connections_in_step(make, db):
    await make(Counted)
    await Counted.create_bulk([Counted(id=key, n=key) for key in range(2_000)])

    async def work(key):
        record = await Counted.get_or_raise(key % 2_000)
        assert record.id == key % 2_000
        assert await Counted.search_count([("n", "<", key % 100)]) == key % 100

    for delay in range(1, 30):
        tasks = [asyncio.create_task(work(key)) for key in range(20)]
        await asyncio.sleep(delay / 1000)
        for task in tasks[::2]:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            assert result is None or isinstance(result, asyncio.CancelledError)
    await all_back(db.pool)
    assert await Counted.table_len() == 2_000


def test_a_database_is_used_by_one_event_loop_after_another(clickhouse_url):
    db = dotorm.connect(clickhouse_url)

    async def ask():
        return await db.execute("SELECT 1 AS n")

    for _ in range(3):
        assert asyncio.run(ask()) == [{"n": 1}]
        gc.collect()  # what was left open is found and told
    asyncio.run(db.close())
