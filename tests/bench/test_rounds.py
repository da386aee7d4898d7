"""The rounds: everyone in the first ones, and in the rest those whose order is open."""

from itertools import pairwise

from bench.rounds import Effort, measure
from bench.scenarios import BY_NAME

GET = BY_NAME["get"]


class Stage:
    def tidy(self, effect):
        pass


class Process:
    def __init__(self, name, seconds, calls):
        self.name, self.seconds, self.calls = name, seconds, calls

    def do(self, command, scenario, number):
        assert (command, scenario) == ("measure", "get")
        self.calls.append((self.name, number))
        return {"seconds": self.seconds}


def measured(effort, **seconds):
    calls = []
    processes = {name: Process(name, each, calls) for name, each in seconds.items()}
    return measure(GET, processes, Stage(), effort), calls


def test_who_is_far_from_the_fastest_takes_part_in_the_first_rounds():
    times, calls = measured(Effort(0.0, all=2, least=7), near=1.5, fast=1.0, far=2.1)

    assert times == {"near": [1.5] * 7, "fast": [1.0] * 7, "far": [2.1] * 2}
    assert len(calls) == 8 + 8 + 3  # one more, which warms up


def test_each_call_has_a_number_of_its_own_and_neighbours_change():
    _, calls = measured(Effort(0.0, all=2, least=9), a=1.0, b=1.0, c=1.0, far=9.0)
    order = [name for name, _ in calls]
    followers = set(pairwise(order))

    assert len({number for _, number in calls}) == len(calls)
    assert {("a", "b"), ("b", "a"), ("a", "c"), ("c", "a")} <= followers


def test_it_lasts_for_so_many_seconds_within_the_numbers_of_rounds():
    effort = Effort(10.0, all=2, least=3, most=5)

    assert [effort.enough(rounds, 60.0) for rounds in (2, 3)] == [False, True]
    assert [effort.enough(rounds, 1.0) for rounds in (3, 4, 5)] == [False, False, True]
