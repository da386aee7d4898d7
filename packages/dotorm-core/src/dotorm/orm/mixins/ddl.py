"""A model's own table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from dotorm.orm import schema
from dotorm.orm.binding import session_of

if TYPE_CHECKING:
    from dotorm.databases.abstract import Session
    from dotorm.meta import ModelMeta

__all__ = ["DDLMixin"]


class DDLMixin:
    """Creating the table of one model."""

    __meta__: ClassVar[ModelMeta]

    @classmethod
    async def __create_table__(cls, session: Session | None = None) -> list[str]:
        """Create the model's table, or add what is missing of it.

        The tables that it refers to must exist; ``create_and_update_tables`` creates several at
        once. Nothing is dropped.

        Returns:
            The statements that ran.
        """
        models: list[type[Any]] = [cls]
        where = session_of(cls.__meta__, session)
        return (await schema.create_and_update_tables(models, where)).statements
