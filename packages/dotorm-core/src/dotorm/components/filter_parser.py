"""From the filter list to nodes, with an error that shows the place, before anything is sent.

A filter is a list of conditions ``(field, operator, value)``, nested lists, ``("not", part)``,
expressions such as ``User.age > 18``, and the words ``"and"`` and ``"or"`` between them. Parts
that follow one another without a word are joined by and; and binds before or, as in SQL.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from dotorm.components.expressions import (
    OPERATORS,
    AmongRows,
    And,
    ColumnRef,
    Comparison,
    Condition,
    Exists,
    Expr,
    KeyRef,
    Node,
    Not,
    Or,
)
from dotorm.components.key_conditions import compare_keys
from dotorm.components.sql import SqlWriter
from dotorm.exceptions import InvalidFilter

if TYPE_CHECKING:
    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Relation
    from dotorm.field_types.base import Field

__all__ = [
    "FilterParser",
    "OpenNames",
    "Resolver",
    "as_collection",
    "is_empty",
    "parse_filter",
    "plain",
    "shown",
    "suggestion",
]

DEEPEST = 150
"""How many levels of brackets a filter may have; Python's own stack ends soon after."""


class Crossing(NamedTuple):
    """Where a path leads through a relation of many.

    Attributes:
        relation: The relation.
        path: The way to the model that has it.
        rest: What follows it in the path.
    """

    relation: Relation
    path: tuple[str, ...]
    rest: str


class Resolver(Protocol):
    """Knows the fields that a filter may name."""

    @property
    def label(self) -> str:
        """What error messages call it: the model's name."""

    def resolve(self, path: str) -> ColumnRef | KeyRef:
        """The column, or columns, at the end of a path; raises `InvalidFilter` if there is none."""

    def crossing(self, path: str) -> Crossing | None:
        """Where a path first leads through a relation of many, if it does."""

    def exists(self, crossing: Crossing, where: Node | None) -> Exists:
        """The condition that a record exists there which a condition finds."""


class OpenNames:
    """A resolver without a model: every name is a column, values are bound as they are."""

    label: ClassVar[str] = "the filter"

    def resolve(self, path: str) -> ColumnRef | KeyRef:
        """The column of that name."""
        return ColumnRef(path)

    def crossing(self, path: str) -> None:
        """None: there are no relations."""

    def exists(self, crossing: Crossing, where: Node | None) -> Exists:
        """Nothing is ever asked for."""
        raise NotImplementedError


def suggestion(name: object, known: Collection[str]) -> str:
    """What to add to "unknown name": the nearest known one, else all of them."""
    if not isinstance(name, str):
        return ""
    near = get_close_matches(name, known)
    return f"; did you mean {near[0]!r}?" if near else f"; there are {', '.join(sorted(known))}"


def as_collection(value: Any) -> list[Any] | None:
    """The items of a value that can be gone through twice, else None; text is one value."""
    if isinstance(value, str | bytes | bytearray | memoryview | Mapping):
        return None
    return _items(value) if isinstance(value, Collection) else None


def plain(text: object) -> str | None:
    """Text as str itself, whatever a subclass makes of its methods; None if it is no text."""
    return str.__str__(text) if isinstance(text, str) else None


def is_empty(given: Any) -> bool:
    """Whether a filter is none: nothing, or a list of nothing."""
    return given is None or (isinstance(given, list | tuple) and not _items(given))


def parse_filter(resolver: Resolver, given: Any) -> Node | None:
    """Turn a filter into nodes with columns.

    Args:
        resolver: Knows the model's fields.
        given: A filter list, one condition, an expression, or None; None and an empty list mean
            no condition.

    Raises:
        InvalidFilter: Something in it is malformed or unknown; the text shows what and where.
    """
    if is_empty(given):
        return None
    return _Parse(resolver, given).part(given, "filter", 0)


