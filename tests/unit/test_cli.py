"""The ``dotorm`` command: what it prints, and with which code it exits."""

import importlib
import json
import math
import sys
from types import ModuleType

import pytest
from typer.testing import CliRunner

from dotorm import cli
from dotorm.backend import API
from dotorm.cli import app as command
from dotorm.cli import display
from dotorm.cli.app import app
from dotorm.cli.checking import Check
from dotorm.cli.plain import as_plain
from dotorm.components import Features
from dotorm.installed import drivers_of
from dotorm.testing.recording import DriverError
from tests.distributions import WORKING

# A backend whose settings have a password, and which does what it is told by its URL's path.
WILLING = (
    WORKING
    + """
    from dataclasses import replace
    from pydantic import SecretStr
    from dotorm.testing.recording import RecordingConnection, RecordingSettings
    from dotorm.exceptions import ConfigurationError, ConnectionFailed

    class Settings(RecordingSettings):
        host: str | None = None
        password: SecretStr | None = None
        api_token: str | None = None
        fail: str = ""

        @classmethod
        def url_parts(cls, url):
            return {{"password": url.password, "host": url.host}}

    class Connection(RecordingConnection):
        async def server_version(self):
            return "1.2 [bold]beta[/bold]"

    async def connect(settings):
        if settings.fail == "old":
            raise ConfigurationError("the server is 0.9; DotORM needs 1.0 or newer")
        if settings.fail == "tell":
            secrets = settings.password.get_secret_value(), settings.api_token
            raise ConnectionFailed("cannot reach x://me:%s@host?token=%s" % secrets)
        if settings.fail == "bug":
            raise KeyError("a bug of the plugin")
        if settings.fail == "driver":
            import no_such_driver
        return Connection(RECORDER)

    BACKEND = replace(BACKEND, settings=Settings, connect=connect)
"""
)


@pytest.fixture
def run():
    def run(*words, **options):
        return CliRunner().invoke(app, words, **options)

    return run


@pytest.fixture
def willing(distributions):
    source = WILLING.format(name="will", distribution="dotorm-will", schemes=("will",))
    distributions.add("dotorm-will", source)


# ---------------------------------------------------------------- backends


def test_the_installed_backends_are_shown(run, distributions):
    distributions.add("dotorm-alpha", schemes=("alpha", "alef"))
    done = run("backends")

    assert done.exit_code == 0
    assert f"contract version {API}" in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.strip().startswith("alpha"))
    assert row.split()[-1] == "sqlite3"
    assert "alef, alpha" in row
    assert "aiosqlite" in done.stdout
    assert "asyncpg" in done.stdout


def test_features_are_shown_side_by_side(run, distributions):
    distributions.add("dotorm-alpha")
    lines = run("backends").stdout.splitlines()
    heading = next(line.split() for line in lines if line.strip().startswith("feature"))
    column = heading.index("alpha")
    shown = {line.split()[0]: line.split() for line in lines if len(line.split()) == len(heading)}

    assert shown["savepoints"][column] == "yes"
    assert shown["list_parameters"][column] == "-"
    assert shown["max_parameters"][column] == "10"


def test_backends_as_json(run, distributions):
    distributions.add("dotorm-alpha")
    answer = json.loads(run("backends", "--json").stdout)
    alpha = next(each for each in answer["backends"] if each["name"] == "alpha")

    assert answer["core"] == {"version": "0.1.0", "contract": API}
    assert alpha["features"]["isolation_levels"] == ["serializable"]
    assert alpha["features"]["max_parameters"] == 10
    assert {k: v for k, v in alpha.items() if k != "features"} == {
        "name": "alpha",
        "distribution": "dotorm-alpha",
        "version": "1.0",
        "schemes": ["alpha"],
        "contract": API,
        "drivers": [{"name": "sqlite3", "installed": True, "version": None}],
        "faults": [],
    }


def test_a_fault_is_not_read_as_markup(run, distributions):
    distributions.add("dotorm-odd", "raise ValueError('needs extra[all] [/red]')")
    done = run("backends")

    assert done.exit_code == 0
    assert "dotorm-odd 1.0: raises when it is imported: ValueError: needs extra[all] [/red] (" in (
        done.stdout
    )


