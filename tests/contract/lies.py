"""``python lies.py URL``: flip each flag that a backend declares, and print what the suite says.

The answer is JSON: for each flag the cases that failed. Only those that are bound to the flag run,
and the one that looks at the declaration itself.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from dotorm import register_backend
from dotorm.testing.cases import FLAGS, Case
from dotorm.testing.runner import run_suite, with_feature
from dotorm.testing.stage import backend_of
from dotorm.testing.suite import all_cases

if TYPE_CHECKING:
    from dotorm import Backend

DECLARATION = "what_is_declared_goes_together"


def bound_to(flag: str) -> list[Case]:
    """The cases that can tell whether a flag is a lie."""
    return [case for case in all_cases() if flag in case.bound_to or case.name == DECLARATION]


def failed(honest: Backend, flag: str, rest: str) -> list[str]:
    """The cases that fail when the flag is the opposite of what the backend declares."""
    flipped = {flag: not getattr(honest.features, flag)}
    register_backend(with_feature(replace(honest, schemes=("lie",)), **flipped))
    return [outcome.name for outcome in run_suite(f"lie{rest}", bound_to(flag)).failed]


def main(url: str) -> None:
    """Try every flag."""
    scheme = url.partition(":")[0]
    honest = backend_of(url)
    told = {flag: failed(honest, flag, url.removeprefix(scheme)) for flag in FLAGS}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
