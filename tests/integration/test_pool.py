"""The pool: sizes, turns, time limits, health, and what does not leak from one user to the next."""

import asyncio
import socket
import threading
import time

import pytest

import dotorm
from tests.integration.conftest import all_back
from tests.integration.faults import PATIENCE

LOCKS = "SELECT pg_advisory_lock(42) IS NULL AS locked"


async def pid(session):
    """What tells one connection to PostgreSQL from another."""
    (row,) = await session.execute("SELECT pg_backend_pid() AS pid")
    return row["pid"]


def connections(db):
    """The driver's connections that are free, the most recently used last."""
    return [lease.connection for lease in db.pool._idle]


async def test_100_tasks_share_max_size_connections(url):
    async with dotorm.connect(url, max_size=4) as db:
        sizes = set()

        async def task():
            async with db.transaction(readonly=True):
                sizes.add(db.pool.statistics().size)
                await db.execute("SELECT 1 AS one")

        await asyncio.gather(*(task() for _ in range(100)))
        assert max(sizes) <= 4
        await all_back(db.pool)
        assert db.pool.statistics().size <= 4


async def test_those_who_wait_are_served_in_turn(url):
    async with dotorm.connect(url, max_size=1) as db:
        order = []

        async def task(n):
            async with db.transaction(readonly=True):
                order.append(n)
                await asyncio.sleep(0)

        tasks = []
        for n in range(50):
            tasks.append(asyncio.create_task(task(n)))
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        assert order == list(range(50))


async def test_waiting_too_long_is_a_timeout_that_names_the_settings(url):
    async with dotorm.connect(url, max_size=1, acquire_timeout=0.05) as db:
        async with db.transaction(readonly=True):
            with pytest.raises(dotorm.Timeout, match=r"max_size, acquire_timeout") as error:
                await db.session.execute("SELECT 1 AS one")
            assert isinstance(error.value, TimeoutError)
            assert db.pool.statistics().waiting == 0
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_min_size_is_opened_at_once_and_kept(url):
    async with dotorm.connect(url, min_size=3, idle_timeout=0.05) as db:
        assert (db.pool.statistics().size, db.pool.statistics().idle) == (3, 3)
        await asyncio.sleep(0.2)
        assert db.pool.statistics().size == 3


async def busy(db, count):
    """Use that many connections at once."""
    leases = [await db.pool.acquire() for _ in range(count)]
    for lease in leases:
        db.pool.release(lease)


async def test_what_is_idle_for_too_long_is_closed(url):
    async with dotorm.connect(url, min_size=1, max_size=5, idle_timeout=0.1) as db:
        await busy(db, 5)
        assert db.pool.statistics().size == 5
        for _ in range(100):
            await db.execute("SELECT 1 AS one")
            if db.pool.statistics().size == 1:
                break
            await asyncio.sleep(0.02)
        assert db.pool.statistics().size == 1


async def test_a_connection_is_replaced_after_its_lifetime(url):
    async with dotorm.connect(url, max_lifetime=0.1) as db:
        (first,) = connections(db)
        await asyncio.sleep(0.15)
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
        await all_back(db.pool)
        (second,) = connections(db)
        assert second is not first
        assert first.is_closed()


async def test_a_connection_that_rested_is_asked_for_a_sign_of_life(url):
    async with dotorm.connect(url, check_after=0.05) as db:
        (connection,) = connections(db)
        pings = []
        original = connection.ping

        class Pinged(type(connection)):
            __slots__ = ()

            async def ping(self):
                pings.append(1)
                await original()

        connection.__class__ = Pinged
        await db.execute("SELECT 1 AS one")
        await all_back(db.pool)
        assert pings == []
        await asyncio.sleep(0.1)
        await db.execute("SELECT 1 AS one")
        assert pings == [1]


