"""What makes two filters the same statement: everything in them but their values.

The shape is the part of the shape cache's key that a filter contributes; the values come out in
the order in which the dialect binds them. A filter that this module does not recognise at a glance
has no shape: it is parsed each time, and the parser says what is wrong with it, if anything is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.expressions import OPERATORS, And, Condition, Not, Or

if TYPE_CHECKING:
    from dotorm.components.dialect import Dialect

__all__ = ["filter_shape"]

_OPEN, _CLOSE = object(), object()
_LISTS = (list, tuple, set, frozenset)


class _NoShape(Exception):
    """Leave it to the parser."""


def filter_shape(given: Any, dialect: Dialect) -> tuple[tuple[Any, ...], list[Any]] | None:
    """The filter without its values, and the values; None if it has to be parsed.

    Args:
        given: A filter as the user wrote it.
        dialect: Says how long lists are told apart, and whether they are bound as one value.
    """
    if given is None or (type(given) is list and not given):
        return (), []
    return _flat(given) or _walked(given, dialect)


def _flat(given: Any) -> tuple[tuple[Any, ...], list[Any]] | None:
    """What `_walked` answers for a list of conditions with one value each, as most filters are."""
    if type(given) is not list:
        return None
    shape: list[Any] = [_OPEN]
    values: list[Any] = []
    for part in given:
        if type(part) is not tuple or len(part) != 3:
            return None
        path, operator, value = part
        plain = type(path) is type(operator) is str and value is not None
        if not plain or OPERATORS.get(operator) != "one":
            return None
        shape += (None, path, operator, "one")
        values.append(value)
    shape.append(_CLOSE)
    return tuple(shape), values


def _walked(given: Any, dialect: Dialect) -> tuple[tuple[Any, ...], list[Any]] | None:
    shape: list[Any] = []
    values: list[Any] = []
    walk = _Walk(shape, values, dialect)
    try:
        walk.part(given, 0)
        key = tuple(shape)
        hash(key)
    except (_NoShape, TypeError):
        return None
    return key, values


class _Walk:
    __slots__ = ("_dialect", "_shape", "_values")

    def __init__(self, shape: list[Any], values: list[Any], dialect: Dialect) -> None:
        self._shape = shape
        self._values = values
        self._dialect = dialect

    def part(self, part: Any, depth: int) -> None:
        if depth > 100:
            raise _NoShape
        kind = type(part)
        if kind is tuple or kind is list:
            if not part:
                raise _NoShape
            if type(part[0]) is not str:
                self._group(part, depth)
            elif len(part) == 3:
                self._leaf(None, *part)
            elif len(part) == 2 and part[0] == "not":
                self._negation(part[1], depth)
            else:
                raise _NoShape
        elif kind is Condition:
            self._leaf(part.root, part.path, part.operator, part.value)
        else:
            self._joined(part, depth)

    def _group(self, items: Any, depth: int) -> None:
        append = self._shape.append
        append(_OPEN)
        for item in items:
            if type(item) is str:
                if item not in ("and", "or"):
                    raise _NoShape
                append(item)
            else:
                self.part(item, depth + 1)
        append(_CLOSE)

    def _negation(self, item: Any, depth: int) -> None:
        self._shape.append(Not)
        self.part(item, depth + 1)

    def _joined(self, part: Any, depth: int) -> None:
        kind = type(part)
        if kind is Not:
            self._negation(part.item, depth)
        elif kind is And or kind is Or:
            self._shape += (kind, _OPEN)
            for item in part.items:
                self.part(item, depth + 1)
            self._shape.append(_CLOSE)
        else:
            raise _NoShape

    def _leaf(self, root: Any, path: Any, operator: Any, value: Any) -> None:
        if type(operator) is not str or type(path) is not str:
            raise _NoShape
        arity = OPERATORS.get(operator)
        if arity is None:
            raise _NoShape
        if value is None:
            if arity not in ("none", "one"):
                raise _NoShape
            self._shape += (root, path, operator, None)
        elif arity == "one" or (arity == "text" and type(value) is str):
            self._values.append(value)
            self._shape += (root, path, operator, arity)
        else:
            self._shape += (root, path, operator, self._several(arity, value))

    def _several(self, arity: str, value: Any) -> Any:
        if type(value) not in _LISTS:
            raise _NoShape
        kept = [item for item in value if item is not None]
        with_null = len(kept) < len(value)
        if arity == "two":
            if len(value) != 2 or with_null or type(value) not in (list, tuple):
                raise _NoShape
            self._values += kept
            return arity
        if arity != "many":
            raise _NoShape
        if not kept:
            return (0, with_null)
        if self._dialect.features.list_parameters:
            self._values.append(kept)
        else:
            self._values += kept
        return (self._dialect.list_shape(len(kept)), with_null)
