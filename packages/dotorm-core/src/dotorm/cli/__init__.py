"""The ``dotorm`` command: which backends are installed, and whether a database can be reached."""

from __future__ import annotations

import sys

__all__ = ["main"]

_PARTS = ("typer", "rich", "click", "shellingham")


def main() -> None:
    """Run the command; without the extra ``cli``, say what to install."""
    try:
        from dotorm.cli.app import app  # noqa: PLC0415 - what it needs may not be there
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PARTS:
            raise
        sys.exit("the dotorm command needs its extra: pip install 'dotorm-core[cli]'")
    app(prog_name="dotorm")
