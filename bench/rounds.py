"""Measures: A, B, C, A, B, C, …; everyone does the same calls in a round."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.backends.stage import Stage
from bench.processes import Process
from bench.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a scenario is measured: for so many seconds, within these numbers of rounds."""

    seconds: float = 10.0
    least: int = 5
    most: int = 40

    def enough(self, rounds: int, spent: float) -> bool:
        """Tell whether to stop after so many rounds."""
        return rounds >= self.most or (rounds >= self.least and spent >= self.seconds)


def measure(
    scenario: Scenario,
    processes: Mapping[str, Process],
    stage: Stage,
    effort: Effort,
    after_round: Callable[[], None] = lambda: None,
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
        for place, name in enumerate(order, number * len(order)):
            times[name].append(processes[name].do("measure", scenario.name, place)["seconds"])
            stage.tidy(scenario.effect)
        number += 1
        dice.shuffle(order)
        after_round()
    return {name: found[1:] for name, found in times.items()}
