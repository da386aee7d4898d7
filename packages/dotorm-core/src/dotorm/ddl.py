"""Tables as data, and how a database spells them; a plugin derives from `DDL`."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from dotorm.components.sql import check_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractAsyncContextManager

    from dotorm.components.dialect import Dialect
    from dotorm.databases.abstract.session import Session
    from dotorm.databases.abstract.types import PoolSettings

__all__ = [
    "DDL",
    "Column",
    "ExistingTable",
    "ForeignKey",
    "Index",
    "Reference",
    "Table",
    "TableOptions",
    "shortened",
]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A column to be.

    Attributes:
        name, type: As the database spells them.
        null: NULL is allowed.
        autoincrement: The database makes the values.
        default: The default as a literal, or None.
        keep_default: Whether new rows take it too, or only those that exist when it is added.
        label: The field's name in messages.
    """

    name: str
    type: str
    null: bool = True
    autoincrement: bool = False
    default: str | None = None
    keep_default: bool = True
    label: str = ""

    def without_rows(self) -> Column:
        """The column of a new table: a default that is only for rows that exist is none."""
        return self if self.keep_default else replace(self, default=None)


@dataclass(frozen=True, slots=True, eq=False)
class ForeignKey:
    """A reference from columns to those of another table's key, in the order of that key."""

    name: str
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    ondelete: str


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """An index, or a unique constraint."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


class TableOptions:
    """What only one kind of database can be told of a table; its plugin derives from this.

    A model has one, or several for several kinds, as ``__storage__``; a `DDL` reads its own kind
    and passes over the others.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table to be.

    Attributes:
        name, columns, primary_key, foreign_keys, indexes: What it is made of.
        options: What the model says to single kinds of databases.
        left_out: What the model asks for and the database does not enforce; a sentence each.
    """

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()
    left_out: tuple[str, ...] = ()
    options: tuple[TableOptions, ...] = ()


type Reference = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Columns, the table that they refer to, and its columns in the same order."""


@dataclass(slots=True, eq=False)
class ExistingTable:
    """What a database has of a table.

    Attributes:
        columns: Whether each column may be NULL, by name.
        indexes: The columns of each index, in order.
        unique: The columns of each unique index or constraint, in order; the key among them.
        foreign_keys: What refers to other tables, each a triple as `Reference` has it.
        has_rows: Whether there is any row.
        types: The columns' types, by name, as the database spells them; empty if it is not told.
        primary_key: The columns of the key, none without one; None if it is not told.
        ondelete: What the foreign keys do, as fields spell it (``"set null"``); those that are
            not told are not compared.
    """

    columns: dict[str, bool] = field(default_factory=dict)
    indexes: set[tuple[str, ...]] = field(default_factory=set)
    unique: set[tuple[str, ...]] = field(default_factory=set)
    foreign_keys: set[Reference] = field(default_factory=set)
    has_rows: bool = False
    types: dict[str, str] = field(default_factory=dict)
    primary_key: tuple[str, ...] | None = None
    ondelete: dict[Reference, str] = field(default_factory=dict)


