"""Mutation testing: `python -m tests.mutation`, or rather `scripts/mutate`, which installs mutmut.

Every mutant is a small change of the code that the tests should notice. What they did not notice
is written into docs/mutation-testing.md; the judgements that stand there already are kept.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".mutation"
DOCUMENT = ROOT / "docs" / "mutation-testing.md"
BEGIN, END = "<!-- written by scripts/mutate -->", "<!-- until here -->"
NOT_JUDGED = "not judged yet"
CAUGHT, NOT_RUN = ("killed", "timeout"), "not checked"

# Each call of a mutated function goes through two more, and some tests nest calls deeply.
MUTMUT = "import sys; sys.setrecursionlimit(5000); from mutmut.__main__ import cli; cli()"

_STATUS = re.compile(r"^ +(\S+)__mutmut_\d+: (.+)$")
_SURVIVOR = re.compile(r"^- \*(\S+)\*: (`.+?` became (?:`.+?`|nothing)) — (.+)$", re.MULTILINE)
_ROW = re.compile(r"^\| `(\S+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)


class Survivor(NamedTuple):
    """A change that no test noticed: the function, what became what, and what we think of it."""

    place: str
    change: str
    judgement: str


class Row(NamedTuple):
    """What became of the mutants of one file."""

    module: str
    mutants: int
    killed: int
    stopped: int
    survived: int
    not_run: int


def rows(text: str) -> list[Row]:
    """The figures that a document holds."""
    return [Row(name, *map(int, figures)) for name, *figures in _ROW.findall(text)]


def survivors(text: str) -> list[Survivor]:
    """The survivors that a document holds."""
    return [Survivor(*found) for found in _SURVIVOR.findall(text)]


def _mutmut(*words: str) -> str:
    command = [sys.executable, "-c", MUTMUT, *words]
    return subprocess.run(command, cwd=FOLDER, check=True, capture_output=True, text=True).stdout


def _lay_out() -> None:
    """Copy what mutmut needs to where it expects it; what it kept of the last run stays."""
    for folder in ("src", "tests", "mutants/tests"):
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
    shutil.copytree(ROOT / "packages" / "dotorm-core" / "src", FOLDER / "src")
    shutil.copytree(ROOT / "tests", FOLDER / "tests")
    shutil.copy(ROOT / "pyproject.toml", FOLDER)


def _forget_which_tests_run_what() -> None:
    """Else a function that was changed would meet only the tests that were."""
    path = FOLDER / "mutants" / "mutmut-stats.json"
    if path.exists():
        path.write_text(json.dumps({**json.loads(path.read_text()), "duration_by_test": {}}))


def _results() -> Iterator[tuple[str, str]]:
    """The name of every mutant and what became of it."""
    for line in _mutmut("results", "--all", "true").splitlines():
        name, _, status = line.strip().rpartition(": ")
        yield name, status


def _place(name: str) -> str:
    module, _, function = name.partition("__mutmut_")[0].rpartition(".")
    return f"{module}.{function[2:].replace('ǁ', '.')}"


def _change(name: str) -> str:
    lines = [line for line in _mutmut("show", name).splitlines() if line[:3] not in ("---", "+++")]
    was, became = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    return f"`{was}` became {f'`{became}`' if became else 'nothing'}"


def _module(name: str) -> str:
    return name.partition("__mutmut_")[0].rpartition(".")[0]


def _report(results: list[tuple[str, str]], before: str) -> str:
    known = {(one.place, one.change): one.judgement for one in survivors(before)}
    counts: dict[str, Counter[str]] = {}
    lines = []
    for name, status in results:
        counts.setdefault(_module(name), Counter())[status] += 1
        if status not in (*CAUGHT, NOT_RUN):
            place, change = _place(name), _change(name)
            lines.append(f"- *{place}*: {change} — {known.get((place, change), NOT_JUDGED)}")
    return "\n".join([*_table(counts), "", *(sorted(lines) or ["None survived."])])


def _table(counts: dict[str, Counter[str]]) -> Iterable[str]:
    yield "| module | mutants | killed | stopped | survived | not run |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for module, count in sorted(counts.items()):
        others = (count["killed"], count["timeout"], count[NOT_RUN])
        figures = (count.total(), *others[:2], count.total() - sum(others), others[2])
        yield f"| `{module}` | {' | '.join(map(str, figures))} |"


def main(words: list[str]) -> int:
    """Run the mutants, write what survived, and answer 1 if any of that is not judged."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument(
        "--again", action="store_true", help="only what survived, or was not run, the last time"
    )
    parser.add_argument("--report", action="store_true", help="only write what was found so far")
    parser.add_argument("--workers", default="2", help="how many mutants run at a time")
    given = parser.parse_args(words)
    if given.report:
        return write(list(_results()))
    if not given.again:
        shutil.rmtree(FOLDER, ignore_errors=True)
    _lay_out()
    _forget_which_tests_run_what()
    command = [sys.executable, "-c", MUTMUT, "run", "--max-children", given.workers]
    subprocess.run(command, cwd=FOLDER, check=True)
    alive = [name for name, status in _results() if status != "killed"] if given.again else []
    if alive:
        subprocess.run([*command, *alive], cwd=FOLDER, check=True)
    return write(list(_results()))


def write(results: list[tuple[str, str]]) -> int:
    """Put the results into the document, and say what is not judged."""
    head, _, rest = DOCUMENT.read_text().partition(BEGIN)
    before, _, tail = rest.partition(END)
    report = _report(results, before)
    DOCUMENT.write_text(f"{head}{BEGIN}\n\n{report}\n\n{END}{tail}")
    print(report)
    return 1 if NOT_JUDGED in report else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
