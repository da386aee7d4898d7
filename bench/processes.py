"""The other side of `bench.worker`: one process of a competitor, seen by who leads."""

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bench.cores import started_on
from bench.data import Sizes

ROOT = Path(__file__).parents[1]


class WorkerFailed(Exception):
    """A competitor raised something; the message is its traceback."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and how the processes of one run work.

    `pythons` is by environment; without `cores` they may use all.
    """

    backend: str
    pythons: Mapping[str, str]
    sizes: Sizes
    loop: str = "asyncio"
    cores: frozenset[int] = frozenset()


class Process:
    """A competitor in a process of its own."""

    def __init__(self, setting: Setting, name: str, environment: str) -> None:
        self.name = name
        self._setting = setting
        command = [setting.pythons[environment], "-m", "bench.worker", setting.backend, name]
        with started_on(setting.cores) if setting.cores else nullcontext():
            self._process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        self.pid = self._process.pid
        try:
            hello = self._read()
        except WorkerFailed:
            self.close()
            raise
        self.title: str = hello["title"]
        self.abilities: dict[str, str] = hello["abilities"]
        self.python: str = hello["python"]
        self.versions: dict[str, str] = {}

    def open(self, url: str) -> Self:
        """Have it connect."""
        setting = self._setting
        first = {
            "url": url,
            "pool": setting.sizes.pool,
            "sizes": setting.sizes.plain(),
            "loop": setting.loop,
        }
        self.versions = self._ask(first)["versions"]
        return self

    def do(self, what: str, scenario: str, number: int) -> dict[str, Any]:
        """Have it call a scenario: `answer`, `once`, `measure` or `memory`."""
        return self._ask({"do": what, "scenario": scenario, "number": number})

    def close(self) -> None:
        """Have it disconnect and end."""
        if self._process.stdin and not self._process.stdin.closed:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def _ask(self, command: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        answer: dict[str, Any] = json.loads(line) if line else {"error": "it ended"}
        if "error" in answer:
            raise WorkerFailed(f"{self.name}: {answer['error']}")
        return answer


def _raise(_: str, reason: WorkerFailed) -> None:
    """Let no competitor be absent."""
    raise reason


@contextmanager
def opened(
    setting: Setting,
    names: Mapping[str, str],
    url: str,
    absent: Callable[[str, WorkerFailed], None] = _raise,
) -> Iterator[dict[str, Process]]:
    """Processes of competitors, given with their environments, for this block.

    `absent` is told of each that cannot start or connect, which is then left out.
    """
    found: dict[str, Process] = {}
    try:
        for name, environment in names.items():
            try:
                found[name] = Process(setting, name, environment)
                found[name].open(url)
            except WorkerFailed as reason:
                if name in found:
                    found.pop(name).close()
                absent(name, reason)
        yield found
    finally:
        for process in found.values():
            process.close()
