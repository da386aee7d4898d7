"""From rows to records and from records to columns, by functions made for one model and its fields.

The functions are generated as text, from names that are checked to be plain identifiers, because a
loop of plain attribute stores is what CPython runs fastest. The record's values land in its inline
storage (see `lay_out`): no descriptor, no dict and no call stands between.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import repeat, starmap
from keyword import iskeyword
from operator import truth
from typing import TYPE_CHECKING, Any

from dotorm.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Field
    from dotorm.meta import ModelMeta

__all__ = ["RowPlan", "assigner", "lay_out"]


class RowPlan:
    """What a row of a statement holds, and how it becomes a record.

    Args:
        meta: The model.
        fields: The fields of the row's columns, in order.
        dialect: Knows how the driver's values become the fields' values.

    Attributes:
        names: The fields' names, in order.
        index: The place of each field in the row, by name.
        blanks: So many records without values, for `hydrate`.
        hydrate: The records of rows, in their order, given what `blanks` made for them, if
            anything.
        hydrate_one: The record of a row.
        are_silent: Whether records, those without values too, go away with nobody told.
        columns_of: The fields' values in records, one list for each field.
    """

    __slots__ = (
        *("_decoders", "_dialect", "_settlers", "blanks", "columns_of", "fields"),
        *("are_silent", "hydrate", "hydrate_one", "index", "meta", "names"),
    )

    def __init__(self, meta: ModelMeta, fields: Sequence[Field[Any]], dialect: Dialect) -> None:
        self.meta = meta
        self._dialect = dialect
        self.fields = tuple(fields)
        self.names = tuple(field.name for field in fields)
        self.are_silent = not hasattr(meta.model, "__del__")
        self.index = {name: place for place, name in enumerate(self.names)}
        self._decoders = tuple(dialect.decoder(field) for field in fields)
        self._settlers: dict[tuple[str, ...], Callable[..., None]] = {}
        self.blanks: Callable[[int], list[Any]] = self._blank_maker()
        self.hydrate: Callable[..., list[Any]] = self._hydrator()
        self.hydrate_one: Callable[[Any], Any] = self._hydrator_of_one()
        self.columns_of: Callable[[Iterable[Any]], list[list[Any]]] = self._column_reader()

    def __copy__(self) -> RowPlan:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> RowPlan:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self.meta.model, self.names, self._dialect)

    def values(self, row: Sequence[Any]) -> list[Any]:
        """The row's values as the fields' Python types, freshly made."""
        return [
            value if decode is None or value is None else decode(value)
            for value, decode in zip(row, self._decoders, strict=True)
        ]

    def column(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        """Many rows' values of one field as its Python type."""
        decode = self._decoders[self.index[name]]
        if decode is None:
            return values
        return [None if value is None else decode(value) for value in values]

    def settler(self, given: tuple[str, ...]) -> Callable[[Sequence[Any], Sequence[Any]], None]:
        """What has records remember the rows that they have become, and answer what these say.

        Args:
            given: The fields that the records hold already, which are left as they are.
        """
        made = self._settlers.get(given)
        if made is None:
            made = self._settlers[given] = self._make_settler(given)
        return made

    def _make_settler(self, given: tuple[str, ...]) -> Callable[..., None]:
        lines = [
            "def settle(records, rows):",
            " for record, row in zip(records, rows, strict=True):",
            "  record._plan = plan",
            "  record._row = row",
        ]
        for i, name in enumerate(self.names):
            if name not in given:
                cell = f"row[{i}]"
                value = self._decoded(i, cell) if self._decoders[i] else cell
                lines.append(f"  record.{_checked(name)} = {value}")
        return _function("settle", lines, **self._scope())

    def _blank_maker(self) -> Callable[[int], list[Any]]:
        new, one = object.__new__, (self.meta.model,)

        def blanks(count: int) -> list[Any]:
            # All at once: in one call of C the collector, which would find nothing, cannot run.
            return [*starmap(new, repeat(one, count))]

        return blanks

    def _hydrator(self) -> Callable[..., list[Any]]:
        lines = [
            "def hydrate(rows, made=None, plan=plan, whole=whole):",  # locals are read faster
            " records = fitted(made, len(rows)) if made else blanks(len(rows))",
            " for record, row in zip(records, rows):",
            *(f"  {line}" for line in self._stores()),
            " return records",
        ]
        return _function("hydrate", lines, blanks=self.blanks, fitted=self._fitted, **self._scope())

    def _fitted(self, made: list[Any], count: int) -> list[Any]:
        """As many blanks as there are rows, those first that there are."""
        if len(made) == count:
            return made
        return [*made[:count], *self.blanks(count - len(made))]

    def _hydrator_of_one(self) -> Callable[[Any], Any]:
        stores = [f" {line}" for line in self._stores()]
        lines = ["def hydrate(row):", " record = new(model)", *stores, " return record"]
        return _function("hydrate", lines, **self._scope())

    def _stores(self) -> list[str]:
        """What fills a record from a row."""
        names = [f"record.{_checked(name)}" for name in self.names]
        decoded = {i: name for i, name in enumerate(names) if self._decoders[i]}
        cells = [f"v{i}" if i in decoded else name for i, name in enumerate(names)]
        values = "row[whole]" if self._dialect.slices_rows else "row"
        return [
            "record._plan = plan",
            "record._row = row",
            f"({''.join(f'{cell}, ' for cell in cells)}) = {values}",
            *(f"{name} = {self._decoded(i, f'v{i}')}" for i, name in decoded.items()),
        ]

    def _decoded(self, place: int, value: str) -> str:
        """The text that makes a column's value, which stands in a name, the field's value."""
        made = "not not {}" if self._decoders[place] is truth else f"d{place}({{}})"
        return f"None if {value} is None else {made.format(value)}"

    def _scope(self) -> dict[str, Any]:
        decoders = {f"d{i}": decode for i, decode in enumerate(self._decoders) if decode}
        words = {"plan": self, "new": object.__new__, "whole": slice(None)}
        return {"model": self.meta.model, **words, **decoders}

    def _column_reader(self) -> Callable[[Iterable[Any]], list[list[Any]]]:
        columns = ", ".join(f"[record.{name} for record in records]" for name in self.names)
        return _function("columns", ["def columns(records):", f" return [{columns}]"])


