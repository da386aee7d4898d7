"""The field that refers to one record of another model."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Never, Self

from dotorm.components.filter_parser import shown, suggestion
from dotorm.exceptions import ConfigurationError, InvalidValue
from dotorm.field_types.base import Field, is_record, key_of, key_value
from dotorm.field_types.relations import Relation, same_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dotorm.components.expressions import ColumnRef
    from dotorm.meta import ModelMeta

__all__ = ["Many2one", "OnDelete"]

type OnDelete = Literal["cascade", "restrict", "set null", "no action"]
_ON_DELETE = ("cascade", "restrict", "set null", "no action")
_OF_A_COLUMN = ("column", "null", "required", "default", "primary_key")


class Many2one(Relation):
    """A reference to one record of another model; the column holds its key.

    Reading answers the key, or the record if the relation was loaded. Writing takes either.

    A key of several fields is held by as many fields of this model, which ``fields`` names; the
    reference is laid over them and has no column of its own. It refers to nothing while any of
    them is NULL, as SQL says (MATCH SIMPLE).

    Args:
        target: A function that answers the other model.
        fields: The fields that hold the other's key, in the order of that key, if it has several.
        ondelete: What becomes of this record when the other is deleted. When not given: ``set
            null`` where null is allowed, else ``restrict``.

    Attributes:
        over: The names of the fields that it is laid over; none if it has a column of its own.
    """

    kind = "many2one"

    def __init__(
        self,
        target: Callable[[], type[Any]],
        *,
        fields: Sequence[str] | None = None,
        ondelete: OnDelete | None = None,
        **parameters: Any,
    ) -> None:
        for name in ("store", "compute"):
            if name in parameters:
                raise TypeError(f"Many2one() got an unexpected keyword argument {name!r}")
        self.over = () if fields is None else _names(fields, parameters)
        super().__init__(target, **parameters)
        if ondelete is not None and ondelete not in _ON_DELETE:
            raise ConfigurationError(f"ondelete={ondelete!r}: it is one of {', '.join(_ON_DELETE)}")
        if ondelete == "set null" and not self.null:
            raise ConfigurationError("ondelete='set null' needs a field that may be null")
        self._ondelete = ondelete

    def bound_to(self, meta: ModelMeta, name: str) -> Self:
        """A copy of the field that belongs to a model under a name."""
        field = super().bound_to(meta, name)
        vars(field).pop("beneath", None)
        vars(field).pop("clears", None)
        return field

    @property
    def is_column(self) -> bool:
        """Whether it has a column of its own."""
        return not self.over

    @property
    def holders(self) -> tuple[str, ...]:
        """The names of the stored fields that hold the other's key."""
        return self.over or (self.name,)

    @cached_property
    def beneath(self) -> tuple[Field[Any], ...]:
        """The stored fields that hold the other's key."""
        assert self.meta is not None  # noqa: S101 - what is asked for it belongs to a model
        return tuple(self.meta.stored[name] for name in self.holders)

    @cached_property
    def clears(self) -> tuple[str, ...]:
        """The fields that become NULL when the reference is set to None.

        Those that no other relation needs, if there are any among those that may be NULL.
        """
        assert self.meta is not None  # noqa: S101 - as above
        free = [field for field in self.beneath if field.null and not field.primary_key]
        needed = {name for other in self.meta.laid_over if other is not self for name in other.over}
        own = [f for f in free if f.name not in needed and not isinstance(f, Many2one)]
        return tuple(field.name for field in own or free)

    @property
    def ondelete(self) -> OnDelete:
        """What becomes of this record when the other is deleted."""
        if self._ondelete is not None:
            return self._ondelete
        all_null = all(field.null for field in self.beneath) if self.over else self.null
        return "set null" if all_null else "restrict"

    @property
    def is_unique(self) -> bool:
        """Whether no two records refer to the same one."""
        assert self.meta is not None  # noqa: S101 - as above
        return any(set(group) <= set(self.holders) for group in self.meta.unique_groups())

    def refs(self, path: tuple[str, ...] = ()) -> tuple[ColumnRef, ...]:
        """The columns that hold the other's key."""
        return tuple(field.ref(path) for field in self.beneath)

    def settle(self) -> None:
        """Find the fields that it is laid over.

        Raises:
            ConfigurationError: One is not there, or cannot be set to NULL as ``ondelete`` says.
        """
        if not self.over:
            return
        assert self.meta is not None  # noqa: S101 - it is the model that settles it
        stored = self.meta.stored
        for name in self.over:
            if name not in stored:
                near = suggestion(name, stored)
                raise ConfigurationError(f"{self.label}: no stored field {shown(name)}{near}")
        self.null = any(field.null for field in self.beneath)
        self.required = not self.null
        needed = [field.name for field in self.beneath if not field.null]
        if self._ondelete == "set null" and needed:
            raise ConfigurationError(
                f"{self.label}: ondelete='set null' needs fields that may be null, which "
                f"{', '.join(needed)} may not"
            )

    def check_target(self, target: ModelMeta) -> None:
        """Find out whether its fields are as the target's key is.

        Raises:
            ConfigurationError: They are not, or ``fields`` is missing.
        """
        size, names = len(target.key), ", ".join(target.key_names)
        if not self.over and size > 1:
            raise ConfigurationError(
                f"{self.label}: the key of {target.name} is {size} fields ({names}): name the "
                "fields of this model that hold it, in that order, with fields=(…)"
            )
        if self.over and len(self.over) != size:
            is_one = "is one field: leave fields= out" if size == 1 else f"is {size} ({names})"
            raise ConfigurationError(
                f"{self.label}: fields= names {len(self.over)}, the key of {target.name} {is_one}"
            )
        for field, key in zip(self.beneath, target.key, strict=True) if self.over else ():
            if not same_type(field, key):
                raise ConfigurationError(
                    f"{self.label}: {field.label} is to hold {key.label}, which is "
                    f"{type(key.storage).__name__}, not {type(field.storage).__name__}"
                )

    @property
    def storage(self) -> Field[Any]:
        """The target's key, whose type the column has."""
        storage: Field[Any] = self.target.key[0].storage
        return storage

    def reference(self, record: Any) -> Any:
        """What the fields that it is laid over say: a key, or None if any of them is None."""
        parts = tuple(key_value(getattr(record, name)) for name in self.over)
        return None if any(part is None for part in parts) else parts

    def held_by(self, record: Any) -> Any:
        """What a record has of the other: its record, its key, or None."""
        if self.over and self.name not in record.__dict__:
            return self.reference(record)
        return record.__dict__.get(self.name)

    def convert(self, value: Any) -> Any:
        """The key of the target: of a record that was given, or the value as that key's type."""
        if value is None:
            return None
        if self.over:
            parts = self.target.key_values(value, self.label)
            return tuple(f.convert(part) for f, part in zip(self.beneath, parts, strict=True))
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
        if self.over:
            for field, part in zip(self.beneath, value, strict=True):
                field._check(part)
            return
        try:
            self.storage._check(value)
        except InvalidValue as error:
            self._refuse_key(value, error)

    def _refuse_key(self, value: Any, error: InvalidValue) -> Never:
        self.refuse(value, f"give a {self.target.name} or its key ({error})")


def _names(fields: Any, parameters: dict[str, Any]) -> tuple[str, ...]:
    names = tuple(fields) if isinstance(fields, list | tuple) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise ConfigurationError(f"Many2one: fields is a tuple of names, not {shown(fields)}")
    if len(set(names)) < len(names):
        raise ConfigurationError(f"Many2one: fields names one field twice: {', '.join(names)}")
    for name in _OF_A_COLUMN:
        if name in parameters:
            raise ConfigurationError(
                f"Many2one: with fields= it has no column of its own: give {name}= to the fields "
                f"{', '.join(names)}"
            )
    return names
