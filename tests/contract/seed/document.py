"""Reads the document of the API's contract, where it is at hand: it is not part of the repository.

The environment variable DOTORM_SEED names it; else it is looked for beside the repository. A block
is what stands in it between a fence of Python and the next fence.
"""

import ast
import os
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

VARIABLE = "DOTORM_SEED"
BESIDE = Path(__file__).parents[3].parent / "shared" / "seed.md"

# What the blocks are about, in their order.
NAMES = (
    "models",
    "connection",
    "tables",
    "records",
    "relations",
    "transaction",
    "filters",
    "one by one",
    "many2one",
    "many2many",
    "one2many",
    "bulk",
    "builder test",
    "field",
)

type Blocks = dict[str, str]
"""The source of each block, by name."""

_FENCED = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_STANDS_FOR_FIELDS = re.compile(r"^ +# \.\.\. .* \.\.\.$")


def location() -> Path | None:
    """The document's path; None if it is not at hand."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return BESIDE if BESIDE.is_file() else None


def read(path: Path) -> Blocks:
    """The blocks by name."""
    found = _FENCED.findall(path.read_text("utf-8"))
    blocks = dict(zip(NAMES, found, strict=True))
    return {**blocks, "models": with_fields_repeated(blocks["models"])}


def with_fields_repeated(source: str) -> str:
    """The source with a comment that stands for the fields of the class's namesake replaced."""
    lines = source.splitlines()
    bodies = _bodies(source)
    for number, line in enumerate(lines):
        if _STANDS_FOR_FIELDS.match(line):
            name = lines[number - 1].removeprefix("class ").partition("(")[0]
            lines[number] = bodies[name]
    return "\n".join(lines)


def classes_of(source: str) -> str:
    """The classes that a block defines, without its other statements."""
    return "\n".join(
        ast.get_source_segment(source, statement) or ""
        for statement in ast.parse(source).body
        if isinstance(statement, ast.ClassDef)
    )


def filters_of(source: str) -> list[str]:
    """What a block assigns to ``filter``, as source."""
    return [
        ast.unparse(statement.value)
        for statement in ast.parse(source).body
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "filter"
    ]


def filled_in(source: str, url: str) -> str:
    """The source with the place and the credentials of a database."""
    parts = urlsplit(url)
    given = {
        "host": repr(parts.hostname or "localhost"),
        "port": repr(parts.port or 5432),
        "user": repr(unquote(parts.username or "postgres")),
        "password": repr(unquote(parts.password or "")),
        "database": repr(parts.path.removeprefix("/")),
    }
    for name, value in given.items():
        source = re.sub(rf'\b{name}=("[^"]*"|\d+)', f"{name}={value}", source)
    return source


def _bodies(source: str) -> dict[str, str]:
    """The source of each class's body; of namesakes the first."""
    bodies: dict[str, str] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.ClassDef):
            first, last = statement.body[0].lineno, statement.body[-1].end_lineno
            bodies.setdefault(statement.name, "\n".join(source.splitlines()[first - 1 : last]))
    return bodies
