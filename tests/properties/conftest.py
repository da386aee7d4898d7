"""The databases that hostile arguments are thrown at."""

import contextlib

import pytest

from tests.backends import BACKENDS
from tests.properties.arena import Stage


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=getattr(pytest.mark, name)) for name in BACKENDS],
)
def stage(request, tmp_path_factory):
    """A database of each backend in turn, with the models' tables and a few records."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path_factory.mktemp('injection')}/test.db"
        else:
            databases = request.getfixturevalue(f"{request.param}_databases")
            url = stack.enter_context(databases.fresh())
        made = Stage(url)
        stack.callback(made.close)
        yield made
