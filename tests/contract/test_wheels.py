"""Every package builds a wheel that plain pip installs, and the core alone says what is missing."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.wheels import MODULES, new_environment, run

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheels")]

DRIVERS = ("aiomysql", "aiosqlite", "asynch", "asyncmy", "asyncpg", "sqlite3")


@pytest.fixture(scope="module")
def core_alone(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the core and nothing else of ours."""
    return new_environment(tmp_path_factory.mktemp("core"), wheels["dotorm-core"])


@pytest.mark.parametrize(("name", "module"), MODULES.items())
def test_a_wheel_is_typed_and_licensed(wheels: dict[str, Path], name: str, module: str) -> None:
    content = zipfile.ZipFile(wheels[name]).namelist()

    assert f"{module}/__init__.py" in content
    assert f"{module}/py.typed" in content
    assert any(entry.endswith("/licenses/LICENSE") for entry in content)


def test_the_core_imports_no_driver(core_alone: Path) -> None:
    loaded = run(core_alone, "-c", "import dotorm, sys; print(*sys.modules)").split()

    assert "dotorm" in loaded
    assert not set(DRIVERS) & set(loaded)


def test_the_core_alone_names_what_to_install(core_alone: Path) -> None:
    said = run(
        core_alone,
        "-c",
        "import dotorm\n"
        "try: dotorm.connect('postgresql://localhost/x')\n"
        "except dotorm.BackendNotFound as error: print(error)",
    )

    assert "dotorm-postgres" in said


def test_the_command_names_the_extra_that_it_needs(core_alone: Path) -> None:
    command = core_alone.with_name("dotorm")
    done = subprocess.run([command, "backends"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "the dotorm command needs its extra: pip install 'dotorm-core[cli]'\n"


def test_all_wheels_install_with_plain_pip(wheels: dict[str, Path], tmp_path: Path) -> None:
    python = new_environment(tmp_path, *wheels.values())
    imports = "; ".join(f"import {module}" for module in MODULES.values())

    assert run(python, "-c", f"{imports}; print('fine')").strip() == "fine"
