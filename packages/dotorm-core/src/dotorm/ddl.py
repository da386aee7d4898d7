"""Tables as data, what is missing of them in a database, and the statements that add it.

Nothing is ever dropped, renamed or narrowed. What is missing and cannot be added is reported, and
so are columns that are not as their fields have them: of another type, or with NULL or without.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components.sql import check_identifier
from dotorm.exceptions import ConfigurationError, NotSupported
from dotorm.field_types import Many2many, Many2one, One2many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.databases.abstract.session import Session
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = [
    "DDL",
    "Changes",
    "Column",
    "ExistingTable",
    "ForeignKey",
    "Index",
    "Table",
    "plan_changes",
    "shortened",
    "table_plans",
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
    """A reference from one column to another table's key."""

    name: str
    column: str
    table: str
    target: str
    ondelete: str


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """An index, or a unique constraint."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table to be."""

    name: str
    columns: tuple[Column, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = ()
    indexes: tuple[Index, ...] = ()


@dataclass(slots=True, eq=False)
class ExistingTable:
    """What a database has of a table.

    Attributes:
        columns: Whether each column may be NULL, by name.
        indexes: The columns of each index, in order.
        unique: The columns of each unique index or constraint, in order; the key among them.
        foreign_keys: Triples of column, referenced table, referenced column.
        has_rows: Whether there is any row.
        types: The columns' types, by name, as the database spells them; empty if it is not told.
    """

    columns: dict[str, bool] = field(default_factory=dict)
    indexes: set[tuple[str, ...]] = field(default_factory=set)
    unique: set[tuple[str, ...]] = field(default_factory=set)
    foreign_keys: set[tuple[str, str, str]] = field(default_factory=set)
    has_rows: bool = False
    types: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Changes:
    """What is to be done, and what is not.

    Attributes:
        statements: The statements, in an order that works.
        skipped: What the model asks for and the database, as it is, cannot be given; a sentence
            each.
    """

    statements: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


class DDL(ABC):
    """How a database spells tables; a plugin overrides what it spells differently.

    Attributes:
        exclusive: The statement with which a transaction waits until no other changes tables;
            None where beginning it does so.
    """

    exclusive: ClassVar[str | None] = None

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    @abstractmethod
    async def inspect(self, session: Session, names: Sequence[str]) -> dict[str, ExistingTable]:
        """What exists, in the schema that statements without one use, of the tables named."""

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
            f"CONSTRAINT {self.name(key.name)} FOREIGN KEY ({self.name(key.column)}) "
            f"{self.references(key)}"
        )

    def references(self, key: ForeignKey) -> str:
        """What a foreign key refers to, and what happens when that is deleted."""
        target = f"{self.name(key.table)} ({self.name(key.target)})"
        return f"REFERENCES {target} ON DELETE {key.ondelete.upper()}"

    def add_column(self, table: Table, column: Column, key: ForeignKey | None) -> list[str]:
        """The statements that add a column to a table that exists."""
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


def table_plans(metas: Sequence[ModelMeta], dialect: Dialect) -> list[Table]:
    """The tables of models, each once, and the tables of links between them.

    Raises:
        ConfigurationError: Two models describe one table differently, or a name is impossible.
        NotSupported: The database has no type for a field.
    """
    tables: dict[str, Table] = {}
    for meta in metas:
        _add(tables, _model_table(meta, dialect), meta.name)
    for meta in metas:
        for relation in meta.relations.values():
            if isinstance(relation, Many2many):
                _add(tables, _link_table(relation, dialect), relation.label)
            elif isinstance(relation, One2many):
                relation.check()
    for table in tables.values():
        for name in (table.name, *(column.name for column in table.columns)):
            check_identifier(name, dialect.features.max_identifier_bytes)
    return list(tables.values())


