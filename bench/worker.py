"""The process of one competitor: `python -m bench.worker BACKEND NAME`.

It reads commands as JSON lines and answers each with one. The first opens it:
`{"url": …, "pool": …, "sizes": {…}, "loop": "asyncio"}`.
"""

import asyncio
import gc
import json
import os
import platform
import sys
import time
import traceback
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

from bench.answers import digest, plain
from bench.competitor import Competitor, Place
from bench.competitors import BACKENDS
from bench.data import Sizes
from bench.scenarios import BY_NAME, Arguments, Scenario

type Command = dict[str, Any]


def abilities(kind: type[Competitor]) -> dict[str, str]:
    """The scenarios that a competitor can do, each with the way in which it does it."""
    return {
        scenario.name: (getattr(kind, scenario.method).__doc__ or "").strip()
        for scenario in BY_NAME.values()
        if hasattr(kind, scenario.method) and (kind.concurrent or not scenario.concurrent)
    }


def status(name: str) -> float:
    """Megabytes of this process: VmRSS now, or VmHWM, the most since the last reset."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name))


def reset_peak() -> float:
    """Begin to look for the most memory anew; answer what it is now."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    return status("VmRSS")


class Worker:
    """A competitor that is open, and what it can be told to do."""

    def __init__(self, competitor: Competitor, sizes: Sizes) -> None:
        self._competitor = competitor
        self._sizes = sizes

    async def answer(self, scenario: str, number: int) -> Command:
        """Call it once; answer a digest of every value, or the new keys."""
        method = BY_NAME[scenario].method
        found = await self._call(BY_NAME[scenario], number)
        values = plain(self._competitor, method, found)
        keys = found if method == "insert" else None
        return {"digest": digest(values), "keys": keys, "sample": repr(values)[:300]}

    async def once(self, scenario: str, number: int) -> Command:
        """Call it once and say nothing."""
        await self._call(BY_NAME[scenario], number)
        return {}

    async def measure(self, scenario: str, number: int) -> Command:
        """Call it as often as a round does, from the call of a number on; answer the seconds.

        Before the clock starts come the calls that only wake up: other processes had the processor
        since the last round, so that caches are cold here and in the server.
        """
        what, first = BY_NAME[scenario], number * BY_NAME[scenario].calls
        waking = self._arguments(what, range(first - what.waking, first))
        calls = self._arguments(what, range(first, first + what.calls))
        gc.collect()
        await self._do(what, waking)
        started = time.perf_counter()
        await self._do(what, calls)
        return {"seconds": time.perf_counter() - started}

    async def memory(self, scenario: str, number: int) -> Command:
        """Call it once, keeping the answer; answer the megabytes before and at the peak."""
        before = reset_peak()
        found = await self._call(BY_NAME[scenario], number)
        return {"before": before, "peak": status("VmHWM"), "records": len(found)}

    def _arguments(self, scenario: Scenario, numbers: Iterable[int]) -> list[Arguments]:
        return [scenario.arguments(self._sizes, number) for number in numbers]

    async def _do(self, scenario: Scenario, calls: Sequence[Arguments]) -> None:
        """Make the calls, in one task or in many."""
        method = getattr(self._competitor, scenario.method)
        if scenario.busy:
            async with _computing():
                await _each(method, calls)
        elif scenario.concurrent:
            tasks = self._sizes.tasks
            await asyncio.gather(*(_each(method, calls[n::tasks]) for n in range(tasks)))
        else:
            await _each(method, calls)

    async def _call(self, scenario: Scenario, number: int) -> Any:
        arguments = scenario.arguments(self._sizes, number)
        return await getattr(self._competitor, scenario.method)(*arguments)


_TURN = 0.02
"""Seconds that the other task of a busy program computes in each turn of the event loop.

They are more than Python's switch interval: with less, a thread that waits for the interpreter's
lock may never get it.
"""


@asynccontextmanager
async def _computing() -> AsyncIterator[None]:
    """Have another task keep the event loop, and the interpreter's lock, busy."""
    task = asyncio.create_task(_compute())
    try:
        yield
    finally:
        task.cancel()


async def _compute() -> None:
    while True:
        end = time.monotonic() + _TURN
        while time.monotonic() < end:
            pass
        await asyncio.sleep(0)


async def _each(method: Any, calls: Sequence[Arguments]) -> None:
    for arguments in calls:
        await method(*arguments)


class Wire:
    """JSON lines over the pipes that the process was started with."""

    def __init__(self) -> None:
        # A library that prints must not be taken for an answer.
        self._out: TextIO = os.fdopen(os.dup(1), "w", buffering=1)
        os.dup2(2, 1)

    def read(self) -> Command | None:
        """Wait for a command; None at the end."""
        line = sys.stdin.readline()
        return json.loads(line) if line else None

    def write(self, answer: Command) -> None:
        """Answer one."""
        self._out.write(json.dumps(answer) + "\n")


async def serve(wire: Wire, competitor: Competitor, first: Command) -> None:
    """Open the competitor, do what is told, close it."""
    await competitor.open(Place(first["url"], first["pool"]))
    wire.write({"versions": {name: version(name) for name in competitor.packages}})
    worker = Worker(competitor, Sizes(**first["sizes"]))
    try:
        while command := wire.read():
            try:
                done = getattr(worker, command["do"])(command["scenario"], command["number"])
                wire.write(await done)
            except Exception:  # noqa: BLE001 - the other scenarios may work
                wire.write({"error": traceback.format_exc()})
    finally:
        await competitor.close()


def run(wire: Wire, backend: str, name: str) -> None:
    """Serve in the event loop that the first command names."""
    kind = BACKENDS[backend][name].load()
    wire.write(
        {"title": kind.title, "abilities": abilities(kind), "python": platform.python_version()}
    )
    first = wire.read()
    if first is None:
        return
    factory = import_module(first["loop"]).new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve(wire, kind(), first))


def main(words: list[str]) -> int:
    """Serve one competitor; a failure is answered, too."""
    wire = Wire()
    try:
        run(wire, *words)
    except Exception:  # noqa: BLE001 - whoever started us is told, and decides
        wire.write({"error": traceback.format_exc()})
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
