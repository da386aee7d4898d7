"""Opening a connection: with a time limit, with patience if asked, and with our errors."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from dotorm.exceptions import (
    AccessDenied,
    ConfigurationError,
    ConnectionFailed,
    DotORMError,
    Timeout,
)

if TYPE_CHECKING:
    from dotorm.databases.abstract.connection import Connection, Driver
    from dotorm.databases.abstract.types import PoolSettings

__all__ = ["connect_patiently", "in_our_words"]

_FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0


async def connect_patiently(driver: Driver, settings: PoolSettings) -> Connection:
    """Connect, trying again while the server refuses, for ``reconnect_timeout`` seconds.

    Raises:
        ConnectionFailed: The server refused each time.
        AccessDenied: It answered, and will not let us in.
        ConfigurationError: The driver is not installed.
        Timeout: A try took longer than ``connect_timeout``.
    """
    deadline = time.monotonic() + settings.reconnect_timeout
    pause = _FIRST_PAUSE
    while True:
        try:
            return await _connect(driver, settings)
        except AccessDenied:
            raise
        except ConnectionFailed:
            if time.monotonic() + pause > deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def in_our_words(driver: Driver, error: Exception) -> Exception:
    """The driver's error as one of ours; the error itself if it is not the driver's."""
    if isinstance(error, DotORMError):
        return error
    translated = driver.translate(error)
    if translated is None and isinstance(error, OSError):
        translated = ConnectionFailed(f"{driver.name}: {str(error) or type(error).__name__}")
    return translated or error


async def _connect(driver: Driver, settings: PoolSettings) -> Connection:
    seconds = settings.connect_timeout
    try:
        async with asyncio.timeout(seconds):
            return await driver.connect(settings)
    except TimeoutError as error:
        raise Timeout(f"{driver.name}: no connection within {seconds:g} s") from error
    except ImportError as error:
        raise ConfigurationError(
            f"{driver.name}: the driver cannot be imported ({error}): "
            f"pip install {' or '.join(driver.drivers)}"
        ) from error
    except Exception as error:
        ours = in_our_words(driver, error)
        if ours is error:
            raise
        raise ours from error
