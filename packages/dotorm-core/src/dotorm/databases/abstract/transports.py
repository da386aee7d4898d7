"""What adapters set on the transport that the event loop gave their driver."""

from __future__ import annotations

from typing import Any

__all__ = ["read_in_portions"]

_PORTION = 64 * 1024  # bytes


def read_in_portions(transport: Any) -> None:
    """Have a transport read up to 64 KiB at a time, if it would read more.

    asyncio's own asks for 256 KiB of memory for each read and gives back what did not come. So
    large a piece glibc fetches from the kernel and returns to it, every time, which takes as long
    as much of a short answer; a piece below 128 KiB it keeps (``mallopt(3)``, M_MMAP_THRESHOLD).

    Args:
        transport: asyncio's, before or after the first read. What has no such size, as uvloop's
            and those of TLS, is left alone.
    """
    if getattr(transport, "max_size", 0) > _PORTION:
        transport.max_size = _PORTION
