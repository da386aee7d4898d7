"""JSON as the servers keep it exactly: what they would change or cannot hold is refused."""

from __future__ import annotations

import json
import re
from typing import Any

from dotorm_mysql.literals import Document

__all__ = ["document", "mariadb_json", "mysql_json"]

_MARIADB_LEVELS, _MYSQL_LEVELS = 31, 100
"""So many arrays and objects in each other; see JSON_DEPTH_LIMIT and "The JSON Data Type"."""

# Strings are found to be passed over, as what looks like a number or a bracket in them is none.
_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.e+-]*|[\[\]{}]')
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_LONG = re.compile(r"\d{19}")


def document(value: Any) -> Document:
    """A document as text, with its keys in order, so that equal ones are equal text."""
    plain = json.loads(json.dumps(value, allow_nan=False))
    return Document(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def mariadb_json(value: Any) -> Document:
    """A document that MariaDB keeps, as text.

    Raises:
        ValueError: It is no JSON, has a lone surrogate, or is nested too deep.
    """
    return _checked(document(value), _MARIADB_LEVELS)


def mysql_json(value: Any) -> Document:
    """A document that MySQL keeps, in a form of its own.

    Raises:
        ValueError: It is no JSON, has a lone surrogate or an integer of more than 64 bits, which
            would become a float, or is nested too deep.
    """
    text = _checked(document(value), _MYSQL_LEVELS)
    if _LONG.search(text) and any(map(_is_long, _TOKENS.findall(text))):
        raise ValueError("MySQL keeps integers of at most 64 bits in JSON")
    return text


def _checked(text: Document, levels: int) -> Document:
    text.encode()  # a lone surrogate is no character
    if text.count("[") + text.count("{") > levels and _depth(text) > levels:
        raise ValueError(f"it is nested deeper than {levels} levels")
    return text


def _depth(text: str) -> int:
    level = deepest = 0
    for token in _TOKENS.findall(text):
        level += _STEPS.get(token, 0)
        deepest = max(deepest, level)
    return deepest


def _is_long(token: str) -> bool:
    if not token.lstrip("-").isdigit():
        return False
    return not -(1 << 63) <= int(token) < 1 << 64
