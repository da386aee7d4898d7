"""Where ClickHouse keeps a table: its engine and what belongs to it.

::

    class Click(DotModel):
        __table__ = "clicks"
        __storage__ = MergeTree(
            order_by=("page", "at"), partition_by="toYYYYMM(at)", ttl="at + INTERVAL 1 YEAR"
        )

Names are those of columns. What is written into a statement is checked word by word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from dotorm.components.filter_parser import shown, suggestion
from dotorm.ddl import TableOptions
from dotorm.exceptions import ConfigurationError
from dotorm_clickhouse.literals import literal
from dotorm_clickhouse.options import Settings, check_settings, settings_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dotorm.ddl import Index, Table

__all__ = [
    "AggregatingMergeTree",
    "CollapsingMergeTree",
    "Distributed",
    "Engine",
    "Memory",
    "MergeTree",
    "ReplacingMergeTree",
    "SummingMergeTree",
    "VersionedCollapsingMergeTree",
]

type Quote = Callable[[str], str]
type Names = str | Sequence[str]

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<word>[A-Za-z_]\w*) | (?P<quoted>`(?:[^`\\]|\\.)+`)
    | (?P<other>\d+(?:\.\d+)? | '(?:[^'\\]|\\.)*' | [-+*/%(),\[\]<>=!]+ | \Z)
    )""",
    re.VERBOSE,
)
_KEYWORDS = """
and or not interval second minute hour day week month quarter year
delete to disk volume where recompress codec group by set asc desc
"""
_WORDS = frozenset(_KEYWORDS.split())
_INDEX = re.compile(r"[a-z_]\w*(?:\([\w., ]*\))?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, eq=False)
class Engine(TableOptions):
    """How a table is kept."""

    engine: ClassVar[str]
    sorted: ClassVar[bool] = False
    """Whether it has an order, and indexes."""

    def text(self, table: Table, quote: Quote) -> str:
        """What follows the columns in CREATE TABLE.

        Args:
            table: The table.
            quote: Writes a name.

        Raises:
            ConfigurationError: It names something that is no column.
        """
        return "\n".join(self.lines(table, quote))

    def lines(self, table: Table, quote: Quote) -> Iterator[str]:
        """The engine, and each clause that belongs to it."""
        yield f"ENGINE = {self.engine}({', '.join(self.parameters(table, quote))})"

    def parameters(self, table: Table, quote: Quote) -> Iterator[str]:
        """What is in the brackets behind the engine's name."""
        yield from ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Memory(Engine):
    """Rows in memory, gone with the server."""

    engine: ClassVar[str] = "Memory"


@dataclass(frozen=True, kw_only=True, eq=False)
class Distributed(Engine):
    """No rows of its own: reads and writes a table on the servers of a cluster.

    Attributes:
        cluster: The cluster's name.
        table: The table there.
        database: Its database; None is the one that is connected to.
        sharding_key: Which server gets a row: an expression that answers a number.
    """

    engine: ClassVar[str] = "Distributed"
    cluster: str
    table: str
    database: str | None = None
    sharding_key: str | None = None

    def parameters(self, table: Table, quote: Quote) -> Iterator[str]:
        """Cluster, database, table, key."""
        yield literal(self.cluster)
        yield "currentDatabase()" if self.database is None else literal(self.database)
        yield literal(self.table)
        if self.sharding_key is not None:
            yield _expression(self.sharding_key, table, quote)


@dataclass(frozen=True, kw_only=True, eq=False)
class MergeTree(Engine):
    """Rows in order, in parts that are merged.

    Attributes:
        order_by: Columns or expressions that rows are sorted by; by default the key.
        partition_by: What parts are kept apart by, such as ``toYYYYMM(at)``.
        primary_key: As much of the order as the index in memory has; by default all.
        sample_by: What part of a row's order a sample is made by.
        ttl: How long rows live: ``at + INTERVAL 30 DAY``, with DELETE, TO DISK and so on.
        settings: The table's settings.
        index_types: By column, the type of its index, where it has one: ``bloom_filter(0.01)``;
            of an index over several columns by their names joined by commas. Others are minmax.
        replicated: True to keep replicas where the server's configuration says, or the path in
            Keeper and the replica's name.
    """

    engine: ClassVar[str] = "MergeTree"
    sorted: ClassVar[bool] = True
    order_by: Names | None = None
    partition_by: Names | None = None
    primary_key: Names | None = None
    sample_by: str | None = None
    ttl: str | None = None
    settings: Settings = field(default_factory=dict)
    index_types: Mapping[str, str] = field(default_factory=dict)
    replicated: bool | tuple[str, str] = False

    def __post_init__(self) -> None:
        check_settings(self.settings)
        for kind in self.index_types.values():
            if not isinstance(kind, str) or not _INDEX.fullmatch(kind):
                raise ConfigurationError(f"index_types: {shown(kind)} is no type of an index")

    def lines(self, table: Table, quote: Quote) -> Iterator[str]:
        """The engine, its keys, the time to live and the settings."""
        replicated = "Replicated" if self.replicated else ""
        given = ", ".join(self.parameters(table, quote))
        yield f"ENGINE = {replicated}{self.engine}({given})"
        order = table.primary_key if self.order_by is None else self.order_by
        clauses = {
            "PARTITION BY": self.partition_by,
            "PRIMARY KEY": self.primary_key,
            "ORDER BY": order,
            "SAMPLE BY": self.sample_by,
            "TTL": self.ttl,
        }
        for words, parts in clauses.items():
            if parts is not None:
                yield f"{words} {_expressions(parts, table, quote, plain=words == 'TTL')}"
        if self.settings:
            pairs = (f"{name} = {value}" for name, value in settings_text(self.settings))
            yield f"SETTINGS {', '.join(pairs)}"

    def parameters(self, table: Table, quote: Quote) -> Iterator[str]:
        """Path and replica, if they are given, and the columns that the engine works with."""
        if isinstance(self.replicated, tuple):
            yield from map(literal, self.replicated)
        for names in self.columns():
            if isinstance(names, str):
                yield _column(names, table, quote)
            elif names is not None:
                yield f"({', '.join(_column(name, table, quote) for name in names)})"

    def columns(self) -> tuple[Names | None, ...]:
        """The columns that the engine works with."""
        return ()

    def index_type(self, index: Index) -> str:
        """The type of an index."""
        return self.index_types.get(",".join(index.columns), "minmax")


@dataclass(frozen=True, kw_only=True, eq=False)
class ReplacingMergeTree(MergeTree):
    """Of rows with the same order the last one is left, at some time; FINAL reads it at once.

    Attributes:
        version: The column by which a row is the last.
        is_deleted: The column, UInt8, that marks rows to be left out.
    """

    engine: ClassVar[str] = "ReplacingMergeTree"
    version: str | None = None
    is_deleted: str | None = None

    def columns(self) -> tuple[Names | None, ...]:
        """Version, deleted."""
        return self.version, self.is_deleted


@dataclass(frozen=True, kw_only=True, eq=False)
class SummingMergeTree(MergeTree):
    """Rows with the same order become one, with the sums of their numbers.

    Attributes:
        summed: The columns that are summed; by default all numbers outside of the order.
    """

    engine: ClassVar[str] = "SummingMergeTree"
    summed: Sequence[str] | None = None

    def columns(self) -> tuple[Names | None, ...]:
        """What is summed."""
        return (self.summed,)


@dataclass(frozen=True, kw_only=True, eq=False)
class AggregatingMergeTree(MergeTree):
    """Rows with the same order become one, whose aggregate states are merged."""

    engine: ClassVar[str] = "AggregatingMergeTree"


@dataclass(frozen=True, kw_only=True, eq=False)
class CollapsingMergeTree(MergeTree):
    """A row with the sign -1 takes away one with the sign 1 and the same order.

    Attributes:
        sign: The column, Int8.
    """

    engine: ClassVar[str] = "CollapsingMergeTree"
    sign: str

    def columns(self) -> tuple[Names | None, ...]:
        """The sign."""
        return (self.sign,)


@dataclass(frozen=True, kw_only=True, eq=False)
class VersionedCollapsingMergeTree(CollapsingMergeTree):
    """The same, in whatever order rows come.

    Attributes:
        version: The column that tells the states of an object apart.
    """

    engine: ClassVar[str] = "VersionedCollapsingMergeTree"
    version: str

    def columns(self) -> tuple[Names | None, ...]:
        """Sign and version."""
        return self.sign, self.version


def _expressions(parts: Names, table: Table, quote: Quote, *, plain: bool) -> str:
    given = (parts,) if isinstance(parts, str) else parts
    text = ", ".join(_expression(part, table, quote) for part in given)
    if plain:
        return text
    return f"({text})" if given else "tuple()"


def _column(name: str, table: Table, quote: Quote) -> str:
    known = [column.name for column in table.columns]
    if name not in known:
        hint = suggestion(name, known)
        raise ConfigurationError(f"table {table.name}: there is no column {shown(name)}{hint}")
    return quote(name)


def _expression(text: str, table: Table, quote: Quote) -> str:
    """An expression with its columns quoted: columns, functions, numbers, text and operators."""
    if text in {column.name for column in table.columns}:
        return quote(text)
    parts: list[str] = []
    place, signs = 0, ""
    while place < len(text):
        token = _TOKEN.match(text, place)
        other = "" if token is None else token["other"] or ""
        signs += "" if other.startswith("'") else other
        if token is None or "--" in signs or "/*" in signs:
            raise ConfigurationError(f"table {table.name}: cannot read {shown(text[place:])}")
        signs += " "
        start, end = token.span(token.lastgroup or 0)
        parts += (text[place:start], _word(token, text[end : end + 1], table, quote))
        place = end if end > place else len(text)
    if not _are_paired(signs):
        raise ConfigurationError(f"table {table.name}: a bracket is missing in {shown(text)}")
    return "".join(parts).strip()


def _are_paired(signs: str) -> bool:
    """Whether each bracket that opens closes, and no other does."""
    depth = 0
    for sign in signs:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def _word(token: re.Match[str], following: str, table: Table, quote: Quote) -> str:
    word: str | None = token["word"]
    if token["other"] is not None:
        return str(token["other"])
    if word is None:
        return _column(re.sub(r"\\(.)", r"\1", token["quoted"][1:-1]), table, quote)
    if following == "(" or word.lower() in _WORDS:
        return word
    return _column(word, table, quote)
