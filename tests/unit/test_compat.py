"""The seed's import paths lead to the plugins' own modules."""

import importlib
import os
import pickle
import subprocess
import sys

import pytest

import dotorm_postgres
import dotorm_sqlite
from dotorm import _compat, components, plugins
from dotorm.databases import abstract


@pytest.mark.parametrize("name", ["postgres", "sqlite"])
@pytest.mark.parametrize("module", ["", ".settings", ".dialect", ".pool", ".transaction"])
def test_one_module_under_two_names(name, module):
    one = importlib.import_module(f"dotorm.databases.{name}{module}")
    assert one is importlib.import_module(f"dotorm_{name}{module}")


def test_from_imports():
    from dotorm.databases.postgres import PostgresPoolSettings
    from dotorm.databases.postgres.settings import PostgresPoolSettings as Again
    from dotorm.databases.sqlite.pool import ContainerSqlite

    assert PostgresPoolSettings is Again is dotorm_postgres.PostgresPoolSettings
    assert ContainerSqlite is dotorm_sqlite.ContainerSqlite
    assert PostgresPoolSettings.__module__ == "dotorm_postgres.settings"


def test_pickling_through_the_path():
    from dotorm.databases.postgres import PostgresPoolSettings

    settings = PostgresPoolSettings(host="h", user="u", database="d")
    again = pickle.loads(pickle.dumps(settings))
    assert again == settings
    assert type(again) is dotorm_postgres.PostgresPoolSettings


@pytest.mark.parametrize("path", ["oracle", "oracle.pool", "postgres.nothing"])
def test_paths_that_lead_nowhere(path):
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(f"dotorm.databases.{path}")


def test_names_that_are_answered():
    assert components.POSTGRES is dotorm_postgres.POSTGRES
    assert components.SQLITE is dotorm_sqlite.SQLITE
    assert abstract.PostgresPoolSettings is dotorm_postgres.PostgresPoolSettings
    assert abstract.SqlitePoolSettings is dotorm_sqlite.SqlitePoolSettings


@pytest.mark.parametrize(
    ("module", "name", "message"),
    [
        (components, "ORACLE", "no attribute 'ORACLE': no backend for oracle"),
        (components, "Oracle", "no attribute 'Oracle'$"),
        (abstract, "OraclePoolSettings", "no attribute 'OraclePoolSettings': no backend"),
        (abstract, "PoolSetting", "no attribute 'PoolSetting'$"),
    ],
)
def test_names_that_are_not(module, name, message):
    with pytest.raises(AttributeError, match=message):
        getattr(module, name)
    assert not hasattr(module, name)


@pytest.fixture
def nothing_installed(monkeypatch):
    monkeypatch.setattr(plugins, "_registered", {})
    monkeypatch.setattr(plugins, "_loaded", {})
    for module in (plugins, _compat):
        monkeypatch.setattr(module, "entry_points", lambda **_: [])
    for name in [name for name in sys.modules if name.startswith("dotorm.databases.postgres")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.usefixtures("nothing_installed")
class TestKnownPluginsThatAreNotInstalled:
    @pytest.mark.parametrize("path", ["postgres", "postgres.pool", "postgresql"])
    def test_modules(self, path):
        package = path.partition(".")[0]
        message = rf"databases\.{package} is in .*not installed: pip install dotorm-postgres$"
        with pytest.raises(ModuleNotFoundError, match=message) as caught:
            importlib.import_module(f"dotorm.databases.{path}")
        assert caught.value.name.startswith("dotorm.databases.postgres")

    def test_names(self):
        with pytest.raises(ModuleNotFoundError, match="pip install dotorm-postgres"):
            from dotorm.databases.postgres import ContainerPostgres  # noqa: F401
        with pytest.raises(ImportError, match="pip install dotorm-postgres"):
            from dotorm.components import POSTGRES  # noqa: F401
        with pytest.raises(ImportError, match="pip install dotorm-postgres"):
            from dotorm.databases.abstract import PostgresPoolSettings  # noqa: F401

    def test_unknown_names(self):
        with pytest.raises(
            ModuleNotFoundError, match=r"No module named 'dotorm\.databases\.oracle'"
        ):
            importlib.import_module("dotorm.databases.oracle")
        assert not hasattr(components, "ORACLE")
        assert not hasattr(abstract, "OraclePoolSettings")


def after(*statements):
    """The modules that a fresh Python has imported after these statements."""
    code = "; ".join(["import sys", *statements, "print(*sys.modules)"])
    # To measure the coverage of this process would import sqlite3 into it.
    environment = {key: value for key, value in os.environ.items() if "COVERAGE" not in key}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return set(found.stdout.split())


DRIVERS = {"asyncpg", "aiosqlite", "sqlite3"}


def test_importing_dotorm_imports_no_driver_and_no_plugin():
    modules = after("import dotorm")
    assert "dotorm.model" in modules
    assert not {"dotorm_postgres", "dotorm_sqlite", *DRIVERS} & modules


def test_naming_a_dialect_or_its_settings_imports_no_driver():
    modules = after(
        "from dotorm.components import POSTGRES",
        "from dotorm.databases.abstract import PostgresPoolSettings",
        "import dotorm",
        "dotorm.connect('postgresql://u@h/db')",
    )
    assert "dotorm_postgres" in modules
    assert not DRIVERS & modules
    assert "dotorm_sqlite" not in modules
