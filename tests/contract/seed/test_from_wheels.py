"""The same blocks run from wheels, installed by plain pip into a clean environment."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.contract.seed import document
from tests.servers import variable
from tests.wheels import ROOT, new_environment, run

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.xdist_group("wheels")]

TOOLS = ("pytest", "pytest-asyncio", "hypothesis")
HERE = "tests/contract/seed"
HERE_ONLY = "not slow and not mariadb and not mysql and not clickhouse"


def _tools() -> list[str]:
    """The test tools, in the versions that the workspace uses."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return [line for line in groups["dev"] if line.partition("==")[0] in TOOLS]


def _environment(**more: str) -> dict[str, str]:
    """This one, without what would show the sources."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**clean, **more}


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory, wheels: dict[str, Path]) -> Path:
    """The Python of an environment with the wheels and the test tools, and nothing else."""
    return new_environment(tmp_path_factory.mktemp("environment"), *wheels.values(), *_tools())


def test_the_blocks_run_from_wheels(python: Path, postgres_server: str) -> None:
    where = run(
        python, "-c", "import dotorm, dotorm_postgres as p; print(dotorm.__file__, p.__file__)"
    )
    path = document.location()
    done = subprocess.run(
        (python, "-m", "pytest", HERE, "-q", "-m", HERE_ONLY, "-p", "no:cacheprovider"),
        cwd=ROOT,
        env=_environment(
            **{variable("postgres"): postgres_server, document.VARIABLE: str(path or "")}
        ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert where.count("site-packages") == 2
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.findall(r"^postgres +[1-9]\d* passed, 0 failed", done.stdout, re.MULTILINE)
    assert len(passed) == 1, done.stdout