async def test_closing_waits_for_connections_in_use(url):
    db = await dotorm.connect(url, close_timeout=5)
    done = []

    async def task():
        async with db.transaction(readonly=True):
            await asyncio.sleep(0.1)
            await db.execute("SELECT 1 AS one")
            done.append(True)

    tasks = [asyncio.create_task(task()) for _ in range(2)]
    await asyncio.sleep(0.02)
    await db.close()
    assert done == [True, True]
    await asyncio.gather(*tasks)
    await db.close()
    with pytest.raises(dotorm.ConnectionFailed, match=r"closed: .*'await db\.open\(\)'"):
        await db.execute("SELECT 1 AS one")
    await db.open()
    assert await db.execute("SELECT 1 AS one") == [{"one": 1}]
    await db.close()


async def test_closing_has_a_deadline(url):
    db = await dotorm.connect(url, close_timeout=0.1)
    entered, go_on = asyncio.Event(), asyncio.Event()

    async def task():
        async with db.transaction(readonly=True):
            entered.set()
            await go_on.wait()
            await db.execute("SELECT 1 AS one")

    running = asyncio.create_task(task())
    await entered.wait()
    started = time.monotonic()
    await db.close()
    assert time.monotonic() - started < PATIENCE
    go_on.set()
    with pytest.raises(dotorm.DotORMError):
        await running
    assert db.pool.statistics().size == 0


async def test_those_who_wait_while_it_closes_are_told(url):
    db = await dotorm.connect(url, max_size=1)
    async with asyncio.timeout(5):
        lease = await db.pool.acquire()
        waiting = asyncio.create_task(db.execute("SELECT 1 AS one"))
        await asyncio.sleep(0.02)
        closing = asyncio.create_task(db.close())
        with pytest.raises(dotorm.ConnectionFailed, match="closed"):
            await waiting
        db.pool.release(lease)
        await closing


def test_a_pool_is_used_again_in_a_second_event_loop(url):
    db = dotorm.connect(url)

    async def main(n):
        assert (
            await db.execute("SELECT %s AS n" if n else "SELECT 0 AS n", [n] if n else [])
            is not None
        )
        return db.pool.statistics().size

    assert asyncio.run(main(0)) == 1
    assert asyncio.run(main(0)) == 1

    async def end():
        await db.execute("SELECT 1 AS one")
        await db.close()

    asyncio.run(end())


async def test_two_living_loops_are_refused(url):
    async with dotorm.connect(url) as db:
        found = []

        def elsewhere():
            async def main():
                try:
                    await db.execute("SELECT 1 AS one")
                except dotorm.ConfigurationError as error:
                    found.append(str(error))

            asyncio.run(main())

        thread = threading.Thread(target=elsewhere)
        thread.start()
        await asyncio.to_thread(thread.join)
        assert "another event loop" in found[0]
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]


def refused_port():
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_a_refused_port_is_told_at_once(postgres_url):
    port = refused_port()
    db = dotorm.connect(f"postgresql://nobody@127.0.0.1:{port}/nothing")
    started = time.monotonic()
    for _ in range(3):
        with pytest.raises(dotorm.ConnectionFailed) as error:
            await db
        assert str(port) in str(error.value)
    results = await asyncio.gather(
        *(db.execute("SELECT 1") for _ in range(30)), return_exceptions=True
    )
    assert {type(result) for result in results} == {dotorm.ConnectionFailed}
    assert time.monotonic() - started < PATIENCE
    assert db.pool.statistics().size == 0
    await db.close()


async def test_a_refused_port_is_tried_for_reconnect_timeout(postgres_url):
    db = dotorm.connect(
        f"postgresql://nobody@127.0.0.1:{refused_port()}/nothing", reconnect_timeout=0.4
    )
    started = time.monotonic()
    with pytest.raises(dotorm.ConnectionFailed):
        await db
    assert 0.2 < time.monotonic() - started < PATIENCE


async def test_a_wrong_database_is_told(postgres_url):
    for url in (postgres_url + "_not", postgres_url.replace("postgres@", "nobody_at_all@")):
        with pytest.raises(dotorm.ConnectionFailed):
            await dotorm.connect(url)


async def test_a_folder_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(dotorm.ConnectionFailed, match="does the folder exist"):
        await dotorm.connect(f"sqlite:///{tmp_path}/none/x.db")