class DDL(ABC):
    """How a database spells tables; a plugin overrides what it spells differently.

    Attributes:
        exclusive: The statement with which a transaction waits until no other changes tables;
            None where beginning it does so.
    """

    exclusive: ClassVar[str | None] = None

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    def configured(self, settings: PoolSettings) -> DDL:
        """What spells the tables of a database that is connected to with these settings."""
        return self

    def fitted(self, table: Table) -> Table:
        """The table as the database can have it; what is left of it is told in ``left_out``."""
        return table

    @abstractmethod
    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """What exists, in the schema that statements without one use, of the tables named."""

    def alone(self, session: Session) -> AbstractAsyncContextManager[Session]:
        """Where tables are changed that no transaction can hold; a lock may keep others waiting."""
        return nullcontext(session)

    def create_table(self, table: Table) -> str:
        """CREATE TABLE, with its key and unique constraints.

        Foreign keys are part of it only where constraints cannot be added later.
        """
        parts = [self.column(column.without_rows()) for column in table.columns]
        if table.primary_key and not self.key_in_column(table):
            parts.append(f"PRIMARY KEY ({self.names(table.primary_key)})")
        parts += [self.unique(index) for index in table.indexes if index.unique]
        if not self.dialect.features.alter_constraints:
            parts += [self.foreign_key(key) for key in table.foreign_keys]
        body = ",\n  ".join(parts)
        return f"CREATE TABLE {self.name(table.name)} (\n  {body}\n)"

    def catalog_type(self, column_type: str) -> str:
        """A type of `Dialect.column_type` as the database's own tables of columns spell it."""
        return column_type

    def before_table(self, table: Table) -> list[str]:
        """What has to exist before a new table: sequences, say."""
        return []

    def key_in_column(self, table: Table) -> bool:
        """Whether `column` writes PRIMARY KEY itself."""
        return False

    def column(self, column: Column) -> str:
        """A column's definition."""
        parts = [self.name(column.name), column.type]
        if column.autoincrement:
            parts.append(self.autoincrement())
        if column.default is not None:
            parts.append(f"DEFAULT {column.default}")
        if not column.null:
            parts.append("NOT NULL")
        return " ".join(part for part in parts if part)

    def autoincrement(self) -> str:
        """What makes a column's values come from the database."""
        return "GENERATED BY DEFAULT AS IDENTITY"

    def unique(self, index: Index) -> str:
        """A unique constraint's definition."""
        return f"CONSTRAINT {self.name(index.name)} UNIQUE ({self.names(index.columns)})"

    def foreign_key(self, key: ForeignKey) -> str:
        """A foreign key's definition."""
        return (
            f"CONSTRAINT {self.name(key.name)} FOREIGN KEY ({self.names(key.columns)}) "
            f"{self.references(key)}"
        )

    def references(self, key: ForeignKey) -> str:
        """What a foreign key refers to, and what happens when that is deleted."""
        target = f"{self.name(key.table)} ({self.names(key.targets)})"
        return f"REFERENCES {target} ON DELETE {key.ondelete.upper()}"

    def add_column(self, table: Table, column: Column, key: ForeignKey | None) -> list[str]:
        """The statements that add a column to a table that exists.

        ``key`` is the foreign key of this one column, if it has one.
        """
        altered = f"ALTER TABLE {self.name(table.name)}"
        statements = [f"{altered} ADD COLUMN {self.column(column)}"]
        if column.default is not None and not column.keep_default:
            statements.append(f"{altered} ALTER COLUMN {self.name(column.name)} DROP DEFAULT")
        return statements

    def add_unique(self, table: Table, index: Index) -> str:
        """The statement that makes columns of a table that exists unique."""
        return f"ALTER TABLE {self.name(table.name)} ADD {self.unique(index)}"

    def add_foreign_key(self, table: Table, key: ForeignKey) -> str:
        """The statement that adds a foreign key to a table that exists."""
        return f"ALTER TABLE {self.name(table.name)} ADD {self.foreign_key(key)}"

    def create_index(self, table: Table, index: Index) -> str:
        """The statement that adds an index."""
        columns = self.names(index.columns)
        return f"CREATE INDEX {self.name(index.name)} ON {self.name(table.name)} ({columns})"

    def name(self, identifier: str) -> str:
        """A name, quoted."""
        return self.dialect.escape_identifier(identifier)

    def names(self, identifiers: Iterable[str]) -> str:
        """Names, quoted, joined by commas."""
        return ", ".join(self.name(identifier) for identifier in identifiers)


def shortened(name: str, longest: int) -> str:
    """The name, or as much of it as fits with a digest that keeps it apart from others."""
    if len(name.encode()) <= longest:
        return check_identifier(name, longest)
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: longest - 9].decode(errors="ignore") + f"_{digest}"
