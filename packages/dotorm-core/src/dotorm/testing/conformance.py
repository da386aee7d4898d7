"""The conformance suite as pytest sees it: one test for each case.

``pytest -p dotorm.testing.plugin --pyargs dotorm.testing.conformance --dotorm-url=URL``, or, with a
fixture ``dotorm_url`` of one's own, ``from dotorm.testing.conformance import *`` in a test module.
"""

from __future__ import annotations

import pytest

from dotorm.testing.cases import Case
from dotorm.testing.plugin import tell
from dotorm.testing.runner import NotApplicable, run_case
from dotorm.testing.suite import all_cases

__all__ = ["test_conformance"]


@pytest.mark.parametrize("dotorm_case", [pytest.param(case, id=case.id) for case in all_cases()])
def test_conformance(dotorm_case: Case, dotorm_url: str, request: pytest.FixtureRequest) -> None:
    """The backend does what the case shows, or refuses it as it declares."""
    facts = tell(request, dotorm_case, dotorm_url)
    try:
        facts["notes"] = run_case(dotorm_case, dotorm_url)
    except NotApplicable as reason:
        pytest.skip(str(reason))
