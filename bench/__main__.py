"""Measures DotORM against the raw drivers and other ORMs: the ratios are printed, and kept.

full     everything, in less than 20 minutes
quick    the main rows on PostgreSQL, in two
micro    DotORM alone, without a database: microseconds, and instructions against those kept
report   writes what a full run has kept into the documents
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from rich.console import Console

from bench import instructions, terminal
from bench.backends import staged
from bench.competitors import BACKENDS
from bench.documents import publish
from bench.leader import Leader, Plan
from bench.machine import describe
from bench.micro import seconds
from bench.plans import plans, there
from bench.processes import ROOT
from bench.report import duration
from bench.results import Results
from bench.scenarios import BY_NAME
from tests.servers import ServerUnavailable

COUNTED = ROOT / "bench" / "instructions.json"
KEPT, LAST = ROOT / "bench" / "results.json", ROOT / ".bench" / "results.json"


def arguments(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=" ".join(["scripts/bench", *words]))
    parser.add_argument(
        "what", nargs="?", choices=["full", "quick", "micro", "report"], default="full"
    )
    competitors = {name for entries in BACKENDS.values() for name in entries}
    some = "some of them, by commas"
    parser.add_argument("--scenarios", help=some, type=_among(BY_NAME), metavar="NAMES")
    parser.add_argument("--competitors", help=some, type=_among(competitors), metavar="NAMES")
    parser.add_argument("--backend", choices=sorted(BACKENDS), help="this one alone")
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], help="this one alone")
    parser.add_argument(
        "--python", help="a version whose environments were made", type=_made, metavar="VERSION"
    )
    parser.add_argument("--seconds", type=float, help="for each scenario")
    parser.add_argument("--accept", action="store_true", help="keep what micro counts")
    parser.add_argument("--keep", type=Path, default=LAST, help="the file for the figures")
    return parser.parse_args(words)


def _among(known: Iterable[str]) -> Callable[[str], list[str]]:
    def words(text: str) -> list[str]:
        found = text.split(",")
        unknown = [name for name in found if name not in known]
        if unknown:
            there_are = ", ".join(sorted(known))
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)} among {there_are}")
        return found

    return words


def _made(version: str) -> str:
    if not there(version):
        raise argparse.ArgumentTypeError(f"there are no environments of Python {version}")
    return version


def lead(plan: Plan, results: Results, console: Console) -> None:
    """Do one of the plans on a database of its own."""
    console.rule(f"{plan.setting.backend}, {plan.setting.loop}")
    try:
        with staged(plan.setting.backend) as stage, terminal.watching(console) as watcher:
            stage.fill(plan.setting.sizes)
            results.runs.append(Leader(plan, stage, watcher).run())
    except ServerUnavailable as reason:
        console.print(f"left out: {reason}", style="red", markup=False)
        return
    terminal.show(results.runs[-1], console)


def measure(options: argparse.Namespace, console: Console) -> int:
    """Do every plan; fail if a competitor did not do what was asked of it."""
    started, chosen = time.monotonic(), list(plans(options))
    if not chosen:
        console.print("none of these competitors does any of these scenarios", style="red")
        return 2
    results = Results(describe(), options.command, chosen[0].setting.sizes.plain())
    for plan in chosen:
        lead(plan, results, console)
        results.seconds = time.monotonic() - started
        results.write(options.keep)
        console.print(f"after {duration(results)}", style="bold")
    return int(any(run.failures for run in results.runs))


def micro(options: argparse.Namespace, console: Console) -> int:
    """Measure DotORM alone; fail if it does more instructions than those that were kept."""
    kept = instructions.Counts.read(COUNTED) if COUNTED.exists() else None
    try:
        counts = instructions.count()
    except instructions.NoCounter as reason:
        console.print(f"no instructions counted: {reason}", style="red", markup=False)
        counts = None
    if counts and options.accept:
        counts.write(COUNTED)
    return terminal.show_micro(seconds(), counts, kept, console)


def report(console: Console) -> int:
    """Keep the figures of the last run with the sources, and show them in the documents."""
    results = Results.read(LAST)
    results.write(KEPT)
    for name in publish(results):
        console.print(name)
    return 0


def _terminate(number: int, _frame: object) -> None:
    sys.exit(128 + number)  # so that servers are stopped and processes ended


def main(words: list[str]) -> int:
    """Do what was asked for."""
    signal.signal(signal.SIGTERM, _terminate)
    options = arguments(words)
    console = Console(width=None if sys.stdout.isatty() else 110)
    if options.what == "report":
        return report(console)
    return (micro if options.what == "micro" else measure)(options, console)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