def test_schemes_that_do_not_fit_are_a_fault(run, distributions):
    source = WORKING.format(name="alpha", distribution="dotorm-alpha", schemes=("alpha", "alef"))
    distributions.add("dotorm-alpha", source, schemes=("alpha",))

    said = "its entry points name the schemes alpha, its backend alef, alpha"
    assert f"dotorm-alpha 1.0: {said}" in run("backends").stdout


def test_a_driver_of_several_is_enough(run, distributions):
    source = WORKING.replace('("sqlite3",)', '("no_such_driver", "sqlite3", "no.such.place")')
    formatted = source.format(name="alpha", distribution="dotorm-alpha", schemes=("alpha",))
    distributions.add("dotorm-alpha", formatted)
    answer = json.loads(run("backends", "--json").stdout)
    alpha = next(each for each in answer["backends"] if each["name"] == "alpha")

    assert [each["installed"] for each in alpha["drivers"]] == [False, True, False]
    assert alpha["faults"] == []


def test_a_driver_of_unknown_origin_is_none(monkeypatch, recorder):
    monkeypatch.setitem(sys.modules, "odd_driver", ModuleType("odd_driver"))

    (driver,) = drivers_of(recorder.backend(drivers=("odd_driver",)))
    assert not driver.installed


def test_no_backend_at_all(run, monkeypatch):
    monkeypatch.setattr(command, "installed_backends", list)

    assert run("backends").stdout.splitlines()[-1] == "no backend is installed"


# ---------------------------------------------------------------- check


@pytest.mark.usefixtures("willing")
class TestCheck:
    def test_a_database_that_answers(self, run):
        done = run("check", "will://me:tops3cret@db.example:99/shop?max_size=7", "--pings", "3")

        assert done.exit_code == 0
        assert "will://me@db.example:99/shop" in done.stdout
        assert "will (dotorm-will 1.0; sqlite3)" in done.stdout
        assert "1.2 [bold]beta[/bold]" in done.stdout
        assert "3 pings" in done.stdout
        assert "1 open, 1 idle" in done.stdout
        assert [line.split()[1] for line in done.stdout.splitlines() if "max_size" in line] == ["7"]
        assert "the database can be used" in done.stdout
        assert "tops3cret" not in done.output

    def test_as_json(self, run):
        done = run("check", "will://me:tops3cret@db.example/shop", "--json")
        answer = json.loads(done.stdout)

        assert done.exit_code == 0
        assert answer["ok"] is True
        assert answer["error"] is None
        assert answer["server_version"] == "1.2 [bold]beta[/bold]"
        assert answer["latency"]["pings"] == 5
        latency = answer["latency"]
        assert 0 <= latency["least"] <= latency["median"] <= latency["most"]
        shown = {name: answer["settings"][name] for name in ("host", "password", "api_token")}
        assert shown == {"host": "db.example", "password": "(hidden)", "api_token": None}
        assert answer["pool"] == {"size": 1, "idle": 1, "waiting": 0}
        assert "tops3cret" not in done.output

    def test_the_url_may_come_from_the_environment(self, run):
        assert run("check", env={"DOTORM_URL": "will://"}).exit_code == 0
        assert "tops3cret" not in run("check", "--help", env={"DOTORM_URL": "x:tops3cret"}).output

    @pytest.mark.parametrize("form", [(), ("--json",)])
    def test_a_server_that_is_too_old(self, run, form):
        done = run("check", "will:///?fail=old", *form)

        assert done.exit_code == 1
        assert "the server is 0.9; DotORM needs 1.0 or newer" in done.stdout
        assert "can be used" not in done.stdout

    @pytest.mark.parametrize("form", [(), ("--json",)])
    def test_no_error_shows_a_secret(self, run, form):
        url = "will://me:top%3As3cret@host/?fail=tell&api_token=t0ken"
        done = run("check", url, *form)

        assert done.exit_code == 1
        assert "cannot reach x://me:(hidden)@host?token=(hidden)" in done.stdout
        for secret in ("top:s3cret", "top%3As3cret", "t0ken"):
            assert secret not in done.output

    def test_a_missing_driver(self, run):
        done = run("check", "will:///?fail=driver")

        assert done.exit_code == 1
        assert "error: will: the driver cannot be imported (No module named" in done.stdout
        assert "): pip install" in done.stdout

    def test_a_bug_of_a_plugin(self, run):
        done = run("check", "will:///?fail=bug")

        assert done.exit_code == 1
        assert "error: KeyError: 'a bug of the plugin'" in done.stdout

    def test_a_setting_that_does_not_exist(self, run):
        done = run("check", "will://me:tops3cret@host/?colour=blue")

        assert done.exit_code == 1
        assert "there is no setting 'colour'" in done.stdout
        assert "tops3cret" not in done.output


