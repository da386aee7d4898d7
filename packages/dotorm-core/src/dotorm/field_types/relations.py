"""Fields that lead to other records.

A relation's target is given as a function (``lambda: Role``), so that models may be written in any
order; it is asked late, and asked again after another model has been defined, so that a class that
is written twice under one name is found in its newest form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Never, Self, overload

from dotorm.components.expressions import ColumnRef, FieldOperators
from dotorm.components.sql import check_identifier
from dotorm.exceptions import ConfigurationError, InvalidFilter, InvalidValue
from dotorm.field_types.base import Field, is_record, key_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from dotorm.meta import ModelMeta

__all__ = [
    "Many2many",
    "Many2one",
    "OnDelete",
    "One2many",
    "One2one",
    "Ref",
    "Relation",
    "RelationPath",
    "forget_targets",
    "generation",
    "key_column",
]

type OnDelete = Literal["cascade", "restrict", "set null", "no action"]
_ON_DELETE = ("cascade", "restrict", "set null", "no action")

_generation = 0


def generation() -> int:
    """A number that grows with every model that is defined."""
    return _generation


def forget_targets() -> None:
    """Have every relation ask for its target again: a model has been defined."""
    global _generation  # noqa: PLW0603 - one number for the process, as classes are
    _generation += 1


class Ref[T](Field[T]):
    """The annotation of a many2one in the typed style.

    With ``role: Ref[Role] = Many2one(lambda: Role)`` both ``User.role.name == "x"`` and
    ``User(role=1)`` type-check.
    """

    if TYPE_CHECKING:

        @overload  # type: ignore[override]
        def __get__(self, obj: None, owner: type[Any]) -> type[T]: ...
        @overload
        def __get__(self, obj: object, owner: type[Any]) -> T: ...
        def __get__(self, obj: object | None, owner: type[Any]) -> type[T] | T: ...
        def __set__(self, obj: object, value: Any) -> None: ...


class Relation(Field[Any]):
    """What the four relations share: a target that is resolved late."""

    many = False
    refers_to_key = True

    def __init__(self, target: Callable[[], type[Any]], **parameters: Any) -> None:
        super().__init__(**parameters)
        if isinstance(target, type) or not callable(target):
            raise ConfigurationError(
                f"{type(self).__name__}({target!r}): give a function, such as lambda: Role"
            )
        self._target_function = target
        self._target: tuple[int, ModelMeta] | None = None

    def bound_to(self, meta: ModelMeta, name: str) -> Self:
        """A copy of the field that belongs to a model under a name."""
        field = super().bound_to(meta, name)
        field._target = None
        return field

    @property
    def target(self) -> ModelMeta:
        """The meta of the model that the relation leads to.

        Raises:
            ConfigurationError: The target is not a model with a table and a key of one field.
        """
        if self._target is None or self._target[0] != _generation:
            self._target = _generation, self._resolve()
        return self._target[1]

    def at_class(self) -> Any:
        """What ``Model.field`` answers: a path, from which the target's fields can be reached."""
        return RelationPath(self, (), self)

    def check_default(self) -> None:
        """Nothing yet: the target may be written later."""

    def _resolve(self) -> ModelMeta:
        try:
            model = self._target_function()
        except NameError as error:
            raise ConfigurationError(
                f"{self.label} leads to a model that is not there: {error}"
            ) from error
        target: ModelMeta | None = getattr(model, "__meta__", None)
        if target is None or target.is_abstract:
            raise ConfigurationError(
                f"{self.label} leads to {model!r}, which is no model with a table"
            )
        if self.refers_to_key and len(target.key) != 1:
            raise ConfigurationError(f"{self.label}: the key of {target.name} is not one field")
        return target


class Many2one(Relation):
    """A reference to one record of another model; the column holds its key.

    Reading answers the key, or the record if the relation was loaded. Writing takes either.

    Args:
        target: A function that answers the other model.
        ondelete: What becomes of this record when the other is deleted. When not given: ``set
            null`` where null is allowed, else ``restrict``.
    """

    kind = "many2one"

    def __init__(
        self,
        target: Callable[[], type[Any]],
        *,
        ondelete: OnDelete | None = None,
        **parameters: Any,
    ) -> None:
        for name in ("store", "compute"):
            if name in parameters:
                raise TypeError(f"Many2one() got an unexpected keyword argument {name!r}")
        super().__init__(target, **parameters)
        if ondelete is not None and ondelete not in _ON_DELETE:
            raise ConfigurationError(f"ondelete={ondelete!r}: it is one of {', '.join(_ON_DELETE)}")
        if ondelete == "set null" and not self.null:
            raise ConfigurationError("ondelete='set null' needs a field that may be null")
        self.ondelete: OnDelete = ondelete or ("set null" if self.null else "restrict")

    @property
    def storage(self) -> Field[Any]:
        """The target's key, whose type the column has."""
        storage: Field[Any] = self.target.key[0].storage
        return storage

    def convert(self, value: Any) -> Any:
        """The key of the target: of a record that was given, or the value as that key's type."""
        if value is None:
            return None
        if is_record(value):
            if not self.target.owns(value):
                self.refuse(value, f"it refers to {self.target.name}")
            value = key_of(value)
        elif type(value) in self.storage.exact:
            return value
        try:
            return self.storage.convert(value)
        except InvalidValue as error:
            self._refuse_key(value, error)

    def accept_column(self, values: list[Any]) -> list[Any]:
        """Many values, each as `accept` answers it."""
        kinds = set(map(type, values))
        if kinds <= self.storage.exact and self.storage._all_fit(values):
            return values
        return [self.accept(value) for value in values]

    def _check(self, value: Any) -> None:
        try:
            self.storage._check(value)
        except InvalidValue as error:
            self._refuse_key(value, error)

    def _refuse_key(self, value: Any, error: InvalidValue) -> Never:
        self.refuse(value, f"give a {self.target.name} or its key ({error})")


