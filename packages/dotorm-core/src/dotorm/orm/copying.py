"""Streaming many rows into a table, where the database can and takes less time for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.databases.abstract import Copy, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dotorm.builder import Plans
    from dotorm.databases.abstract import Session

__all__ = ["copied"]


async def copied(
    session: Session,
    plans: Plans,
    written: tuple[str, ...],
    made: tuple[str, ...],
    columns: Sequence[list[Any]],
) -> list[tuple[Any, ...]] | None:
    """Stream rows into the table of a model, under keys that are taken from the database before.

    Args:
        session: Where it runs.
        plans: The model's.
        written: The fields that are written.
        made: The fields of the key that the database makes.
        columns: The values of the fields written, encoded for the driver.

    Returns:
        The rows: of the fields written, then those made. None if nothing was done: insert them.
    """
    count = len(columns[0]) if columns else 0
    if not _pays(session, plans, written, count) or len(made) > 1:
        return None
    ask = Statement(plans.next_keys(written, made).sql, [count if made else 1])
    keys: list[Any] | None = (await session.run(ask)).rows[0][0]
    if keys is None:
        return None
    names = (*written, *made)
    rows = list(zip(*columns, *(keys for _ in made), strict=True))
    stored = plans.meta.stored
    named = [stored[name].column or name for name in names]
    text = plans.copy(names).sql
    await session.run(Copy(text, rows, "count", table=plans.meta.table, columns=named))
    return rows


def _pays(session: Session, plans: Plans, written: Sequence[str], count: int) -> bool:
    """Whether the rows are of a kind that can be streamed, and enough of them."""
    if not session.pool.settings.copies:
        return False
    least = session.dialect.copy_rows([plans.meta.stored[name] for name in written])
    return least is not None and count >= least
