"""Connections: what they are set to, how they are protected, and how they end."""

import asyncio
import time
from urllib.parse import urlsplit

import pytest
from dotorm.databases.mariadb import ContainerMariadb
from dotorm.databases.mysql import ContainerMysql, MysqlPoolSettings

import dotorm
from dotorm import ContainerSettings, DotModel, Integer
from dotorm.databases.abstract import Statement
from dotorm.exceptions import (
    AccessDenied,
    ConfigurationError,
    ConnectionFailed,
    DatabaseError,
    InvalidValue,
    Timeout,
)
from dotorm.url import parse_url
from tests.integration.conftest import all_back
from tests.integration.faults import until

RUNNING = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE()"


async def one(db, sql, values=()):
    """The one value that a statement answers."""
    ((value,),) = [list(row.values()) for row in await db.execute(sql, values)]
    return value


async def test_a_session_is_strict_and_in_utc(db):
    assert await one(db, "SELECT @@SESSION.time_zone") == "+00:00"
    assert await one(db, "SELECT @@SESSION.autocommit") == 1
    assert await one(db, "SELECT 'a' = 'A'") == 0
    modes = await one(db, "SELECT @@SESSION.sql_mode")
    assert {"STRICT_ALL_TABLES", "NO_AUTO_VALUE_ON_ZERO"} <= set(modes.split(","))
    assert await one(db, "SELECT %s", ["😀 \\ ' % \0"]) == "😀 \\ ' % \0"


async def test_what_a_statement_leaves_in_its_session_is_forgotten(mysqls):
    async with dotorm.connect(mysqls, max_size=1) as db:
        for sql in (
            "SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'",
            "SET NAMES latin1",
            "SET autocommit = 0, time_zone = '+05:00'",
            "SET @mine = 1",
            "CREATE TEMPORARY TABLE t (n INT)",
            "START TRANSACTION",
        ):
            await db.execute(sql)
        assert await one(db, "SELECT @mine") is None
        assert await one(db, "SELECT @@SESSION.time_zone") == "+00:00"
        assert await one(db, "SELECT %s", ["\\'ü"]) == "\\'ü"
        with pytest.raises(DatabaseError, match="doesn't exist"):
            await db.execute("SELECT * FROM t")


@pytest.mark.parametrize("driver", ["aiomysql", "asyncmy"])
async def test_another_database_is_used_by_one_statement_alone(mysqls, driver):
    async with dotorm.connect(mysqls, driver=driver, max_size=1) as db:
        own = await one(db, "SELECT DATABASE()")
        await db.execute("USE information_schema")
        assert await one(db, "SELECT DATABASE()") == own


async def test_text_is_safe_without_backslashes(db):
    async with db.transaction() as session:
        await session.execute("SET SESSION sql_mode = 'NO_BACKSLASH_ESCAPES'")
        for text in ("\\", "\\'", "' OR 1=1 -- ", "\\\\''"):
            assert await one(session, "SELECT %s", [text]) == text
        assert await one(session, "SELECT %s", [b"\\'\xff"]) == b"\\'\xff"


async def test_one_text_is_one_statement(db):
    with pytest.raises(DatabaseError, match="syntax"):
        await db.execute("SELECT 1 AS a; SELECT 2 AS a")


async def test_a_procedure_answers_its_first_rows(db):
    await db.execute("CREATE PROCEDURE two() BEGIN SELECT 1 AS a; SELECT 2 AS b; END")
    assert await db.execute("CALL two()") == [{"a": 1}]
    assert await one(db, "SELECT 3") == 3


async def test_a_query_that_is_not_answered_with_rows_did_not_find_none(db):
    assert (await db.session.run(Statement("SELECT 1 FROM DUAL WHERE 0"))).rows == ()
    with pytest.raises(ConnectionFailed, match="but not with rows"):
        await db.session.run(Statement("DO 0"))
    assert await one(db, "SELECT 1") == 1


async def test_a_cancelled_statement_ends_on_the_server(db, stranger):
    sql = "SELECT 1 FROM DUAL WHERE SLEEP(60) = 0"
    task = asyncio.create_task(db.execute(sql))

    async def sleeps(count):
        found = f"{RUNNING} AND info = %s"
        return await one(stranger, found, [sql]) == count

    await until(lambda: sleeps(1))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until(lambda: sleeps(0))  # a server answers KILL before what it killed is gone
    assert await one(db, "SELECT 1") == 1


async def test_a_statement_that_takes_too_long_ends_on_the_server(mysqls, stranger):
    async with dotorm.connect(mysqls, command_timeout=0.3) as db:
        started = time.monotonic()
        with pytest.raises(Timeout, match="command_timeout"):
            await db.execute("SELECT 1 FROM DUAL WHERE SLEEP(61) = 0")
        assert time.monotonic() - started < 10
        await all_back(db.pool)
    found = f"{RUNNING} AND info LIKE '%%(61)%%'"

    async def is_gone():
        return await one(stranger, f"{found} AND id <> CONNECTION_ID()") == 0

    await until(is_gone)


