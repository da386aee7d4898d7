"""What the unit tests share."""

import pytest

from dotorm.testing.recording import Recorder


@pytest.fixture
def recorder():
    return Recorder()
