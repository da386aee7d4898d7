"""What is known of a model: its table, fields and key, and what it is bound to.

Everything below `dotorm.model` works on a `ModelMeta`, so that it can be used, and tested, with
one made by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import ColumnRef, KeyRef
from dotorm.components.filter_parser import Crossing, shown, suggestion
from dotorm.components.sql import check_identifier
from dotorm.exceptions import ConfigurationError, InvalidFilter, InvalidValue
from dotorm.field_types import Field, Many2one, Relation, RelationPath, is_record, key_of
from dotorm.joins import exists_query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dotorm.components.expressions import Exists, Node

__all__ = ["LONGEST_PATH", "ModelMeta"]

LONGEST_PATH = 32
"""How many steps a path may have; each is a table to join, and databases have their limits."""

_NO_SLOTS = type("NoSlots", (), {}).__basicsize__


class ModelMeta:
    """A model as data.

    Args:
        name: The model's name, for messages.
        table: The table's name in the database; None for an abstract base.
        fields: The fields by name; each is copied.
        model: The class of the records.
        indexes: Tuples of field names that the database keeps an index over.
        unique: Tuples of field names whose values together are unique.
        storage: What single kinds of databases are told of the table.
        bases: The metas of the models that it derives from, the nearest first.

    Attributes:
        stored: The fields that have a column in the table, by name.
        stored_names: Their names.
        key: The fields of the primary key, in order.
        key_names: Their names.
        relations: The relations, by name.
        laid_over: Those that are laid over stored fields; for most models there are none.
        pool, no_transaction, dialect: What the model is bound to; None until it is.
        builders: Per dialect, what `dotorm.builder` keeps for this model.
        schemas: What `dotorm.pydantic` keeps for it.
    """

    def __init__(
        self,
        name: str,
        table: str | None,
        fields: Mapping[str, Field[Any]],
        *,
        model: type[Any] | None = None,
        indexes: Iterable[tuple[str, ...]] = (),
        unique: Iterable[tuple[str, ...]] = (),
        storage: Any = (),
        bases: tuple[ModelMeta, ...] = (),
    ) -> None:
        self.name = name
        self.bases = bases
        self.table_name = None if table is None else _table_name(name, table)
        self.model = model
        self.fields = {n: field.bound_to(self, n) for n, field in fields.items()}
        self.stored = {n: field for n, field in self.fields.items() if field.is_column}
        self.key = tuple(field for field in self.stored.values() if field.primary_key)
        self.key_names = tuple(field.name for field in self.key)
        self.stored_names = tuple(self.stored)
        self.relations = {n: f for n, f in self.fields.items() if isinstance(f, Relation)}
        references = [f for f in self.relations.values() if isinstance(f, Many2one)]
        self.laid_over = tuple(field for field in references if field.over)
        self.indexes = self._groups(indexes, "__indexes__")
        self.unique = self._groups(unique, "__unique__")
        self.storage = tuple(storage) if isinstance(storage, list | tuple) else (storage,)
        self.pool: Any = None
        self.no_transaction: Any = None
        self.dialect: Any = None
        self.builders: dict[Any, Any] = {}
        self.schemas: dict[Any, Any] = {}
        self._check_columns()
        self._check_fields()

    def __repr__(self) -> str:
        return f"<meta of {self.name}>"

    @property
    def label(self) -> str:
        """The model's name, for messages."""
        return self.name

    @property
    def is_abstract(self) -> bool:
        """Whether the model has no table of its own."""
        return self.table_name is None

    @property
    def table(self) -> str:
        """The table's name.

        Raises:
            ConfigurationError: The model is an abstract base.
        """
        if self.table_name is None:
            raise ConfigurationError(f"{self.name} is an abstract base: it has no __table__")
        return self.table_name

    @cached_property
    def is_transparent(self) -> bool:
        """Whether all that a record holds is in its dict, and it answers no field that is not.

        Not so if a class that it derives from has slots, a ``__getattr__`` of its own, or an
        attribute with the name of a field.
        """
        model: Any = self.model
        own = [vars(base) for base in model.__mro__]
        return (
            model.__basicsize__ == _NO_SLOTS
            and model.__getattribute__ is object.__getattribute__
            and sum("__getattr__" in names for names in own) == 1
            and not any(name in names for names in own for name in self.stored)
        )

    def bound_pool(self) -> Any:
        """The pool that the model, or else the nearest of its bases, is bound to."""
        metas = (self, *self.bases)
        return next((meta.pool for meta in metas if meta.pool is not None), None)

    def given_dialect(self) -> Any:
        """The dialect that the model, or else the nearest of its bases, was given."""
        metas = (self, *self.bases)
        return next((meta.dialect for meta in metas if meta.dialect is not None), None)

    def owns(self, record: Any) -> bool:
        """Whether the record is one of this model, in whichever form its class was written."""
        other: ModelMeta = type(record).__meta__
        return other is self or (other.name == self.name and other.table_name == self.table_name)

    def field(self, name: Any) -> Field[Any]:
        """The field of that name; a field or a path of this model is taken as well.

        Raises:
            InvalidFilter: There is no such field; the text names the nearest one.
        """
        if isinstance(name, RelationPath):
            name = name.relation
        if isinstance(name, Field):
            if name.meta is None or name.meta.name != self.name:
                raise InvalidFilter(f"{self.name}: {name.label} is a field of another model")
            name = name.name
        field = self.fields.get(name) if isinstance(name, str) else None
        if field is None:
            raise InvalidFilter(
                f"{self.name}: unknown field {shown(name)}{suggestion(name, self.fields)}"
            )
        return field

    def relation(self, name: Any) -> Relation:
        """The relation of that name.

        Raises:
            InvalidFilter: There is no such field, or it is no relation.
        """
        field = self.field(name)
        if not isinstance(field, Relation):
            raise InvalidFilter(f"{field.label} is not a relation")
        return field

    def resolve(self, path: str) -> ColumnRef | KeyRef:
        """The column at the end of a path such as ``role_id.name``.

        At the end of one that leads to a reference laid over several fields, their columns.

        Raises:
            InvalidFilter: A part of the path is unknown, or leads through a relation of many.
        """
        meta = self
        *steps, last = self._steps(path)
        for step in steps:
            relation = meta.field(step)
            if not isinstance(relation, Many2one):
                raise InvalidFilter(
                    f"{relation.label} is no Many2one: a path cannot lead through it"
                )
            meta = relation.target
        field = meta.field(last)
        if isinstance(field, Many2one) and field.over:
            return KeyRef(field.refs(tuple(steps)), field.target, field.label)
        if not field.is_column:
            raise InvalidFilter(f"{field.label} has no column: it cannot be compared or sorted by")
        return field.ref(tuple(steps))

    def columns(self, path: str) -> tuple[ColumnRef, ...]:
        """The column at the end of a path, or the columns of a reference over several fields.

        Raises:
            InvalidFilter: As `resolve`.
        """
        found = self.resolve(path)
        return found.columns if isinstance(found, KeyRef) else (found,)

    def crossing(self, path: str) -> Crossing | None:
        """Where a path first leads through a relation of many, or ends in one; None if nowhere.

        Raises:
            InvalidFilter: A part of the path before that is unknown or no relation.
        """
        meta = self
        steps = self._steps(path)
        for number, step in enumerate(steps):
            field = meta.field(step)
            if not isinstance(field, Relation):
                return None
            if not field.holders:
                return Crossing(field, tuple(steps[:number]), ".".join(steps[number + 1 :]))
            meta = field.target
        return None

    def exists(self, crossing: Crossing, where: Node | None) -> Exists:
        """The condition that a related record exists which a condition finds."""
        return exists_query(crossing.relation, crossing.path, where)

    def key_fields(self) -> tuple[Field[Any], ...]:
        """The fields of the primary key.

        Raises:
            ConfigurationError: There are none.
        """
        if not self.key:
            raise ConfigurationError(
                f"{self.name} has no primary key: give a field primary_key=True"
            )
        return self.key

    def key_parts(self, key: Any) -> tuple[Any, ...]:
        """A key, or a record that stands for it, as one value for each field of the key.

        Raises:
            InvalidValue: It is not a tuple of as many values as the key has fields.
        """
        if len(self.key) == 1:
            return (key,)
        fields = self.key_fields()
        if is_record(key) and self.owns(key):
            key = key_of(key)
        if not isinstance(key, tuple | list) or len(key) != len(fields):
            names = ", ".join(self.key_names)
            raise InvalidValue(f"{self.name}: a key is a tuple ({names}), not {shown(key)}")
        return tuple(key)

    def key_values(self, key: Any, label: str = "") -> tuple[Any, ...]:
        """A key, or a record that stands for it, as the values of the key's fields, all there.

        Args:
            key: What was given.
            label: What messages call it; the model's name by default.

        Raises:
            InvalidValue: It is no such key, or a part of it is None.
        """
        parts = self.key_parts(key)
        values = tuple(field.convert(part) for field, part in zip(self.key, parts, strict=True))
        if any(value is None for value in values):
            why = "is no key" if key is None else "has None in place of a key"
            raise InvalidValue(f"{label or self.name}: {shown(key)} {why}")
        return values

    def key_refs(self, path: tuple[str, ...] = ()) -> tuple[ColumnRef, ...]:
        """The columns of the key, in the statement's own table or one that a path leads to."""
        return tuple(field.ref(path) for field in self.key_fields())

    def key_ref(self) -> ColumnRef | KeyRef:
        """The key as what a condition compares."""
        columns = self.key_refs()
        return columns[0] if len(columns) == 1 else KeyRef(columns, self, self.name)

    def unique_groups(self) -> list[tuple[str, ...]]:
        """The names of fields of which no two records have the same values together."""
        groups = [self.key_names, *(tuple(f.name for f in group) for group in self.unique)]
        singles = [f.holders for f in self.fields.values() if f.unique and f.holders]
        return [group for group in (*groups, *singles) if group]

    def _steps(self, path: str) -> list[str]:
        steps = path.split(".")
        if len(steps) > LONGEST_PATH:
            raise InvalidFilter(
                f"{self.name}: the path {shown(path)} has {len(steps)} steps, at most "
                f"{LONGEST_PATH} are taken"
            )
        return steps

    def _groups(self, given: Any, where: str) -> tuple[tuple[Field[Any], ...], ...]:
        """The fields of groups of names."""
        what = f"{self.name}.{where} is a list of tuples of field names"
        groups = list(iter(given)) if isinstance(given, Iterable) else [given]
        if not all(isinstance(group, list | tuple) and list(iter(group)) for group in groups):
            raise ConfigurationError(f"{what}, not {shown(given)}")
        held = [[part for name in group for part in self._held(name)] for group in groups]
        return tuple(tuple(self._stored(name, where) for name in names) for names in held)

    def _held(self, name: Any) -> tuple[Any, ...]:
        """A name, or those of the fields that a reference of that name is laid over."""
        field = self.fields.get(name) if isinstance(name, str) else None
        return field.over if isinstance(field, Many2one) and field.over else (name,)

    def _stored(self, name: Any, where: str) -> Field[Any]:
        field = self.stored.get(name) if isinstance(name, str) else None
        if field is None:
            near = suggestion(name, self.stored)
            raise ConfigurationError(f"{self.name}.{where}: no stored field {shown(name)}{near}")
        return field

    def _check_fields(self) -> None:
        for field in self.fields.values():
            field.check_default()
        for relation in () if self.is_abstract else self.relations.values():
            relation.settle()

    def _check_columns(self) -> None:
        seen: dict[str, Field[Any]] = {}
        for field in self.stored.values():
            twin = seen.setdefault(field.column or field.name, field)
            if twin is not field:
                raise ConfigurationError(f"{twin.label} and {field.label} have one column name")


def _table_name(model: str, table: object) -> str:
    try:
        return check_identifier(table)
    except ConfigurationError as error:
        raise ConfigurationError(f"{model}.__table__: {error}") from error
