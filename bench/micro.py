"""What DotORM itself takes, without a database; as a command, for whoever counts instructions."""

import asyncio
import gc
import os
import sys
import time
from statistics import median

from bench.canned import CASES, bind

_REPEATS = 15


async def repeat(name: str, calls: int) -> float:
    """Seconds for so many calls."""
    call = CASES[name][1]
    started = time.perf_counter()
    for _ in range(calls):
        await call()
    return time.perf_counter() - started


async def _median(name: str) -> float:
    calls = CASES[name][2]
    await repeat(name, calls)
    return median([await repeat(name, calls) for _ in range(_REPEATS)]) / calls


def seconds() -> dict[str, float]:
    """Seconds of a call in the median repeat, by case."""
    bind()
    with asyncio.Runner() as runner:
        return {name: runner.run(_median(name)) for name in CASES}


def counted() -> None:
    """Do each case in a child of this process, which has warmed up; then each case no time at all.

    Whoever counts the instructions of the children learns what the calls took, and finds the
    children by their numbers, which are written as `NAME CALLS NUMBER`.
    """
    bind()
    with asyncio.Runner() as runner:
        for name in CASES:
            runner.run(repeat(name, 2))
        gc.collect()
        for name, (_, _, calls) in CASES.items():
            for times in (0, calls):
                sys.stdout.write(f"{name} {times} {_child(runner, name, times)}\n")
                sys.stdout.flush()


def _child(runner: asyncio.Runner, name: str, calls: int) -> int:
    """Do it in a child; answer its number."""
    number = os.fork()
    if not number:
        runner.run(repeat(name, calls))
        os._exit(0)
    os.waitpid(number, 0)
    return number


if __name__ == "__main__":
    counted()
