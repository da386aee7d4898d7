"""A pytest plugin: distributions with backends, installed for the time of one test."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from dotorm import plugins

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

WORKING = """
    from dotorm.hookspecs import hookimpl
    from dotorm.testing.recording import Recorder

    RECORDER = Recorder()
    BACKEND = RECORDER.backend(
        name={name!r}, distribution={distribution!r}, schemes={schemes!r}, drivers=("sqlite3",)
    )

    @hookimpl
    def dotorm_backend():
        return BACKEND
"""


class Distributions:
    """Installs distributions into a folder, as pip leaves them there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._modules: list[str] = []
        self._schemes: list[str] = []

    def add(
        self,
        name: str,
        source: str = WORKING,
        *,
        schemes: tuple[str, ...] = (),
        group: str = plugins.BACKENDS,
    ) -> str:
        """Install version 1.0 of a distribution with one module; answer the module's name."""
        module = name.replace("-", "_")
        schemes = schemes or (name.removeprefix("dotorm-"),)
        if source is WORKING:
            source = WORKING.format(name=schemes[0], distribution=name, schemes=schemes)
        metadata = self.folder / f"{module}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        entries = "".join(f"{scheme} = {module}\n" for scheme in schemes)
        (metadata / "entry_points.txt").write_text(f"[{group}]\n{entries}")
        (self.folder / f"{module}.py").write_text(dedent(source))
        self._modules.append(module)
        self._schemes += schemes
        importlib.invalidate_caches()
        return module

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a process that has them installed."""
        return {**os.environ, "PYTHONPATH": os.pathsep.join([str(self.folder), str(ROOT)])}

    def forget(self) -> None:
        """Have this process forget what it imported."""
        for scheme in self._schemes:
            plugins._loaded.pop(scheme, None)
        for module in self._modules:
            loaded = sys.modules.pop(module, None)
            if loaded is not None and plugins._manager.is_registered(loaded):
                plugins._manager.unregister(loaded)


@pytest.fixture
def distributions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Distributions]:
    """Where a test installs backends of its own."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    made = Distributions(folder)
    yield made
    made.forget()
