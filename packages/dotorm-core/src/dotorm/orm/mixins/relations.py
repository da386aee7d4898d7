"""Search, and reading and writing together with relations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from dotorm.orm import nested, preload, read, stream
from dotorm.orm.loads import related

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from dotorm.components.expressions import Expr
    from dotorm.components.queries import QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.loads import FieldsInfo
    from dotorm.orm.read import ForUpdate

__all__ = ["OrmRelationsMixin"]


class OrmRelationsMixin:
    """The operations that see related records."""

    __meta__: ClassVar[ModelMeta]

    @classmethod
    async def search(
        cls,
        fields: Sequence[Any] | None = None,
        filter: Expr | list[Any] | bool | None = None,
        sort: Any = None,
        order: str | None = None,
        limit: int | None = None,
        start: int | None = None,
        end: int | None = None,
        fields_info: FieldsInfo | None = None,
        for_update: ForUpdate = False,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> list[Self]:
        """The records that a filter finds, all of them unless a limit is given.

        Relations among the fields are loaded with one statement each, whatever the number of
        records: a Many2one then answers the related record, the others a list.

        Args:
            fields: The names of the fields to read. By default all stored fields, and of a
                Many2one the key. Keys are read in any case.
            filter: A filter list or an expression, such as ``User.age > 18``.
            sort: A field to sort by, or several; ``-`` in front means descending. By default the
                primary key, descending. NULL sorts last.
            order: ``"ASC"`` or ``"DESC"`` for the fields without a ``-``.
            limit: The most records.
            start, end: The records from start up to, not including, end, counted from 0.
            fields_info: By relation, the names of the fields to read of the related records, or a
                `Load` that also filters, sorts and limits them, and loads their relations.
            for_update: Lock the records until the transaction ends; ``"nowait"`` fails on
                records that another transaction has locked, ``"skip locked"`` leaves them out.
            session: Where to run.
            options: What only one kind of database can be told; relations are loaded without.

        Raises:
            InvalidFilter: Something is unknown or malformed; nothing was sent.
            NotSupported: The backend locks no rows, or knows no such options.
        """
        return await read.search(
            cls.__meta__,
            fields=fields,
            filter=filter,
            sort=sort,
            order=order,
            limit=limit,
            start=start,
            end=end,
            fields_info=fields_info,
            for_update=for_update,
            session=session,
            options=options,
        )

    @classmethod
    def stream(
        cls,
        fields: Sequence[Any] | None = None,
        filter: Expr | list[Any] | bool | None = None,
        sort: Any = None,
        order: str | None = None,
        limit: int | None = None,
        batch: int = 1000,
        fields_info: FieldsInfo | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> AsyncIterator[Self]:
        """The records that a filter finds, for ``async for``, in flat memory.

        Outside a transaction it holds a connection of its own, in a read-only transaction, until
        it is exhausted or closed (``contextlib.aclosing`` closes it for certain). Calls in the
        loop run where they would without it.

        Args:
            fields, filter, sort, order, limit, fields_info: As in ``search``.
            batch: How many records are read at a time; relations are loaded for so many at once.
            session: Where to run.

        Raises:
            NotSupported: The backend answers all rows at once.
        """
        return stream.stream(
            cls.__meta__,
            fields=fields,
            filter=filter,
            sort=sort,
            order=order,
            limit=limit,
            batch=batch,
            fields_info=fields_info,
            session=session,
            options=options,
        )

    @classmethod
    async def get_with_relations(
        cls,
        id: Any,
        fields: Sequence[Any] | None = None,
        fields_info: FieldsInfo | None = None,
        session: Session | None = None,
    ) -> Self | None:
        """The record with a key, and its relations.

        Args:
            id: The key, or a record that stands for it.
            fields: The names of the fields and relations to read; all of both by default.
            fields_info: By relation, the names of the fields to read of the related records, or a
                `Load` that also filters, sorts and limits them, and loads their relations.
            session: Where to run.

        Returns:
            The record, or None if there is none.
        """
        record: Self | None = await read.get_with_relations(
            cls.__meta__, id, fields, fields_info, session
        )
        return record

    async def update_with_relations(
        self, payload: Self, fields: Sequence[Any] | None = None, session: Session | None = None
    ) -> dict[str, Any]:
        """Write a payload's values and change its relations, in one transaction.

        For a relation of many the payload holds a dict with some of these lists:
        ``selected`` (keys to relate), ``unselected`` (keys to relate no more), ``created``
        (payloads, or dicts of values, of new related records) and ``deleted`` (keys of related
        records to delete; those of others are left alone).

        Args:
            payload: A record of the same model.
            fields: Write these fields and relations; by default all that the payload was given.
            session: Where to run.

        Returns:
            By field, the value that was written; by relation, a dict of the keys under
            ``selected``, ``unselected``, ``created`` and ``deleted``.

        Raises:
            RecordNotFound: The record, or one to be selected, is not there; nothing was changed.
        """
        return await nested.update_with_relations(self.__meta__, self, payload, fields, session)

    @classmethod
    async def _records_list_get_relation(
        cls,
        session: Session,
        fields_relation: Sequence[Any],
        records: Sequence[Self],
        fields_info: FieldsInfo | None = None,
    ) -> None:
        """Load relations of records that were read before."""
        relations = [cls.__meta__.relation(name) for name in fields_relation]
        await preload.load_relations(session, records, related(relations, fields_info))
