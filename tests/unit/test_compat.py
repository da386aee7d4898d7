"""The seed's import paths lead to the plugins' own modules."""

import importlib
import pickle
import subprocess
import sys

import pytest

import dotorm_postgres
import dotorm_sqlite
from dotorm import components
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
        (components, "MYSQL", "pip install dotorm-mysql"),
        (abstract, "OraclePoolSettings", "no attribute 'OraclePoolSettings': no backend"),
        (abstract, "PoolSetting", "no attribute 'PoolSetting'$"),
    ],
)
def test_names_that_are_not(module, name, message):
    if name == "MYSQL" and importlib.util.find_spec("dotorm_mysql"):
        pytest.skip("it is installed")
    with pytest.raises(AttributeError, match=message):
        getattr(module, name)
    assert not hasattr(module, name)


def after(*statements):
    """The modules that a fresh Python has imported after these statements."""
    code = "; ".join(["import sys", *statements, "print(*sys.modules)"])
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
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
