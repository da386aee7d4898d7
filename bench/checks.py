"""Whether every competitor does the same work: their answers, and what they leave in the tables."""

from collections.abc import Callable
from typing import Any

from bench.answers import digest, rows
from bench.backends.stage import Stage
from bench.data import Sizes
from bench.processes import Process
from bench.scenarios import Effect, Scenario


class DifferentAnswer(Exception):
    """A competitor read or wrote something else than was asked for."""


class Checker:
    """Compares competitors scenario by scenario; the first to answer is the measure."""

    def __init__(self, stage: Stage, sizes: Sizes) -> None:
        self._stage = stage
        self._sizes = sizes
        self._calls = 0
        self._seen: dict[str, tuple[str, dict[str, Any]]] = {}

    def check(self, process: Process, scenario: Scenario) -> None:
        """Have it called once.

        Raises:
            DifferentAnswer: The answer, or what it wrote, is not what the others' is.
        """
        checks: dict[Effect, Callable[[Process, Scenario], None]] = {
            Effect.NONE: self._reads,
            Effect.INSERTS: self._inserts,
            Effect.UPDATES: self._updates,
        }
        try:
            checks[scenario.effect](process, scenario)
        finally:
            self._stage.tidy(scenario.effect)

    def _reads(self, process: Process, scenario: Scenario) -> None:
        answer = process.do("answer", scenario.name, 1)
        first, expected = self._seen.setdefault(scenario.name, (process.name, answer))
        if answer["digest"] != expected["digest"]:
            raise DifferentAnswer(
                f"{scenario.name}: {process.name} answered {answer['sample']},"
                f" {first} {expected['sample']}"
            )

    def _inserts(self, process: Process, scenario: Scenario) -> None:
        keys = process.do("answer", scenario.name, 1)["keys"]
        found = self._stage.new_users()
        (given,) = scenario.arguments(self._sizes, 1)
        if digest([row[1:] for row in found]) != digest(rows(given)):
            raise DifferentAnswer(f"{scenario.name}: {process.name} stored other rows")
        if keys is not None and keys != [row[0] for row in found]:
            raise DifferentAnswer(f"{scenario.name}: {process.name} answered other keys")

    def _updates(self, process: Process, scenario: Scenario) -> None:
        """Every call writes other values, so that one that writes nothing is found."""
        self._calls += 1
        expected = {row[0]: row for row in self._stage.all_users()}
        _change(expected, scenario, scenario.arguments(self._sizes, self._calls))
        process.do("answer", scenario.name, self._calls)
        if self._stage.all_users() != list(expected.values()):
            raise DifferentAnswer(f"{scenario.name}: {process.name} left other rows")


def _change(users: dict[int, list[Any]], scenario: Scenario, arguments: tuple[Any, ...]) -> None:
    """Do to plain rows what a scenario does to the table."""
    if scenario.method == "update":
        keys, active, age = arguments
        for key in keys:
            users[key][3], users[key][6] = active, age
    else:
        for key, name, age in arguments[0]:
            users[key][1], users[key][6] = name, age
