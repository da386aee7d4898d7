"""What the unit tests share."""

import pytest

from tests.recording import Recorder


@pytest.fixture
def recorder():
    return Recorder()
