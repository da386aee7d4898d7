"""Finding backends: one entry point per URL scheme, and only the one asked for is imported."""

from __future__ import annotations

import inspect
import logging
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import pluggy

from dotorm.backend import API, Backend
from dotorm.exceptions import BackendNotFound, ConfigurationError
from dotorm.hookspecs import PROJECT, HookSpecs
from dotorm.known_backends import DISTRIBUTIONS

if TYPE_CHECKING:
    from dotorm.databases.abstract.events import StatementFinished, TransactionFinished
    from dotorm.databases.abstract.pool import Pool
    from dotorm.meta import ModelMeta

__all__ = [
    "BACKENDS",
    "OBSERVERS",
    "check_contract",
    "distribution_of",
    "find_backend",
    "load_backend",
    "model_ready",
    "observe",
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
_models: list[tuple[type[Any], ModelMeta]] = []
_pools: WeakSet[Pool] = WeakSet()
_changing = Lock()
_observers_found = False


def register_backend(backend: Backend) -> None:
    """Serve a backend's schemes from now on, before any installed plugin.

    For programs without entry points (frozen builds) and for tests.

    Raises:
        ConfigurationError: It was written for another version of the contract.
    """
    check_contract(backend)
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


def load_backend(entry: EntryPoint) -> Backend:
    """Import a plugin and ask for its backend, whatever contract it was written for.

    Raises:
        ConfigurationError: It is no plugin. What it raises when it is imported is raised as it is.
    """
    answer = getattr(entry.load(), "dotorm_backend", None)
    backend: Any = answer() if callable(answer) else None
    if not isinstance(backend, Backend):
        raise ConfigurationError(
            f"{distribution_of(entry)} is no plugin of DotORM: {entry.value} has no function "
            "dotorm_backend() that answers a Backend"
        )
    return backend


def check_contract(backend: Backend) -> None:
    """Refuse a backend that was written for another version of the contract.

    Raises:
        ConfigurationError: It was; the text names the side to upgrade.
    """
    if backend.api != API:
        behind = backend.distribution if backend.api < API else "dotorm-core"
        raise ConfigurationError(
            f"{backend.distribution} was written for version {backend.api} of the backend "
            f"contract, dotorm-core has version {API}: upgrade {behind}"
        )


def distribution_of(entry: EntryPoint) -> str:
    """What pip installed an entry point with, and its version."""
    dist = entry.dist
    return f"{dist.name} {dist.version}" if dist is not None else entry.value


def model_ready(model: type[Any], meta: ModelMeta) -> None:
    """Tell the plugins that a model class is complete."""
    _models.append((model, meta))
    _tell(_manager.hook.dotorm_model_ready, model, meta)


def register_observer(plugin: object) -> None:
    """Have an object's hooks called: ``dotorm_statement_finished`` and the like.

    Every database tells it from now on, of statements that begin from now on; it is told of the
    models that exist at once. What it raises is logged and harms nobody.

    Raises:
        ConfigurationError: It is registered already, has no hooks (functions marked with
            `hookimpl`), or one that is unknown, async or a wrapper.
    """
    if any(plugin == known for _, known in _manager.list_name_plugin()):
        raise ConfigurationError(f"{plugin!r}, or its equal, is registered already")
    _register(plugin)


def unregister_observer(plugin: object) -> None:
    """Stop calling an object's hooks, at once.

    Raises:
        ConfigurationError: It is not registered.
    """
    names = [name for name, known in _manager.list_name_plugin() if known is plugin]
    if not names:
        raise ConfigurationError(f"{plugin!r} is not registered")
    _manager.unregister(name=names[0])
    _announce()


def observe(pool: Pool) -> None:
    """Have a pool tell the observers whenever there are any; with none it asks nobody."""
    _find_observers()
    _pools.add(pool)
    _announce()


class _Hooks:
    """Passes events on to the hooks."""

    def statement_finished(self, event: StatementFinished) -> None:
        _tell(_manager.hook.dotorm_statement_finished, event)

    def transaction_finished(self, event: TransactionFinished) -> None:
        _tell(_manager.hook.dotorm_transaction_finished, event)


def _announce() -> None:
    """Decide once for every pool whether anybody listens."""
    hook = _manager.hook
    with _changing:
        listens = (
            hook.dotorm_statement_finished.get_hookimpls()
            or hook.dotorm_transaction_finished.get_hookimpls()
        )
        for pool in list(_pools):
            pool.observer = _Hooks() if listens else None


def _tell(hook: pluggy.HookCaller, *arguments: Any, only: object = None) -> None:
    """Call the hook of each plugin, the last registered first; none is harmed by another."""
    names = hook.spec.argnames if hook.spec is not None else ()
    given = dict(zip(names, arguments, strict=True))
    for implementation in reversed(hook.get_hookimpls()):
        if only is not None and implementation.plugin is not only:
            continue
        try:
            implementation.function(*(given[name] for name in implementation.argnames))
        except Exception:  # noqa: BLE001 - it is logged, and must harm nobody else
            _log.exception("the observer %r failed", implementation.plugin)


def _register(plugin: object) -> None:
    try:
        _manager.register(plugin)
        _manager.check_pending()
        _check_hooks(plugin)
    except (pluggy.PluginValidationError, ConfigurationError) as error:
        if _manager.is_registered(plugin):
            _manager.unregister(plugin)
        raise ConfigurationError(f"{plugin!r} cannot be registered: {error}") from error
    for model, meta in _models:
        _tell(_manager.hook.dotorm_model_ready, model, meta, only=plugin)
    _announce()


def _check_hooks(plugin: object) -> None:
    callers = _manager.get_hookcallers(plugin) or []
    if not callers and not hasattr(plugin, "dotorm_backend"):
        raise ConfigurationError("it has no hooks: mark them with @dotorm.hookimpl")
    for implementation in (each for caller in callers for each in caller.get_hookimpls()):
        if implementation.plugin is plugin and (
            implementation.wrapper
            or implementation.hookwrapper
            or inspect.iscoroutinefunction(implementation.function)
        ):
            raise ConfigurationError("its hooks are plain functions, not async and no wrappers")


def _entry(scheme: str) -> EntryPoint:
    found = {entry.value: entry for entry in entry_points(group=BACKENDS, name=scheme)}
    if not found:
        raise BackendNotFound(_nothing_serves(scheme))
    if len(found) > 1:
        names = " and ".join(sorted(distribution_of(entry) for entry in found.values()))
        raise ConfigurationError(f"{names} both serve the scheme {scheme!r}: uninstall one")
    return next(iter(found.values()))


def _nothing_serves(scheme: str) -> str:
    entries = entry_points(group=BACKENDS)
    installed = sorted({f"{entry.name} ({distribution_of(entry)})" for entry in entries})
    there = f"installed are {', '.join(installed)}" if installed else "no backend is installed"
    if scheme in DISTRIBUTIONS:
        remedy = f": pip install {DISTRIBUTIONS[scheme]}"
    else:
        known = [*(entry.name for entry in entries), *_registered, *DISTRIBUTIONS]
        near = get_close_matches(scheme, known, 1)
        remedy = f"; did you mean {near[0]}?" if near else ""
    return f"no backend for {scheme}:// URLs{remedy} ({there})"


def _load(entry: EntryPoint) -> Backend:
    backend = load_backend(entry)
    check_contract(backend)
    plugin = entry.load()
    if not _manager.is_registered(plugin):
        _register(plugin)
    return backend


def _find_observers() -> None:
    global _observers_found  # noqa: PLW0603 - once a process
    if _observers_found:
        return
    _observers_found = True
    for entry in entry_points(group=OBSERVERS):
        try:
            _register(entry.load())
        except Exception:  # noqa: BLE001 - it is logged, and must harm nobody else
            _log.exception("the observer %s cannot be used", entry.value)
