"""The prepared statements of one connection.

asyncpg can keep those of `Connection.fetch` itself, but goes a long way round to find one: a fetch
on a statement in hand takes a tenth less of a point read. It is told to keep none, so that all that
the server knows are ours and can be dropped together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from asyncpg.prepared_stmt import PreparedStatement

    type Connection = asyncpg.Connection[asyncpg.Record]
    type Prepared = PreparedStatement[asyncpg.Record]

__all__ = ["OUTDATED", "PreparedStatements"]

OUTDATED = (
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
    asyncpg.InvalidSQLStatementNameError,
)
"""Raised where the server knows a statement no more, or answers other types than it did."""

_LONGEST = 15_000  # characters; the text of so large a statement is seldom sent twice


class PreparedStatements:
    """Those that were used last, by their text.

    Args:
        connection: Whose they are.
        most: How many are kept; with 0 each is prepared as it is needed, without a name.
    """

    __slots__ = ("_connection", "_kept", "_lost", "_made", "_most")

    def __init__(self, connection: Connection, most: int) -> None:
        self._connection = connection
        self._most = most
        self._kept: dict[str, Prepared] = {}
        self._made = 0
        self._lost = False

    def take(self, sql: str) -> Prepared | None:
        """The statement with the text, if it is kept; it is the last to be dropped now."""
        found = self._kept.pop(sql, None)
        if found is not None:
            self._kept[sql] = found
        return found

    async def prepare(self, sql: str) -> Prepared:
        """Have the server prepare a statement; in place of the one used longest ago, if need be."""
        if not self._most or len(sql) > _LONGEST:
            return await self._connection.prepare(sql, name="")
        if len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]  # asyncpg closes it after the next one is made
        self._made += 1
        try:
            made = await self._connection.prepare(sql, name=f"__dotorm_{self._made}__")
        except asyncpg.PostgresError:
            raise
        except BaseException:
            self._lost = True  # the server may have made it, and nobody would ever close it
            raise
        self._kept[sql] = made
        return made

    def forget(self) -> None:
        """Prepare each anew when it is needed next."""
        self._kept.clear()

    async def tidy(self) -> None:
        """Have the server drop all, if it may know any that nobody uses."""
        if self._lost:
            self.forget()
            await self._connection.execute("DEALLOCATE ALL")
            self._lost = False
