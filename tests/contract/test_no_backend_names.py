"""The core never asks who the database is: no backend's or driver's name is in its code.

Names, strings and comments count, and the names of files. Docstrings do not: a field's says what
a backend loses of its values, and a URL's shows an example.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

CORE = Path(__file__).parents[2] / "packages/dotorm-core/src"
ALLOWED = {"dotorm/_compat.py", "dotorm/known_backends.py"}

NAMES = re.compile(
    r"(?i:postgres|psycopg|asyncpg|mysql|mariadb|asyncmy|clickhouse|chdb|sqlite|oracle|mssql)"
    r"|(?<![A-Za-z])(?i:asynch|pg)(?![A-Za-z])"  # not asynchronous
    r"|Pg(?=[A-Z])"
)


def _docstrings(source: str) -> set[tuple[int, int]]:
    """Locate the docstrings, those of attributes included."""
    return {
        (node.lineno, node.col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


def backend_names(source: str) -> Iterator[tuple[int, str]]:
    """Find the line and token of every backend named in the code."""
    docstrings = _docstrings(source)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.start not in docstrings and NAMES.search(token.string):
            yield token.start[0], token.string


def test_the_core_names_no_backend() -> None:
    found = [
        f"{path.relative_to(CORE)}:{line}: {text}"
        for path in sorted(CORE.rglob("*.py"))
        if str(path.relative_to(CORE)) not in ALLOWED
        for line, text in backend_names(path.read_text())
    ]

    assert found == []


def test_no_file_of_the_core_is_named_for_a_backend() -> None:
    named = [path for path in CORE.rglob("*.py") if NAMES.search(str(path.relative_to(CORE)))]

    assert named == []


@pytest.mark.parametrize(
    "line",
    [
        "import asyncpg",
        "from aiosqlite import connect",
        "if dialect.name == 'PostgreSQL': pass",
        "is_mysql = True",
        "class PgPool: pass",
        "pg_types = {}",
        "x = f'{scheme} is clickhouse'",
        "x = 1  # SQLite answers 0 here",
        "driver = 'asynch'",
        '"""Documented."""; import aiomysql',
    ],
)
def test_a_planted_name_is_found(line: str) -> None:
    assert list(backend_names(f'"""A module."""\n\n{line}\n'))


@pytest.mark.parametrize(
    "line",
    [
        "asynchronous = 'asynchronously'",
        "page = pgp = 1",
        'def f():\n    """Lose microseconds, as MySQL does."""',
    ],
)
def test_an_innocent_line_is_not(line: str) -> None:
    assert not list(backend_names(f"{line}\n"))
