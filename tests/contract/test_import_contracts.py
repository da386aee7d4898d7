"""Every import contract turns red when it is broken on purpose, in a copy of the sources."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE, SQLITE = "dotorm-core/src/dotorm", "dotorm-sqlite/src/dotorm_sqlite"

# contract -> a file and the line added to it. The first case of each is enough to prove the
# contract; the others are borders that are easily lost.
BREACHES = [
    ("floors", f"{CORE}/url.py", "import dotorm.meta"),
    ("floors", f"{CORE}/components/expressions.py", "from dotorm.builder import Builder"),
    ("floors", f"{CORE}/builder/__init__.py", "import dotorm.backend"),
    ("floors", f"{CORE}/databases/abstract/__init__.py", "import dotorm.database"),
    ("floors", f"{CORE}/orm/__init__.py", "import dotorm.model"),
    ("floors", f"{CORE}/plugins.py", "import dotorm.observers"),
    ("floors", f"{CORE}/model.py", "import dotorm._compat"),
    ("floors", f"{CORE}/model.py", "import dotorm.pydantic"),
    ("floors", f"{CORE}/orm/read.py", "import dotorm.schemas"),
    ("floors", f"{CORE}/meta.py", "if TYPE_CHECKING:\n    import dotorm.model"),
    ("floors", f"{CORE}/stray.py", ""),  # a module on no floor
    ("front-door", f"{CORE}/meta.py", "import dotorm"),
    ("front-door", f"{SQLITE}/__init__.py", "import dotorm"),
    ("faces", f"{CORE}/orm/read.py", "import dotorm.orm.mixins"),
    ("faces", f"{CORE}/orm/stray.py", ""),
    ("drivers", f"{CORE}/database.py", "def late():\n    import asyncpg"),
    ("drivers", f"{CORE}/plugins.py", "import dotorm_sqlite"),
    ("drivers", f"{CORE}/model.py", "import pytest"),
    ("text", f"{CORE}/components/sql.py", "import asyncio"),
    ("text", f"{CORE}/builder/__init__.py", "import asyncio"),
    ("strangers", f"{SQLITE}/__init__.py", "import dotorm_postgres"),
    ("plugins", f"{SQLITE}/__init__.py", "import dotorm.model"),
    ("plugins", f"{SQLITE}/__init__.py", "from dotorm.orm import read"),
]


def _contracts() -> dict[str, str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {c["id"]: c["name"] for c in settings["tool"]["importlinter"]["contracts"]}


def _lint(workspace: Path) -> subprocess.CompletedProcess[str]:
    sources = [str(path) for path in workspace.glob("packages/*/src")]
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=workspace,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sources), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A copy of what the contracts are about."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignore = shutil.ignore_patterns("__pycache__")
    for source in ROOT.glob("packages/*/src"):
        shutil.copytree(source, tmp_path / source.relative_to(ROOT), ignore=ignore)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize(("contract", "file", "line"), BREACHES)
def test_a_broken_contract_is_named(workspace: Path, contract: str, file: str, line: str) -> None:
    with (workspace / "packages" / file).open("a") as module:
        module.write(f"\nfrom typing import TYPE_CHECKING\n{line}\n")

    done = _lint(workspace)

    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{_contracts()[contract]} BROKEN" in done.stdout


@pytest.mark.slow
def test_the_sources_keep_every_contract(workspace: Path) -> None:
    done = _lint(workspace)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" KEPT") == len(_contracts())


def test_every_contract_is_broken_here() -> None:
    assert {contract for contract, _, _ in BREACHES} == set(_contracts())
