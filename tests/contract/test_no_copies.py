"""What two packages share belongs one floor down: no paragraph stands in both."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGES = Path(__file__).parents[2] / "packages"
LONGEST = 10  # lines in a row that two packages may have in common

# Each module names what it needs, and each backend what it can: that is no code to share.
_DECLARED = ("Features", "Backend")


def _declared(tree: ast.Module) -> set[int]:
    """The lines of imports, of `__all__` and of what a backend says of itself."""
    lines: set[int] = set()
    for node in ast.walk(tree):
        if _is_declaration(node) and isinstance(node, ast.stmt | ast.expr):
            lines |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def _is_declaration(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in _DECLARED
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0]) == "__all__"
    return isinstance(node, ast.Import | ast.ImportFrom)


def _code(source: str) -> list[str]:
    """The lines that say something, without what is declared."""
    declared = _declared(ast.parse(source))
    lines = enumerate(source.splitlines(), 1)
    return [line.strip() for number, line in lines if line.strip() and number not in declared]


def _paragraphs(lines: list[str]) -> Iterator[tuple[str, ...]]:
    size = LONGEST + 1
    for start in range(len(lines) - size + 1):
        yield tuple(lines[start : start + size])


def _copies(sources: dict[str, dict[str, str]]) -> list[str]:
    """The places in several packages, given by their files, where the same paragraph stands."""
    places: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
    for package, files in sources.items():
        for name, source in files.items():
            for paragraph in _paragraphs(_code(source)):
                places[paragraph].add((package, name))
    found = (where for where in places.values() if len({package for package, _ in where}) > 1)
    return sorted({" = ".join(name for _, name in sorted(where)) for where in found})


def test_packages_have_no_paragraph_in_common() -> None:
    sources = {
        folder.name: {
            str(path.relative_to(PACKAGES)): path.read_text()
            for path in folder.rglob("src/**/*.py")
        }
        for folder in PACKAGES.iterdir()
    }
    assert len(sources) >= 5
    assert _copies(sources) == []


def test_a_copy_is_seen() -> None:
    lines = [f"name_{number} = {number}" for number in range(LONGEST + 1)]
    copy = "\n".join(lines)
    assert _copies({"one": {"a.py": copy}, "two": {"b.py": f"import x\n\n{copy}"}}) == [
        "a.py = b.py"
    ]
    assert _copies({"one": {"a.py": copy, "b.py": copy}}) == []
    assert _copies({"one": {"a.py": copy}, "two": {"b.py": "\n".join(lines[1:])}}) == []
