"""Every package builds a wheel that plain pip installs, and the core alone says what is missing."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "dotorm-core": "dotorm",
    "dotorm-sqlite": "dotorm_sqlite",
    "dotorm-postgres": "dotorm_postgres",
}
DRIVERS = ("aiomysql", "aiosqlite", "asynch", "asyncmy", "asyncpg", "sqlite3")


def _run(*words: str | Path) -> str:
    done = subprocess.run(words, cwd="/", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel of each package, built by way of its sdist."""
    built = {}
    for name in PACKAGES:
        folder = tmp_path_factory.mktemp(name)
        source = ROOT / "packages" / name
        _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source)
        (built[name],) = folder.glob("*.whl")
    return built


def _environment(folder: Path, *requirements: str | Path) -> Path:
    """Make an environment with these installed; answer its Python."""
    python = folder / "bin" / "python"
    _run(sys.executable, "-m", "venv", folder)
    _run(python, "-m", "pip", "install", "--quiet", *requirements)
    return python


@pytest.fixture(scope="module")
def core_alone(wheels: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python with the core and nothing else of ours."""
    return _environment(tmp_path_factory.mktemp("core"), wheels["dotorm-core"])


@pytest.mark.parametrize(("name", "module"), PACKAGES.items())
def test_a_wheel_is_typed_and_licensed(wheels: dict[str, Path], name: str, module: str) -> None:
    content = zipfile.ZipFile(wheels[name]).namelist()

    assert f"{module}/__init__.py" in content
    assert f"{module}/py.typed" in content
    assert any(entry.endswith("/licenses/LICENSE") for entry in content)


def test_the_core_imports_no_driver(core_alone: Path) -> None:
    loaded = _run(core_alone, "-c", "import dotorm, sys; print(*sys.modules)").split()

    assert "dotorm" in loaded
    assert not set(DRIVERS) & set(loaded)


def test_the_core_alone_names_what_to_install(core_alone: Path) -> None:
    said = _run(
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
    python = _environment(tmp_path, *wheels.values())
    imports = "; ".join(f"import {module}" for module in PACKAGES.values())

    assert _run(python, "-c", f"{imports}; print('fine')").strip() == "fine"
