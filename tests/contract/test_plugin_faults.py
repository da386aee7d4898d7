"""A plugin that is at fault harms nobody else, and everybody is told what is wrong with it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dotorm
from dotorm import plugins
from dotorm.backend import API
from dotorm.installed import InstalledBackend, installed_backends
from dotorm.plugins import find_backend
from dotorm.testing.recording import Recorder
from tests.distributions import ROOT, WORKING, Distributions

OTHER_CONTRACT = (
    WORKING.replace("schemes={schemes!r}", "schemes={schemes!r}, api={api}")
    + """
    @hookimpl
    def dotorm_model_ready(model, meta):
        raise AssertionError("the hooks of a refused plugin are not called")
"""
)
DRIVERLESS = WORKING.replace('("sqlite3",)', "('no_such_driver', 'nor_this')")
# distribution -> its module, the error of who asks for it, what the error and the command say
FAULTS: dict[str, tuple[str, type[BaseException], str]] = {
    "dotorm-broken": ("raise RuntimeError('[broken] on purpose')", RuntimeError, "[broken] on p"),
    "dotorm-incomplete": ("import no_such_module", ModuleNotFoundError, "no_such_module"),
    "dotorm-unreadable": ("this is no Python", SyntaxError, "invalid syntax"),
    "dotorm-exits": ("raise SystemExit('good bye')", SystemExit, "good bye"),
    "dotorm-stranger": ("x = 1", dotorm.ConfigurationError, "has no function dotorm_backend()"),
    "dotorm-liar": (
        "def dotorm_backend(): return 'sql'",
        dotorm.ConfigurationError,
        "is no plugin of DotORM",
    ),
    "dotorm-future": (
        OTHER_CONTRACT.format(
            name="future", distribution="dotorm-future", schemes=("future",), api=API + 1
        ),
        dotorm.ConfigurationError,
        f"version {API + 1} of the backend contract, dotorm-core has version {API}: upgrade dotorm",
    ),
    "dotorm-past": (
        OTHER_CONTRACT.format(
            name="past", distribution="dotorm-past", schemes=("past",), api=API - 1
        ),
        dotorm.ConfigurationError,
        f"dotorm-core has version {API}: upgrade dotorm-past",
    ),
}


@pytest.fixture
def faulty(distributions: Distributions) -> Distributions:
    """Every fault at once."""
    for name, (source, _, _) in FAULTS.items():
        distributions.add(name, source)
    distributions.add("dotorm-left", schemes=("twin", "left"))
    distributions.add("dotorm-right", schemes=("twin",))
    driverless = DRIVERLESS.format(
        name="driverless", distribution="dotorm-driverless", schemes=("driverless",)
    )
    distributions.add("dotorm-driverless", driverless)
    distributions.add("dotorm-fine")
    return distributions


def found() -> dict[str, InstalledBackend]:
    return {each.distribution: each for each in installed_backends()}


def command(faulty: Distributions, *words: str) -> subprocess.CompletedProcess[str]:
    dotorm_command = Path(sys.executable).with_name("dotorm")
    return subprocess.run(
        [dotorm_command, *words],
        env=faulty.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_our_plugins_name_the_contract_by_number() -> None:
    """What core says of itself would fit whatever contract the plugin was written for."""
    for module in (ROOT / "packages").glob("*/src/*/backend.py"):
        if module.parent.name != "dotorm":
            assert re.search(r"^    api=\d+,$", module.read_text(), re.MULTILINE), module


async def test_other_backends_work(url: str, faulty: Distributions) -> None:
    async with dotorm.connect(url) as db:
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]

    modules = {name.replace("-", "_") for name in FAULTS}
    assert not modules & set(sys.modules), "only what is asked for is imported"


async def test_another_stranger_works(faulty: Distributions) -> None:
    async with dotorm.connect("fine://") as db:
        assert db.backend.distribution == "dotorm-fine"


@pytest.mark.parametrize("name", FAULTS)
def test_the_error_appears_when_it_is_asked_for(faulty: Distributions, name: str) -> None:
    scheme = name.removeprefix("dotorm-")
    _, kind, _said = FAULTS[name]
    for _ in range(2):  # it does not go away by asking again
        with pytest.raises(kind) as caught:
            dotorm.connect(f"{scheme}://")
        assert _said in str(caught.value)


def test_two_for_one_scheme_are_both_named(faulty: Distributions) -> None:
    with pytest.raises(
        dotorm.ConfigurationError,
        match=r"^dotorm-left 1\.0 and dotorm-right 1\.0 both serve the scheme 'twin': uninstall",
    ):
        dotorm.connect("twin://")


def test_the_scheme_that_only_one_serves_works(faulty: Distributions) -> None:
    assert find_backend("left").distribution == "dotorm-left"


def test_the_hooks_of_a_refused_plugin_are_not_called(
    faulty: Distributions, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(dotorm.ConfigurationError):
        find_backend("future")

    class AfterTheRefusal(dotorm.DotModel):
        __table__ = "after_the_refusal"

        id: int = dotorm.Integer(primary_key=True)

    assert not caplog.records


async def test_a_missing_driver_does_not_hide_the_plugin(faulty: Distributions) -> None:
    assert find_backend("driverless").name == "driverless"


def test_the_seeds_paths_say_what_is_wrong(faulty: Distributions) -> None:
    from dotorm import components

    with pytest.raises(AttributeError, match="upgrade dotorm-core"):
        _ = components.FUTURE


@pytest.mark.parametrize("name", FAULTS)
def test_the_list_has_each_fault(faulty: Distributions, name: str) -> None:
    (fault,) = found()[name].faults

    assert FAULTS[name][2] in fault


@pytest.mark.parametrize("name", ["dotorm-broken", "dotorm-exits"])
def test_a_fault_at_import_says_where(faulty: Distributions, name: str) -> None:
    module = name.replace("-", "_")

    assert found()[name].faults[0].endswith(f"{module}.py:1)")
    assert found()[name].contract is None


def test_the_list_has_rivals_and_missing_drivers(faulty: Distributions) -> None:
    listed = found()

    assert listed["dotorm-left"].faults == (
        "dotorm-right 1.0 serves the scheme 'twin' too: uninstall one",
    )
    assert listed["dotorm-right"].faults == (
        "dotorm-left 1.0 serves the scheme 'twin' too: uninstall one",
    )
    assert listed["dotorm-driverless"].faults == (
        "its driver is not installed: pip install no_such_driver or nor_this",
    )
    assert listed["dotorm-future"].contract == API + 1


def test_the_list_has_those_that_work(faulty: Distributions) -> None:
    for name in ("dotorm-sqlite", "dotorm-postgres"):
        assert found()[name].faults == ()
        assert found()[name].drivers[0].version is not None
    fine = found()["dotorm-fine"]
    assert (fine.name, fine.version, fine.schemes, fine.faults) == ("fine", "1.0", ("fine",), ())


def test_the_command_shows_each_fault(faulty: Distributions) -> None:
    done = command(faulty, "backends")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    for name, (_, _, said) in FAULTS.items():
        assert [line for line in lines if line.startswith(f"{name} 1.0: ") and said in line]
    for name in ("dotorm-left", "dotorm-right", "dotorm-driverless"):
        assert any(line.startswith(f"{name} 1.0: ") for line in lines)
    assert not any(line.startswith(("dotorm-sqlite 0", "dotorm-fine 1.0:")) for line in lines)
    assert "aiosqlite" in done.stdout


def test_the_command_shows_each_fault_as_json(faulty: Distributions) -> None:
    done = command(faulty, "backends", "--json")
    answer: dict[str, Any] = json.loads(done.stdout)
    faults = {each["distribution"]: each["faults"] for each in answer["backends"]}

    assert answer["core"]["contract"] == API
    assert all(FAULTS[name][2] in faults[name][0] for name in FAULTS)
    assert faults["dotorm-sqlite"] == faults["dotorm-postgres"] == faults["dotorm-fine"] == []


@pytest.mark.parametrize("name", FAULTS)
def test_checking_a_url_of_a_faulty_plugin_fails(faulty: Distributions, name: str) -> None:
    from typer.testing import CliRunner

    from dotorm.cli.app import app

    done = CliRunner().invoke(app, ["check", f"{name.removeprefix('dotorm-')}://"])

    assert done.exit_code == 1
    assert FAULTS[name][2] in done.stdout


def test_a_registered_backend_goes_before_those_at_fault(
    faulty: Distributions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plugins, "_registered", {})
    ours = Recorder().backend(schemes=("twin", "broken"))
    dotorm.register_backend(ours)

    assert find_backend("twin") is find_backend("broken") is ours


def test_a_registered_backend_has_our_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "_registered", {})

    with pytest.raises(dotorm.ConfigurationError, match="upgrade dotorm-recording"):
        dotorm.register_backend(Recorder().backend(api=API - 1))
    with pytest.raises(dotorm.BackendNotFound):
        find_backend("recording")
