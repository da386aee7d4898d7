"""The MySQL backend alone, on MariaDB and MySQL servers."""

import pytest

import dotorm
from tests.integration.conftest import all_back

PLACES = {"mariadb": "mariadb", "mysql": "mysql", "mariadb as mysql": "mariadb"}
"""The servers, one of which is also spoken to as if it were another."""


@pytest.fixture(
    params=[pytest.param(place, marks=getattr(pytest.mark, name)) for place, name in PLACES.items()]
)
def mysqls(request):
    """The URL of an empty database, on every server in turn."""
    url = request.getfixturevalue(f"{PLACES[request.param]}_url")
    return url.replace("mariadb:", "mysql:") if " as " in request.param else url


@pytest.fixture
async def db(mysqls):
    """An empty database, connected; every connection has come back at the end of the test."""
    async with dotorm.connect(mysqls, max_size=5) as database:
        yield database
        await all_back(database.pool)


@pytest.fixture
async def stranger(mysqls):
    """Somebody else, who sees all connections and may end them."""
    async with dotorm.connect(mysqls, max_size=2) as database:
        yield database
