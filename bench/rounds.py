"""Measures: A, B, C, A, B, C, …; everyone does the same calls in a round."""

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.backends.stage import Stage
from bench.processes import Process
from bench.ratios import close
from bench.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a scenario is measured: for so many seconds, within these numbers of rounds.

    Everyone takes part in the first `all` rounds, and in the others who is close to the fastest.
    """

    seconds: float = 10.0
    all: int = 5
    least: int = 9
    most: int = 40

    def enough(self, rounds: int, spent: float) -> bool:
        """Tell whether to stop after so many rounds."""
        return rounds >= self.most or (rounds >= self.least and spent >= self.seconds)


def measure(
    scenario: Scenario,
    processes: Mapping[str, Process],
    stage: Stage,
    effort: Effort,
) -> dict[str, list[float]]:
    """Seconds of each round by competitor, after one round that warms up.

    The order changes from round to round, the same way in each run, so that nobody always comes
    after the same neighbour. Each call has rows and values of its own: to write what is there
    already costs some databases nothing.
    """
    times: dict[str, list[float]] = {name: [] for name in processes}
    order, dice = list(processes), random.Random(1)  # noqa: S311 - an order, not a secret
    started = time.perf_counter()
    number = 0
    while not effort.enough(number - 1, time.perf_counter() - started):
        for place, name in enumerate(order, number * len(processes)):
            times[name].append(processes[name].do("measure", scenario.name, place)["seconds"])
            stage.tidy(scenario.effect)
        if number == effort.all:
            still = close(_after_warming(times))
            order = [name for name in order if name in still]
        number += 1
        dice.shuffle(order)
    return _after_warming(times)


def _after_warming(times: Mapping[str, list[float]]) -> dict[str, list[float]]:
    return {name: found[1:] for name, found in times.items()}
