"""Ports, users and commands: what starting any server needs."""

import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers._types import ServerUnavailable


def free_port() -> int:
    """Find a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody takes connections on this port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def greeting(port: int, size: int) -> bytes:
    """Answer the first bytes that a server sends on its own; none if it does not for a second."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            return connection.recv(size, socket.MSG_WAITALL)
    except OSError:
        return b""


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

    def run(self, *words: str | Path, reads: str = "") -> None:
        """Run a program to its end; what it printed is the error when it fails."""
        done = subprocess.run(
            words,
            check=False,
            input=reads,
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
        """Start a program that stays, with its output in a log file.

        Its standard input ends when we do, or with `communicate()`.
        """
        with log.open("ab") as output:
            return subprocess.Popen(
                words,
                stdin=subprocess.PIPE,
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
        common = {"HOME": str(self.folder), "PATH": path, "LANG": "C.UTF-8", "TZ": "UTC"}
        return {**common, **self.environment}

    def _extra_groups(self) -> list[int] | None:
        return None if self.account.uid is None else []


def private_folder(name: str, account: Account) -> Path:
    """Make a folder that only the account may enter; the path is short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix=f"dotorm-{name}-", dir="/tmp"))
    account.own(folder)
    return folder
