"""Every scenario of our own and of the raw drivers, with tiny sizes: the benchmark does not rot."""

import os
import sys
from dataclasses import replace
from importlib.util import find_spec

import pytest

from bench.answers import plain
from bench.backends import clients, staged
from bench.checks import Checker, DifferentAnswer
from bench.competitors import BACKENDS, OWN, Kind
from bench.cores import CLIENTS, SERVERS
from bench.data import Sizes
from bench.leader import Leader, Plan
from bench.processes import Setting, opened
from bench.rounds import Effort
from bench.scenarios import BY_NAME, SCENARIOS
from tests.servers import variable

SIZES = Sizes.tiny()
ONCE = Effort(0.0, 1, 1, 1)


class Quiet:
    def step(self, text):
        pass


@pytest.fixture(params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BACKENDS])
def stage(request, monkeypatch):
    if request.param != "sqlite":
        url = request.getfixturevalue(f"{request.param}_server")
        monkeypatch.setenv(variable(request.param), url)
    with staged(request.param) as found:
        found.fill(SIZES)
        found.backend = request.param
        yield found


def setting(backend):
    return Setting(backend, {"peers": sys.executable}, SIZES)


def without_peers(backend):
    """The peers' libraries are not installed here, and the second driver of MariaDB need not be."""
    absent = set() if find_spec("asyncmy") else {"asyncmy", "asyncmy-pool", "dotorm-asyncmy"}
    entries = BACKENDS[backend].items()
    return [name for name, entry in entries if entry.kind is not Kind.PEER and name not in absent]


@pytest.mark.slow
def test_everyone_does_the_same_and_is_measured(stage):
    names = without_peers(stage.backend)
    scenarios = [scenario for scenario in SCENARIOS if stage.backend in scenario.backends]
    plan = Plan(setting(stage.backend), scenarios, names, ONCE, ONCE, fresh=1)
    run = Leader(plan, stage, Quiet()).run()

    assert run.failures == []
    measured = {row.scenario for row in run.rows if row.times.get(OWN)}
    assert measured == {scenario.name for scenario in scenarios}
    assert ("busy" in measured) == (stage.backend == "sqlite")
    assert all(len(times) == 1 for row in run.rows for times in row.times.values())
    read = run.row("read-all")
    assert read.peak[OWN][0] >= read.before[OWN][0] > 10
    if stage.backend == "postgres":
        once = dict.fromkeys(("held", "noreset", "prepared", "small-reads", OWN), 1)
        assert run.row("get").statements == {**once, "pool": 2}


@pytest.mark.sqlite
def test_competitors_keep_to_their_cores_and_whoever_starts_them_does_not():
    before = os.sched_getaffinity(0)
    with staged("sqlite") as stage:
        apart = replace(setting("sqlite"), cores=CLIENTS)
        for where, cores in ((apart, CLIENTS), (setting("sqlite"), before)):
            with opened(where, {OWN: "peers"}, stage.url) as found:
                assert os.sched_getaffinity(found[OWN].pid) == cores
            assert os.sched_getaffinity(0) == before
    assert (clients("postgres"), clients("sqlite")) == (CLIENTS, frozenset())
    assert len(before) == 1 or CLIENTS.isdisjoint(SERVERS)


@pytest.mark.slow
@pytest.mark.sqlite
def test_a_lie_is_found(monkeypatch):
    with staged("sqlite") as stage, opened(setting("sqlite"), {OWN: "peers"}, stage.url) as found:
        stage.fill(SIZES)
        one = found[OWN]
        answers = {"digest": "other", "sample": "", "keys": [1]}

        class Liar:
            name = "liar"

            def do(self, *_):
                return answers

        for scenario in ("get", "insert", "update"):
            checker = Checker(stage, SIZES)
            checker.check(one, BY_NAME[scenario])
            with pytest.raises(DifferentAnswer, match=scenario):
                checker.check(Liar(), BY_NAME[scenario])


def test_a_missing_column_is_no_answer():
    from bench.competitor import Raw

    with pytest.raises(KeyError):
        plain(Raw(), "get", {"id": 1, "name": "user 1"})


def test_sizes_stay_within_the_tables():
    for sizes in (SIZES, Sizes(), replace(SIZES, users=101, batch=100)):
        for number in (0, 1, 10**6):
            for name in ("select", "update", "one2many", "many2many"):
                assert BY_NAME[name].arguments(sizes, number)


@pytest.mark.sqlite
def test_who_cannot_start_is_left_out_and_told():
    with staged("sqlite") as stage:
        stage.fill(SIZES)
        where = Setting("sqlite", {"peers": sys.executable}, SIZES)
        plan = Plan(where, [BY_NAME["get"]], ["as-it-is", "nobody"], ONCE, ONCE)
        BACKENDS["sqlite"]["nobody"] = BACKENDS["sqlite"]["as-it-is"]
        try:
            run = Leader(plan, stage, Quiet()).run()
        finally:
            del BACKENDS["sqlite"]["nobody"]

    assert list(run.rows[0].times) == ["as-it-is"]
    assert len(run.failures) == 1
    assert "KeyError: 'nobody'" in run.failures[0]
