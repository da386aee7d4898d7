"""Stops private servers whose owner died before it could: run as a program, beside the owner.

It reads lines from the owner: `SIGNAL PROCESS FOLDER` says what to do about a server one day,
`0 0 FOLDER` that there is nothing left to do. That day is when its standard input ends.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PATIENCE = 10.0  # seconds between the signal and SIGKILL


class Guard:
    """The owner's side: starts the program with the first server there is to watch."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def watch(self, folder: Path, process: int, how: signal.Signals) -> None:
        """Have this process stopped and the folder removed should we die."""
        self._tell(f"{int(how)} {process} {folder}\n")

    def forget(self, folder: Path) -> None:
        """There is nothing left to stop or to remove."""
        self._tell(f"0 0 {folder}\n")

    def _tell(self, line: str) -> None:
        with self._lock:
            self._process = self._process or self._started()
            assert self._process.stdin is not None
            with suppress(BrokenPipeError):  # it was killed; our own `finally` still runs
                self._process.stdin.write(line.encode())
                self._process.stdin.flush()

    @staticmethod
    def _started() -> subprocess.Popen[bytes]:
        program = [sys.executable, "-I", "-S", __file__]
        process = subprocess.Popen(program, stdin=subprocess.PIPE, start_new_session=True)
        atexit.register(process.communicate)
        return process


GUARD = Guard()
"""The guard of this process's servers."""


def read(lines: Iterable[str]) -> dict[Path, tuple[int, int]]:
    """Read what the owner says; answer signal and process per folder that is left at the end."""
    left: dict[Path, tuple[int, int]] = {}
    for line in lines:
        how, process, folder = line.rstrip("\n").split(" ", 2)
        left[Path(folder)] = int(how), int(process)
    return {folder: what for folder, what in left.items() if all(what)}


def finish(process: int, how: int) -> None:
    """Send the signal, and SIGKILL if that does not end the process."""
    with suppress(ProcessLookupError):
        os.kill(process, how)
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            os.kill(process, 0)
            time.sleep(0.05)
        os.kill(process, signal.SIGKILL)


def main() -> None:
    """Wait for the owner's end, then do what it could not."""
    for folder, (how, process) in read(sys.stdin).items():
        finish(process, how)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
