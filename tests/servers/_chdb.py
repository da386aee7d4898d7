"""Serve ClickHouse from the engine in the wheel chdb-core: run as a program.

    python _chdb.py WHEEL DATA

The engine is clickhouse-local, which listens on the ports of the `config.xml` in the working
directory once it is told to. It serves until its standard input ends.
"""

import ctypes
import os
import sys
from importlib.machinery import ExtensionFileLoader, ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path
from typing import Any

# The package around the engine must stay out: importing it starts another kind of server, of which
# a process can have but one, and which does not listen.
_ENGINE = "chdb/_chdb.abi3.so"

# Counting the lines of a standard input that brings none is how a query lasts. In the database
# `default` of clickhouse-local, unlike a server's, a table's name may be a pattern for files.
_SERVE = """CREATE DATABASE IF NOT EXISTS test; SYSTEM START LISTEN TCP;
SELECT count() FROM file('stdin', 'LineAsString', 'line String')"""


def load(wheel: Path) -> Any:
    """Import the engine alone out of an unpacked wheel."""
    path = str(wheel / _ENGINE)
    # Its own C++ library must win over one that Python has loaded.
    ctypes.CDLL(path, mode=sys.getdlopenflags() | os.RTLD_DEEPBIND)
    loader = ExtensionFileLoader("_chdb", path)
    engine = module_from_spec(ModuleSpec("_chdb", loader, origin=path))
    loader.exec_module(engine)
    return engine


def main(wheel: Path, data: Path) -> None:
    """Serve until the standard input ends; end with what the engine complains of."""
    # The format is the one in which HTTP answers who asks for none, as a server's is.
    ended = load(wheel).query(_SERVE, "TabSeparated", path=str(data))
    if ended.has_error():
        sys.exit(ended.error_message())


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
