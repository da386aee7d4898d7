"""Backends are found by scheme, one is imported at a time, and a bad one harms no other."""

import sys
import textwrap

import pluggy
import pytest

import dotorm
from dotorm import BackendNotFound, ConfigurationError, Database, hookspecs, plugins
from dotorm.backend import API
from dotorm.testing.recording import Recorder

GOOD = """
from dotorm.hookspecs import hookimpl
from dotorm.testing.recording import Recorder

BACKEND = Recorder().backend(
    name={name!r}, distribution="dotorm-{name}", schemes=({scheme!r},), api={api}
)

@hookimpl
def dotorm_backend():
    return BACKEND
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """Plugins that are registered here are forgotten afterwards, and the modules too."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs.HookSpecs)
    monkeypatch.setattr(plugins, "_manager", manager)
    monkeypatch.setattr(plugins, "_registered", {})
    monkeypatch.setattr(plugins, "_loaded", {})
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith("fake"):
            del sys.modules[name]


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Installs a distribution: its name, its entry points, and its module's text."""
    monkeypatch.syspath_prepend(tmp_path)

    def install(module, schemes, text, *, version="1.0"):
        (tmp_path / f"{module}.py").write_text(textwrap.dedent(text))
        info = tmp_path / f"{module}-{version}.dist-info"
        info.mkdir()
        name = module.replace("_", "-")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        lines = [f"{scheme} = {module}" for scheme in schemes]
        (info / "entry_points.txt").write_text("\n".join(["[dotorm.backends]", *lines, ""]))

    return install


def good(name="fake", scheme="fake", api=API):
    return GOOD.format(name=name, scheme=scheme, api=api)


def test_a_plugin_is_found_by_its_scheme(installed):
    installed("fake_db", ["fake", "fakes"], good())
    backend = plugins.find_backend("fake")

    assert backend is sys.modules["fake_db"].BACKEND
    assert plugins.find_backend("fakes") is plugins.find_backend("fake") is backend


def test_only_the_one_asked_for_is_imported(installed):
    installed("fake_one", ["fake"], good())
    installed("fake_two", ["other"], "raise RuntimeError('imported')")

    plugins.find_backend("fake")
    assert "fake_two" not in sys.modules


def test_connect_finds_it(installed):
    installed("fake_db", ["fake"], good())
    database = dotorm.connect("fake://host/db?max_size=3")
    assert isinstance(database, Database)
    assert (database.backend.name, database.settings.max_size) == ("fake", 3)


def test_a_scheme_that_nobody_serves(installed):
    installed("fake_db", ["fake"], good(), version="2.5")
    with pytest.raises(BackendNotFound) as caught:
        dotorm.connect("oracle://u:secret@h/db")

    assert str(caught.value).startswith("no backend for oracle:// URLs (installed are ")
    assert "fake (fake-db 2.5)" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("scheme", "distribution"), [("mysql", "dotorm-mysql"), ("clickhouse", "dotorm-clickhouse")]
)
def test_what_to_install(scheme, distribution, monkeypatch):
    monkeypatch.setattr(plugins, "entry_points", lambda **_: [])
    with pytest.raises(
        BackendNotFound,
        match=rf"no backend for {scheme}:// URLs: pip install {distribution} "
        r"\(no backend is installed\)",
    ):
        plugins.find_backend(scheme)


def test_two_for_one_scheme(installed):
    installed("fake_one", ["fake"], good())
    installed("fake_two", ["fake"], good(), version="2.0")

    with pytest.raises(
        ConfigurationError,
        match=r"fake-one 1\.0 and fake-two 2\.0 both serve the scheme 'fake': uninstall one",
    ):
        plugins.find_backend("fake")


def test_one_that_is_installed_twice(installed):
    installed("fake_db", ["fake"], good())
    installed("fake_db", ["fake"], good(), version="1.1")
    assert plugins.find_backend("fake").name == "fake"


@pytest.mark.parametrize(("api", "behind"), [(API - 1, "dotorm-fake"), (API + 1, "dotorm-core")])
def test_another_version_of_the_contract(installed, api, behind):
    installed("fake_db", ["fake"], good(api=api))
    message = rf"version {api} of the backend contract, .* version {API}: upgrade {behind}$"

    for _ in range(2):
        with pytest.raises(ConfigurationError, match=message):
            plugins.find_backend("fake")
    with pytest.raises(ConfigurationError, match=message):
        plugins.register_backend(Recorder().backend(api=api, distribution="dotorm-fake"))


class TestBadPlugins:
    def test_one_that_raises_harms_no_other(self, installed):
        installed("fake_bad", ["bad"], "raise RuntimeError('no licence')")
        installed("fake_db", ["fake"], good())

        for _ in range(2):
            with pytest.raises(RuntimeError, match="no licence"):
                plugins.find_backend("bad")
        assert plugins.find_backend("fake").name == "fake"

    def test_one_whose_driver_is_missing(self, installed):
        installed("fake_bad", ["bad"], "import no_such_driver")
        with pytest.raises(ModuleNotFoundError, match="no_such_driver"):
            plugins.find_backend("bad")

    @pytest.mark.parametrize(
        "text", ["", "def dotorm_backend(): return 'x'", "dotorm_backend = None"]
    )
    def test_one_that_is_no_plugin(self, installed, text):
        installed("fake_bad", ["bad"], text)
        with pytest.raises(ConfigurationError, match=r"fake-bad 1\.0.*dotorm_backend\(\)"):
            plugins.find_backend("bad")


class TestRegistered:
    def test_it_comes_before_what_is_installed(self, installed, recorder):
        installed("fake_db", ["recording"], good(scheme="recording"))
        backend = recorder.backend(schemes=("recording", "again"))
        plugins.register_backend(backend)

        assert plugins.find_backend("recording") is plugins.find_backend("again") is backend
        assert dotorm.connect("recording://").backend is backend

    def test_the_last_one_counts(self, recorder):
        first, second = recorder.backend(), recorder.backend()
        plugins.register_backend(first)
        plugins.register_backend(second)
        assert plugins.find_backend("recording") is second
