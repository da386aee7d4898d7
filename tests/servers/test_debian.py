"""Programs out of Debian packages, on machines that are not as we expect."""

from pathlib import Path

import pytest

from tests.servers import _debian as module
from tests.servers._types import ServerUnavailable


def test_a_machine_without_apt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(ServerUnavailable, match="are for Debian"):
        module._mirror()


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["bookworm-updates main https://a/", "bookworm main https://b/"], "https://b/"),
        (["bookworm contrib https://a/"], None),
        ([], None),
    ],
)
def test_the_mirror_is_the_one_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lines: list[str], found: str | None
) -> None:
    monkeypatch.setattr(module, "_KEYS", tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: name)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: {"VERSION_CODENAME": "bookworm"})
    monkeypatch.setattr(module, "_told", lambda *_: lines)
    if found:
        assert module._mirror() == found
    else:
        with pytest.raises(ServerUnavailable, match="no mirror for Debian bookworm"):
            module._mirror()


def test_a_package_that_there_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOTORM_TEST_CACHE", str(tmp_path))

    def refuse(words: list[str], **_: str) -> None:
        raise ServerUnavailable(f"{words[0]}: Unable to locate package")

    monkeypatch.setattr(module, "install", refuse)
    monkeypatch.setattr(module, "_mirror", lambda: "file:///nowhere")
    with pytest.raises(ServerUnavailable, match="Unable to locate package"):
        module.unpacked("sid", "no-such-server")


def test_a_program_runs_on_the_libraries_beside_it(tmp_path: Path) -> None:
    libraries = tmp_path / "usr/lib/x86_64-linux-gnu"
    libraries.mkdir(parents=True)
    loader = libraries / "ld-linux-x86-64.so.2"
    loader.touch()
    words = module.Unpacked(tmp_path).command("usr/sbin/served")
    assert words[0] == loader
    assert str(libraries) in str(words[2])
    assert words[-1] == tmp_path / "usr/sbin/served"
