"""What ClickHouse can be told of one statement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dotorm.components.filter_parser import shown
from dotorm.components.queries import QueryOptions
from dotorm.exceptions import ConfigurationError, NotSupported
from dotorm_clickhouse.literals import literal

if TYPE_CHECKING:
    from dotorm.components.expressions import ColumnRef, Node

__all__ = ["Clauses", "ClickHouseOptions", "check_settings", "settings_text"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)
_NOT_WAITED = {"mutations_sync": 0, "lightweight_deletes_sync": 0}

type Settings = Mapping[str, str | float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClickHouseOptions(QueryOptions):
    """What ClickHouse is told of one statement, as ``options=`` of a call.

    Relations are loaded by statements of their own, which have none of this.

    Attributes:
        final: Read rows as they will be once their table's engine has merged them (FINAL).
        prewhere: A filter over the model's own columns, which are read first (PREWHERE).
        sample: Read a part of the table, greater than 0 and less than 1, or about so many rows;
            its engine needs ``sample_by`` (SAMPLE).
        limit_by: The most rows for each value of fields: ``(2, "user_id")`` (LIMIT BY).
        settings: The server's settings for the statement.
        wait: Have an update or a delete wait until every row has been changed, on all replicas.
            Without, it answers once the server has taken it down, and is done later.

    Raises:
        ConfigurationError: A value makes no sense.
    """

    final: bool = False
    prewhere: Any = None
    sample: float | None = None
    limit_by: tuple[Any, ...] | None = None
    settings: Settings = field(default_factory=dict)
    wait: bool = True

    def __post_init__(self) -> None:
        check_settings(self.settings)
        if self.sample is not None and not _is_sample(self.sample):
            raise ConfigurationError(
                f"sample is a part between 0 and 1, or a number of rows, not {shown(self.sample)}"
            )
        by = self.limit_by
        if by is not None and not (
            isinstance(by, tuple) and len(by) > 1 and type(by[0]) is int and by[0] > 0
        ):
            raise ConfigurationError(
                f"limit_by is a number of rows and the names of fields, not {shown(by)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Clauses:
    """Options as the clauses of a statement on one model.

    Attributes:
        final, sample, settings: As they are written.
        prewhere: The condition as text, by which statements are told apart.
        condition: The condition.
        limit_by: How many rows, and the names of the columns.
        columns: Those columns.
        wait: Whether to wait for a change.
    """

    final: bool = False
    sample: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    prewhere: str = ""
    limit_by: tuple[Any, ...] = ()
    wait: bool = True
    condition: Node | None = field(default=None, compare=False)
    columns: tuple[ColumnRef, ...] = field(default=(), compare=False)

    def check_write(self, backend: str) -> None:
        """Refuse what only a SELECT can be told.

        Raises:
            NotSupported: There is some.
        """
        reading = {
            "final": self.final,
            "prewhere": self.prewhere,
            "sample": self.sample,
            "limit_by": self.limit_by,
        }
        for name, given in reading.items():
            if given:
                raise NotSupported(f"{name} in a statement that writes", backend, "it is to read")

    def told(self, *, waiting: bool) -> tuple[tuple[str, str], ...]:
        """The settings, and that a change is not waited for."""
        if self.wait or not waiting:
            return self.settings
        return (*settings_text(_NOT_WAITED), *self.settings)


def settings_text(settings: Settings) -> tuple[tuple[str, str], ...]:
    """Names and values as they are written."""
    return tuple(
        (name, literal(int(value) if isinstance(value, bool) else value))
        for name, value in settings.items()
    )


def check_settings(settings: Any) -> None:
    """Refuse what cannot be settings of the server.

    Raises:
        ConfigurationError: It is no dict of names to text and numbers.
    """
    if not isinstance(settings, Mapping):
        raise ConfigurationError(f"settings is a dict from names to values, not {shown(settings)}")
    for name, value in settings.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ConfigurationError(f"settings: {shown(name)} is no name of a setting")
        if not isinstance(value, str | int | float):
            raise ConfigurationError(
                f"settings: {name} is text, a number, True or False, not {shown(value)}"
            )


def _is_sample(sample: Any) -> bool:
    if type(sample) is int:
        return bool(sample > 0)
    return type(sample) is float and 0 < sample < 1
