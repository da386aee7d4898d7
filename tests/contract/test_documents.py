"""Every Python example of the README and of docs/ runs, on every backend, in its order."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

import dotorm

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)


def blocks(document: Path) -> list[str]:
    return _BLOCK.findall(document.read_text())


def compiled(text: str, document: Path) -> CodeType:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return compile(text, str(document), "exec", flags=flags, dont_inherit=True)


async def run(text: str, document: Path, names: dict[str, object]) -> None:
    result = eval(compiled(text, document), names)  # noqa: S307 - our own examples
    if result is not None:
        await result


def first_example(url: str) -> str:
    return subprocess.run(
        [sys.executable, "-W", "error", ROOT / "examples" / "first_steps.py"],
        env={**os.environ, "DOTORM_URL": url},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_the_first_example_is_the_file_that_the_demo_runs() -> None:
    assert blocks(ROOT / "README.md")[0] == (ROOT / "examples" / "first_steps.py").read_text()


def test_the_first_example_runs(url: str) -> None:
    lines = first_example(url).splitlines()
    assert lines[0] == "created [{'id': 1}, {'id': 2}, {'id': 3}]"
    assert lines[1:4] == ["Ada is admin", "Brook is admin", "Chen is admin"]
    assert lines[4] == "inactive: 3"


async def test_the_other_examples_of_the_readme_run(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    first, *others = blocks(ROOT / "README.md")
    first_example(url)
    names: dict[str, object] = {"__name__": "readme"}
    await run(first.replace("asyncio.run(main())", ""), ROOT / "README.md", names)
    async with dotorm.connect(url, models=[names["Role"], names["User"]]) as db:
        names["db"] = db
        for block in others:
            await run(block, ROOT / "README.md", names)
    assert "User.email was not loaded" in capsys.readouterr().out


@pytest.fixture(params=[path for path in DOCUMENTS if path.name != "README.md"], ids=lambda p: p.name)
def document(request: pytest.FixtureRequest) -> Iterator[Path]:
    path: Path = request.param
    if not blocks(path):
        pytest.skip("it has no Python examples")
    yield path


async def test_the_examples_of_a_document_run(document: Path, url: str) -> None:
    """They run one after another in one namespace, which begins with ``url``."""
    names: dict[str, object] = {"__name__": document.stem, "url": url}
    for block in blocks(document):
        await run(block, document, names)
    db = names.get("db")
    assert isinstance(db, dotorm.Database), "a document connects first: db = dotorm.connect(url)"
    await db.close()
