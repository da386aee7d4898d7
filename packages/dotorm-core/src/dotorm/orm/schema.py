"""Creating tables, and adding what is missing of those that exist."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from dotorm.changes import plan_changes
from dotorm.orm.binding import atomic
from dotorm.orm.selection import as_metas
from dotorm.tables import table_plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.changes import Changes
    from dotorm.databases.abstract import Session

__all__ = ["create_and_update_tables"]

_log = logging.getLogger("dotorm.schema")


async def create_and_update_tables(models: Sequence[type[Any]], session: Session) -> Changes:
    """Bring the database to what the models describe, without dropping anything.

    Args:
        models: The models; the tables of links between them come along.
        session: Where to do it; in one transaction where the database can.

    Returns:
        The statements that ran, and what could not be done.
    """
    ddl = session.ddl
    wanted = table_plans(as_metas(models), session.dialect)
    referred = {key.table for table in wanted for key in table.foreign_keys}
    names = sorted({table.name for table in wanted} | referred)
    together = session.dialect.features.transactional_ddl
    async with atomic(session) if together else ddl.alone(session) as inside:
        if together and ddl.exclusive:
            await inside.run_script([ddl.exclusive])
        changes = plan_changes(wanted, await ddl.inspect(inside, names), ddl)
        await inside.run_script(changes.statements)
    for sentence in changes.skipped:
        _log.warning("%s", sentence)
    return changes
