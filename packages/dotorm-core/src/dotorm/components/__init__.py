"""Expressions, queries, the filter parser and the dialects that put them into words.

The dialect of an installed backend is answered by its name in capitals, as the seed of this
library's API has it: ``from dotorm.components import POSTGRES``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.components.dialect import Dialect
from dotorm.components.features import Features
from dotorm.components.filter_parser import FilterParser

__all__ = ["Dialect", "Features", "FilterParser"]

if TYPE_CHECKING:

    def __getattr__(name: str) -> Any: ...
