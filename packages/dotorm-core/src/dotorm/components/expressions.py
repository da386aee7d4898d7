"""The filter language as data: conditions over fields, and what joins them.

A condition as the user writes it is a `Condition` (a path in words). Parsing resolves its path to
a `ColumnRef` and answers a `Comparison`. `And`, `Or` and `Not` join either.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Never

if TYPE_CHECKING:
    from dotorm.components.queries import Select
    from dotorm.field_types.base import Field

__all__ = [
    "OPERATORS",
    "AmongRows",
    "And",
    "Arity",
    "ColumnRef",
    "Comparison",
    "Condition",
    "Exists",
    "Expr",
    "FieldOperators",
    "InQuery",
    "KeyRef",
    "Node",
    "Not",
    "Or",
]

type Arity = Literal["none", "one", "text", "two", "many"]

OPERATORS: dict[str, Arity] = {
    "=": "one",
    "!=": "one",
    ">": "one",
    ">=": "one",
    "<": "one",
    "<=": "one",
    "like": "text",
    "not like": "text",
    "ilike": "text",
    "not ilike": "text",
    "in": "many",
    "not in": "many",
    "is null": "none",
    "is not null": "none",
    "between": "two",
    "not between": "two",
}
"""Every operator of the filter language, and how many values it takes."""


class Expr:
    """A part of a filter. Join parts with ``&`` and ``|``, negate with ``~``."""

    __slots__ = ()

    def __and__(self, other: Expr) -> And:
        return And((self, _expression(other)))

    def __or__(self, other: Expr) -> Or:
        return Or((self, _expression(other)))

    def __invert__(self) -> Not:
        return Not(self)

    def __bool__(self) -> Never:
        raise TypeError(
            "a filter expression has no truth value: join expressions with & and | (in brackets), "
            "negate with ~, and write between() instead of a chained comparison"
        )


def _expression(part: object) -> Expr:
    if isinstance(part, Expr):
        return part
    raise TypeError(
        f"& and | join filter expressions, not {type(part).__name__}; is a bracket missing?"
    )


def _shown(column: str, operator: str, value: Any) -> str:
    """A comparison in words; those with NULL have no value."""
    return f"{column} {operator}" + ("" if OPERATORS.get(operator) == "none" else f" {value!r}")


def _joined(word: str, items: tuple[Expr, ...]) -> str:
    return f" {word} ".join(
        f"({item!r})" if isinstance(item, And | Or) else repr(item) for item in items
    )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Condition(Expr):
    """One comparison as the user wrote it.

    Attributes:
        path: The field's name, or a path across relations: ``role_id.name``.
        operator: A key of `OPERATORS`.
        value: The value or values to compare with.
        root: The model (its meta) whose field began the path; None in a filter list.
    """

    path: str
    operator: str
    value: Any
    root: Any = None

    def __repr__(self) -> str:
        begin = "" if self.root is None else f"{self.root.label}."
        return _shown(begin + self.path, self.operator, self.value)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class And(Expr):
    """All of the items hold."""

    items: tuple[Expr, ...]

    def __repr__(self) -> str:
        return _joined("&", self.items)

    def __and__(self, other: Expr) -> And:
        return And((*self.items, _expression(other)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Or(Expr):
    """At least one of the items holds."""

    items: tuple[Expr, ...]

    def __repr__(self) -> str:
        return _joined("|", self.items)

    def __or__(self, other: Expr) -> Or:
        return Or((*self.items, _expression(other)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Not(Expr):
    """The item does not hold; where it is unknown (NULL), neither does its negation."""

    item: Expr

    def __repr__(self) -> str:
        return f"~{_joined('', (self.item,))}"


@dataclass(frozen=True, slots=True, eq=False)
class ColumnRef:
    """A column in a statement.

    Attributes:
        name: The column's name in the database.
        field: The field it stores, which converts its values; None for a name without a model.
        path: The relations that lead to its table; empty for the statement's own table.
    """

    name: str
    field: Field[Any] | None = None
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class KeyRef:
    """The columns that together hold a key of several fields.

    Attributes:
        columns: The columns, in the order of the key.
        target: The meta of the model whose key it is.
        label: What messages call them: ``Line.order``.
    """

    columns: tuple[ColumnRef, ...]
    target: Any
    label: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(Expr):
    """A `Condition` whose column is known.

    ``value`` is None for the two NULL tests, a tuple of two for the two betweens, a list without
    None for ``in`` and ``not in`` (``with_null`` tells that None was in it), else one value.
    """

    column: ColumnRef
    operator: str
    value: Any = None
    with_null: bool = False

    def __repr__(self) -> str:
        field = self.column.field
        name = self.column.name if field is None else field.label
        return _shown(name, self.operator, self.value)


@dataclass(frozen=True, slots=True, eq=False)
class Exists(Expr):
    """A related record exists.

    Attributes:
        query: Finds the related records.
        on: Pairs of its column that refers to the outer record, and the outer record's column;
            one for each field of the outer record's key.
    """

    query: Select
    on: tuple[tuple[ColumnRef, ColumnRef], ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The relations that lead to the outer record's table."""
        return self.on[0][1].path


