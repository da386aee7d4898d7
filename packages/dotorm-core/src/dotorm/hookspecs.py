"""The hooks: what a plugin may answer, and what observers are told.

A plugin is a module with functions of these names, marked with `hookimpl`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from dotorm.backend import Backend
    from dotorm.databases.abstract.events import StatementFinished, TransactionFinished
    from dotorm.meta import ModelMeta

__all__ = ["PROJECT", "HookSpecs", "hookimpl"]

PROJECT = "dotorm"
_hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)
"""Marks a plugin's function as an implementation of the hook of its name."""


class HookSpecs:
    """The four hooks."""

    @_hookspec
    def dotorm_backend(self) -> Backend:  # type: ignore[empty-body]
        """The backend that the plugin is."""

    @_hookspec
    def dotorm_model_ready(self, model: type[Any], meta: ModelMeta) -> None:
        """A model class is complete. A plugin is told of every model, also of those before it."""

    @_hookspec
    def dotorm_statement_finished(self, event: StatementFinished) -> None:
        """A statement ran or failed."""

    @_hookspec
    def dotorm_transaction_finished(self, event: TransactionFinished) -> None:
        """A transaction was committed or rolled back."""
