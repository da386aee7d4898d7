"""mypy and pyright accept what is right, and refuse every line that is marked as wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RIGHT, WRONG = (f"tests/typing/{name}.py" for name in ("right", "wrong"))

pytestmark = pytest.mark.slow


def run(*command):
    found = subprocess.run(
        [sys.executable, "-m", *command, RIGHT, WRONG],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 1, found.stdout + found.stderr
    return found.stdout


def mypy():
    """The lines with errors: (file, line) to the messages."""
    for line in run("mypy", "--output=json").splitlines():
        problem = json.loads(line)
        if problem["severity"] == "error":
            yield problem["file"], problem["line"], problem["message"]


def pyright():
    """The lines with errors: (file, line) to the messages."""
    output = run("pyright", "--outputjson", "--pythonpath", sys.executable)
    for problem in json.loads(output)["generalDiagnostics"]:
        if problem["severity"] == "error":
            file = Path(problem["file"]).relative_to(ROOT).as_posix()
            yield file, problem["range"]["start"]["line"] + 1, problem["message"]


@pytest.fixture(scope="module", params=[mypy, pyright], ids=["mypy", "pyright"])
def checked(request):
    problems = {}
    for file, line, message in request.param():
        problems.setdefault((file, line), []).append(message)
    return request.param.__name__, problems


def marked(checker):
    """The lines that are marked as wrong for a checker."""
    marks = ("  # wrong", f"  # wrong for {checker}")
    lines = (ROOT / WRONG).read_text().splitlines()
    return {number: line for number, line in enumerate(lines, 1) if line.endswith(marks)}


def test_what_is_right_is_accepted(checked):
    _, problems = checked
    assert {place: text for place, text in problems.items() if place[0] == RIGHT} == {}


def test_what_is_wrong_is_refused(checked):
    checker, problems = checked
    expected = marked(checker)

    missed = [line.strip() for number, line in expected.items() if (WRONG, number) not in problems]
    assert missed == []
    assert {line for file, line in problems if file == WRONG} == set(expected)


def test_there_are_enough_cases():
    assert len(marked("mypy")) >= 60
    assert (ROOT / RIGHT).read_text().count("assert_type(") >= 40
