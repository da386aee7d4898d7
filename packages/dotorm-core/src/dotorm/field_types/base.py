"""What every field is: its parameters, its place in a model, and the conversion of its values."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Never, Self, overload

from dotorm.components.expressions import ColumnRef, FieldOperators
from dotorm.components.filter_parser import shown
from dotorm.components.sql import check_identifier
from dotorm.exceptions import ConfigurationError, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from dotorm.meta import ModelMeta

__all__ = ["Field", "key_of"]


class Field[T](FieldOperators[T]):
    """A column of a model, or a relation, or a computed value.

    As an annotation it gives class-level expressions their type: ``age: Field[int] = Integer()``.

    Args:
        primary_key: The field identifies the record. Implies ``null=False``.
        null: NULL is allowed.
        required: The same as ``null=False``.
        unique: No two records have the same value.
        index: The database keeps an index over the column.
        default: The value of a record that was given none, or a function without arguments that
            makes it. A list or dict is copied for every record.
        description: For readers; it is not sent to the database.
        store: False keeps the field out of the database.
        compute: A function of the record that gives the value of a field with ``store=False``.
        column: The column's name in the database, if it is not the field's name.

    Attributes:
        kind: What its column holds; dialects know types and conversions by it.
        exact: The Python types whose values are right as they are.
        unwrap: From the field's value to the plain one that its kind stores; None if it is plain.
        wrap: The way back.
    """

    kind: str = ""
    python_type: type[Any] = object
    exact: frozenset[type] = frozenset()
    unwrap: Callable[[Any], Any] | None = None
    wrap: Callable[[Any], Any] | None = None

    def __init__(
        self,
        *,
        primary_key: bool = False,
        null: bool = True,
        required: bool = False,
        unique: bool = False,
        index: bool = False,
        default: Any = None,
        description: str | None = None,
        store: bool = True,
        compute: Callable[[Any], Any] | None = None,
        column: str | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            name = type(self).__name__
            raise TypeError(f"{name}() got an unexpected keyword argument {next(iter(unknown))!r}")
        self.primary_key = primary_key
        self.null = null and not required and not primary_key
        self.required = not self.null
        self.unique = unique
        self.index = index
        self.default = default
        self.description = description
        self.store = store
        self.compute = compute
        self.column = None if column is None else check_identifier(column)
        self.name = ""
        self.meta: ModelMeta | None = None
        if compute is not None and store:
            raise ConfigurationError(f"{type(self).__name__}(compute=…) also needs store=False")
        if primary_key and not store:
            raise ConfigurationError(
                "a primary key is stored: primary_key=True excludes store=False"
            )

    if TYPE_CHECKING:

        @overload
        def __get__(self, obj: None, owner: type[Any]) -> Self: ...
        @overload
        def __get__(self, obj: object, owner: type[Any]) -> T: ...
        def __get__(self, obj: object | None, owner: type[Any]) -> Self | T: ...
        def __set__(self, obj: object, value: T) -> None: ...

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.label}>"

    @property
    def label(self) -> str:
        """What messages call it: ``User.name``."""
        return f"{self.meta.name}.{self.name}" if self.meta else self.name or type(self).__name__

    @property
    def is_column(self) -> bool:
        """Whether the model's own table has a column for it."""
        return self.store

    @property
    def holders(self) -> tuple[str, ...]:
        """The names of the stored fields that hold its value: mostly its own, or none."""
        return (self.name,) if self.is_column else ()

    @property
    def storage(self) -> Field[Any]:
        """The field whose type the column has: itself, or for a foreign key the target's key."""
        return self

    @property
    def has_default(self) -> bool:
        """Whether a record that was given no value gets one."""
        return self.default is not None

    def bound_to(self, meta: ModelMeta, name: str) -> Self:
        """A copy of the field that belongs to a model under a name."""
        field = copy.copy(self)
        field.meta = meta
        field.name = name
        field.column = self.column or name
        return field

    def at_class(self) -> Any:
        """What ``Model.field`` answers."""
        return self

    def ref(self, path: tuple[str, ...] = ()) -> ColumnRef:
        """The field's column, in the statement's own table or one that a path leads to."""
        return ColumnRef(self.column or self.name, self, path)

    def make_default(self) -> Any:
        """A fresh default value for one record."""
        default = self.default
        if callable(default):
            return default()
        return copy.deepcopy(default) if isinstance(default, list | dict | set) else default

    def convert(self, value: Any) -> Any:
        """The value as the field's own Python type.

        Raises:
            InvalidValue: It has no exact counterpart in that type.
        """
        if value is None or type(value) in self.exact:
            return value
        if is_record(value):
            return self.convert(self._key_of_own(value))
        return self._coerce(value)

    def are_right(self, values: Collection[Any]) -> bool:
        """Whether `convert` would answer each of many values as it is; cheap."""
        return self.exact.issuperset(map(type, values))

    def check_default(self) -> None:
        """Find out whether a constant default fits; one that a function makes is not asked for.

        Raises:
            ConfigurationError: It does not.
        """
        if self.default is None or callable(self.default):
            return
        try:
            self.accept(self.make_default())
        except InvalidValue as error:
            raise ConfigurationError(f"{error} (it is the field's default)") from error

    def accept(self, value: Any) -> Any:
        """The value converted and found fit to be written.

        Raises:
            InvalidValue: It cannot be converted, is too large or too long, or is missing.
        """
        value = self.convert(value)
        if value is None:
            if self.required:
                raise InvalidValue(f"{self.label} is required: it cannot be None")
        else:
            self._check(value)
        return value

    def accept_column(self, values: list[Any]) -> list[Any]:
        """Many values, each as `accept` answers it; cheap when all have the right type."""
        kinds = set(map(type, values))
        has_null = type(None) in kinds
        kinds.discard(type(None))
        if kinds <= self.exact and not (has_null and self.required):
            present = [v for v in values if v is not None] if has_null else values
            if self._all_fit(present):
                return values
        return [self.accept(value) for value in values]

    def refuse(self, value: Any, remedy: str) -> Never:
        """Raise the error of a value that the field cannot take.

        Raises:
            InvalidValue: Always.
        """
        kind = type(value).__name__
        raise InvalidValue(f"{self.label} cannot take {shown(value, 60)} ({kind}): {remedy}")

    def _coerce(self, value: Any) -> Any:
        self.refuse(value, f"give {self.python_type.__name__}")

    def _check(self, value: Any) -> None:
        """Refuse a value of the right type that does not fit."""

    def _all_fit(self, values: list[Any]) -> bool:
        """Whether `_check` would pass every value; a cheap answer for many."""
        if type(self)._check is Field._check:
            return True
        for value in values:
            self._check(value)
        return True

    def _key_of_own(self, record: Any) -> Any:
        if self.meta is None or not self.primary_key or not self.meta.owns(record):
            self.refuse(record, "a record stands for its key only where that key is expected")
        return key_of(record)

    def _path(self) -> tuple[str, Any]:
        return self.name, self.meta


def is_record(value: Any) -> bool:
    """Whether the value is a record of a model."""
    return hasattr(type(value), "__meta__")


def key_value(value: Any) -> Any:
    """A value of a key's field: of a record that was given there, its key."""
    return key_of(value) if is_record(value) else value


def key_of(record: Any) -> Any:
    """A record's key: one value, or a tuple for a key of several fields.

    Raises:
        InvalidValue: The record has no key yet.
    """
    meta: ModelMeta = type(record).__meta__
    parts = tuple(key_value(record.__dict__.get(field.name)) for field in meta.key)
    if any(part is None for part in parts):
        raise InvalidValue(f"this {meta.name} has no key yet: create it first")
    return parts[0] if len(parts) == 1 else parts
