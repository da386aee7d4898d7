"""The ClickHouse backend alone on a real server."""

import pytest

import dotorm
from tests.integration.conftest import all_back


@pytest.fixture
async def db(clickhouse_url, sent):
    """An empty database, connected; every connection has come back at the end of the test."""
    async with dotorm.connect(clickhouse_url) as database:
        yield database
        await all_back(database.pool)


@pytest.fixture
def make(db, sent):
    """A function that binds models, makes their tables, and forgets what was sent."""

    async def make(*models):
        db.bind(*models)
        changes = await db.create_and_update_tables(models)
        sent.forget()
        return changes

    return make
