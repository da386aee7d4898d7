"""Create, read, update and delete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

from dotorm.orm import bulk, read, updates, upsert, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.components.expressions import Expr
    from dotorm.components.queries import QueryOptions
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta
    from dotorm.orm.read import ForUpdate

__all__ = ["OrmPrimaryMixin"]


class OrmPrimaryMixin:
    """The operations on one table.

    Every method takes ``session=``: where to run instead of the current transaction or the
    database that the model is bound to. Most take ``options=``, what only one kind of database
    can be told of a statement, such as `dotorm_clickhouse.ClickHouseOptions`; the others refuse it
    before anything is sent. Besides what is listed, each raises `ConfigurationError`
    when the model is bound to nothing, and the errors of the database.
    """

    __meta__: ClassVar[ModelMeta]

    @classmethod
    async def create(
        cls, payload: Self, session: Session | None = None, options: QueryOptions | None = None
    ) -> Any:
        """Insert a record.

        Fields that it was not given take their default, else they are left to the database; what
        the database made, the key above all, is filled in on the record.

        Args:
            payload: The record.
            session: Where to run.

        Returns:
            The key.

        Raises:
            InvalidValue: A value does not fit its field, or a key is missing that the database
                does not make.
            DatabaseError: A trigger or a policy of the database left the row out.
        """
        return await write.create(cls.__meta__, payload, session, options)

    @classmethod
    async def create_bulk(
        cls,
        payloads: Sequence[Self],
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> list[dict[str, Any]]:
        """Insert any number of records, in few statements and one transaction.

        The keys are filled in on the records. The records may have been given different fields.

        Args:
            payloads: The records; none means that nothing is sent.
            session: Where to run.

        Returns:
            A dict with the key of each record, in their order.

        Raises:
            InvalidValue: A value does not fit its field; nothing was sent then.
            DatabaseError: A trigger or a policy of the database left rows out; the others are there
                unless a transaction around the call is rolled back.
        """
        return await bulk.create_bulk(cls.__meta__, payloads, session, options)

    @classmethod
    async def upsert(
        cls,
        payload: Self,
        on_conflict: Sequence[Any],
        update: Sequence[Any] | None = None,
        session: Session | None = None,
    ) -> Any:
        """Insert a record, or change the one that is there already.

        Args:
            payload: The record.
            on_conflict: The names of the fields by which it is there: the key, a unique field, or
                fields that are unique together.
            update: The names of the fields that the record there takes over; by default all others
                that the payload was given. An empty list leaves it as it is.
            session: Where to run.

        Returns:
            The key of the record; None if it was left as it is.

        Raises:
            InvalidFilter: The fields are not unique.
            NotSupported: The backend has no upsert.
        """
        return await upsert.upsert(cls.__meta__, payload, on_conflict, update, session)

    @classmethod
    async def upsert_bulk(
        cls,
        payloads: Sequence[Self],
        on_conflict: Sequence[Any],
        update: Sequence[Any] | None = None,
        session: Session | None = None,
    ) -> int:
        """Insert any number of records, or change those that are there, in one transaction.

        Args:
            payloads: The records; no two may have the same values in the unique fields.
            on_conflict: The names of the fields by which a record is there already.
            update: The names of the fields that a record there takes over; by default all others
                that its payload was given. An empty list leaves it as it is.
            session: Where to run.

        Returns:
            How many records were inserted or changed.
        """
        return await upsert.upsert_bulk(cls.__meta__, payloads, on_conflict, update, session)

    @classmethod
    async def get(
        cls,
        id: Any,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        for_update: ForUpdate = False,
        options: QueryOptions | None = None,
    ) -> Self | None:
        """The record with a key. A Many2one answers its key.

        Args:
            id: The key, or a record that stands for it.
            fields: The names of the fields to read; all stored ones by default. The key is read
                in any case.
            session: Where to run.
            for_update: Lock the record until the transaction ends, as in ``search``.

        Returns:
            The record, or None if there is none.
        """
        record: Self | None = await read.get(cls.__meta__, id, fields, session, for_update, options)
        return record

    @classmethod
    async def get_or_raise(
        cls,
        id: Any,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        for_update: ForUpdate = False,
        options: QueryOptions | None = None,
    ) -> Self:
        """The record with a key.

        Args:
            id: The key, or a record that stands for it.
            fields: The names of the fields to read; all stored ones by default.
            session: Where to run.
            for_update: Lock the record until the transaction ends, as in ``search``.

        Raises:
            RecordNotFound: There is none.
        """
        record = await cls.get(id, fields, session, for_update, options)
        if record is None:
            raise read.not_found(cls.__meta__, id)
        return record

    async def update(
        self,
        payload: Self | None = None,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> None:
        """Write changes to the database.

        Without a payload: the fields of this record that differ from the row it was read from;
        if none does, nothing is sent. With one: the fields that the payload was given, which this
        record then answers too.

        Args:
            payload: A record of the same model that holds the new values.
            fields: Write these fields and no others.
            session: Where to run.

        Raises:
            RecordNotFound: The record is not there any more.
            InvalidValue: A value does not fit, a field is named that was given no value, or the
                key was changed.
        """
        await write.update(self.__meta__, self, payload, fields, session, options)

    @overload
    @classmethod
    async def update_bulk(
        cls,
        ids: Sequence[Any],
        payload: Self,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int: ...

    @overload
    @classmethod
    async def update_bulk(
        cls,
        ids: Sequence[Self],
        payload: None = None,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int: ...

    @classmethod
    async def update_bulk(
        cls,
        ids: Sequence[Any],
        payload: Self | None = None,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int:
        """Write to many records, in few statements and one transaction.

        With a payload: the same values to all of them. Without one: of each record what differs
        from the row it was read from, or if it was not read, what it was given besides its key;
        one of which nothing is to be written is left alone.

        Args:
            ids: The keys, or records; without a payload records, each with a key of its own.
            payload: A record that was given the values to write.
            fields: Write these fields and no others.
            session: Where to run.

        Returns:
            How many of the records written there were.
        """
        if payload is None:
            return await updates.update_each(cls.__meta__, ids, fields, session, options)
        return await write.update_bulk(cls.__meta__, ids, payload, fields, session, options)

    async def delete(
        self, session: Session | None = None, options: QueryOptions | None = None
    ) -> None:
        """Delete this record.

        Raises:
            RecordNotFound: It is not there any more.
        """
        await write.delete(self.__meta__, self, session, options)

    @classmethod
    async def delete_bulk(
        cls,
        ids: Sequence[Any],
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int:
        """Delete many records, in one transaction.

        Args:
            ids: The keys, or records; none means that nothing is sent.
            session: Where to run.

        Returns:
            How many records there were.
        """
        return await write.delete_bulk(cls.__meta__, ids, session, options)

    @classmethod
    async def update_where(
        cls,
        filter: Expr | list[Any] | bool,
        payload: Self,
        fields: Sequence[Any] | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int:
        """Write the same values to the records that a filter finds, in one statement.

        Args:
            filter: As in ``search``, paths across relations included. An empty one is refused.
            payload: A record that was given the values to write.
            fields: Write these fields and no others.
            session: Where to run.

        Returns:
            How many records there were.

        Raises:
            InvalidFilter: The filter is empty or malformed; nothing was sent.
        """
        return await write.update_where(cls.__meta__, filter, payload, fields, session, options)

    @classmethod
    async def delete_where(
        cls,
        filter: Expr | list[Any] | bool,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int:
        """Delete the records that a filter finds, in one statement.

        Args:
            filter: As in ``search``, paths across relations included. An empty one is refused.
            session: Where to run.

        Returns:
            How many records there were.

        Raises:
            InvalidFilter: The filter is empty or malformed; nothing was sent.
        """
        return await write.delete_where(cls.__meta__, filter, session, options)

    @classmethod
    async def table_len(
        cls, session: Session | None = None, options: QueryOptions | None = None
    ) -> int:
        """How many records there are."""
        return await read.count(cls.__meta__, None, session, options)

    @classmethod
    async def search_count(
        cls,
        filter: Expr | list[Any] | bool | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> int:
        """How many records a filter finds."""
        return await read.count(cls.__meta__, filter, session, options)

    @classmethod
    async def exists(
        cls,
        filter: Expr | list[Any] | bool | None = None,
        session: Session | None = None,
        options: QueryOptions | None = None,
    ) -> bool:
        """Whether a filter finds any record."""
        return await read.exists(cls.__meta__, filter, session, options)
