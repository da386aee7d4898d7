"""mypy and pyright accept what is right, and refuse every line that is marked as wrong.

Each judges the cases twice: with the sources of the workspace, and with the wheels installed by pip
in an environment of their own, in a folder from which the sources cannot be seen.
"""

import ast
import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.wheels import MODULES, ROOT, new_environment, run

CASES = Path("tests/typing/cases")
# "plain" is `name: str = Char()`, "typed" is `age: Field[int] = Integer()`.
STYLES = ("plain", "typed")
RIGHT_USES, WRONG_USES = 60, 40

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheels")]


@dataclass(frozen=True)
class Place:
    """Where cases are judged: a folder that has them, and the Python that has the packages."""

    folder: Path
    python: Path

    def check(self, *command: str) -> str:
        """What a checker says of the cases; it must find errors."""
        cases = sorted(str(path.relative_to(ROOT)) for path in (ROOT / CASES).glob("*.py"))
        found = subprocess.run(
            [sys.executable, "-m", *command, *cases],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 1, found.stdout + found.stderr
        return found.stdout


def mypy(place: Place) -> Iterator[tuple[str, int, str]]:
    """The file, line and message of each error."""
    for line in place.check(
        "mypy", "--output=json", f"--python-executable={place.python}"
    ).splitlines():
        problem = json.loads(line)
        if problem["severity"] == "error":
            yield Path(problem["file"]).name, problem["line"], problem["message"]


def pyright(place: Place) -> Iterator[tuple[str, int, str]]:
    """The file, line and message of each error."""
    output = place.check("pyright", "--outputjson", "--pythonpath", str(place.python))
    for problem in json.loads(output)["generalDiagnostics"]:
        if problem["severity"] == "error":
            file = Path(problem["file"]).name
            yield file, problem["range"]["start"]["line"] + 1, problem["message"]


@pytest.fixture(scope="module")
def workspace() -> Place:
    return Place(ROOT, Path(sys.executable))


@pytest.fixture(scope="module")
def installed(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("installed")
    python = new_environment(folder / "environment", *wheels.values())
    shutil.copytree(ROOT / CASES, folder / CASES)
    # The checkers' own settings; the paths among them lead nowhere from here.
    shutil.copy(ROOT / "pyproject.toml", folder)
    return Place(folder, python)


type Problems = dict[tuple[str, int], list[str]]


@pytest.fixture(scope="module", params=["workspace", "installed"])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module", params=[mypy, pyright], ids=["mypy", "pyright"])
def checked(request: pytest.FixtureRequest, place: Place) -> tuple[str, Problems]:
    problems: Problems = {}
    for file, line, message in request.param(place):
        problems.setdefault((file, line), []).append(message)
    return request.param.__name__, problems


def files(kind: str) -> list[Path]:
    found = sorted((ROOT / CASES).glob(f"*_{kind}.py"))
    assert found
    return found


def uses(file: Path) -> set[int]:
    """The first lines of the simple statements inside functions: each is one use."""
    tree = ast.parse(file.read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    simple = (ast.Expr, ast.Assign, ast.Return)
    return {
        statement.lineno
        for function in ast.walk(tree)
        if isinstance(function, functions)
        for statement in ast.walk(function)
        if isinstance(statement, simple)
    }


def marked(checker: str) -> dict[tuple[str, int], str]:
    """The lines that are marked as wrong for a checker."""
    marks = ("  # wrong", f"  # wrong for {checker}")
    return {
        (file.name, number): line.strip()
        for file in files("wrong")
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if line.endswith(marks)
    }


def test_what_is_right_is_accepted(checked: tuple[str, Problems]) -> None:
    _, problems = checked
    right = {file.name for file in files("right")}

    assert {place: text for place, text in problems.items() if place[0] in right} == {}


def test_what_is_wrong_is_refused(checked: tuple[str, Problems]) -> None:
    checker, problems = checked
    expected = marked(checker)

    assert [line for place, line in expected.items() if place not in problems] == []
    wrong = {file.name for file in files("wrong")}
    assert {place for place in problems if place[0] in wrong} == set(expected)


def test_there_are_enough_cases_of_both_styles(checked: tuple[str, Problems]) -> None:
    _, problems = checked
    found = Counter(file for file, _ in problems)
    for style in STYLES:
        right = ROOT / CASES / f"{style}_right.py"
        clean = {line for line in uses(right) if (right.name, line) not in problems}
        assert len(clean) >= RIGHT_USES
        assert found[f"{style}_wrong.py"] >= WRONG_USES


def test_the_installed_packages_say_that_they_are_typed(installed: Place) -> None:
    names = ", ".join(map(repr, MODULES.values()))
    code = f"import importlib.util as u\nfor n in ({names}): print(u.find_spec(n).origin)"
    places = [Path(line).parent for line in run(installed.python, "-c", code).splitlines()]

    assert [place.name for place in places] == list(MODULES.values())
    for place in places:
        assert place.is_relative_to(installed.folder)
        assert (place / "py.typed").is_file()
