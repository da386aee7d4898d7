"""Links between records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.orm import links
from dotorm.orm.hybrid import hybrid_method

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.expressions import Expr
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.related import RelatedList

__all__ = ["OrmMany2manyMixin"]


class OrmMany2manyMixin:
    """The operations on tables of links."""

    __meta__: ClassVar[ModelMeta]

    @classmethod
    async def get_many2many(
        cls,
        field: Any,
        id: Any,
        fields: Sequence[Any] | None = None,
        filter: Expr | list[Any] | bool | None = None,
        sort: Any = None,
        order: str | None = None,
        start: int | None = None,
        end: int | None = None,
        limit: int | None = None,
        session: Session | None = None,
    ) -> RelatedList[Any]:
        """The records linked to one record, by their key ascending unless a sort is given.

        Args:
            field: The Many2many, or its name.
            id: The key of the record that owns the links, or the record.
            fields, filter, sort, order, start, end, limit: As in ``search``, of the related model.
            session: Where to run.
        """
        return await links.get_many2many(
            cls.__meta__,
            field,
            id,
            fields=fields,
            filter=filter,
            sort=sort,
            order=order,
            start=start,
            end=end,
            limit=limit,
            session=session,
        )

    @classmethod
    async def link_many2many(
        cls, field: Any, values: Sequence[tuple[Any, Any]], session: Session | None = None
    ) -> None:
        """Link records. Pairs that are linked already stay so.

        Args:
            field: The Many2many, or its name.
            values: Pairs of (this, related), each a key or a record.
            session: Where to run.
        """
        await links.link_many2many(cls.__meta__, field, values, session)

    @hybrid_method
    async def unlink_many2many(
        owner: Any,  # noqa: N805 - a record or the class
        field: Any,
        ids: Sequence[Any],
        session: Session | None = None,
    ) -> None:
        """Remove links to *related* records.

        Called on a record it removes that record's links, called on the class those of all
        records.

        Args:
            owner: The record or the class; given by the call.
            field: The Many2many, or its name.
            ids: Keys of related records, or the records.
            session: Where to run.
        """
        record = None if isinstance(owner, type) else owner
        await links.unlink_many2many(owner.__meta__, field, ids, record, session)
