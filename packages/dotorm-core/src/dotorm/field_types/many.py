"""Fields that lead to any number of records, which hold no column of their own model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.components.sql import check_identifier
from dotorm.exceptions import ConfigurationError
from dotorm.field_types.references import Many2one
from dotorm.field_types.relations import Relation, same_type

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from dotorm.meta import ModelMeta

__all__ = ["Many2many", "One2many", "One2one"]


class One2many(Relation):
    """The records of another model that refer to this one.

    Args:
        target: A function that answers the other model.
        inverse: The name of its Many2one that refers to this model.
    """

    kind = "one2many"
    many = True

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
        if not field.is_unique:
            raise ConfigurationError(
                f"{self.label}: {field.label} must be declared with unique=True"
            )
        return field


class Many2many(Relation):
    """Records of another model, joined to this one through a table of links.

    Args:
        relation_table: A function that answers the other model.
        many2many_table: The name of the table of links.
        column1: Its column that refers to the *other* model; a tuple of as many as that model's
            key has fields, if it has several.
        column2: Its column, or columns, that refer to *this* model.

    Attributes:
        related_columns: The columns that refer to the other model.
        owner_columns: Those that refer to this one.
    """

    kind = "many2many"
    many = True

    def __init__(
        self,
        relation_table: Callable[[], type[Any]],
        many2many_table: str,
        column1: str | Sequence[str],
        column2: str | Sequence[str],
        *,
        description: str | None = None,
    ) -> None:
        super().__init__(relation_table, description=description)
        self.many2many_table = check_identifier(many2many_table)
        self.column1, self.column2 = column1, column2
        self.related_columns = _columns(column1, "column1")
        self.owner_columns = _columns(column2, "column2")
        one, other = set(self.related_columns), set(self.owner_columns)
        if one <= other or other <= one:
            raise ConfigurationError(
                f"Many2many: column1 and column2 are both {column1!r}"
                if one == other
                else f"Many2many: column1={column1!r} and column2={column2!r}: each needs a "
                "column of its own"
            )

    @property
    def is_column(self) -> bool:
        """False: the links have a table of their own."""
        return False

    @property
    def shared(self) -> tuple[tuple[int, int], ...]:
        """The columns that refer to both models, by their places in ``column1`` and ``column2``."""
        return tuple(
            (place, self.owner_columns.index(name))
            for place, name in enumerate(self.related_columns)
            if name in self.owner_columns
        )

    def settle(self) -> None:
        """Find out whether ``column2`` is as this model's key.

        Raises:
            ConfigurationError: It is not.
        """
        if self.meta is not None and self.meta.key:
            self._check_size("column2", self.owner_columns, self.meta)

    def check_target(self, target: ModelMeta) -> None:
        """Find out whether ``column1`` is as the target's key.

        Raises:
            ConfigurationError: It is not, or a column would have to be of two types.
        """
        self._check_size("column1", self.related_columns, target)
        assert self.meta is not None  # noqa: S101 - what leads somewhere belongs to a model
        for there, here in self.shared:
            one, other = target.key[there], self.meta.key[here]
            if not same_type(one, other):
                raise ConfigurationError(
                    f"{self.label}: the column {self.related_columns[there]} is to hold "
                    f"{one.label} and {other.label}, which are of two types"
                )

    def _check_size(self, what: str, columns: tuple[str, ...], meta: ModelMeta) -> None:
        if len(columns) != len(meta.key):
            fields = "is one field" if len(meta.key) == 1 else f"is {len(meta.key)} fields"
            raise ConfigurationError(
                f"{self.label}: {what} names {', '.join(columns)}, the key of {meta.name} "
                f"{fields} ({', '.join(meta.key_names)}): name one column for each"
            )


def _columns(given: Any, what: str) -> tuple[str, ...]:
    names = tuple(given) if isinstance(given, list | tuple) else (given,)
    if not names or len(set(names)) < len(names):
        raise ConfigurationError(f"Many2many: {what} is a name or a tuple of names: {shown(given)}")
    return tuple(check_identifier(name) for name in names)