class _Parse:
    """One run over one filter."""

    __slots__ = ("_label", "_resolver", "_whole")

    def __init__(self, resolver: Resolver, whole: Any, label: str | None = None) -> None:
        self._resolver = resolver
        self._whole = whole
        self._label = label or resolver.label

    def part(self, part: Any, place: str, depth: int) -> Node:
        if depth > DEEPEST:
            raise InvalidFilter(
                f"{self._label}: the filter is nested more than {DEEPEST} levels deep; "
                "join the conditions of a level in one list"
            )
        if isinstance(part, Expr):
            return self._expression(part, place, depth)
        if not isinstance(part, list | tuple):
            raise self._wrong(
                f"{shown(part)} is neither a condition (field, operator, value) nor a list", place
            )
        items = _items(part)
        if not items:
            raise self._wrong("an empty group", place)
        first = plain(items[0])
        if first is not None and first.lower() not in ("and", "or"):
            return self._condition_or_not(items, first, place, depth)
        return self._group(items, place, depth)

    def _condition_or_not(self, part: list[Any], first: str, place: str, depth: int) -> Node:
        if first.lower() == "not" and not (len(part) == 3 and plain(part[1]) in OPERATORS):
            if len(part) != 2:
                raise self._wrong('("not", condition) takes exactly one condition or list', place)
            return Not(self.part(part[1], f"{place}[1]", depth + 1))
        if len(part) == 2 and OPERATORS.get((plain(part[1]) or "").lower()) == "none":
            return self._condition(first, part[1], None, None, place)
        if len(part) != 3:
            raise self._wrong(
                f"a condition has three parts (field, operator, value), this has {len(part)}", place
            )
        return self._condition(first, part[1], part[2], None, place)

    def _expression(self, part: Expr, place: str, depth: int) -> Node:
        match part:
            case Condition(path, operator, value, root):
                return self._condition(path, operator, value, root, place)
            case Not(item):
                return Not(self.part(item, place, depth + 1))
            case And(items) | Or(items):
                return type(part)(tuple(self.part(item, place, depth + 1) for item in items))
            case Comparison() | AmongRows():
                return part
            case _:
                raise self._wrong(f"{shown(part)} is not an expression", place)

    def _group(self, items: list[Any], place: str, depth: int) -> Node:
        alternatives: list[list[Node]] = [[]]
        word: str | None = None
        for index, item in enumerate(items):
            here, text = f"{place}[{index}]", plain(item)
            if text is not None:
                self._check_word(text, word, here, first=index == 0)
                word = text.lower()
                continue
            if word == "or":
                alternatives.append([])
            alternatives[-1].append(self.part(item, here, depth + 1))
            word = None
        if word is not None:
            raise self._wrong(f"{word!r} has nothing on its right", f"{place}[{len(items) - 1}]")
        terms = [nodes[0] if len(nodes) == 1 else And(tuple(nodes)) for nodes in alternatives]
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _check_word(self, item: str, before: str | None, place: str, *, first: bool) -> None:
        if item.lower() not in ("and", "or"):
            raise self._wrong(f"{item!r} is neither a condition nor 'and' / 'or'", place)
        if first:
            raise self._wrong(f"{item!r} has nothing on its left", place)
        if before is not None:
            raise self._wrong(f"{item!r} follows {before!r}: a condition is missing", place)

    def _condition(self, name: Any, operator: Any, value: Any, root: Any, place: str) -> Node:
        path, word = plain(name), (plain(operator) or "").lower()
        if path is None:
            raise self._wrong(f"{shown(name)} is no name of a field", place)
        if word not in OPERATORS:
            raise self._wrong(
                f"unknown operator {shown(operator)}{suggestion(operator, OPERATORS)}", place
            )
        if root is not None and root is not self._resolver:
            raise self._wrong(f"{root.label}.{path} is a field of another model", place)
        try:
            crossing = self._resolver.crossing(path)
            column = None if crossing else self._resolver.resolve(path)
        except InvalidFilter as error:
            message = str(error).removeprefix(f"{self._label}: ")
            raise self._wrong(message, place) from None
        if crossing is not None:
            return self._related(crossing, word, value, place)
        assert column is not None  # noqa: S101 - resolve answers or raises
        return self._comparison(column, word, value, place)

    def _related(self, crossing: Crossing, operator: str, value: Any, place: str) -> Node:
        """A related record meets the condition; on the relation itself, there is one or none."""
        any_at_all = self._resolver.exists(crossing, None)
        if not crossing.rest:
            if operator == "is null" or (operator == "=" and value is None):
                return Not(any_at_all)
            if operator == "is not null" or (operator == "!=" and value is None):
                return any_at_all
        target = crossing.relation.target
        inner = _Parse(target, self._whole, self._label)
        if crossing.rest:
            node = inner._condition(crossing.rest, operator, value, None, place)
        else:
            node = inner._comparison(target.key_ref(), operator, value, place)
        return self._resolver.exists(crossing, node)

    def _comparison(
        self, column: ColumnRef | KeyRef, operator: str, value: Any, place: str
    ) -> Node:
        arity = OPERATORS[operator]
        if isinstance(column, KeyRef):
            return self._key(column, operator, value, place)
        if arity == "one":
            return self._single(column, operator, value, place)
        if arity == "many":
            return self._many(column, operator, value, place)
        if arity == "text":
            value = self._text(column, operator, value, place)
        elif arity == "two":
            value = self._pair(operator, value, place)
        elif value is not None:
            raise self._wrong(f"{operator!r} takes no value: write None", place)
        return Comparison(column, operator, value)

    def _single(self, column: ColumnRef, operator: str, value: Any, place: str) -> Node:
        if value is not None:
            return Comparison(column, operator, value)
        if operator == "=":
            return Comparison(column, "is null")
        if operator == "!=":
            return Comparison(column, "is not null")
        raise self._wrong(f"{operator!r} None finds nothing: use 'is null' or 'is not null'", place)

    def _key(self, ref: KeyRef, operator: str, value: Any, place: str) -> Node:
        if OPERATORS[operator] == "none" and value is not None:
            raise self._wrong(f"{operator!r} takes no value: write None", place)
        keys = self._items(operator, value, place) if operator.endswith("in") else [value]
        try:
            return compare_keys(ref, operator, keys)
        except InvalidFilter as error:
            raise self._wrong(str(error), place) from None

    def _items(self, operator: str, value: Any, place: str) -> list[Any]:
        items = as_collection(value)
        if items is None:
            raise self._wrong(
                f"{operator!r} takes a list, tuple or set of values, not {shown(value)}", place
            )
        return items

    def _many(self, column: ColumnRef, operator: str, value: Any, place: str) -> Node:
        items = self._items(operator, value, place)
        if column.field is not None and column.field.storage.kind == "array":
            raise self._wrong(f"{operator!r} looks among single values, not among lists", place)
        kept = [item for item in items if item is not None]
        return Comparison(column, operator, kept, with_null=len(kept) < len(items))

    def _text(self, column: ColumnRef, operator: str, value: Any, place: str) -> str:
        text = plain(value)
        if text is None:
            raise self._wrong(f"{operator!r} looks for text, not {shown(value)}", place)
        if column.field is not None and column.field.storage.kind not in ("char", "text"):
            raise self._wrong(
                f"{operator!r} works on Char and Text; {column.field.label} is "
                f"{type(column.field.storage).__name__}",
                place,
            )
        return text

    def _pair(self, operator: str, value: Any, place: str) -> tuple[Any, Any]:
        items = _items(value) if isinstance(value, list | tuple) else []
        if len(items) != 2 or any(item is None for item in items):
            raise self._wrong(f"{operator!r} takes [low, high], not {shown(value)}", place)
        return items[0], items[1]

    def _wrong(self, message: str, place: str) -> InvalidFilter:
        return InvalidFilter(f"{self._label}, {place}: {message} (in {shown(self._whole, 200)})")