def lay_out(model: type[Any], names: Iterable[str]) -> None:
    """Have the records of a model keep the fields named in their inline storage.

    CPython gives a class that storage for the attributes of its first few instances. Were these
    records with few fields, all later ones would keep a dict each, and take twice as long to make.
    """
    first = object.__new__(model)
    for name in ("_plan", "_row", *names):
        object.__setattr__(first, name, None)


@lru_cache(maxsize=5000)
def assigner(name: str) -> Callable[[Iterable[Any], Iterable[Any]], None]:
    """What gives records, of one model mostly, a value each for the field of that name."""
    lines = [
        "def assign(records, values):",
        " for record, value in zip(records, values, strict=True):",
        f"  record.{_checked(name)} = value",
    ]
    return _function("assign", lines)


def _restored(model: Any, names: tuple[str, ...], dialect: Dialect) -> RowPlan:
    meta: ModelMeta = model.__meta__
    return RowPlan(meta, [meta.stored[name] for name in names], dialect)


def _checked(name: str) -> str:
    if not name.isidentifier() or iskeyword(name) or name.startswith("_"):
        raise ConfigurationError(f"{name!r} cannot be the name of a field")
    return name


def _function(name: str, lines: list[str], **scope: Any) -> Callable[..., Any]:
    # The text holds nothing but the identifiers that _checked let through.
    exec("\n".join(lines), scope)  # noqa: S102
    function: Callable[..., Any] = scope[name]
    return function
