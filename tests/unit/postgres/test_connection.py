"""What the adapter makes of a driver that is in trouble."""

import asyncpg
import pytest

from dotorm.databases.abstract import Statement
from dotorm_postgres.connection import PostgresConnection


class Troubled:
    """An asyncpg connection that raises an error whatever it is asked."""

    _protocol = None

    def __init__(self, text):
        self.error = asyncpg.InternalClientError(text)
        self.closed = False

    async def fetch(self, *_, **__):
        raise self.error

    execute = prepare = cursor = fetch

    def terminate(self):
        self.closed = True

    def is_closed(self):
        return self.closed


async def ask(connection, wants):
    statement = Statement("SELECT 1", (), wants)
    if wants == "portions":
        async for _ in connection.stream(statement, 1):
            pass
    await connection.execute(statement)


GOOD_BYE = "cannot switch to state 12; another operation (2) is in progress"


TROUBLES = [(GOOD_BYE, True), ("not connected", True), ("no decoder for OID 5", False)]


@pytest.mark.parametrize("wants", ["rows", "count", "mappings", "portions"])
@pytest.mark.parametrize(("text", "closed"), TROUBLES)
async def test_after_the_servers_good_bye_it_is_closed(wants, text, closed):
    connection = PostgresConnection(Troubled(text), 0)
    with pytest.raises(asyncpg.InternalClientError):
        await ask(connection, wants)
    assert connection.is_closed() is closed


class Late:
    """An asyncpg connection on which a BEGIN that was cancelled goes through after all."""

    _protocol = None

    def __init__(self):
        self.inside = False
        self.asked = []

    async def execute(self, sql):
        self.inside = sql != "ROLLBACK" and (self.inside or not self.asked)
        self.asked.append(sql.split()[0])

    def is_in_transaction(self):
        return self.inside


async def test_a_cancelled_begin_that_goes_through_late_is_undone():
    driver = Late()
    await PostgresConnection(driver, 0).reset()
    assert driver.asked == ["SET", "ROLLBACK", "SET"]
    assert not driver.inside
