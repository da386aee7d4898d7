"""What brings a database from the tables that exist to those that are wanted.

Nothing is ever dropped, renamed or narrowed. What is missing and cannot be added is reported, and
so is what is not as the models have it: columns of another type, with NULL or without, references
that lead elsewhere or do something else on delete, another primary key.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dotorm.ddl import DDL, Column, ExistingTable, ForeignKey, Table

__all__ = ["Changes", "plan_changes"]


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
    changes.skipped += [sentence for table in fresh for sentence in table.left_out]
    present = [table for table in wanted if table.name in existing]
    for table in fresh:
        changes.statements += [*ddl.before_table(table), ddl.create_table(table)]
    for table in present:
        changes.skipped += _other_key(table, existing[table.name])
        _add_columns(changes, table, existing[table.name], ddl)
    for table in wanted:
        _add_indexes(changes, table, existing.get(table.name), ddl)
    for table in wanted:
        _add_foreign_keys(changes, table, existing.get(table.name), ddl)
    return changes


def _other_key(table: Table, exists: ExistingTable) -> Iterator[str]:
    there = exists.primary_key
    if there is None or set(there) == set(table.primary_key):
        return
    shown = f"the primary key ({', '.join(there)})" if there else "no primary key"
    yield f"{table.name} has {shown}, its model has ({', '.join(table.primary_key)})"


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
        # One default for all rows would not be unique.
        what = " and unique" if unique else ""
        remedy = "" if unique else "give it a default, or "
        raise ConfigurationError(
            f"{column.label} is required{what} and table {table.name} has rows: {remedy}add it "
            "with null=True and fill it first"
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
    changes.skipped += () if exists is None else _surplus_references(table, exists)
    for key in table.foreign_keys:
        if exists is not None and any(key.column == known[0] for known in exists.foreign_keys):
            changes.skipped += _other_reference(table, key, exists)
        elif can_alter:
            changes.statements.append(ddl.add_foreign_key(table, key))
        elif exists is not None and key.column in exists.columns:
            changes.skipped.append(
                f"{table.name}.{key.column} does not reference {key.table}: this database cannot "
                "add a foreign key to a column that exists"
            )


def _other_reference(table: Table, key: ForeignKey, exists: ExistingTable) -> Iterator[str]:
    """What a reference that exists is not as its field has it."""
    wanted, place = (key.column, key.table, key.target), f"{table.name}.{key.column}"
    if wanted not in exists.foreign_keys:
        there = _targets(key.column, exists)
        yield f"{place} is to reference {key.table}.{key.target}, its column references {there}"
    elif exists.ondelete.get(wanted, key.ondelete) != key.ondelete:
        rule = exists.ondelete[wanted].upper()
        yield f"{place} has ondelete={key.ondelete!r}, its column has ON DELETE {rule}"


def _surplus_references(table: Table, exists: ExistingTable) -> Iterator[str]:
    """References of columns whose fields are none."""
    referring = {key.column for key in table.foreign_keys}
    for column in table.columns:
        there = _targets(column.name, exists)
        if there and column.name not in referring:
            yield f"{table.name}.{column.name} is no reference, its column references {there}"


def _targets(column: str, exists: ExistingTable) -> str:
    found = sorted(key for key in exists.foreign_keys if key[0] == column)
    return " and ".join(f"{table}.{target}" for _, table, target in found)


def _check_targets(wanted: Sequence[Table], existing: Mapping[str, ExistingTable]) -> None:
    known = {table.name for table in wanted} | existing.keys()
    for table in wanted:
        for key in table.foreign_keys:
            if key.table not in known:
                raise ConfigurationError(
                    f"{table.name}.{key.column} refers to the table {key.table}, which does not "
                    "exist: create it first, or give both models to create_and_update_tables"
                )
