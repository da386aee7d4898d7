"""House rule 1: functions are short, and files are not long.

A function is to fit 20 lines; no one may have more than 24, its docstring and the lines of its
parameters not counted.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGES = Path(__file__).parents[2] / "packages"
BENCH = PACKAGES.parent / "bench"
SOURCES = sorted([*PACKAGES.glob("*/src/**/*.py"), *BENCH.glob("**/*.py")])
LONGEST_FUNCTION, LONGEST_FILE = 24, 400

EXCEPTIONS = {
    "dotorm/testing/suite/models.py: Library.__init__": "it is four models, which know each other",
    "dotorm/testing/suite/wide_keys.py: _Shop.__init__": "as above, with three models",
}

type Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(node: ast.AST, above: str = "") -> Iterator[tuple[str, Function]]:
    """All functions below a node, those inside others as well, with their path of names."""
    for child in ast.iter_child_nodes(node):
        path = above
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            path = f"{above}.{child.name}".lstrip(".")
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield path, child
        yield from functions(child, path)


def body_lines(function: Function) -> int:
    """How many lines its body has without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    lines = {
        line
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.expr | ast.stmt)
        for line in (node.lineno, node.end_lineno or node.lineno)
    }
    return max(lines) - min(lines) + 1 if lines else 0


def too_long(source: str) -> list[tuple[str, int]]:
    """The functions with more lines than they may have."""
    sizes = [(name, body_lines(function)) for name, function in functions(ast.parse(source))]
    return [(name, size) for name, size in sizes if size > LONGEST_FUNCTION]


def short(path: Path) -> str:
    """The path as it is imported."""
    found = path.relative_to(PACKAGES.parent).as_posix()
    return found.partition("/src/")[2] or found


def test_functions_are_short() -> None:
    found = {
        f"{short(path)}: {name}": size
        for path in SOURCES
        for name, size in too_long(path.read_text())
    }

    assert {name: size for name, size in found.items() if name not in EXCEPTIONS} == {}
    assert EXCEPTIONS.keys() <= found.keys(), "an exception that nobody needs"


def test_files_are_not_long() -> None:
    sizes = {path: len(path.read_text().splitlines()) for path in SOURCES}

    assert len(sizes) > 100
    assert {str(path): size for path, size in sizes.items() if size > LONGEST_FILE} == {}


def test_a_long_function_is_found() -> None:
    lines = "        x = 1\n" * LONGEST_FUNCTION
    kept = 'class A:\n    def f(self):\n        """Say so.\n\n        More.\n        """\n'

    assert too_long(kept + lines) == []
    assert too_long(f"{kept}{lines}        x = 2\n") == [("A.f", LONGEST_FUNCTION + 1)]
    assert too_long(f"def g():\n    @d\n    class B:\n{lines}") == [("g", LONGEST_FUNCTION + 2)]
