"""What every private server does alike: a folder, a port, starting, stopping, and its end."""

import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from tests.servers._guard import GUARD
from tests.servers._processes import Account, Command, free_port, private_folder
from tests.servers._types import ServerUnavailable

PATIENCE = 60.0  # seconds for one start or one stop


class PrivateServer:
    """A server in a folder of its own, on a free port.

    A subclass says which program it is, how its data is made, and when it takes connections.
    """

    kind: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    quit_signal: ClassVar[signal.Signals] = signal.SIGKILL

    def __init__(self, account: Account) -> None:
        self._port = free_port()
        self._folder = private_folder(self.kind.lower(), account)
        self._data = self._folder / "data"
        self._log = self._folder / "log"
        self._command = Command(account, self._folder)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, as its most powerful user, without a password."""
        raise NotImplementedError

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        if not self._data.exists():
            self._initialise()
        deadline = time.monotonic() + PATIENCE
        process = self._spawn()
        while not self._is_ready(process):
            if time.monotonic() > deadline:
                raise ServerUnavailable(f"{self.kind} did not start: {self._last_words()}")
            time.sleep(0.02)
            if process.poll() is not None:
                # After a kill, what the one before held is in use for a moment.
                process = self._spawn()

    def stop(self) -> None:
        """Disconnect everyone and shut down."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """Kill it without warning; the next start recovers."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start it on the same data and port."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """Shut down at once, keep nothing."""
        self._end(self.quit_signal)
        shutil.rmtree(self._folder, ignore_errors=True)
        GUARD.forget(self._folder)

    def _initialise(self) -> None:
        raise NotImplementedError

    def _words(self) -> Sequence[str | Path]:
        raise NotImplementedError

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        raise NotImplementedError

    def _spawn(self) -> subprocess.Popen[bytes]:
        self._process = self._command.spawn(self._log, *self._words())
        GUARD.watch(self._folder, self._process.pid, self.quit_signal)
        return self._process

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()

    def _last_words(self) -> str:
        return self._log.read_text(errors="replace")[-600:].strip()
