"""A pytest plugin: the wheels of the packages, and environments to install them in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = {
    init.parents[2].name: init.parent.name
    for init in sorted(ROOT.glob("packages/*/src/*/__init__.py"))
}
"""The module of each package."""


def run(*words: str | Path) -> str:
    """What a command says, run where the sources cannot be seen.

    Raises:
        AssertionError: It failed.
    """
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def new_environment(folder: Path, *requirements: str | Path) -> Path:
    """Make an environment with these installed by pip; answer its Python."""
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "venv", folder)
    run(python, "-m", "pip", "install", "--quiet", *requirements)
    return python


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of each package, built by way of its sdist."""
    built = {}
    for name in MODULES:
        folder = tmp_path_factory.mktemp(name)
        source = ROOT / "packages" / name
        run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source)
        (built[name],) = folder.glob("*.whl")
    return built