@dataclass(frozen=True, slots=True, eq=False)
class InQuery(Expr):
    """The columns together are among the rows of a query."""

    columns: tuple[ColumnRef, ...]
    query: Select


@dataclass(frozen=True, slots=True, eq=False)
class AmongRows(Expr):
    """The columns together are one of the rows.

    Attributes:
        columns: Several columns.
        value: The rows: tuples with a value for each column, at least one.
    """

    columns: tuple[ColumnRef, ...]
    value: list[tuple[Any, ...]]


type Node = Comparison | AmongRows | Exists | InQuery | And | Or | Not


class FieldOperators[T]:
    """What a field answers at class level: ``User.age > 18``, ``User.name.ilike("jo")``."""

    __slots__ = ()

    def _path(self) -> tuple[str, Any]:
        """The path of a condition, and the meta of the model that it begins at."""
        raise NotImplementedError

    def _condition(self, operator: str, value: Any) -> Condition:
        path, root = self._path()
        if isinstance(value, FieldOperators):
            raise TypeError(f"{path}: comparing two fields is not supported; give a value")
        if operator.endswith("in") and _is_several(value):
            value = list(value)
        return Condition(path, operator, value, root)

    def __eq__(self, other: T | None) -> Condition:  # type: ignore[override]
        return self._condition("=", other)

    def __ne__(self, other: T | None) -> Condition:  # type: ignore[override]
        return self._condition("!=", other)

    __hash__ = object.__hash__

    def __lt__(self, other: T) -> Condition:
        return self._condition("<", other)

    def __le__(self, other: T) -> Condition:
        return self._condition("<=", other)

    def __gt__(self, other: T) -> Condition:
        return self._condition(">", other)

    def __ge__(self, other: T) -> Condition:
        return self._condition(">=", other)

    def in_(self, values: Iterable[T | None]) -> Condition:
        """One of the values, in any number; None in it finds NULL."""
        return self._condition("in", values)

    def not_in(self, values: Iterable[T | None]) -> Condition:
        """None of the values; rows with NULL are not found."""
        return self._condition("not in", values)

    def like(self, text: str) -> Condition:
        """Contains the text in this very case; ``%`` and ``_`` stand for themselves."""
        return self._condition("like", text)

    def not_like(self, text: str) -> Condition:
        """Does not contain the text."""
        return self._condition("not like", text)

    def ilike(self, text: str) -> Condition:
        """Contains the text in upper or lower case; ``%`` and ``_`` stand for themselves."""
        return self._condition("ilike", text)

    def not_ilike(self, text: str) -> Condition:
        """Does not contain the text, in whatever case."""
        return self._condition("not ilike", text)

    def between(self, low: T, high: T) -> Condition:
        """From low to high, both included."""
        return self._condition("between", (low, high))

    def not_between(self, low: T, high: T) -> Condition:
        """Less than low or greater than high."""
        return self._condition("not between", (low, high))

    def is_null(self) -> Condition:
        """Has no value."""
        return self._condition("is null", None)

    def is_not_null(self) -> Condition:
        """Has a value."""
        return self._condition("is not null", None)


def _is_several(value: Any) -> bool:
    """Whether a value is many: the letters of a text are not, and the parser refuses the text."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
