"""How many instructions a call is, which a busy machine does not change: counted by callgrind."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from bench.processes import ROOT

_CALLGRIND = ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
_COLLECTED = re.compile(r"^==(\d+)== Collected : (\d+)", re.MULTILINE)


class NoCounter(Exception):
    """Nothing here counts instructions; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Instructions of one call by case, and the Python that did them."""

    python: str
    cases: dict[str, int]

    def write(self, path: Path) -> None:
        """Keep them."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Self:
        """Take them from a file."""
        return cls(**json.loads(path.read_text()))

    def change(self, name: str, kept: Self | None) -> float | None:
        """How many times the instructions that were kept; None where that says nothing."""
        if kept is None or self.python != kept.python or name not in kept.cases:
            return None
        return self.cases[name] / kept.cases[name]


def count() -> Counts:
    """Count every case of `bench.micro`.

    Raises:
        NoCounter: There is no valgrind, or it failed.
    """
    _install()
    done = subprocess.run(
        [*_CALLGRIND, sys.executable, "-m", "bench.micro"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},  # dicts in the same order each time
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoCounter(done.stderr[-600:])
    return Counts("{}.{}.{}".format(*sys.version_info), read(done.stdout, done.stderr))


def read(children: str, told: str) -> dict[str, int]:
    """Instructions of one call, by case.

    Args:
        children: Lines of `NAME CALLS NUMBER`, for each name one with no calls, then one with some.
        told: What callgrind says of processes by their numbers; each has its parent's count, too.
    """
    totals = {number: int(total) for number, total in _COLLECTED.findall(told)}
    lines = [line.split() for line in children.splitlines()]
    return {
        name: (totals[doing] - totals[idle]) // int(calls)
        for (_, _, idle), (name, calls, doing) in zip(lines[::2], lines[1::2], strict=True)
    }


def _install() -> None:
    """Install valgrind if it is missing, as root on Debian."""
    if shutil.which("valgrind"):
        return
    if os.getuid() or not shutil.which("apt-get"):
        raise NoCounter("install valgrind, which counts them")
    for words in ("update -qq", "install -qq --yes --no-install-recommends valgrind"):
        subprocess.run(["apt-get", *words.split()], check=True, stdout=subprocess.DEVNULL)
