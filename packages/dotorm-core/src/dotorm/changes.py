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
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from dotorm.ddl import DDL, Column, ExistingTable, ForeignKey, Reference, Table

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
    wanted = [ddl.fitted(table) for table in wanted]
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
        key = next((key for key in table.foreign_keys if key.columns == (column.name,)), None)
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
    wanted = {_pairs(key.columns, key.table, key.targets): key for key in table.foreign_keys}
    present = () if exists is None else exists.foreign_keys
    known = {_pairs(*reference): reference for reference in present}
    others = [reference for pairs, reference in known.items() if pairs not in wanted]
    changes.skipped += _surplus_references(table, others)
    for pairs, key in wanted.items():
        there = [reference for reference in others if set(reference[0]) == set(key.columns)]
        if exists is not None and pairs in known:
            changes.skipped += _other_rule(table, key, exists.ondelete.get(known[pairs]))
        elif there:
            changes.skipped.append(
                f"{_place(table.name, key.columns)} is to reference "
                f"{_place(key.table, key.targets)}, {_its(key.columns)} {_targets(there)}"
            )
        elif can_alter:
            changes.statements.append(ddl.add_foreign_key(table, key))
        elif exists is not None and (len(key.columns) > 1 or key.columns[0] in exists.columns):
            changes.skipped.append(
                f"{_place(table.name, key.columns)} does not reference {key.table}: this database "
                f"cannot add a foreign key to a {'table' if key.columns[1:] else 'column'} that "
                "exists"
            )


def _pairs(columns: Sequence[str], table: str, targets: Sequence[str]) -> Hashable:
    """What a reference joins, in whatever order it names its columns."""
    return table, frozenset(zip(columns, targets, strict=True))


def _other_rule(table: Table, key: ForeignKey, there: str | None) -> Iterator[str]:
    """What a reference that exists does otherwise than its field says."""
    if there not in (None, key.ondelete):
        column = "column has" if len(key.columns) == 1 else "columns have"
        yield (
            f"{_place(table.name, key.columns)} has ondelete={key.ondelete!r}, its {column} "
            f"ON DELETE {there.upper()}"
        )


def _surplus_references(table: Table, others: Sequence[Reference]) -> Iterator[str]:
    """References of columns whose fields are none."""
    ours = {column.name for column in table.columns}
    referring = {frozenset(key.columns) for key in table.foreign_keys}
    surplus: dict[frozenset[str], list[Reference]] = {}
    for reference in others:
        surplus.setdefault(frozenset(reference[0]), []).append(reference)
    for columns, there in surplus.items():
        if columns <= ours and columns not in referring:
            names = there[0][0]
            yield f"{_place(table.name, names)} is no reference, {_its(names)} {_targets(there)}"


def _its(columns: Sequence[str]) -> str:
    return "its column references" if len(columns) == 1 else "its columns reference"


def _targets(there: Sequence[Reference]) -> str:
    return " and ".join(_place(table, targets) for _, table, targets in sorted(there))


def _place(table: str, columns: Sequence[str]) -> str:
    """Columns of a table, for messages."""
    names = ", ".join(columns)
    return f"{table}.{names}" if len(columns) == 1 else f"{table}.({names})"


def _check_targets(wanted: Sequence[Table], existing: Mapping[str, ExistingTable]) -> None:
    known = {table.name for table in wanted} | existing.keys()
    for table in wanted:
        for key in table.foreign_keys:
            if key.table not in known:
                raise ConfigurationError(
                    f"{_place(table.name, key.columns)} refers to the table {key.table}, which "
                    "does not exist: create it first, or give both models to "
                    "create_and_update_tables"
                )
