"""Downloads are made once, completely, and by one process at a time."""

import threading
from pathlib import Path

import pytest

from tests.servers._cache import cache_folder, kept
from tests.servers._types import ServerUnavailable


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("DOTORM_TEST_CACHE", str(folder))
    return folder


def test_it_is_filled_once_however_many_ask() -> None:
    fills: list[Path] = []
    found: list[Path] = []

    def fill(folder: Path) -> None:
        fills.append(folder)
        threading.Event().wait(0.1)
        (folder / "program").touch(mode=0o600)

    askers = [threading.Thread(target=lambda: found.append(kept("it", fill))) for _ in range(5)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert len(fills) == 1
    assert set(found) == {cache_folder() / "it"}
    assert (found[0] / "program").stat().st_mode & 0o044 == 0o044, "another user runs it"


def test_what_failed_is_tried_again_from_nothing(cache: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise ServerUnavailable("out of order")

    with pytest.raises(ServerUnavailable, match="out of order"):
        kept("it", fail)
    assert not (cache / "it").exists()
    folder = kept("it", lambda folder: (folder / "whole").touch())
    assert [path.name for path in folder.iterdir()] == ["whole"]


def test_the_cache_of_somebody_else_is_not_used(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.mkdir()
    monkeypatch.setattr("os.getuid", lambda: cache.stat().st_uid + 1)
    with pytest.raises(ServerUnavailable, match="belongs to another user"):
        cache_folder()