async def test_an_idle_connection_that_is_killed_is_replaced(mysqls, stranger):
    async with dotorm.connect(mysqls, max_size=1) as db:
        killed = await one(db, "SELECT CONNECTION_ID()")
        await all_back(db.pool)
        (lease,) = db.pool._idle
        await stranger.execute(f"KILL {killed}")
        await until(lease.connection.is_closed)
        assert await one(db, "SELECT CONNECTION_ID()") != killed


async def test_a_scheme_and_its_server(mariadb_url, mysql_url):
    async with dotorm.connect(mariadb_url.replace("mariadb:", "mysql:")) as db:
        assert "MariaDB" in await db.server_version()
    with pytest.raises(ConfigurationError, match=r"the server is MySQL .*: write mysql://"):
        await dotorm.connect(mysql_url.replace("mysql:", "mariadb:")).open()


@pytest.mark.parametrize("driver", ["aiomysql", "asyncmy"])
@pytest.mark.parametrize("mode", ["required", "verify_ca", "verify_identity"])
async def test_without_tls_nothing_is_sent(mariadb_url, driver, mode):
    db = dotorm.connect(mariadb_url.replace("://", f"+{driver}://"), ssl_mode=mode)
    with pytest.raises(ConnectionFailed, match="the server has no TLS, which ssl_mode asks for"):
        await db.open()


@pytest.mark.parametrize("driver", ["aiomysql", "asyncmy"])
async def test_tls(mysql_url, driver):
    url = mysql_url.replace("://", f"+{driver}://")
    for mode, protected in (("required", True), ("preferred", True), ("disabled", False)):
        async with dotorm.connect(url, ssl_mode=mode) as db:
            (row,) = await db.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
            assert bool(row["Value"]) is protected
    for mode in ("verify_ca", "verify_identity"):
        with pytest.raises(ConnectionFailed, match="certificate"):
            await dotorm.connect(url, ssl_mode=mode).open()
    with pytest.raises(ConfigurationError, match="ssl_ca"):
        await dotorm.connect(url, ssl_mode="required", ssl_ca="/nowhere").open()


@pytest.mark.parametrize("driver", ["aiomysql", "asyncmy"])
async def test_passwords_of_mysql(mysql_url, driver):
    place = urlsplit(mysql_url)
    async with dotorm.connect(mysql_url) as db:
        await db.execute("CREATE USER 'ann ü'@'%%' IDENTIFIED BY 'p:w/d@ %%'")
        try:
            await db.execute("GRANT ALL ON *.* TO 'ann ü'@'%%'")
            url = f"mysql+{driver}://{place.hostname}:{place.port}{place.path}"
            given = {"user": "ann ü", "ssl_mode": "disabled", "password": "p:w/d@ %"}
            for _ in range(2):  # the second time the server remembers
                async with dotorm.connect(url, **given) as other:
                    assert await one(other, "SELECT 1") == 1
            with pytest.raises(AccessDenied, match="check user and password"):
                await dotorm.connect(url, **{**given, "password": "no"}).open()
        finally:
            await db.execute("DROP USER 'ann ü'@'%%'")


async def test_a_database_that_is_not_there(mysqls):
    with pytest.raises(AccessDenied, match="nowhere"):
        await dotorm.connect(mysqls, database="nowhere").open()


async def test_a_server_that_is_not_there(mysqls):
    with pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1"):
        await dotorm.connect(mysqls, port=1).open()
    with pytest.raises(ConnectionFailed, match="No such file"):
        await dotorm.connect(mysqls, unix_socket="/nowhere/socket").open()


async def test_a_unix_socket(db, mysqls):
    socket = await one(db, "SELECT @@socket")
    async with dotorm.connect(mysqls, host="nowhere.invalid", unix_socket=socket) as other:
        assert await one(other, "SELECT 1") == 1


async def test_a_statement_that_is_too_long(db):
    most = await one(db, "SELECT @@GLOBAL.max_allowed_packet")
    with pytest.raises((InvalidValue, ConnectionFailed), match=r"max_allowed_packet|lost|closed"):
        await db.execute("SELECT LENGTH(%s)", ["x" * most])
    assert await one(db, "SELECT 1") == 1


@pytest.mark.parametrize("driver", ["aiomysql", "asyncmy"])
async def test_containers(mysqls, driver):
    class Thing(DotModel):
        __table__ = "things"

        id: int = Integer(primary_key=True)

    url = parse_url(mysqls)
    kind = ContainerMariadb if url.scheme == "mariadb" else ContainerMysql
    settings = MysqlPoolSettings.from_url(url)
    container = kind(settings, ContainerSettings(driver=driver))
    pool = await container.create_pool()
    assert driver in type(pool._idle[0].connection._raw).__mro__[2].__module__
    Thing._pool, Thing._no_transaction = pool, container.get_no_transaction_session()
    await container.create_and_update_tables([Thing])
    assert await Thing.create(Thing()) == 1
    await container.close_pool()
    with pytest.raises(ConfigurationError, match="has no driver 'asyncpg'"):
        kind(settings, ContainerSettings(driver="asyncpg"))