def _items(value: Collection[Any]) -> list[Any]:
    """The items themselves, whatever the collection says about its length."""
    return list(iter(value))


def shown(value: Any, longest: int = 80) -> str:
    """A value in a message, as much of it as helps."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a foreign __repr__ must not hide the message
        text = f"<{type(value).__name__}>"
    return text if len(text) <= longest else text[: longest - 1] + "…"


class FilterParser:
    """Turns a filter list into the text of a WHERE clause.

    Args:
        dialect: Spells the names and operators.
        fields: The fields that the filter may name, by name. Without them every name is taken as
            a column (it is still quoted, or refused) and values are bound as they are.
    """

    def __init__(self, dialect: Dialect, fields: Mapping[str, Field[Any]] | None = None) -> None:
        self.dialect = dialect
        self.resolver: Resolver = OpenNames() if fields is None else _Fields(fields)

    def parse(self, filter_expr: Any) -> tuple[str, tuple[Any, ...]]:
        """The clause without the word WHERE, with ``%s`` placeholders, and its values in order.

        Raises:
            InvalidFilter: The filter is malformed or names what is not there.
        """
        node = parse_filter(self.resolver, filter_expr)
        writer = SqlWriter(self.dialect, display=True)
        if node is not None:
            self.dialect.write_node(writer, node)
        compiled = writer.done()
        return compiled.sql, tuple(compiled.bound())


class _Fields(OpenNames):
    """A resolver over a plain dict of fields."""

    def __init__(self, fields: Mapping[str, Field[Any]]) -> None:
        self._fields = fields

    def resolve(self, path: str) -> ColumnRef | KeyRef:
        field: Any = self._fields.get(path)
        if field is None:
            raise InvalidFilter(f"unknown field {path!r}{suggestion(path, self._fields)}")
        if len(field.holders) > 1:
            return KeyRef(field.refs(), field.target, field.label)
        return ColumnRef(field.column or path, field)
