"""Fields that hold several values of one type."""

from __future__ import annotations

from typing import Any

from dotorm.exceptions import ConfigurationError, InvalidValue
from dotorm.field_types.base import Field
from dotorm.field_types.relations import Relation
from dotorm.field_types.scalars import JSONField

__all__ = ["Array"]


class Array(Field[list[Any]]):
    """A list of values of one type, where the database has such a type; elsewhere use JSONField.

    A tuple or set is taken as well. None in the list is NULL, if the item's field allows it.

    Args:
        item: A field that says what each value is: ``Array(Char(max_length=20))``.
    """

    kind = "array"
    python_type = list

    def __init__(self, item: Field[Any], **parameters: Any) -> None:
        super().__init__(**parameters)
        if not isinstance(item, Field) or isinstance(item, Relation | JSONField | Array):
            raise ConfigurationError(f"Array({item!r}): give a field of one plain value")
        self.item = item
        if self.primary_key:
            raise ConfigurationError("an Array cannot be a primary key")

    def _coerce(self, value: Any) -> list[Any]:
        return self._each(value, self.item.convert)

    def accept(self, value: Any) -> Any:
        """The list with every value found fit to be written."""
        value = super().accept(value)
        return None if value is None else self._each(value, self.item.accept)

    def _each(self, value: Any, convert: Any) -> list[Any]:
        if not isinstance(value, list | tuple | set | frozenset):
            self.refuse(value, "give a list")
        items = []
        for place, item in enumerate(value):
            try:
                items.append(convert(item))
            except InvalidValue as error:
                self.refuse(value, f"value {place}: {error}")
        return items
