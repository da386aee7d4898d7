"""Finding backends: one entry point per URL scheme, and only the one asked for is imported."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

import pluggy

from dotorm.backend import API, Backend
from dotorm.exceptions import BackendNotFound, ConfigurationError
from dotorm.hookspecs import PROJECT, HookSpecs
from dotorm.known_backends import DISTRIBUTIONS

if TYPE_CHECKING:
    from dotorm.databases.abstract.events import (
        Observer,
        StatementFinished,
        TransactionFinished,
    )
    from dotorm.meta import ModelMeta

__all__ = [
    "BACKENDS",
    "OBSERVERS",
    "find_backend",
    "model_ready",
    "observer",
    "register_backend",
    "register_observer",
    "unregister_observer",
]

BACKENDS = "dotorm.backends"
OBSERVERS = "dotorm.observers"

_log = logging.getLogger("dotorm.plugins")
_manager = pluggy.PluginManager(PROJECT)
_manager.add_hookspecs(HookSpecs)
_registered: dict[str, Backend] = {}
_loaded: dict[str, Backend] = {}
_observers_found = False


def register_backend(backend: Backend) -> None:
    """Serve a backend's schemes from now on, before any installed plugin.

    For programs without entry points (frozen builds) and for tests.

    Raises:
        ConfigurationError: It was written for another version of the contract.
    """
    _check_api(backend)
    for scheme in backend.schemes:
        _registered[scheme] = backend


def find_backend(scheme: str) -> Backend:
    """The backend that serves a URL scheme, imported now if it has not been.

    Raises:
        BackendNotFound: None is installed; the text names what to install.
        ConfigurationError: Two are installed for it, or it was written for another version of
            the contract. What the plugin raises when it is imported is raised as it is.
    """
    backend = _registered.get(scheme) or _loaded.get(scheme)
    if backend is None:
        backend = _loaded[scheme] = _load(_entry(scheme))
    return backend


def model_ready(model: type[Any], meta: ModelMeta) -> None:
    """Tell the plugins that a model class is complete."""
    _manager.hook.dotorm_model_ready.call_historic(kwargs={"model": model, "meta": meta})


def register_observer(plugin: object) -> None:
    """Have an object's hooks called: ``dotorm_statement_finished`` and the like.

    Databases that are connected from now on tell it.
    """
    _manager.register(plugin)


def unregister_observer(plugin: object) -> None:
    """Stop calling an object's hooks."""
    _manager.unregister(plugin)


def observer() -> Observer | None:
    """What databases tell of statements and transactions; None if nobody listens."""
    _find_observers()
    hook = _manager.hook
    if (
        hook.dotorm_statement_finished.get_hookimpls()
        or hook.dotorm_transaction_finished.get_hookimpls()
    ):
        return _Hooks()
    return None


class _Hooks:
    """Passes events on to the hooks."""

    def statement_finished(self, event: StatementFinished) -> None:
        _manager.hook.dotorm_statement_finished(event=event)

    def transaction_finished(self, event: TransactionFinished) -> None:
        _manager.hook.dotorm_transaction_finished(event=event)


def _entry(scheme: str) -> EntryPoint:
    found = {entry.value: entry for entry in entry_points(group=BACKENDS, name=scheme)}
    if not found:
        raise BackendNotFound(_nothing_serves(scheme))
    if len(found) > 1:
        names = " and ".join(sorted(_distribution(entry) for entry in found.values()))
        raise ConfigurationError(f"{names} both serve the scheme {scheme!r}: uninstall one")
    return next(iter(found.values()))


def _nothing_serves(scheme: str) -> str:
    installed = sorted({f"{e.name} ({_distribution(e)})" for e in entry_points(group=BACKENDS)})
    there = f"installed are {', '.join(installed)}" if installed else "no backend is installed"
    remedy = ""
    if scheme in DISTRIBUTIONS:
        remedy = f": pip install {DISTRIBUTIONS[scheme]}"
    return f"no backend for {scheme}:// URLs{remedy} ({there})"


def _load(entry: EntryPoint) -> Backend:
    plugin = entry.load()
    if not _manager.is_registered(plugin):
        _manager.register(plugin)
    backend: Any = plugin.dotorm_backend()
    if not isinstance(backend, Backend):
        raise ConfigurationError(f"{_distribution(entry)}: dotorm_backend() answered no Backend")
    _check_api(backend)
    return backend


def _check_api(backend: Backend) -> None:
    if backend.api != API:
        behind = backend.distribution if backend.api < API else "dotorm-core"
        raise ConfigurationError(
            f"{backend.distribution} was written for version {backend.api} of the backend "
            f"contract, dotorm-core has version {API}: upgrade {behind}"
        )


def _distribution(entry: EntryPoint) -> str:
    dist = entry.dist
    return f"{dist.name} {dist.version}" if dist is not None else entry.value


def _find_observers() -> None:
    global _observers_found  # noqa: PLW0603 - once a process
    if _observers_found:
        return
    _observers_found = True
    for entry in entry_points(group=OBSERVERS):
        try:
            _manager.register(entry.load())
        except Exception:  # noqa: BLE001 - it is logged, and must harm nobody else
            _log.exception("the observer %s cannot be used", entry.value)
