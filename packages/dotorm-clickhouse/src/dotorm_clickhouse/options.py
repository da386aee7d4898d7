"""What ClickHouse can be told of one statement."""

from __future__ import annotations

import re
from typing import Any

from dotorm.components.filter_parser import shown
from dotorm.exceptions import ConfigurationError

__all__ = ["check_settings"]

_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)


def check_settings(settings: Any) -> None:
    """Refuse what cannot be settings of the server.

    Raises:
        ConfigurationError: It is no dict of names to text and numbers.
    """
    if not isinstance(settings, dict):
        raise ConfigurationError(f"settings is a dict from names to values, not {shown(settings)}")
    for name, value in settings.items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ConfigurationError(f"settings: {shown(name)} is no name of a setting")
        if not isinstance(value, str | int | float):
            raise ConfigurationError(
                f"settings: {name} is text, a number, True or False, not {shown(value)}"
            )
