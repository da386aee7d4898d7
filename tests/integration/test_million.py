"""Many rows in flat memory: the bench with fewer rows, in a process of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = 50_000


@pytest.mark.slow
def test_many_rows_take_the_memory_of_few(url):
    done = subprocess.run(
        [sys.executable, "-m", "bench.million", url, str(ROWS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    steps = [json.loads(line) for line in done.stdout.splitlines()]
    connected, parts, stream, update, delete, alone, bulk = steps
    assert [step["rows"] for step in steps] == [0, ROWS, ROWS, ROWS // 2, ROWS, ROWS, ROWS]

    assert parts["peak"] < connected["peak"] + 30
    for step in (stream, update, delete):
        assert step["peak"] < parts["peak"] + 5
    assert bulk["peak"] < alone["peak"] + 60
