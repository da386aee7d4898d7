"""What the tests on real databases share: a database, and a record of what it was sent."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

import dotorm
from dotorm.databases.abstract import Pool, StatementFinished, TransactionFinished
from tests.backends import SERVERS
from tests.databases import available
from tests.servers import Server, private


class Sent:
    """The statements and transactions of every database, from when it is registered."""

    def __init__(self) -> None:
        self.events: list[StatementFinished] = []
        self.transactions: list[TransactionFinished] = []

    def __len__(self) -> int:
        return len(self.events)

    @property
    def texts(self) -> list[str]:
        """The SQL, in order."""
        return [event.sql for event in self.events]

    @property
    def values(self) -> list[list[object]]:
        """The values, in order."""
        return [list(event.values) for event in self.events]

    def forget(self) -> None:
        """Begin anew."""
        self.events.clear()
        self.transactions.clear()

    @dotorm.hookimpl
    def dotorm_statement_finished(self, event: StatementFinished) -> None:
        """A statement ran or failed."""
        self.events.append(event)

    @dotorm.hookimpl
    def dotorm_transaction_finished(self, event: TransactionFinished) -> None:
        """A transaction ended."""
        self.transactions.append(event)


@pytest.fixture
def sent() -> Iterator[Sent]:
    """Every statement that reaches a database of this test."""
    recorder = Sent()
    dotorm.register_observer(recorder)
    yield recorder
    dotorm.unregister_observer(recorder)


@pytest.fixture
async def db(url: str, sent: Sent) -> AsyncIterator[dotorm.Database]:
    """An empty database, connected; every connection has come back at the end of the test."""
    async with dotorm.connect(url) as database:
        yield database
        await all_back(database.pool)


_SERVERS = [pytest.param(name, marks=getattr(pytest.mark, name)) for name in SERVERS]


@pytest.fixture(params=_SERVERS)
def server_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, on every server in turn."""
    answer: str = request.getfixturevalue(f"{request.param}_url")
    return answer


@pytest.fixture(scope="module", params=_SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that may be stopped and killed, of every kind in turn."""
    with available(request.config, request.param, private) as started:
        yield started


async def all_back(pool: Pool) -> None:
    """Wait until every connection is free; some are still being cleaned after an error."""
    for _ in range(300):
        found = pool.statistics()
        if found.idle == found.size and not found.waiting:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"connections did not come back: {found}")
