"""What the packages, their extras and the example need: distributions that exist, within bounds."""

import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.wheels import MODULES, ROOT

PROJECTS = [*sorted(ROOT.glob("packages/*")), *sorted(ROOT.glob("examples/dotorm-*"))]


def project(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return answer


OURS = {found["name"]: found["version"] for found in map(project, PROJECTS)}
CORE = project(ROOT / "packages" / "dotorm-core")
EXTRAS = CORE["optional-dependencies"]


def requirements() -> Iterator[tuple[str, Requirement]]:
    """Whatever is needed, with the name of who needs it."""
    for found in map(project, PROJECTS):
        extras = found.get("optional-dependencies", {})
        for extra, needs in [("", found["dependencies"]), *extras.items()]:
            for need in needs:
                yield f"{found['name']}[{extra}]", Requirement(need)


INSIDE = {"asynch", "aiomysql", "asyncmy"}
"""Drivers of which a backend uses what they do not promise to keep."""

ALL = [pytest.param(need, id=f"{who}: {need.name}") for who, need in requirements()]


@pytest.mark.parametrize("need", ALL)
def test_what_is_needed_has_bounds_that_are_kept_here(need: Requirement) -> None:
    name = canonicalize_name(need.name)
    operators = {bound.operator for bound in need.specifier}

    assert ">=" in operators
    assert need.specifier.contains(OURS.get(name) or version(name))
    # A minor version may change the contract between our distributions, and no other's is ours.
    assert ("<" in operators) is (name in OURS or name in INSIDE)


def test_there_is_an_extra_for_every_backend() -> None:
    plugins = MODULES.keys() - {CORE["name"]}
    backends = {name.removeprefix("dotorm-"): name for name in plugins}
    for extra, name in backends.items():
        assert [Requirement(need).name for need in EXTRAS[extra]] == [name]

    (everything,) = map(Requirement, EXTRAS["all"])
    assert (everything.name, everything.extras) == (CORE["name"], set(backends))
    assert EXTRAS.keys() == {*backends, "all", "cli", "testing"}
