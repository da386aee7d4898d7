"""What callgrind says is read, and compared with what was kept."""

import subprocess
import sys

from bench.canned import CASES
from bench.instructions import Counts, read
from bench.processes import ROOT

CHILDREN = "get 0 11\nget 4 12\nselect 0 13\nselect 2 14\n"
TOLD = """
==11== Collected : 1000
==12== Collected : 1400
==13== Collected : 1010
==14== Collected : 3010
==10== Events    : Ir
==10== Collected : 1100
"""


def test_a_call_is_what_the_child_did_beyond_an_idle_one():
    assert read(CHILDREN, TOLD) == {"get": 100, "select": 1000}


def test_counts_are_compared_with_those_of_the_same_python():
    counts = Counts("3.12.1", {"get": 110, "new": 5})

    assert counts.change("get", Counts("3.12.1", {"get": 100})) == 1.1
    assert counts.change("get", Counts("3.13.0", {"get": 100})) is None
    assert counts.change("new", Counts("3.12.1", {"get": 100})) is None
    assert counts.change("get", None) is None


def test_counts_are_kept(tmp_path):
    counts = Counts("3.12.1", {"get": 110})
    counts.write(tmp_path / "counts.json")

    assert Counts.read(tmp_path / "counts.json") == counts


def test_every_case_runs_without_a_database():
    done = subprocess.run(
        [sys.executable, "-m", "bench.micro"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    lines = [line.split() for line in done.stdout.splitlines()]

    assert [line[0] for line in lines[1::2]] == list(CASES)
    assert all(line[1] == "0" for line in lines[::2])
