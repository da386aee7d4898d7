"""The writer: the only place where names are quoted and values are bound."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from itertools import count
from operator import add
from typing import TYPE_CHECKING, Any, NamedTuple

from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.components.expressions import ColumnRef

__all__ = ["Binder", "Compiled", "SqlWriter", "check_identifier"]

type Binder = Callable[[Any], Any]

_PLAIN_WORD = re.compile(r"[a-z_][a-z0-9_]*\Z")

# Words that ISO/IEC 9075 or a supported database reserves and that people use as names.
_RESERVED_WORDS = """
all analyse analyze and any array as asc authorization between both by case cast check
collate column constraint create cross current_date current_time current_timestamp
current_user database default deferrable delete desc distinct do drop else end except exists
false fetch for foreign freeze from full grant group having ilike in index initially inner
insert intersect interval into is isnull join key keys lateral leading left like limit
localtime localtimestamp lock match natural not notnull null of offset on only option or order
outer over overlaps partition placing primary range rank read references replace returning
right row rows select session_user set similar some symmetric system table tablesample then to
trailing trigger true union unique update usage use user using values variadic verbose view
when where window with write
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())


def check_identifier(given: object, longest: int = sys.maxsize) -> str:
    """Answer the name if it can be quoted, as str itself.

    Args:
        given: A table's, column's, index's or constraint's name.
        longest: The database's limit, in bytes of UTF-8.

    Raises:
        ConfigurationError: It is empty, not text, too long, or has a NUL or a lone surrogate.
    """
    name = str.__str__(given) if isinstance(given, str) else ""
    if not name:
        raise ConfigurationError(
            "a name in the database must be text that is not empty, not "
            + ("''" if isinstance(given, str) else type(given).__name__)
        )
    try:
        size = len(name.encode())
    except UnicodeEncodeError as error:
        raise ConfigurationError(f"the name {name!r} is not valid Unicode text") from error
    if "\0" in name:
        raise ConfigurationError(f"the name {name!r} holds a NUL character")
    if size > longest:
        raise ConfigurationError(
            f"the name {name!r} has {size} bytes and the database takes {longest}: shorten it"
        )
    return name


class Compiled(NamedTuple):
    """A statement's text with the values to bind and the functions that convert them."""

    sql: str
    values: list[Any]
    binders: list[Binder | None]

    def bound(self) -> list[Any]:
        """The values, each converted for the driver."""
        return [
            value if binder is None else binder(value)
            for value, binder in zip(self.values, self.binders, strict=True)
        ]


class SqlWriter:
    """Collects a statement's text and values.

    Args:
        dialect: Spells names and placeholders.
        aliases: The alias of each joined table by its path; empty when there is one table, whose
            columns then stand alone.
        display: Write the text that `Builder` shows: ``%s`` placeholders, and plain words bare
            where `plain` is used. Executed text always quotes.

    Attributes:
        nested: What is being written is a query inside the statement.
    """

    __slots__ = (
        "_aliases",
        "_binders",
        "_dialect",
        "_parts",
        "_scopes",
        "_values",
        "display",
        "nested",
        "write",
    )

    def __init__(
        self,
        dialect: Dialect,
        aliases: dict[tuple[str, ...], str] | None = None,
        *,
        display: bool = False,
    ) -> None:
        self._dialect = dialect
        self._aliases = aliases or {}
        self.display = display
        self.nested = False
        self._scopes = 0
        self._parts: list[str] = []
        self._values: list[Any] = []
        self._binders: list[Binder | None] = []
        self.write = self._parts.append

    def name(self, identifier: str) -> None:
        """Write a name, quoted."""
        name = self._dialect.escape_identifier(identifier)
        self.write(name if self.display else name.replace("%", self._dialect.percent))

    def plain(self, identifier: str) -> None:
        """Write a name that `Builder` shows bare if it is a plain word and not reserved."""
        if self.display and _PLAIN_WORD.match(identifier) and identifier not in _RESERVED:
            self.write(identifier)
        else:
            self.name(identifier)

    def column(self, column: ColumnRef, *, plain: bool = False) -> None:
        """Write a column, with its table's alias where several tables are joined."""
        alias = self._aliases.get(column.path)
        if alias is not None:
            self.name(alias)
            self.write(".")
        (self.plain if plain else self.name)(column.name)

    @contextmanager
    def scope(self, aliases: Callable[[str], dict[tuple[str, ...], str]]) -> Iterator[None]:
        """Write a query inside the statement, whose tables have aliases of their own.

        Args:
            aliases: Answers them, given a prefix that no other query of the statement has.
        """
        outer = self._aliases, self.nested
        self._scopes += 1
        self._aliases, self.nested = aliases(f"s{self._scopes}_"), True
        yield
        self._aliases, self.nested = outer

    def bind(self, value: Any, binder: Binder | None = None, cast: str = "") -> None:
        """Write a placeholder, and what follows it, and keep its value."""
        self._values.append(value)
        self._binders.append(binder)
        if self.display:
            self.write("%s")
        else:
            self.write(self._dialect.make_placeholder(len(self._values)) + cast)

    def carry(self, binder: Binder | None) -> None:
        """Keep the place of a value that travels beside the text, and is given later."""
        self._values.append(None)
        self._binders.append(binder)

    def bind_rows(self, columns: Sequence[tuple[Binder | None, str]], rows: int) -> None:
        """Write rows of placeholders, each row in brackets; their values are bound later.

        Args:
            columns: What converts each column's values, and what follows their placeholders.
            rows: How many rows.
        """
        binders = [binder for binder, _ in columns]
        casts = [cast for _, cast in columns]
        width = len(columns)
        first = len(self._values) + 1
        row = self._marks(first, casts)
        if row == self._marks(first + width, casts):
            texts = [row] * rows
        else:
            texts = [self._marks(first + width * number, casts) for number in range(rows)]
        self.write(f"({'), ('.join(texts)})")
        self._values += [None] * (width * rows)
        self._binders += binders * rows

    def _marks(self, first: int, casts: Sequence[str]) -> str:
        if self.display:
            return ", ".join("%s" for _ in casts)
        return ", ".join(map(add, map(self._dialect.make_placeholder, count(first)), casts))

    def alias(self, path: tuple[str, ...]) -> str | None:
        """The alias of the table at the path, if tables are joined."""
        return self._aliases.get(path)

    def done(self) -> Compiled:
        """The finished statement."""
        return Compiled("".join(self._parts), self._values, self._binders)
