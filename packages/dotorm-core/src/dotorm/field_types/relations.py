"""Fields that lead to other records.

A relation's target is given as a function (``lambda: Role``), so that models may be written in any
order; it is asked late, and asked again after another model has been defined, so that a class that
is written twice under one name is found in its newest form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, overload

from dotorm.components.expressions import ColumnRef, FieldOperators
from dotorm.exceptions import ConfigurationError, InvalidFilter
from dotorm.field_types.base import Field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from dotorm.meta import ModelMeta

__all__ = [
    "Ref",
    "Relation",
    "RelationPath",
    "forget_targets",
    "generation",
    "key_columns",
    "same_type",
]

_FAMILIES = {
    "small_integer": "integer",
    "big_integer": "integer",
    "char": "text",
}
"""Kinds of columns whose values are alike, but for their size."""

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
            ConfigurationError: The target is no model with a table, or its key is not what the
                relation says it is.
        """
        if self._target is None or self._target[0] != _generation:
            self._target = _generation, self._resolve()
        return self._target[1]

    def at_class(self) -> Any:
        """What ``Model.field`` answers: a path, from which the target's fields can be reached."""
        return RelationPath(self, (), self)

    def check_default(self) -> None:
        """Nothing yet: the target may be written later."""

    def settle(self) -> None:
        """Look at the other fields of the model, which are all there now.

        Raises:
            ConfigurationError: They are not as the relation says.
        """

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
        self.check_target(target)
        return target

    def check_target(self, target: ModelMeta) -> None:
        """Find out whether the relation can lead to a model.

        Raises:
            ConfigurationError: It cannot.
        """


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


def key_columns(
    names: Iterable[str], target: ModelMeta, path: tuple[str, ...] = ()
) -> tuple[ColumnRef, ...]:
    """The columns, of whatever table, that hold a key of the target."""
    return tuple(
        ColumnRef(name, field, path) for name, field in zip(names, target.key, strict=True)
    )


def same_type(one: Field[Any], other: Field[Any]) -> bool:
    """Whether the values of one field can be those of the other: numbers of any size, say."""
    ours, theirs = one.storage, other.storage
    families = [_FAMILIES.get(storage.kind, storage.kind) for storage in (ours, theirs)]
    return ours.python_type is theirs.python_type and families[0] == families[1]
