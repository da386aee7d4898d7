"""What the process of a competitor measures: the calls of a round, and none before."""

import asyncio

import pytest

from bench import worker
from bench.competitor import Competitor
from bench.data import Sizes
from bench.scenarios import BY_NAME

SIZES = Sizes.tiny()


class Counting(Competitor):
    """Remembers what it was called with."""

    def __init__(self):
        self.calls = []

    async def get(self, *arguments):
        self.calls.append(arguments)

    select = filter = serialise = get


@pytest.fixture
def counting(monkeypatch):
    """One whose calls take a second of the clock each."""
    found = Counting()
    monkeypatch.setattr("bench.worker.time.perf_counter", lambda: float(len(found.calls)))
    return found


@pytest.mark.parametrize("name", ["get", "tasks", "filter", "serialise", "select"])
async def test_calls_that_wake_up_are_not_measured(name, counting):
    scenario = BY_NAME[name]
    answer = await worker.Worker(counting, SIZES).measure(name, 2)

    expected = range(2 * scenario.calls - scenario.waking, 3 * scenario.calls)
    assert answer == {"seconds": float(scenario.calls)}
    assert sorted(counting.calls) == sorted(scenario.arguments(SIZES, n) for n in expected)


def test_only_short_calls_are_woken_up_for():
    waking = {name: scenario.waking for name, scenario in BY_NAME.items() if scenario.waking}

    assert waking == {"get": 30, "tasks": 50, "filter": 6, "serialise": 30}
    assert waking["tasks"] >= Sizes().tasks  # so that all connections wake up


async def test_a_busy_program_computes_beside_its_calls(monkeypatch):
    turns = []

    async def compute():
        while True:
            turns.append(len(turns))
            await asyncio.sleep(0)

    class Waiting(Counting):
        async def select(self, *arguments):
            await asyncio.sleep(0)
            self.calls.append(len(turns))

    monkeypatch.setattr("bench.worker._compute", compute)
    waiting = Waiting()
    await worker.Worker(waiting, SIZES).measure("busy", 1)
    assert waiting.calls == [1]
    await asyncio.sleep(0)
    before = len(turns)
    await asyncio.sleep(0)
    assert len(turns) == before  # it has ended
