"""The page about writing a backend, followed literally: its files and commands in their order."""

import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from dotorm import Features

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "writing-a-backend.md"
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.DOTALL | re.MULTILINE)


def script() -> str:
    """The page as one shell script: a block with a name is that file, a block of bash is run."""
    lines = ["set -e"]
    for language, name, text in _BLOCK.findall(PAGE.read_text()):
        assert name or language == "bash", f"what is to become of this block? {text}"
        lines.append(f"cat > {name} <<'END_OF_FILE'\n{text}END_OF_FILE" if name else text)
    return "\n".join(lines)


def also_off() -> list[str]:
    """The features of which the page says that the first run asks for them, too."""
    (sentence,) = re.findall(r"^The same is said of ([^.]+)\.", PAGE.read_text(), re.MULTILINE)
    found: list[str] = re.findall(r"`(\w+)`", sentence)
    return found


@pytest.fixture
def commands(tmp_path: Path, wheels: dict[str, Path]) -> dict[str, str]:
    """An environment in which pip finds the core, and python3.12 is the Python of the tests."""
    python = tmp_path / "bin" / "python3.12"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    places = [str(wheels["dotorm-core"].parent), os.environ.get("PIP_FIND_LINKS", "")]
    unwanted = {"PYTHONPATH", "VIRTUAL_ENV", "PIP_NO_INDEX"}
    return {
        **{name: value for name, value in os.environ.items() if name not in unwanted},
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "PIP_FIND_LINKS": " ".join(filter(None, places)),
    }


def test_the_page_tells_of_every_feature() -> None:
    page = PAGE.read_text()

    assert [each.name for each in fields(Features) if f"\n| `{each.name}` |" not in page] == []


@pytest.mark.guide
def test_who_follows_the_page_gets_to_a_passing_suite(
    commands: dict[str, str], tmp_path: Path
) -> None:
    done = subprocess.run(
        ["bash", "-c", script()],
        cwd=tmp_path,
        env=commands,
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout
    assert done.returncode == 0, told + done.stderr
    assert "['Donald']" in told
    advice = re.findall(r"^E .* (\w+) is declared off, .*: declare it$", told, re.MULTILINE)
    assert sorted(advice) == sorted(["returning", *also_off()])
    endings = re.findall(r"^=+ (.*) in [\d.]+s.* =+$", told, re.MULTILINE)
    assert ["failed" in ending for ending in endings] == [True, False, False, False]
    assert (tmp_path / "dotorm-quack" / "report.json").exists()
