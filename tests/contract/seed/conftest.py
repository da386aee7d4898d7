"""The document's blocks, and what those of our own run on."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from dotorm import Database, connect
from tests.contract.seed import document
from tests.contract.seed.document import Blocks
from tests.contract.seed.library import MODELS, fill


@pytest.fixture(scope="module")
def blocks() -> Blocks:
    """The document's blocks by name."""
    path = document.location()
    if path is None:
        pytest.skip(f"no document: set {document.VARIABLE} to its path")
    return document.read(path)


@pytest_asyncio.fixture
async def library(url: str) -> AsyncIterator[Database]:
    """A database with the library's tables and records, which its models are bound to."""
    async with connect(url, models=MODELS) as database:
        await fill(database)
        yield database
