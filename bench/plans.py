"""What each command measures."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.backends import clients
from bench.competitors import BACKENDS, ENVIRONMENTS
from bench.data import Sizes
from bench.leader import Plan
from bench.processes import ROOT, Setting
from bench.rounds import Effort
from bench.scenarios import BY_NAME, MAIN, SCENARIOS

HERE = "{}.{}".format(*sys.version_info)
OTHER = "3.13"
_QUICK, _FULL, _BRIEF = Effort(3.0, 3, 5, 25), Effort(8.0), Effort(5.0, 3, 5)


def pythons(version: str) -> dict[str, str]:
    """Find the interpreters that `scripts/bench` has made."""
    folders = {name: ROOT / ".bench" / f"{name}-{version}" for name in ENVIRONMENTS}
    return {name: str(folder / "bin" / "python") for name, folder in folders.items()}


def there(version: str) -> bool:
    """Tell whether all environments of a Python were made."""
    return all(Path(python).exists() for python in pythons(version).values())


def plans(options: argparse.Namespace) -> Iterator[Plan]:
    """What was asked for: a part that is named, or everything."""
    for plan in _plans(options):
        backend = plan.setting.backend
        named = [BY_NAME[name] for name in options.scenarios or []] or plan.scenarios
        scenarios = [scenario for scenario in named if backend in scenario.backends]
        names = [name for name in options.competitors or plan.names if name in plan.names]
        effort = Effort(options.seconds, 5, 5, 1000) if options.seconds else plan.effort
        if names and scenarios:
            yield replace(plan, names=names, scenarios=scenarios, effort=effort)


def _plans(options: argparse.Namespace) -> Iterator[Plan]:
    backend, python, loop = options.backend, options.python or HERE, options.loop
    if options.what == "quick" or backend or loop or options.python:
        effort = _QUICK if options.what == "quick" else _FULL
        wanted = MAIN if options.what == "quick" else list(BY_NAME)
        yield _plan(backend or "postgres", wanted, effort, python, loop or "asyncio")
        return
    yield _plan("postgres", [scenario.name for scenario in SCENARIOS], _FULL)
    yield _plan("postgres", MAIN, _BRIEF, loop="uvloop")
    if HERE != OTHER and there(OTHER):
        yield _plan("postgres", MAIN, _BRIEF, OTHER)
    for other in [name for name in BACKENDS if name != "postgres"]:
        yield _plan(other, [name for name in BY_NAME if not BY_NAME[name].heavy], _BRIEF)


def _plan(
    backend: str, wanted: list[str], effort: Effort, python: str = HERE, loop: str = "asyncio"
) -> Plan:
    setting = Setting(backend, pythons(python), Sizes(), loop, clients(backend))
    scenarios = [BY_NAME[name] for name in wanted if backend in BY_NAME[name].backends]
    names = [name for name, entry in BACKENDS[backend].items() if entry.loop in ("", loop)]
    return Plan(setting, scenarios, names, effort)