async def test_a_connection_that_the_server_ended_is_replaced(postgres_url):
    async with (
        dotorm.connect(postgres_url, max_size=3) as db,
        dotorm.connect(postgres_url) as other,
    ):
        for _ in range(3):
            victim = await pid(db)
            await all_back(db.pool)
            await other.execute("SELECT pg_terminate_backend(%s) AS done", [victim])
            await asyncio.sleep(0.05)
            assert await pid(db) != victim
        await all_back(db.pool)


async def test_a_connection_that_ends_during_a_statement_is_told_and_replaced(postgres_url):
    async with (
        dotorm.connect(postgres_url, max_size=1) as db,
        dotorm.connect(postgres_url) as other,
    ):
        victim = await pid(db)
        sleeping = asyncio.create_task(db.execute("SELECT pg_sleep(30)"))
        await asyncio.sleep(0.1)
        await other.execute("SELECT pg_terminate_backend(%s) AS done", [victim])
        with pytest.raises(dotorm.ConnectionFailed):
            await sleeping
        assert await pid(db) != victim
        await all_back(db.pool)


async def test_what_raw_sql_did_to_the_session_does_not_reach_the_next_user(postgres_url):
    async with (
        dotorm.connect(postgres_url, max_size=1, application_name="ours") as db,
        dotorm.connect(postgres_url) as other,
    ):
        first = await pid(db)
        await db.execute("SET TIME ZONE 'Asia/Tokyo'")
        await db.execute("SET application_name = 'theirs'")
        assert await db.execute("SHOW application_name") == [{"application_name": "ours"}]
        await db.execute("CREATE TEMP TABLE secret AS SELECT 1 AS x")
        with pytest.raises(dotorm.DatabaseError, match="secret"):
            await db.execute("SELECT * FROM secret")
        await db.execute(LOCKS)
        await all_back(db.pool)
        (row,) = await other.execute("SELECT pg_try_advisory_lock(42) AS got")
        assert row["got"] is True
        assert await pid(db) == first


async def test_a_transaction_begun_by_hand_does_not_reach_the_next_user(url):
    async with dotorm.connect(url, max_size=1) as db:
        await db.execute("CREATE TABLE things (id INTEGER)")
        await db.execute("BEGIN")
        await db.execute("INSERT INTO things VALUES (1)")
        await all_back(db.pool)
        assert await db.execute("SELECT * FROM things") == [{"id": 1}]
        async with db.transaction():
            await db.execute("INSERT INTO things VALUES (2)")
        assert len(await db.execute("SELECT * FROM things")) == 2


async def test_a_pragma_by_hand_does_not_reach_the_next_user(sqlite_url):
    async with dotorm.connect(sqlite_url, max_size=1) as db:
        await db.execute("CREATE TABLE owners (id INTEGER PRIMARY KEY)")
        await db.execute("INSERT INTO owners VALUES (1)")
        await db.execute("CREATE TABLE things (id INTEGER REFERENCES owners (id))")
        await db.execute("PRAGMA query_only = ON")
        await db.execute("PRAGMA foreign_keys = OFF")
        await db.execute("INSERT INTO things VALUES (1)")
        with pytest.raises(dotorm.IntegrityError):
            await db.execute("INSERT INTO things VALUES (%s)", [5])
        assert len(await db.execute("SELECT * FROM things")) == 1


async def test_statements_of_the_orm_cost_no_reset(postgres_url):
    class Plain(dotorm.DotModel):
        __table__ = "plain"

        id: int = dotorm.Integer(primary_key=True)

    async with dotorm.connect(postgres_url, max_size=1, models=[Plain]) as db:
        await db.create_and_update_tables([Plain])
        await all_back(db.pool)
        await Plain.create(Plain())
        assert db.pool.statistics().idle == 1
        await Plain.search()
        assert not any(lease.dirty for lease in db.pool._idle)


async def test_a_database_in_memory_lives_on_one_connection():
    async with dotorm.connect("sqlite://") as db:
        await db.execute("CREATE TABLE things (id INTEGER)")
        await asyncio.gather(*(db.execute("INSERT INTO things VALUES (1)") for _ in range(20)))
        assert len(await db.execute("SELECT * FROM things")) == 20
        assert db.pool.statistics().size == 1
