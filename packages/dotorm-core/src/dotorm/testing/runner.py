"""Running cases, each on an event loop of its own, and what became of them."""

from __future__ import annotations

import asyncio
import copy
import traceback
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dotorm.testing.report import Outcome, Report, describe
from dotorm.testing.stage import Stage, backend_of, connections_of
from dotorm.testing.suite import all_cases

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dotorm.backend import Backend
    from dotorm.components.features import Features
    from dotorm.testing.cases import Case

__all__ = ["PASSED", "NotApplicable", "inapplicable", "run_case", "run_suite", "with_feature"]

SECONDS = 60.0
"""How long a case may take."""
PASSED = {"shows": "passed", "refuses": "refused", "honest": "refused"}
"""By kind of case, what it is called when it passed."""


class NotApplicable(Exception):
    """The case says nothing about this backend; the text is the reason."""


def run_suite(url: str, cases: Iterable[Case] | None = None) -> Report:
    """Run cases on a database, without pytest.

    Args:
        url: The database; every case makes tables of its own there, and drops them.
        cases: Which; all of them by default.
    """
    outcomes = [_outcome(case, url) for case in (all_cases() if cases is None else cases)]
    return Report(**describe(url), cases=outcomes)


def run_case(case: Case, url: str) -> tuple[str, ...]:
    """Run one case and answer its notes; what it raises is what is wrong.

    Raises:
        NotApplicable: It says nothing about this backend.
        AssertionError: The backend does not do what it declares.
    """
    backend = backend_of(url)
    connections = connections_of(url)
    reason = inapplicable(case, backend.features, connections)
    if reason is not None:
        raise NotApplicable(reason)
    if case.kind == "honest":
        assert case.off is not None  # noqa: S101 - honesty() gives it
        _look_behind(case.off, url, backend, connections)
        return ()
    return _perform(case, url, backend)


def inapplicable(case: Case, features: Features, connections: int) -> str | None:
    """Why a case says nothing about a backend; None if it does.

    Args:
        case: The case.
        features: What the backend declares.
        connections: How many connections its database can have at once.
    """
    reason = case.inapplicable(features, connections)
    if reason is not None or case.kind != "honest" or case.off is None:
        return reason
    bold: dict[str, Any] = {case.off: True}
    if not _needing(case.off, replace(features, **bold), connections):
        return f"what needs {case.off} needs other features, too, that are declared off"
    return None


def with_feature(backend: Backend, **changes: Any) -> Backend:
    """The backend with other features than it declares."""
    dialect = copy.copy(backend.dialect)
    dialect.features = replace(dialect.features, **changes)  # type: ignore[misc] # of a class
    ddl = copy.copy(backend.ddl)
    ddl.dialect = dialect
    return replace(backend, dialect=dialect, ddl=ddl)


def _needing(flag: str, features: Features, connections: int) -> list[Case]:
    """The cases that show a feature, where these are declared."""
    return [
        case
        for case in all_cases()
        if flag in case.needs and case.inapplicable(features, connections) is None
    ]


def _look_behind(flag: str, url: str, backend: Backend, connections: int) -> None:
    """Switch on a flag that is declared off; something that needs it must fail."""
    bold = with_feature(backend, **{flag: True})
    with warnings.catch_warnings():
        # What a case had ready to await, when it failed, is never awaited.
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        for case in _needing(flag, bold.features, connections):
            try:
                _perform(case, url, bold)
            except Exception:  # noqa: BLE001 - whatever it is, the feature does not work
                return
    raise AssertionError(
        f"{flag} is declared off, and everything that needs it works when it is on: declare it"
    )


def _perform(case: Case, url: str, backend: Backend) -> tuple[str, ...]:
    async def perform() -> tuple[str, ...]:
        assert case.function is not None  # noqa: S101 - only honest cases have none
        async with asyncio.timeout(SECONDS), Stage.set_up(url, backend) as stage:
            await case.function(stage)
            return tuple(stage.notes)

    with asyncio.Runner() as runner:
        return runner.run(perform())


def _outcome(case: Case, url: str) -> Outcome:
    try:
        notes = run_case(case, url)
    except NotApplicable as reason:
        return Outcome.of(case, "not applicable", str(reason))
    except Exception:  # noqa: BLE001 - it is what the report tells
        return Outcome.of(case, "failed", traceback.format_exc())
    return Outcome.of(case, PASSED[case.kind], notes=notes)
