"""What the blocks of our own run on."""

from collections.abc import AsyncIterator

import pytest_asyncio

from dotorm import Database, connect
from tests.contract.seed.library import MODELS, fill


@pytest_asyncio.fixture
async def library(url: str) -> AsyncIterator[Database]:
    """A database with the library's tables and records, which its models are bound to."""
    async with connect(url, models=MODELS) as database:
        await fill(database)
        yield database
