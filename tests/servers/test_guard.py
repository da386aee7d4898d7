"""What becomes of private servers whose owner dies."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import _guard

OWNER = """
import sys
from tests.servers import private

with private(sys.argv[1]) as server:
    print(server._folder, server._process.pid, flush=True)
    sys.stdin.read()
"""


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=getattr(pytest.mark, name))
        for name in ("postgres", "mariadb", "clickhouse")
    ],
)
def test_a_killed_owner_leaves_nothing(name: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as owner:
        assert owner.stdout is not None
        folder, process = owner.stdout.readline().split()
        assert _lives(int(process))
        owner.kill()
    deadline = time.monotonic() + 30
    while (_lives(int(process)) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _lives(int(process))
    assert not Path(folder).exists()


def test_only_what_was_not_forgotten_is_left() -> None:
    lines = ["15 12 /a b\n", "9 13 /c\n", "9 14 /c\n", "0 0 /a b\n"]
    assert _guard.read(lines) == {Path("/c"): (9, 14)}


def test_what_ignores_a_signal_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_guard, "_PATIENCE", 0.1)
    with subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo ready; sleep 60 & wait; wait"], stdout=subprocess.PIPE
    ) as stubborn:
        assert stubborn.stdout is not None
        stubborn.stdout.readline()
        _guard.finish(stubborn.pid, signal.SIGTERM)
        assert stubborn.wait(10) == -signal.SIGKILL


def test_what_has_ended_needs_no_signal() -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    _guard.finish(ended.pid, signal.SIGKILL)
    assert not Path(f"/proc/{ended.pid}").exists()
