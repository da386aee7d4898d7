"""Where the document's blocks run: one namespace, one fresh database, and a witness of its own."""

import ast
import contextlib
import inspect
import io
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import asyncpg

import dotorm
from tests.contract.seed.document import filled_in

BOUND = ("articles", "tags")
"""Tables of models that blocks define and use at once, without binding them."""

TABLES = """
CREATE TABLE tags (id SERIAL PRIMARY KEY, name VARCHAR(50));
CREATE TABLE articles (id SERIAL PRIMARY KEY, title VARCHAR(200));
CREATE TABLE article_tags (
    tag_id INTEGER NOT NULL REFERENCES tags ON DELETE CASCADE,
    article_id INTEGER NOT NULL REFERENCES articles ON DELETE CASCADE,
    PRIMARY KEY (tag_id, article_id)
);
"""


class Witness(Protocol):
    """What looks into the database past the models."""

    async def execute(self, sql: str, /) -> Any:
        """Run statements."""
        ...

    async def fetch(self, sql: str, /) -> Sequence[Any]:
        """The rows of a query."""
        ...


class Stage:
    """Runs blocks, one after another, as written.

    Attributes:
        names: What the blocks defined so far.
        statements: What was sent to the database since `forget`.
    """

    def __init__(self, url: str, witness: Witness) -> None:
        self.url = url
        self.names: dict[str, Any] = {"__name__": "block"}
        self.statements: list[str] = []
        self._witness = witness
        self._is_open = False

    async def run(self, source: str) -> list[str]:
        """Run a block; answer the lines that it printed."""
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(filled_in(source, self.url), "<block>", "exec", flags)
        printed = io.StringIO()
        self._is_open = True
        with contextlib.redirect_stdout(printed):
            waits = eval(code, self.names)  # noqa: S307 - running the document is the test
            if inspect.iscoroutine(waits):
                await waits
        return printed.getvalue().splitlines()

    async def prepare(self, sql: str) -> None:
        """Put data into the database, past the ORM."""
        await self._witness.execute(sql)
        self.forget()

    async def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What is in the database, past the ORM."""
        return [tuple(row) for row in await self._witness.fetch(sql)]

    async def column(self, sql: str) -> list[Any]:
        """The first column of what is in the database."""
        return [row[0] for row in await self.rows(sql)]

    def forget(self) -> None:
        """Begin to count statements from nought."""
        self.statements.clear()

    async def close(self) -> None:
        """Close the pool that a block opened."""
        self._is_open = False
        if "container" in self.names:
            await self.names["container"].close_pool()

    @dotorm.hookimpl
    def dotorm_model_ready(self, model: Any, meta: Any) -> None:
        """Bind models that are used in the block that defines them."""
        if self._is_open and not meta.is_abstract and meta.table in BOUND:
            model._pool = self.names["pool"]

    @dotorm.hookimpl
    def dotorm_statement_finished(self, event: Any) -> None:
        """Remember a statement."""
        self.statements.append(event.sql)


@asynccontextmanager
async def stage_on(url: str) -> AsyncIterator[Stage]:
    """A stage on an empty database."""
    witness = await asyncpg.connect(url)
    stage = Stage(url, witness)
    dotorm.register_observer(stage)
    try:
        yield stage
    finally:
        dotorm.unregister_observer(stage)
        await stage.close()
        await witness.close()