def plan_changes(
    wanted: Sequence[Table], existing: Mapping[str, ExistingTable], ddl: DDL
) -> Changes:
    """What brings a database from what exists to what is wanted.

    Raises:
        ConfigurationError: A required column without a default would have to be added to a table
            that has rows, or a foreign key leads to a table that will not exist.
    """
    changes = Changes()
    _check_targets(wanted, existing)
    fresh = [table for table in wanted if table.name not in existing]
    present = [table for table in wanted if table.name in existing]
    for table in fresh:
        changes.statements += [*ddl.before_table(table), ddl.create_table(table)]
    for table in present:
        _add_columns(changes, table, existing[table.name], ddl)
    for table in wanted:
        _add_indexes(changes, table, existing.get(table.name), ddl)
    for table in wanted:
        _add_foreign_keys(changes, table, existing.get(table.name), ddl)
    return changes


def _add_columns(changes: Changes, table: Table, exists: ExistingTable, ddl: DDL) -> None:
    for column in table.columns:
        if column.name in exists.columns:
            changes.skipped += _differences(column, exists, ddl)
            continue
        _check_addable(table, column, exists)
        key = next((key for key in table.foreign_keys if key.column == column.name), None)
        changes.statements += ddl.add_column(table, column, key)


def _differences(column: Column, exists: ExistingTable, ddl: DDL) -> Iterator[str]:
    """What a column that exists is not as its field has it."""
    may_be_null = exists.columns[column.name]
    if may_be_null and not column.null:
        yield f"{column.label} is required, its column allows NULL"
    elif column.null and not may_be_null:
        yield f"{column.label} may be null, its column does not allow NULL"
    wanted, there = ddl.catalog_type(column.type), exists.types.get(column.name)
    if there is not None and there != wanted:
        yield f"{column.label} is {wanted}, its column is {there}"


def _check_addable(table: Table, column: Column, exists: ExistingTable) -> None:
    if column.name in table.primary_key:
        raise ConfigurationError(
            f"{column.label}: table {table.name} exists without this primary key column"
        )
    if not exists.has_rows or column.null:
        return
    unique = any(index.unique and index.columns == (column.name,) for index in table.indexes)
    if column.default is None or unique:
        raise ConfigurationError(
            f"{column.label} is required{' and unique' if unique else ''} and table {table.name} "
            "has rows: give it a default, or add it with null=True and fill it first"
        )


def _add_indexes(changes: Changes, table: Table, exists: ExistingTable | None, ddl: DDL) -> None:
    for index in table.indexes:
        if index.unique:
            if exists is not None and not _is_unique(index.columns, exists):
                changes.statements.append(ddl.add_unique(table, index))
        elif exists is None or not _is_indexed(index.columns, exists):
            changes.statements.append(ddl.create_index(table, index))


def _is_indexed(columns: tuple[str, ...], exists: ExistingTable) -> bool:
    """Whether an index begins with the columns; it finds them as one of their own would."""
    known = exists.indexes | exists.unique
    return any(index[: len(columns)] == columns for index in known)


def _is_unique(columns: tuple[str, ...], exists: ExistingTable) -> bool:
    return any(set(columns) == set(known) for known in exists.unique)


def _add_foreign_keys(
    changes: Changes, table: Table, exists: ExistingTable | None, ddl: DDL
) -> None:
    can_alter = ddl.dialect.features.alter_constraints
    for key in table.foreign_keys:
        if exists is not None and (key.column, key.table, key.target) in exists.foreign_keys:
            continue
        if can_alter:
            changes.statements.append(ddl.add_foreign_key(table, key))
        elif exists is not None and key.column in exists.columns:
            changes.skipped.append(
                f"{table.name}.{key.column} does not reference {key.table}: this database cannot "
                "add a foreign key to a column that exists"
            )


def _check_targets(wanted: Sequence[Table], existing: Mapping[str, ExistingTable]) -> None:
    known = {table.name for table in wanted} | existing.keys()
    for table in wanted:
        for key in table.foreign_keys:
            if key.table not in known:
                raise ConfigurationError(
                    f"{table.name}.{key.column} refers to the table {key.table}, which does not "
                    "exist: create it first, or give both models to create_and_update_tables"
                )


