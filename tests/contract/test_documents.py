"""Every Python example of the README and of docs/ runs, on every backend, in its order."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

import dotorm
from dotorm.components.expressions import OPERATORS
from dotorm.plugins import find_backend

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OF_ONE = {"clickhouse"}
"""Pages about one database, whose examples run on it alone."""
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^):]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def blocks(document: Path) -> list[str]:
    return _BLOCK.findall(document.read_text())


def compiled(text: str, document: Path) -> CodeType:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(text, str(document), "exec", flags=flags, dont_inherit=True)
    return code


async def run(text: str, document: Path, names: dict[str, Any]) -> None:
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
    names: dict[str, Any] = {"__name__": "readme"}
    await run(first.replace("asyncio.run(main())", ""), ROOT / "README.md", names)
    async with dotorm.connect(url, models=[names["Role"], names["User"]]) as db:
        names["db"] = db
        for block in others:
            await run(block, ROOT / "README.md", names)
    assert "User.email was not loaded" in capsys.readouterr().out


@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS[1:] if blocks(path) and path.stem not in OF_ONE],
    ids=lambda path: path.name,
)
async def test_the_examples_of_a_document_run(document: Path, url: str) -> None:
    await run_all(document, url)


async def test_the_examples_of_the_page_about_clickhouse_run(clickhouse_url: str) -> None:
    await run_all(ROOT / "docs" / "clickhouse.md", clickhouse_url)


async def run_all(document: Path, url: str) -> None:
    """They run one after another in one namespace, which begins with ``url``."""
    names: dict[str, Any] = {"__name__": document.stem, "url": url}
    for block in blocks(document):
        await run(block, document, names)
    db = names.get("db")
    assert isinstance(db, dotorm.Database), "a document connects first: db = dotorm.connect(url)"
    await db.close()


def anchors(document: Path) -> set[str]:
    """What a link can point to: headings in lower case, words joined by hyphens."""
    headings = _HEADING.findall(_FENCED.sub("", document.read_text()))
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for document in DOCUMENTS:
        for link in _LINK.findall(_FENCED.sub("", document.read_text())):
            name, _, anchor = link.partition("#")
            target = document.parent / name if name else document
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{document.name}: {link}")
    assert broken == []


def test_every_public_name_is_in_a_document() -> None:
    words = set(re.findall(r"\w+", " ".join(path.read_text() for path in DOCUMENTS)))
    assert set(dotorm.__all__) - words == set()


def test_every_operator_is_in_the_page_about_filters() -> None:
    page = (ROOT / "docs" / "filters.md").read_text()
    assert [name for name in OPERATORS if f"`{name}`" not in page] == []


@pytest.mark.parametrize("scheme", ["sqlite", "postgres", "mysql", "clickhouse"])
def test_every_setting_is_in_a_page_about_backends(scheme: str) -> None:
    pages = ("backends.md", "mysql.md", "clickhouse.md")
    page = "".join((ROOT / "docs" / name).read_text() for name in pages)
    settings = find_backend(scheme).settings.model_fields
    assert [name for name in settings if f"`{name}`" not in page] == []
