"""What every kind of server answers to."""

from typing import Protocol


class ServerUnavailable(Exception):
    """No server could be found, installed or started; the message says what was tried."""


class Server(Protocol):
    """A private server, made but not yet started."""

    @property
    def url(self) -> str:
        """Where it listens; stays the same over a restart."""

    def start(self) -> None:
        """Start it, and wait until it answers."""

    def stop(self) -> None:
        """Stop it in good order: clients are disconnected, data is kept."""

    def kill(self) -> None:
        """Stop it as a power cut would: no goodbye to anyone."""

    def restart(self) -> None:
        """Stop and start it on the same data and port."""

    def remove(self) -> None:
        """Stop it if it runs, and delete its folder. May be called at any time."""
