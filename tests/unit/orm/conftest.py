"""The models of `library`, bound to a recording backend."""

import pytest

from tests.unit.orm.library import MODELS


@pytest.fixture
def database(recorder):
    yield recorder.database(*MODELS)
    for model in MODELS:
        model._pool = None