def _add(tables: dict[str, Table], table: Table, label: str) -> None:
    known = tables.setdefault(table.name, table)
    if {c.name for c in known.columns} != {c.name for c in table.columns}:
        raise ConfigurationError(f"{label}: the table {table.name} is described twice, differently")


def _model_table(meta: ModelMeta, dialect: Dialect) -> Table:
    table = meta.table
    features = dialect.features
    groups = [(field,) for field in meta.stored.values() if field.unique and not field.primary_key]
    uniques = [*groups, *meta.unique] if features.unique_constraints else []
    indexed = [(field,) for field in meta.stored.values() if field.index and not field.unique]
    keys = [f for f in meta.stored.values() if isinstance(f, Many2one)]
    return Table(
        table,
        tuple(_column(field, dialect) for field in meta.stored.values()),
        tuple(_db_name(field) for field in meta.key_fields()),
        tuple(_reference(table, field, dialect) for field in keys) if features.foreign_keys else (),
        tuple(
            [_index(table, group, dialect, unique=True) for group in uniques]
            + [_index(table, group, dialect) for group in (*indexed, *meta.indexes)]
        ),
    )


def _link_table(relation: Many2many, dialect: Dialect) -> Table:
    assert relation.meta is not None  # noqa: S101 - it comes from a model
    table, limit = relation.many2many_table, dialect.features.max_identifier_bytes
    ends = [(relation.column2, relation.meta), (relation.column1, relation.target)]
    columns = [
        Column(name, dialect.column_type(meta.key[0]), null=False, label=f"{table}.{name}")
        for name, meta in ends
    ]
    keys = [
        ForeignKey(
            shortened(f"{table}_{name}_fkey", limit),
            name,
            meta.table,
            _db_name(meta.key[0]),
            "cascade",
        )
        for name, meta in ends
    ]
    reverse = Index(shortened(f"{table}_{relation.column1}_idx", limit), (relation.column1,))
    return Table(
        table,
        tuple(columns),
        (relation.column2, relation.column1),
        tuple(keys) if dialect.features.foreign_keys else (),
        (reverse,),
    )


def _column(field: Field[Any], dialect: Dialect) -> Column:
    if field.storage.kind == "array" and not dialect.features.arrays:
        raise NotSupported("arrays", dialect.name, f"make {field.label} a JSONField")
    made = field.primary_key and makes_keys(field, dialect)
    default = None
    if field.has_default:
        default = dialect.literal(field, field.make_default())
    return Column(
        _db_name(field),
        dialect.column_type(field),
        null=field.null,
        autoincrement=made,
        default=default,
        keep_default=not callable(field.default),
        label=field.label,
    )


def makes_keys(field: Field[Any], dialect: Dialect) -> bool:
    """Whether the database makes the values of a primary key field."""
    return (
        dialect.features.autoincrement
        and field.meta is not None
        and len(field.meta.key) == 1
        and field.kind.endswith("integer")
        and not field.has_default
    )


def _reference(table: str, field: Many2one, dialect: Dialect) -> ForeignKey:
    target = field.target
    name = shortened(f"{table}_{_db_name(field)}_fkey", dialect.features.max_identifier_bytes)
    return ForeignKey(name, _db_name(field), target.table, _db_name(target.key[0]), field.ondelete)


def _index(
    table: str, group: Sequence[Field[Any]], dialect: Dialect, *, unique: bool = False
) -> Index:
    columns = tuple(_db_name(field) for field in group)
    name = f"{table}_{'_'.join(columns)}_{'key' if unique else 'idx'}"
    return Index(shortened(name, dialect.features.max_identifier_bytes), columns, unique)


def _db_name(field: Field[Any]) -> str:
    return field.column or field.name


def shortened(name: str, longest: int) -> str:
    """The name, or as much of it as fits with a digest that keeps it apart from others."""
    if len(name.encode()) <= longest:
        return check_identifier(name, longest)
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return name.encode()[: longest - 9].decode(errors="ignore") + f"_{digest}"
