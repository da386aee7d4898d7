"""A backend from outside, installed by pip, is found by URL; the suite believes no lie of it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dotorm.testing.cases import FLAGS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("third party")]

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "dotorm-duckdb"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that pip installed the example into; core and driver are those of the tests."""
    folder = tmp_path_factory.mktemp("third_party") / "installed"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--no-deps", "--no-build-isolation", "--target"]
    done = subprocess.run(
        [*pip, *options, folder, EXAMPLE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(installed: Path, *words: str | Path) -> str:
    """What Python prints when the example is installed."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=installed.parent,
        env={**os.environ, "PYTHONPATH": str(installed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def report(installed: Path) -> dict[str, Any]:
    """What became of every case."""
    file = installed.parent / "report.json"
    options = [f"--dotorm-report={file}", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    run(installed, "-m", "dotorm.testing", "duckdb://", *options)
    answer: dict[str, Any] = json.loads(file.read_text())
    return answer


@pytest.fixture(scope="module")
def lies(installed: Path) -> dict[str, list[str]]:
    """For each flag, the cases that fail when it is flipped."""
    answer: dict[str, list[str]] = json.loads(
        run(installed, Path(__file__).with_name("lies.py"), "duckdb://")
    )
    return answer


def test_its_text_is_short() -> None:
    lines = [
        line
        for file in (EXAMPLE / "src").rglob("*.py")
        for line in file.read_text().splitlines()
        if line.strip()
    ]

    assert len(lines) <= 270


def test_it_passes_the_suite_for_what_it_declares(report: dict[str, Any]) -> None:
    status = [case["status"] for case in report["cases"]]

    assert (report["backend"], report["distribution"]) == ("duckdb", "dotorm-duckdb")
    assert status.count("passed") >= 100
    assert status.count("refused") >= 5
    assert status.count("failed") == 0


def test_every_flag_it_declares_is_looked_at(report: dict[str, Any]) -> None:
    shown = [
        name for case in report["cases"] if case["status"] == "passed" for name in case["bound_to"]
    ]

    assert {flag for flag in FLAGS if report["features"][flag]} - set(shown) == set()


@pytest.mark.parametrize("flag", FLAGS)
def test_a_lie_turns_the_suite_red(flag: str, lies: dict[str, list[str]]) -> None:
    assert lies[flag], f"nobody noticed that {flag} is not what it is declared to be"


def test_a_file_is_shared_by_its_connections(installed: Path, tmp_path: Path) -> None:
    program = """
import asyncio, sys
import dotorm

async def main():
    async with dotorm.connect(sys.argv[1], max_size=3) as db:
        await db.execute("CREATE TABLE t (i INTEGER)")
        async with db.transaction():
            await db.execute("INSERT INTO t VALUES (1)")
            async with db.detached() as other:
                print(await other.execute("SELECT count(*) AS n FROM t"))
        print(await db.execute("SELECT count(*) AS n FROM t"), db.pool.statistics().size > 1)

asyncio.run(main())
"""
    told = run(installed, "-W", "error", "-c", program, f"duckdb:///{tmp_path}/shared.duckdb")

    assert told.splitlines() == ["[{'n': 0}]", "[{'n': 1}] True"]


def test_checking_makes_no_file(installed: Path, tmp_path: Path) -> None:
    program = """
import asyncio, sys
from dotorm.cli.checking import check_database

for url in sys.argv[1:]:
    print(asyncio.run(check_database(url)).error)
"""
    file = tmp_path / "typo.duckdb"
    told = run(installed, "-c", program, f"duckdb:///{file}", "duckdb://")

    assert told.splitlines() == [f"no such file: {file}", "None"]
    assert not file.exists()


def test_a_cancelled_statement_is_stopped(installed: Path) -> None:
    program = """
import asyncio, time
import dotorm

async def main():
    async with dotorm.connect("duckdb://", max_size=1) as db:
        started = time.monotonic()
        try:
            async with asyncio.timeout(0.2):
                await db.execute(
                    "SELECT count(*) FROM range(10000000) a, range(1000000) b "
                    "WHERE a.range %% 7 = b.range %% 3"
                )
        except TimeoutError:
            print(await db.execute("SELECT 1 AS one"), time.monotonic() - started < 10)

asyncio.run(main())
"""
    assert run(installed, "-W", "error", "-c", program).split("\n")[0] == "[{'one': 1}] True"
