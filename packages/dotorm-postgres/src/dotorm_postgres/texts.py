"""Text and JSON as PostgreSQL keeps them exactly, which has no character NUL.

JSONB keeps numbers as decimals with their places: a float that is written without a point, as 1e+16
is, would be read as an int. So it is written in full, with its point.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["encode_json", "encode_text", "has_nul"]

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

# Strings are found to be passed over, as what looks like a number in them is none.
_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?e\+\d+')
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def encode_text(value: str) -> str:
    """The text itself.

    Raises:
        ValueError: It has a NUL.
    """
    if "\0" in value:
        raise ValueError("PostgreSQL has no character NUL")
    return value


def has_nul(texts: Sequence[str | None]) -> bool:
    """Whether there is a NUL in any of them."""
    return "\0" in "".join(filter(None, texts))  # a call for each would take longer


def encode_json(value: Any) -> str:
    """A document as text.

    Raises:
        ValueError: JSON has no such value, or PostgreSQL no such character.
    """
    text = _encode(value)
    if "e+" in text or "\\u0000" in text:
        text = _TOKENS.sub(_exact, text)
    if not text.isascii():
        text.encode()  # a lone surrogate is no character
    return text


def _exact(token: re.Match[str]) -> str:
    text = token[0]
    if not text.startswith('"'):
        return f"{Decimal(text):f}.0"
    if _NUL.search(text):
        raise ValueError("PostgreSQL has no character NUL")
    return text
