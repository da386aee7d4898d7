"""The import paths of the seed, for whatever plugins are installed.

``dotorm.databases.<name>`` is the module of the plugin that serves ``<name>`` URLs, and the same
below it: one module object under two names, so that no class exists twice. ``dotorm.components``
answers a backend's dialect by the backend's name in capitals, ``dotorm.databases.abstract`` its
settings class by its name. Naming a dialect imports its plugin, never its driver. What a known
plugin would serve that is not installed is an ImportError, which says what to install.
"""

from __future__ import annotations

import importlib
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

from dotorm import components
from dotorm.databases import abstract
from dotorm.exceptions import BackendNotFound, DotORMError
from dotorm.known_backends import DISTRIBUTIONS
from dotorm.plugins import BACKENDS, find_backend

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

__all__ = ["install"]

_PREFIX = "dotorm.databases."
_SETTINGS = "PoolSettings"


def install() -> None:
    """Make the paths work; called once, when `dotorm` is imported."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    components.__getattr__ = _dialect
    abstract.__getattr__ = _settings


class _Finder(MetaPathFinder, Loader):
    """Finds ``dotorm.databases.<name>`` in the plugin of that name."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of a plugin's module under the seed's path; None for all other modules.

        Raises:
            ModuleNotFoundError: The plugin is known and not installed.
        """
        if not fullname.startswith(_PREFIX):
            return None
        if _plugin_path(fullname) is not None:
            return ModuleSpec(fullname, self)
        name = fullname.removeprefix(_PREFIX).partition(".")[0]
        if name in DISTRIBUTIONS and not entry_points(group=BACKENDS, name=name):
            raise ModuleNotFoundError(_to_install(fullname, name), name=fullname)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """None: the import system makes an empty one, which `exec_module` replaces."""
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Put the plugin's module in the place of the empty one."""
        real = _plugin_path(module.__name__)
        assert real is not None  # noqa: S101 - find_spec has seen it
        sys.modules[module.__name__] = importlib.import_module(real)


def _plugin_path(fullname: str) -> str | None:
    name, _, rest = fullname.removeprefix(_PREFIX).partition(".")
    found = {entry.value for entry in entry_points(group=BACKENDS, name=name)}
    if len(found) != 1:
        return None
    package = found.pop().partition(":")[0]
    return f"{package}.{rest}" if rest else package


def _dialect(name: str) -> Any:
    if not name.isupper():
        raise AttributeError(f"module 'dotorm.components' has no attribute {name!r}")
    return _backend(name.lower(), name, "dotorm.components").dialect


def _settings(name: str) -> Any:
    if not name.endswith(_SETTINGS):
        raise AttributeError(f"module 'dotorm.databases.abstract' has no attribute {name!r}")
    scheme = name.removesuffix(_SETTINGS).lower()
    return _backend(scheme, name, "dotorm.databases.abstract").settings


def _backend(scheme: str, name: str, module: str) -> Any:
    try:
        return find_backend(scheme)
    except BackendNotFound as error:
        if scheme in DISTRIBUTIONS:
            raise ImportError(_to_install(f"{module}.{name}", scheme), name=module) from error
        raise AttributeError(f"module {module!r} has no attribute {name!r}: {error}") from error
    except DotORMError as error:
        raise AttributeError(f"module {module!r} has no attribute {name!r}: {error}") from error


def _to_install(path: str, scheme: str) -> str:
    distribution = DISTRIBUTIONS[scheme]
    return f"{path} is in {distribution}, which is not installed: pip install {distribution}"
