"""From models to the tables that hold their records and links."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.components.sql import check_identifier
from dotorm.ddl import Column, ForeignKey, Index, Table, TableOptions, shortened
from dotorm.exceptions import ConfigurationError, NotSupported
from dotorm.field_types import Many2many, Many2one, One2many

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Field, OnDelete
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
    referring = {key.columns for key in known.foreign_keys}
    tables[table.name] = replace(
        known,
        indexes=(*known.indexes, *more),
        foreign_keys=(
            *known.foreign_keys,
            *(key for key in table.foreign_keys if key.columns not in referring),
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
    features = dialect.features
    uniques, indexed = _uniques(meta), _indexed(meta)
    references = [f for f in meta.relations.values() if isinstance(f, Many2one)]
    return Table(
        meta.table,
        tuple(_column(field, dialect) for field in meta.stored.values()),
        tuple(_db_name(field) for field in meta.key_fields()),
        _references(meta.table, references, dialect) if features.foreign_keys else (),
        tuple(
            [
                _index(meta.table, group, dialect, unique=True)
                for group in (uniques if features.unique_constraints else ())
            ]
            + [_index(meta.table, group, dialect) for group in indexed]
        ),
        tuple(_left_out(uniques, references, dialect)),
        _options(meta),
    )


def _uniques(meta: ModelMeta) -> list[tuple[Field[Any], ...]]:
    """The groups of fields that are unique together, but for the key, which is so already."""
    single = [(f,) for f in meta.stored.values() if f.unique and not f.primary_key]
    laid_over = [f.beneath for f in meta.laid_over if f.unique and set(f.over) != {*meta.key_names}]
    return _distinct([*single, *meta.unique, *laid_over])


def _indexed(meta: ModelMeta) -> list[tuple[Field[Any], ...]]:
    single = [(f,) for f in meta.stored.values() if f.index and not f.unique]
    laid_over = [f.beneath for f in meta.laid_over if f.index and not f.unique]
    return _distinct([*single, *meta.indexes, *laid_over])


def _distinct(groups: Sequence[tuple[Field[Any], ...]]) -> list[tuple[Field[Any], ...]]:
    return list({tuple(field.name for field in group): group for group in groups}.values())


def _options(meta: ModelMeta) -> tuple[TableOptions, ...]:
    for option in meta.storage:
        if not isinstance(option, TableOptions):
            raise ConfigurationError(
                f"{meta.name}.__storage__ takes what a backend has for tables, not {shown(option)}"
            )
    return meta.storage


def _left_out(
    uniques: Sequence[tuple[Field[Any], ...]], references: Sequence[Many2one], dialect: Dialect
) -> Iterator[str]:
    """What a model asks for and the database does not enforce."""
    if not dialect.features.foreign_keys:
        for reference in references:
            yield (
                f"{reference.label} refers to other records, which {dialect.name} does not enforce"
            )
    if not dialect.features.unique_constraints:
        for group in uniques:
            names = " and ".join(field.label for field in group)
            yield f"{names} is to be unique, which {dialect.name} does not enforce"


def _link_table(relation: Many2many, dialect: Dialect) -> Table:
    assert relation.meta is not None  # noqa: S101 - it comes from a model
    target, table = relation.target, relation.many2many_table
    ends = {relation.owner_columns: relation.meta, relation.related_columns: target}
    types = {
        name: _type_of(field, dialect)
        for names, meta in ends.items()
        for name, field in zip(names, meta.key, strict=True)
    }
    columns = [
        Column(name, type_, null=False, label=f"{table}.{name}") for name, type_ in types.items()
    ]
    keys = [_foreign_key(table, names, meta, "cascade", dialect) for names, meta in ends.items()]
    return Table(
        table,
        tuple(columns),
        tuple(types),
        tuple(keys) if dialect.features.foreign_keys else (),
        (_index_of(table, relation.related_columns, dialect),),
    )


def _foreign_key(
    table: str, columns: tuple[str, ...], target: ModelMeta, ondelete: OnDelete, dialect: Dialect
) -> ForeignKey:
    longest = dialect.features.max_identifier_bytes
    name = shortened(f"{table}_{'_'.join(columns)}_fkey", longest)
    targets = tuple(_db_name(field) for field in target.key)
    return ForeignKey(name, columns, target.table, targets, ondelete)


def _column(field: Field[Any], dialect: Dialect) -> Column:
    if field.storage.kind == "array" and not dialect.features.arrays:
        raise NotSupported("arrays", dialect.name, f"make {field.label} a JSONField")
    if field.storage.kind == "array" and field.null and not dialect.features.null_arrays:
        raise NotSupported("arrays that may be NULL", dialect.name, f"make {field.label} required")
    made = field.primary_key and makes_keys(field, dialect)
    default = None
    if field.has_default and not (field.primary_key and callable(field.default)):
        default = dialect.literal(field, field.make_default())
    return Column(
        _db_name(field),
        _type_of(field, dialect),
        null=field.null,
        autoincrement=made,
        default=default,
        keep_default=not callable(field.default),
        label=field.label,
    )


def _type_of(field: Field[Any], dialect: Dialect) -> str:
    """The column's type, or a refusal that names the field."""
    try:
        return dialect.column_type(field)
    except NotSupported as error:
        feature = f"{error.feature} ({field.label})"
        raise NotSupported(feature, error.backend, error.reason) from error


def makes_keys(field: Field[Any], dialect: Dialect) -> bool:
    """Whether the database makes the values of a primary key field."""
    return (
        dialect.features.autoincrement
        and field.meta is not None
        and len(field.meta.key) == 1
        and field.kind.endswith("integer")
        and not field.has_default
    )


def _references(
    table: str, relations: Sequence[Many2one], dialect: Dialect
) -> tuple[ForeignKey, ...]:
    """The foreign keys of a table; those over the same columns are told apart by their target.

    Raises:
        ConfigurationError: Two relations are one foreign key, and differ in what it does.
    """
    keys: dict[tuple[tuple[str, ...], str], ForeignKey] = {}
    names: set[str] = set()
    for relation in relations:
        columns = tuple(_db_name(field) for field in relation.beneath)
        key = _foreign_key(table, columns, relation.target, relation.ondelete, dialect)
        twin = keys.setdefault((columns, key.table), key)
        if twin.ondelete != key.ondelete:
            raise ConfigurationError(
                f"{relation.label} has ondelete={key.ondelete!r}, another reference over the same "
                f"fields to {key.table} has {twin.ondelete!r}"
            )
        if twin is key and key.name in names:
            longest = dialect.features.max_identifier_bytes
            name = shortened(f"{table}_{'_'.join(columns)}_{key.table}_fkey", longest)
            keys[columns, key.table] = replace(key, name=name)
        names.add(key.name)
    return tuple(keys.values())


def _index(
    table: str, group: Sequence[Field[Any]], dialect: Dialect, *, unique: bool = False
) -> Index:
    return _index_of(table, tuple(_db_name(field) for field in group), dialect, unique=unique)


def _index_of(
    table: str, columns: tuple[str, ...], dialect: Dialect, *, unique: bool = False
) -> Index:
    name = f"{table}_{'_'.join(columns)}_{'key' if unique else 'idx'}"
    return Index(shortened(name, dialect.features.max_identifier_bytes), columns, unique)


def _db_name(field: Field[Any]) -> str:
    return field.column or field.name
