"""Provide servers to a command: `python -m tests.servers postgres -- pytest tests`.

The command finds their URLs in the environment. Without a command, the URLs are printed and the
servers stay until the standard input ends. They are stopped and removed whatever happens.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from tests.servers import ServerUnavailable, names, provided, variable


def _terminate(number: int, _frame: object) -> None:
    sys.exit(128 + number)  # so that every `finally` runs


def _leave_to_the_command(_number: int, _frame: object) -> None:
    """Ctrl-C reaches the command too; it says its last words, then we stop the servers."""


def _run(wanted: list[str], command: list[str]) -> int:
    with ExitStack() as servers:
        urls = {variable(name): servers.enter_context(provided(name)) for name in wanted}
        if command:
            signal.signal(signal.SIGINT, _leave_to_the_command)
            return subprocess.run(command, check=False, env={**os.environ, **urls}).returncode
        for name, url in urls.items():
            print(f"{name}={url}", flush=True)
        sys.stdin.read()
    return 0


def main(words: list[str]) -> int:
    """Provide the servers named before `--` to the command after it."""
    split = words.index("--") if "--" in words else len(words)
    wanted, command = words[:split], words[split + 1 :]
    if not wanted or not set(wanted) <= set(names()):
        print(f"usage: python -m tests.servers {{{','.join(names())}}} ... [-- command ...]")
        return 2
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(wanted, command)
    except ServerUnavailable as reason:
        print(f"!! No server: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
