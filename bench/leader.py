"""Leads a run: checks that all do the same, counts what they send, then measures."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from bench.backends.stage import Stage
from bench.checks import Checker, DifferentAnswer
from bench.competitors import BACKENDS
from bench.processes import Process, Setting, WorkerFailed, opened
from bench.results import Row, Run
from bench.rounds import Effort, measure
from bench.scenarios import Scenario
from bench.traffic import Traffic


class Watcher(Protocol):
    """Who is told how far it is."""

    def step(self, text: str) -> None:
        """Tell that something begins."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which scenarios and competitors, and how long."""

    setting: Setting
    scenarios: list[Scenario]
    names: list[str]
    effort: Effort = field(default_factory=Effort)
    heavy: Effort = field(default_factory=lambda: Effort(15.0, 2, 9, 9))
    fresh: int = 3  # processes whose memory is measured

    def environments(self, names: Iterable[str]) -> dict[str, str]:
        """In which environment each competitor runs."""
        entries = BACKENDS[self.setting.backend]
        return {name: entries[name].environment for name in names}


class Leader:
    """One backend, Python and event loop."""

    def __init__(self, plan: Plan, stage: Stage, watcher: Watcher) -> None:
        self._plan = plan
        self._stage = stage
        self._watcher = watcher
        self._run = Run(plan.setting.backend, stage.version(), "", plan.setting.loop)
        self._left_out: set[tuple[str, str]] = set()

    def run(self) -> Run:
        """Do all of it."""
        self._run.rows = [Row(scenario.name) for scenario in self._plan.scenarios]
        self._check()
        environments = self._plan.environments(self._run.titles)
        with opened(self._plan.setting, environments, self._stage.url) as processes:
            for scenario, row in zip(self._plan.scenarios, self._run.rows, strict=True):
                self._measure(scenario, row, processes)
        for scenario, row in zip(self._plan.scenarios, self._run.rows, strict=True):
            if scenario.memory:
                self._memory(scenario, row)
        return self._run

    def _check(self) -> None:
        """Compare what all do, and count what they send for it."""
        checker = Checker(self._stage, self._plan.setting.sizes)
        environments = self._plan.environments(self._plan.names)
        with (
            self._stage.counted() as (url, traffic),
            opened(self._plan.setting, environments, url, self._be_absent) as processes,
        ):
            for process in processes.values():
                self._know(process)
            for scenario, row in zip(self._plan.scenarios, self._run.rows, strict=True):
                self._watcher.step(f"check: {scenario.title}")
                for process in _able(processes, scenario).values():
                    try:
                        self._count(process, row, scenario, traffic, checker)
                    except (DifferentAnswer, WorkerFailed) as reason:
                        self._leave_out(process, scenario, reason)

    def _count(
        self,
        process: Process,
        row: Row,
        scenario: Scenario,
        traffic: Traffic | None,
        checker: Checker,
    ) -> None:
        """Check it, then have it call once more, now that everything is prepared, and count.

        What takes seconds is called once: the lighter scenario of its method has prepared it.
        """
        if scenario.heavy and "get" in process.abilities:
            process.do("once", "get", 1)  # a pool may first see whether a connection is alive
        if traffic:
            traffic.reset()
        checker.check(process, scenario)
        if traffic and not scenario.heavy:
            traffic.reset()
            process.do("once", scenario.name, 2)
            self._stage.tidy(scenario.effect)
        if traffic:
            row.statements[process.name] = traffic.statements
            row.trips[process.name] = traffic.trips

    def _leave_out(self, process: Process, scenario: Scenario, reason: Exception) -> None:
        """Go on without a competitor that cannot do what it says."""
        self._left_out.add((process.name, scenario.name))
        self._run.failures.append(str(reason))
        self._watcher.step(f"left out: {reason}")

    def _be_absent(self, name: str, reason: WorkerFailed) -> None:
        """Go on without a competitor that cannot start."""
        self._run.failures.append(str(reason))
        self._watcher.step(f"left out: {name}")

    def _know(self, process: Process) -> None:
        self._run.titles[process.name] = process.title
        self._run.ways[process.name] = process.abilities
        self._run.versions |= process.versions
        self._run.python = process.python

    def _measure(self, scenario: Scenario, row: Row, processes: Mapping[str, Process]) -> None:
        able = {
            name: process
            for name, process in _able(processes, scenario).items()
            if (name, scenario.name) not in self._left_out
        }
        if able:
            self._watcher.step(scenario.title)
            effort = self._plan.heavy if scenario.heavy else self._plan.effort
            row.times = measure(scenario, able, self._stage, effort)

    def _memory(self, scenario: Scenario, row: Row) -> None:
        """Measure in processes that have done nothing before."""
        self._watcher.step(f"memory: {scenario.title}")
        for _ in range(self._plan.fresh):
            for name, environment in self._plan.environments(row.times).items():
                with opened(self._plan.setting, {name: environment}, self._stage.url) as one:
                    found = one[name].do("memory", scenario.name, 1)
                row.before.setdefault(name, []).append(found["before"])
                row.peak.setdefault(name, []).append(found["peak"])


def _able(processes: Mapping[str, Process], scenario: Scenario) -> dict[str, Process]:
    return {name: each for name, each in processes.items() if scenario.name in each.abilities}
