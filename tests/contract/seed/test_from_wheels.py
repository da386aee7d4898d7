"""The same blocks run from wheels, installed by plain pip into a clean environment."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.contract.seed import document
from tests.servers import variable

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

ROOT = Path(__file__).parents[3]
PACKAGES = ("dotorm-core", "dotorm-sqlite", "dotorm-postgres")
TOOLS = ("pytest", "pytest-asyncio", "hypothesis")
HERE = "tests/contract/seed"


def _run(*words: str | Path, cwd: str | Path = "/", **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        words,
        cwd=cwd,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _tools() -> list[str]:
    """The test tools, in the versions that the workspace uses."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return [line for line in groups["dev"] if line.partition("==")[0] in TOOLS]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheels and the test tools, and nothing else."""
    folder, built = tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("wheels")
    for name in PACKAGES:
        source = ROOT / "packages" / name
        build = (sys.executable, "-m", "build", "--no-isolation", "--wheel")
        _run(*build, "--outdir", built, source)
    _run(sys.executable, "-m", "venv", folder)
    python = folder / "bin" / "python"
    _run(python, "-m", "pip", "install", "--quiet", *built.glob("*.whl"), *_tools())
    return python


def test_the_blocks_run_from_wheels(python: Path, postgres_server: str) -> None:
    where = _run(
        python, "-c", "import dotorm, dotorm_postgres as p; print(dotorm.__file__, p.__file__)"
    )
    path = document.location()
    said = _run(
        *(python, "-m", "pytest", HERE, "-q", "-m", "not slow", "-p", "no:cacheprovider"),
        cwd=ROOT,
        **{variable("postgres"): postgres_server, document.VARIABLE: str(path or "")},
    )

    assert where.count("site-packages") == 2
    assert len(re.findall(r"^postgres +[1-9]\d* passed, 0 failed", said, re.MULTILINE)) == 1, said
