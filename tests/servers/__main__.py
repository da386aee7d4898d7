"""Provide servers to a command: `python -m tests.servers postgres -- pytest tests`.

The command finds their URLs in the environment. Without a command, the URLs are printed and the
servers stay until the standard input ends. They are stopped and removed whatever happens.

    python -m tests.servers postgres mariadb --try mysql -- pytest tests

A server named after `--try` may be missing: the command then finds the reason in place of the URL.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.servers import UNAVAILABLE, ServerUnavailable, names, provided, variable


def _terminate(number: int, _frame: object) -> None:
    sys.exit(128 + number)  # so that every `finally` runs


def _leave_to_the_command(_number: int, _frame: object) -> None:
    """Ctrl-C reaches the command too; it says its last words, then we stop the servers."""


def _url(servers: ExitStack, name: str, *, may_be_missing: bool) -> str:
    try:
        return servers.enter_context(provided(name))
    except ServerUnavailable as reason:
        if not may_be_missing:
            raise
        print(f"!! No {name}: {reason}", file=sys.stderr)
        return f"{UNAVAILABLE}{reason}"


def _urls(servers: ExitStack, wanted: list[str], tried: list[str]) -> Iterable[tuple[str, str]]:
    """Start all of them at the same time."""
    with ThreadPoolExecutor() as starting:
        urls = {
            variable(name): starting.submit(_url, servers, name, may_be_missing=name in tried)
            for name in (*wanted, *tried)
        }
    return [(name, url.result()) for name, url in urls.items()]


def _run(wanted: list[str], tried: list[str], command: list[str]) -> int:
    with ExitStack() as servers:
        urls = _urls(servers, wanted, tried)
        if command:
            signal.signal(signal.SIGINT, _leave_to_the_command)
            return subprocess.run(command, check=False, env={**os.environ, **dict(urls)}).returncode
        for name, url in urls:
            print(f"{name}={url}", flush=True)
        sys.stdin.read()
    return 0


def _split(words: list[str], at: str) -> tuple[list[str], list[str]]:
    place = words.index(at) if at in words else len(words)
    return words[:place], words[place + 1 :]


def main(words: list[str]) -> int:
    """Provide the servers named before `--` to the command after it."""
    before, command = _split(words, "--")
    wanted, tried = _split(before, "--try")
    asked = {*wanted, *tried}
    if not asked or not asked <= set(names()):
        servers = ",".join(names())
        print(f"usage: python -m tests.servers {{{servers}}} ... [--try ...] [-- command ...]")
        return 2
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(wanted, tried, command)
    except ServerUnavailable as reason:
        print(f"!! No server: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
