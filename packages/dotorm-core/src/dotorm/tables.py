"""From models to the tables that hold their records and links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dotorm.components.sql import check_identifier
from dotorm.ddl import Column, ForeignKey, Index, Table, shortened
from dotorm.exceptions import ConfigurationError, NotSupported
from dotorm.field_types import Many2many, Many2one, One2many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = ["makes_keys", "table_plans"]


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
    return _with_distinct_names(list(tables.values()), dialect.features.max_identifier_bytes)


def _add(tables: dict[str, Table], table: Table, label: str) -> None:
    """Add a table; one that two describe has the indexes and references of both."""
    known = tables.setdefault(table.name, table)
    if known is table:
        return
    if {c.name: (c.type, c.null) for c in known.columns} != {
        c.name: (c.type, c.null) for c in table.columns
    }:
        raise ConfigurationError(f"{label}: the table {table.name} is described twice, differently")
    covered = {known.primary_key, *(index.columns for index in known.indexes)}
    more = [i for i in table.indexes if all(c[: len(i.columns)] != i.columns for c in covered)]
    referring = {key.column for key in known.foreign_keys}
    tables[table.name] = replace(
        known,
        indexes=(*known.indexes, *more),
        foreign_keys=(
            *known.foreign_keys,
            *(key for key in table.foreign_keys if key.column not in referring),
        ),
    )


def _with_distinct_names(tables: Sequence[Table], longest: int) -> list[Table]:
    """The tables, with a digest in the name of an index that another table's has already.

    ``a`` over ``b_c`` and ``a_b`` over ``c`` would both be ``a_b_c_idx``.
    """
    seen: set[str] = set()

    def distinct(table: Table, index: Index) -> Index:
        name = index.name
        if name in seen:
            name = shortened(f"{name} {table.name} {index.columns} {'_' * longest}", longest)
        seen.add(name)
        return replace(index, name=name)

    return [replace(t, indexes=tuple(distinct(t, index) for index in t.indexes)) for t in tables]


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
        tuple(_left_out(meta, groups, keys, dialect)),
    )


def _left_out(
    meta: ModelMeta,
    single: Sequence[tuple[Field[Any], ...]],
    keys: Sequence[Field[Any]],
    dialect: Dialect,
) -> Iterator[str]:
    """What a model asks for and the database does not enforce."""
    if not dialect.features.foreign_keys:
        for key in keys:
            yield f"{key.label} refers to other records, which {dialect.name} does not enforce"
    if not dialect.features.unique_constraints:
        for group in (*single, *meta.unique):
            names = " and ".join(field.label for field in group)
            yield f"{names} is to be unique, which {dialect.name} does not enforce"


def _link_table(relation: Many2many, dialect: Dialect) -> Table:
    assert relation.meta is not None  # noqa: S101 - it comes from a model
    table, limit = relation.many2many_table, dialect.features.max_identifier_bytes
    ends = [(relation.column2, relation.meta), (relation.column1, relation.target)]
    columns = [
        Column(name, dialect.column_type(meta.key[0]), null=False, label=f"{table}.{name}")
        for name, meta in ends
    ]
    keys = [_link(table, name, meta, limit) for name, meta in ends]
    reverse = Index(shortened(f"{table}_{relation.column1}_idx", limit), (relation.column1,))
    return Table(
        table,
        tuple(columns),
        (relation.column2, relation.column1),
        tuple(keys) if dialect.features.foreign_keys else (),
        (reverse,),
    )


def _link(table: str, column: str, meta: ModelMeta, longest: int) -> ForeignKey:
    name = shortened(f"{table}_{column}_fkey", longest)
    return ForeignKey(name, column, meta.table, _db_name(meta.key[0]), "cascade")


def _column(field: Field[Any], dialect: Dialect) -> Column:
    if field.storage.kind == "array" and not dialect.features.arrays:
        raise NotSupported("arrays", dialect.name, f"make {field.label} a JSONField")
    if field.storage.kind == "array" and field.null and not dialect.features.null_arrays:
        raise NotSupported("arrays that may be NULL", dialect.name, f"make {field.label} required")
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
