"""What a backend's module provides: tables with data, and their state between two rounds."""

from contextlib import AbstractContextManager
from typing import Any, Protocol

from bench.data import Sizes
from bench.scenarios import Effect
from bench.traffic import Traffic


class Stage(Protocol):
    """A database of our own with the five tables, seen by the process that leads."""

    @property
    def url(self) -> str:
        """What competitors connect to."""

    def version(self) -> str:
        """Name the server and its version."""

    def fill(self, sizes: Sizes) -> None:
        """Make the tables with all their rows."""

    def counted(self) -> AbstractContextManager[tuple[str, Traffic | None]]:
        """Answer another URL of the same database, and the count of what goes there, if any."""

    def tidy(self, effect: Effect) -> None:
        """Undo what a scenario left behind, so that the next finds the same tables."""

    def new_users(self) -> list[list[Any]]:
        """Answer the inserted users, by key."""

    def all_users(self) -> list[list[Any]]:
        """Answer every user, by key."""

    def close(self) -> None:
        """Remove the database."""
