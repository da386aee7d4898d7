"""``python -m dotorm.testing URL``: the conformance suite on a database; more goes to pytest."""

from __future__ import annotations

import os
import sys

import pytest

__all__ = ["main"]


def main(arguments: list[str]) -> int:
    """Run the suite, whatever pytest is told in this folder; the answer is its exit code."""
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m dotorm.testing URL [--dotorm-report=FILE] [-k …]\n")
        return 2
    url, *rest = arguments
    alone = ["-c", os.devnull, "--rootdir", os.curdir, "--noconftest"]
    plugin = ["-p", "dotorm.testing.plugin", "--pyargs", "dotorm.testing.conformance"]
    return int(pytest.main([*alone, *plugin, f"--dotorm-url={url}", *rest]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