def test_a_backend_that_does_not_tell_its_version(run, distributions):
    distributions.add("dotorm-alpha")
    done = run("check", "alpha://")

    assert done.exit_code == 0
    assert "the backend does not tell" in done.stdout


def test_a_statement_of_the_driver_that_fails(run, distributions):
    distributions.add("dotorm-alpha")
    importlib.import_module("dotorm_alpha").RECORDER.fail_at("ping", DriverError("no sign of life"))
    done = run("check", "alpha://")

    assert done.exit_code == 1
    assert "error: no sign of life" in done.stdout


def test_a_url_of_no_backend(run):
    done = run("check", "nosuch://me:tops3cret@host/x")

    assert done.exit_code == 1
    assert "error: no backend for nosuch:// URLs" in done.stdout
    assert "tops3cret" not in done.output


@pytest.mark.parametrize(
    "url", ["me:tops3cret@host", "x://me:tops3cret@host:port/", "//[tops3cret"]
)
def test_a_url_that_cannot_be_read(run, url):
    done = run("check", url)

    assert done.exit_code == 1
    assert "error: " in done.stdout
    assert "tops3cret" not in done.output


@pytest.mark.parametrize("words", [("check",), ("check", "x://", "--pings", "0"), ("chek",)])
def test_wrong_words(run, words):
    assert run(*words, env={"DOTORM_URL": ""}).exit_code == 2


# ---------------------------------------------------------------- parts


def test_plain_values():
    value = {1: (Features, Features(isolation_levels=frozenset({"b", "a"}))), "x": {math.inf, 2.5}}
    plain = as_plain(value)

    assert plain["1"][0] == str(Features)
    assert plain["1"][1]["isolation_levels"] == ["a", "b"]
    assert plain["x"] in ([2.5, None], [None, 2.5])
    json.dumps(plain, allow_nan=False)


def test_an_address_of_version_6_keeps_its_brackets(run):
    done = run("check", "nosuch://[::1]:5/x", "--json")

    assert json.loads(done.stdout)["url"] == "nosuch://[::1]:5/x"


def test_a_check_that_got_nowhere_is_shown(capsys):
    display.show_check(Check(error="no"))

    assert capsys.readouterr().out.split() == ["error:", "no"]


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(monkeypatch, missing):
    for module in ("dotorm.cli.app", "dotorm.cli.display"):
        monkeypatch.delitem(sys.modules, module, raising=False)
        monkeypatch.delattr(cli, module.rpartition(".")[2], raising=False)
    for module in [name for name in sys.modules if name.startswith(f"{missing}.")]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(SystemExit, match=r"pip install 'dotorm-core\[cli\]'"):
        cli.main()


def test_a_fault_of_our_own_is_not_mistaken_for_it(monkeypatch):
    monkeypatch.delitem(sys.modules, "dotorm.cli.app", raising=False)
    monkeypatch.delattr(cli, "app", raising=False)
    monkeypatch.setitem(sys.modules, "dotorm.installed", None)

    with pytest.raises(ModuleNotFoundError, match=r"dotorm\.installed"):
        cli.main()


def test_the_command_runs(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["dotorm", "--help"])

    with pytest.raises(SystemExit) as ended:
        cli.main()

    assert ended.value.code == 0
    assert "backends" in capsys.readouterr().out
