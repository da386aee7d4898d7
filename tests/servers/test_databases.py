"""The fixtures that make an empty database, and what a run says of a server that is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.backends import BACKENDS, DATABASES
from tests.servers import UNAVAILABLE, ServerUnavailable, names, provided, variable

ROOT = Path(__file__).parents[2]
INI = ROOT / "pyproject.toml"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=getattr(pytest.mark, name)) for name in names()]
)
def test_each_server_makes_databases(name: str, request: pytest.FixtureRequest) -> None:
    databases = request.getfixturevalue(f"{name}_databases")
    with databases.fresh() as one, databases.fresh() as other:
        assert one != other
        assert one.startswith(request.getfixturevalue(f"{name}_server").rpartition("/")[0])


def test_a_reason_may_stand_where_the_url_would(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable("mysql"), f"{UNAVAILABLE}out of order")
    with pytest.raises(ServerUnavailable, match=r"^out of order$"), provided("mysql"):
        pass


def test_every_server_has_a_name_among_the_databases() -> None:
    assert set(names()) == set(DATABASES) - {"sqlite"}
    assert set(BACKENDS) <= set(DATABASES)


CASE = """
import pytest

def test_something(mysql_url):
    pass
"""


@pytest.mark.parametrize("promise", ["", "mysql"])
def test_a_missing_server_is_named_at_the_end(tmp_path: Path, promise: str) -> None:
    (tmp_path / "test_case.py").write_text(CASE)
    plugins = ["-p", "tests.backends", "-p", "tests.databases", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, f"--promise={promise}", "-c", INI, tmp_path],
        cwd=ROOT,
        env={**os.environ, variable("mysql"): f"{UNAVAILABLE}out of order"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "out of order" in done.stdout
    assert ("!! nothing ran on mysql: out of order" in done.stdout) == (not promise)
    assert done.returncode == (1 if promise else 0)


def test_a_server_that_may_be_missing_stops_nobody() -> None:
    words = [sys.executable, "-c", f"import os; print(os.environ['{variable('mysql')}'])"]
    environment = {**os.environ, variable("mysql"): f"{UNAVAILABLE}out of order"}
    for how, code in ((["--try", "mysql"], 0), (["mysql"], 1)):
        done = subprocess.run(
            [sys.executable, "-m", "tests.servers", *how, "--", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code
        assert "out of order" in done.stderr
        assert done.stdout == ("unavailable: out of order\n" if code == 0 else "")
