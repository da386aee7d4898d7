"""`scripts/bench`: measures, prints the ratios, keeps all of it in JSON."""

import argparse
import os
import sys
from pathlib import Path

from rich.console import Console

from bench import terminal
from bench.backends.postgres import Postgres
from bench.competitors import BACKENDS, ENVIRONMENTS
from bench.data import Sizes
from bench.leader import Leader, Plan
from bench.machine import describe
from bench.processes import ROOT, Setting
from bench.results import Results, Run
from bench.rounds import Effort
from bench.scenarios import BY_NAME, SCENARIOS, Scenario
from bench.traffic import counted

_HERE = "{}.{}".format(*sys.version_info)
_QUICK = Effort(4.0, 5, 25)


def arguments(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", nargs="?", choices=["full", "quick"], default="full")
    parser.add_argument("--scenarios", help="some of them, by commas", type=_words)
    parser.add_argument("--competitors", help="some of them, by commas", type=_words)
    parser.add_argument("--loop", choices=["asyncio", "uvloop"], default="asyncio")
    parser.add_argument("--seconds", type=float, help="for each scenario")
    parser.add_argument("--json", type=Path, default=Path(".bench/results.json"))
    return parser.parse_args(words)


def _words(text: str) -> list[str]:
    return text.split(",")


def chosen(options: argparse.Namespace) -> list[Scenario]:
    """Which scenarios were asked for."""
    if options.scenarios:
        return [BY_NAME[name] for name in options.scenarios]
    quick = options.what == "quick"
    return [scenario for scenario in SCENARIOS if not (quick and scenario.heavy)]


def pythons(version: str) -> dict[str, str]:
    """Find the interpreters that `scripts/bench` has made."""
    folders = {name: ROOT / ".bench" / f"{name}-{version}" for name in ENVIRONMENTS}
    return {name: str(folder / "bin" / "python") for name, folder in folders.items()}


def plan(options: argparse.Namespace) -> Plan:
    """Say what to do."""
    effort = _QUICK if options.what == "quick" else Effort()
    if options.seconds:
        effort = Effort(options.seconds, 5, 1000)
    names = options.competitors or list(BACKENDS["postgres"])
    setting = Setting("postgres", pythons(_HERE), Sizes(), options.loop)
    return Plan(setting, chosen(options), names, effort)


def lead(what: Plan, console: Console) -> Run:
    """Do it on a database of its own."""
    stage = Postgres(os.environ["DOTORM_TEST_POSTGRES"])
    try:
        stage.fill(what.setting.sizes)
        with terminal.watching(console) as watcher:
            return Leader(what, stage, counted, watcher).run()
    finally:
        stage.close()


def main(words: list[str]) -> int:
    """Run what was asked for."""
    options = arguments(words)
    console = Console(width=None if sys.stdout.isatty() else 110)
    what = plan(options)
    results = Results(describe(), what.setting.sizes.plain())
    results.runs.append(lead(what, console))
    results.write(options.json)
    for run in results.runs:
        terminal.show(run, console)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
