"""`Builder`: the statements of a model as text, for people to read and tests to check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from dotorm.builder.mixins import CRUDMixin, Many2manyMixin, RelationsMixin
from dotorm.components.filter_parser import FilterParser
from dotorm.meta import ModelMeta

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dotorm.components.dialect import Dialect
    from dotorm.field_types import Field

__all__ = ["Builder"]


class Builder(CRUDMixin, Many2manyMixin, RelationsMixin):
    """Shows the statements of a table: text with ``%s`` placeholders, and the values to bind.

    The text is for reading. The table, what is sorted by and what is inserted stand bare when they
    are plain words that no database reserves; executed statements quote every name.

    Args:
        table: The table's name.
        fields: The fields by name.
        dialect: Spells the statements.
    """

    def __init__(self, table: str, fields: Mapping[str, Field[Any]], dialect: Dialect) -> None:
        self._take(ModelMeta(table, table, fields), dialect)

    @classmethod
    def of(cls, meta: ModelMeta, dialect: Dialect) -> Self:
        """The builder of a model."""
        builder = cls.__new__(cls)
        builder._take(meta, dialect)
        return builder

    def _take(self, meta: ModelMeta, dialect: Dialect) -> None:
        self.meta = meta
        self.dialect = dialect
        self.filter_parser = FilterParser(dialect, meta.fields)

    @property
    def table(self) -> str:
        """The table's name."""
        return self.meta.table

    @property
    def fields(self) -> dict[str, Field[Any]]:
        """All fields by name."""
        return self.meta.fields

    @property
    def store_fields(self) -> list[str]:
        """The names of the fields that have a column in the table."""
        return list(self.meta.stored)
