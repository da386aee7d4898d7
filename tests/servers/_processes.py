"""Ports, users and commands: what starting any server needs."""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers._types import ServerUnavailable


def free_port() -> int:
    """Find a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Account:
    """Who a server runs as. Database servers refuse to run as root."""

    uid: int | None = None
    gid: int | None = None

    @classmethod
    def for_servers(cls, *preferred: str) -> "Account":
        """Choose the current user; for root the first that exists of `preferred`, or nobody."""
        if os.getuid() != 0:
            return cls()
        for name in (*preferred, "nobody"):
            try:
                entry = pwd.getpwnam(name)
            except KeyError:
                continue
            return cls(entry.pw_uid, entry.pw_gid)
        raise ServerUnavailable("as root, a server needs a user `nobody` to run as")

    def own(self, path: Path) -> None:
        """Make the path this account's."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Command:
    """How the programs of one server are run: by whom, where, and with which environment."""

    account: Account
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str | Path) -> None:
        """Run a program to its end; what it printed is the error when it fails."""
        done = subprocess.run(
            words,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=self._environment(),
            user=self.account.uid,
            group=self.account.gid,
            extra_groups=self._extra_groups(),
        )
        if done.returncode:
            raise ServerUnavailable(f"{words[0]} failed: {done.stdout[-600:].strip()}")

    def spawn(self, log: Path, *words: str | Path) -> subprocess.Popen[bytes]:
        """Start a program that stays, with its output in a log file."""
        with log.open("ab") as output:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=self._environment(),
                user=self.account.uid,
                group=self.account.gid,
                extra_groups=self._extra_groups(),
                start_new_session=True,  # Ctrl-C is for the tests; they stop the server
            )

    def _environment(self) -> dict[str, str]:
        path = os.environ.get("PATH", os.defpath)
        return {"HOME": str(self.folder), "PATH": path, "LANG": "C.UTF-8", **self.environment}

    def _extra_groups(self) -> list[int] | None:
        return None if self.account.uid is None else []


def private_folder(name: str, account: Account) -> Path:
    """Make a folder that only the account may enter; the path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix=f"dotorm-{name}-", dir="/tmp"))
    account.own(folder)
    return folder


def cache_folder() -> Path:
    """Answer where downloaded servers are kept, readable by the account that runs them."""
    common = f"/var/tmp/dotorm-servers-{os.getuid()}"  # noqa: S108 - the owner is checked
    folder = Path(os.environ.get("DOTORM_TEST_CACHE") or common)
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise ServerUnavailable(f"{folder} belongs to another user; name one in DOTORM_TEST_CACHE")
    return folder


def install(words: Sequence[str]) -> None:
    """Run an installer; its last words are the error when it fails."""
    Command(Account(), Path("/"), {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}).run(*words)


def installed_wheel(requirement: str) -> Path:
    """Unpack a wheel, without what it depends on, into the cache, once."""
    folder = cache_folder() / requirement
    if folder.exists():
        return folder
    partial = Path(tempfile.mkdtemp(dir=cache_folder()))
    try:
        options = f"--quiet --no-deps --target {partial}".split()
        install([sys.executable, "-m", "pip", "install", *options, requirement])
        for path in (partial, *partial.rglob("*")):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o644))
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return folder