class One2many(Relation):
    """The records of another model that refer to this one.

    Args:
        target: A function that answers the other model.
        inverse: The name of its Many2one that refers to this model.
    """

    kind = "one2many"
    many = True
    refers_to_key = False

    def __init__(
        self, target: Callable[[], type[Any]], inverse: str, *, description: str | None = None
    ) -> None:
        super().__init__(target, description=description)
        self.inverse = inverse

    @property
    def is_column(self) -> bool:
        """False: the column is the other model's."""
        return False

    def check(self) -> None:
        """Find out whether the other end is as this one says.

        Raises:
            ConfigurationError: It is not.
        """
        back = self.inverse_field.target
        if self.meta is not None and back.table_name != self.meta.table_name:
            raise ConfigurationError(
                f"{self.label}: {self.inverse_field.label} refers to {back.name}, not to "
                f"{self.meta.name}"
            )

    @property
    def inverse_field(self) -> Many2one:
        """The Many2one at the other end.

        Raises:
            ConfigurationError: The other model has no such Many2one, or it leads elsewhere.
        """
        field = self.target.fields.get(self.inverse)
        if not isinstance(field, Many2one):
            raise ConfigurationError(
                f"{self.label}: {self.target.name} has no Many2one named {self.inverse!r}"
            )
        return field


class One2one(One2many):
    """The one record of another model that refers to this one through a unique Many2one.

    Args:
        target: A function that answers the other model.
        inverse: The name of its Many2one, declared with ``unique=True``.
    """

    kind = "one2one"
    many = False

    @property
    def inverse_field(self) -> Many2one:
        """The unique Many2one at the other end."""
        field: Many2one = super().inverse_field
        if not (field.unique or field.primary_key):
            raise ConfigurationError(
                f"{self.label}: {field.label} must be declared with unique=True"
            )
        return field


class Many2many(Relation):
    """Records of another model, joined to this one through a table of links.

    Args:
        relation_table: A function that answers the other model.
        many2many_table: The name of the table of links.
        column1: Its column that refers to the *other* model.
        column2: Its column that refers to *this* model.
    """

    kind = "many2many"
    many = True

    def __init__(
        self,
        relation_table: Callable[[], type[Any]],
        many2many_table: str,
        column1: str,
        column2: str,
        *,
        description: str | None = None,
    ) -> None:
        super().__init__(relation_table, description=description)
        self.many2many_table = check_identifier(many2many_table)
        self.column1 = check_identifier(column1)
        self.column2 = check_identifier(column2)
        if self.column1 == self.column2:
            raise ConfigurationError(f"Many2many: column1 and column2 are both {self.column1!r}")

    @property
    def is_column(self) -> bool:
        """False: the links have a table of their own."""
        return False


class RelationPath(FieldOperators[Any]):
    """What ``User.role`` answers at class level: compare it, or go on to ``User.role.name``.

    A field of the target named like a method of this class is reached by ``User.role["like"]``.
    """

    __slots__ = ("_field", "_names", "_start")

    def __init__(self, start: Relation, names: tuple[str, ...], field: Field[Any]) -> None:
        self._start = start
        self._names = names
        self._field = field

    def __getattr__(self, name: str) -> RelationPath:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> RelationPath:
        """The path to a field of the target.

        Raises:
            AttributeError: The target has no such field.
        """
        if not isinstance(self._field, Relation):
            raise AttributeError(f"{self._field.label} is no relation: it has no field {name!r}")
        try:
            column = self._field.target.field(name)
        except InvalidFilter as error:
            raise AttributeError(str(error)) from None
        return RelationPath(self._start, (*self._names, name), column)

    def __repr__(self) -> str:
        return f"<path {self._start.label}{''.join('.' + name for name in self._names)}>"

    @property
    def relation(self) -> Field[Any]:
        """The field at the end of the path."""
        return self._field

    def _path(self) -> tuple[str, Any]:
        return ".".join((self._start.name, *self._names)), self._start.meta


def key_column(name: str, target: ModelMeta, path: tuple[str, ...] = ()) -> ColumnRef:
    """A column, of whatever table, that holds a key of the target."""
    return ColumnRef(name, target.key[0], path)
