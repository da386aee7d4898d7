"""How a database spells names, placeholders, types and values."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.components.features import Features
from dotorm.components.sql import Binder, check_identifier
from dotorm.exceptions import InvalidValue, NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from dotorm.field_types.base import Field

__all__ = ["Spelling"]


class Spelling:
    """Names, placeholders and values.

    Attributes:
        name: The backend's name, in lower case.
        escape: The character that encloses a name.
        placeholder: The first character of a placeholder.
        percent: A percent sign in a statement's text; a driver that puts values in by formatting
            the text wants it doubled.
        unlimited: What LIMIT says for any number of rows, where OFFSET cannot stand alone.
        features: What the database promises.
        encoders: Field kind to a function from the field's Python value to what the driver binds;
            a kind that is not there is bound as it is.
        decoders: Field kind to a function from the driver's value, never None, to the field's
            Python value; a kind that is not there is taken as it is.
        slices_rows: Whether a row of the driver, which is no tuple, gives its values away faster
            by a slice, which is one, than one by one.
        keyed_by_row: Whether a `dotorm.databases.abstract.Keyed` is written for one row, which the
            adapter repeats.
    """

    name: ClassVar[str] = "sql"
    escape: ClassVar[str] = '"'
    placeholder: ClassVar[str] = "?"
    percent: ClassVar[str] = "%"
    unlimited: ClassVar[str] = ""
    features: ClassVar[Features] = Features()
    encoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    decoders: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}
    slices_rows: ClassVar[bool] = False
    keyed_by_row: ClassVar[bool] = False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def supports_returning(self) -> bool:
        """Whether INSERT can answer columns of the new rows."""
        return self.features.returning

    def escape_identifier(self, identifier: str) -> str:
        """The name enclosed for SQL, with the enclosing character inside it doubled.

        Raises:
            ConfigurationError: The database could not take the name as it is.
        """
        name = check_identifier(identifier, self.features.max_identifier_bytes)
        return f"{self.escape}{name.replace(self.escape, self.escape * 2)}{self.escape}"

    def make_placeholder(self, index: int = 1) -> str:
        """The placeholder of the statement's value number ``index``, counted from 1."""
        return self.placeholder

    def make_placeholders(self, count: int, start: int = 1) -> str:
        """``count`` placeholders joined by commas, the first for value number ``start``."""
        return ", ".join(self.make_placeholder(start + i) for i in range(count))

    def placeholder_cast(self, field: Field[Any] | None) -> str:
        """What follows the placeholder of a value of the field; mostly nothing."""
        return ""

    def read_cast(self, field: Field[Any] | None) -> str:
        """What follows a column of the field that is read into records; mostly nothing."""
        return ""

    def array_text(self, items: list[Any]) -> Any:
        """Encoded values as the one value that is bound for an array."""
        return items

    def column_type(self, field: Field[Any]) -> str:
        """The database's type for what the field stores.

        Raises:
            NotSupported: The database has no type that keeps the field's values.
        """
        raise NotSupported(f"the field type {type(field).__name__}", self.name)

    def literal(self, field: Field[Any], value: Any) -> str:
        """A field's value as SQL text, for the DEFAULT of a column; nothing else is not bound.

        Raises:
            InvalidValue: The value does not fit the field.
        """
        bound = self._binder(field, field.accept)(value)
        if isinstance(bound, bool):
            return "TRUE" if bound else "FALSE"
        if isinstance(bound, int) or (isinstance(bound, float) and isfinite(bound)):
            return repr(bound)
        if isinstance(bound, bytes):
            return self.literal_bytes(bound)
        text = str(bound)
        if "\0" in text:
            field.refuse(value, "a default cannot hold a NUL character")
        return "'" + text.replace("'", "''") + "'"

    def literal_bytes(self, value: bytes) -> str:
        """Bytes as SQL text."""
        return f"X'{value.hex()}'"

    def filter_binder(self, field: Field[Any] | None) -> Binder | None:
        """What converts a value that a column is compared with."""
        return None if field is None else self._binder(field, field.convert)

    def list_binder(self, field: Field[Any] | None) -> Callable[[Sequence[Any]], list[Any]] | None:
        """What converts many values that a column is compared with; cheap when all are right."""
        bind = self.filter_binder(field)
        if field is None or bind is None:
            return None
        storage, encoded = field.storage, self.encoder(field) is not None

        def bound(items: Sequence[Any]) -> list[Any]:
            right = not encoded and storage.are_right(items)
            return list(items) if right else [*map(bind, items)]

        return bound

    def write_binder(self, field: Field[Any] | None) -> Binder | None:
        """What converts a value that is written into a column, and checks that it fits."""
        return None if field is None else self._binder(field, field.accept)

    def encode_column(self, field: Field[Any], values: list[Any]) -> list[Any]:
        """One column of many rows, checked and converted for the driver."""
        return self.encode_values(field, field.accept_column(values))

    def encode_values(self, field: Field[Any], values: list[Any]) -> list[Any]:
        """Values that the field has accepted, converted for the driver."""
        encode = self.encoder(field)
        if encode is None:
            return values
        return [None if value is None else encode(value) for value in values]

    def decoder(self, field: Field[Any]) -> Callable[[Any], Any] | None:
        """What converts the driver's value, when it is not None; None if it is right as it is."""
        if field.storage.kind == "array":
            return self._array_decoder(field)
        decode, wrap = self.decoders.get(field.storage.kind), field.storage.wrap
        if decode is None or wrap is None:
            return decode or wrap
        return lambda value: wrap(decode(value))

    def encode_raw(self, values: Sequence[Any]) -> Sequence[Any]:
        """The values of the user's own SQL, as the driver takes them."""
        return values

    def insert_values(
        self, columns: Sequence[list[Any]], binders: Sequence[Binder | None] = ()
    ) -> list[Any]:
        """The values of many rows, given by column, in the order that ``write_rows`` binds them.

        Args:
            columns: One list a column, each value encoded for the driver.
            binders: What ``write_rows`` bound its placeholders with; of use to a dialect that binds
                a column as one value.
        """
        width = len(columns)
        values: list[Any] = [None] * (width * len(columns[0]) if columns else 0)
        for place, column in enumerate(columns):
            values[place::width] = column
        return values

    def update_values(
        self, columns: Sequence[list[Any]], binders: Sequence[Binder | None] = ()
    ) -> list[Any]:
        """The values of an UPDATE of many rows, as ``insert_values`` has them."""
        return self.insert_values(columns, binders)

    def returns_on_conflict(self, *, updates: bool) -> bool:
        """Whether RETURNING of an INSERT on conflict answers the rows that it wrote, and no other.

        Args:
            updates: Whether a row that is there already is changed, or left.
        """
        return self.features.returning

    def tells_keys(self, rows: int) -> bool:
        """Whether the adapter tells the keys of so many new rows, without RETURNING.

        Then it is sent a `dotorm.databases.abstract.Keyed`. A dialect that has both answers True
        for the numbers of rows that take less time so.
        """
        return not self.features.returning

    def in_order(self, rows: Sequence[Any]) -> Sequence[Any]:
        """What RETURNING answered of many rows, in the order in which they were given."""
        return rows

    def insert_rows(self, columns: int) -> int:
        """How many rows one INSERT of that many columns can take."""
        return max(1, self.features.max_parameters // max(1, columns))

    def copy_rows(self, fields: Sequence[Field[Any]]) -> int | None:
        """From how many rows of the fields on a table takes them as a stream; None for never.

        A dialect that answers a number writes the clauses of `NextKeys` and `CopyRows`.
        """
        return None

    def update_rows(self, columns: int) -> int:
        """How many rows of that many columns, the key's among them, one UPDATE can take.

        1 where no statement changes several rows to values of their own.
        """
        return 1

    def insert_parts(self, columns: Sequence[list[Any]], count: int) -> Iterator[tuple[int, int]]:
        """Which rows go into one INSERT each, as pairs of the first one and how many.

        Args:
            columns: One list a column, encoded for the driver; none for rows of nothing but
                defaults, which go one by one.
            count: How many rows there are.
        """
        return self.parts(columns, count, self.insert_rows(len(columns)) if columns else 1)

    def parts(
        self, columns: Sequence[list[Any]], count: int, most: int
    ) -> Iterator[tuple[int, int]]:
        """As `insert_parts`, of statements that take at most so many rows; by size, it may be."""
        for start in range(0, count, most):
            yield start, min(most, count - start)

    def insert_shape(self, rows: int) -> int:
        """How many rows an INSERT is written for that many; texts are kept by it."""
        return rows

    def row_values(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The values of rows in the order that ``write_among_rows`` binds them."""
        return [value for row in rows for value in row]

    def list_rows(self, columns: int) -> int | None:
        """How many rows of that many columns a statement can compare with; None for any number."""
        return max(1, self.features.max_parameters // (2 * columns))

    def list_shape(self, items: int) -> int:
        """How many items a list in a condition is written for that many; texts are kept by it."""
        return 1 if self.features.list_parameters else items

    def list_size(self) -> int | None:
        """How many values a list in a statement can have; None for any number."""
        return None if self.features.list_parameters else self.features.max_parameters // 2

    def _binder(self, field: Field[Any], convert: Binder) -> Binder:
        encode = self.encoder(field)
        if encode is None:
            return convert

        def bind(value: Any) -> Any:
            value = convert(value)
            return None if value is None else encode(value)

        return bind

    def encoder(self, field: Field[Any]) -> Binder | None:
        """What converts a value of the field for the driver; None if it is right as it is."""
        if field.storage.kind == "array":
            return self._array_encoder(field)
        encode, unwrap = self.encoders.get(field.storage.kind), field.storage.unwrap
        if encode is None and unwrap is None:
            return None

        def encoded(value: Any) -> Any:
            try:
                plain = value if unwrap is None else unwrap(value)
                return plain if encode is None else encode(plain)
            except (TypeError, ValueError, OverflowError, RecursionError) as error:
                field.refuse(value, str(error))

        return encoded

    def _array_encoder(self, field: Any) -> Binder:
        self._check_arrays()
        encode = self.encoder(field.item)
        if encode is None:
            return self.array_text

        def encoded(items: list[Any]) -> Any:
            try:
                return self.array_text([None if item is None else encode(item) for item in items])
            except InvalidValue as error:
                field.refuse(items, str(error))

        return encoded

    def _array_decoder(self, field: Any) -> Callable[[Any], Any]:
        self._check_arrays()
        decode = self.decoder(field.item)
        if decode is None:
            return list
        return lambda items: [None if item is None else decode(item) for item in items]

    def _check_arrays(self) -> None:
        if not self.features.arrays:
            raise NotSupported("arrays", self.name, "use JSONField")
