"""What was downloaded, kept for the next run."""

import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers._processes import Account, Command
from tests.servers._types import ServerUnavailable


def cache_folder() -> Path:
    """Answer where downloaded servers are kept, readable by the account that runs them."""
    common = f"/var/tmp/dotorm-servers-{os.getuid()}"  # noqa: S108 - the owner is checked
    folder = Path(os.environ.get("DOTORM_TEST_CACHE") or common).absolute()
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise ServerUnavailable(f"{folder} belongs to another user; name one in DOTORM_TEST_CACHE")
    return folder


def kept(name: str, fill: Callable[[Path], None]) -> Path:
    """Answer a folder of the cache, which `fill` has filled once and completely.

    A process that asks for it meanwhile waits; one that was killed leaves nothing half done.
    """
    folder = cache_folder() / name
    if folder.exists():
        return folder
    with _alone(folder.with_name(f"{name}.lock")):
        if not folder.exists():
            partial = folder.with_name(f"{name}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            fill(partial)
            _let_everyone_read(partial)
            partial.rename(folder)
    return folder


def installed_wheel(requirement: str) -> Path:
    """Unpack a wheel, without what it depends on, into the cache, once."""

    def unpack(folder: Path) -> None:
        options = f"--quiet --no-deps --no-cache-dir --target {folder}".split()
        install([sys.executable, "-m", "pip", "install", *options, requirement])

    return kept(requirement, unpack)


def install(words: Sequence[str | Path], **environment: str) -> None:
    """Run an installer; its last words are the error when it fails."""
    variables = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", **environment}
    Command(Account(), Path("/"), variables).run(*words)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _let_everyone_read(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
