"""A run that promised a backend fails when a test of it was skipped."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

TESTS = """
import pytest

def test_nothing(): pass

@pytest.fixture
def postgres_url(): pytest.skip("no server")

@pytest.fixture
def sqlite_url(): return "sqlite://"

def test_sqlite(sqlite_url): pass

{marker}
def test_postgres(postgres_url): pass
"""


@pytest.fixture(params=["", "--numprocesses=2"])
def run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("PYTEST_ADDOPTS", request.param)
    pytester.makeini("[pytest]\nmarkers =\n sqlite\n postgres\n may_skip\n")
    pytester.makepyfile(TESTS.format(marker=""))
    return pytester


def test_counts_stand_before_the_closing_line(run: pytest.Pytester) -> None:
    result = run.runpytest_subprocess("-p", "tests.backends", "-p", "no:randomly")

    assert result.ret == 0
    result.stdout.fnmatch_lines(
        [
            "sqlite * 1 passed, 0 failed, 0 skipped",
            "postgres * 0 passed, 0 failed, 1 skipped",
            "no database * 1 passed, 0 failed, 0 skipped",
            "*2 passed, 1 skipped in *",
        ]
    )


def test_a_skip_breaks_the_promise(run: pytest.Pytester) -> None:
    result = run.runpytest_subprocess("-p", "tests.backends", "--promise=postgres", ".")

    assert result.ret == 1
    result.stdout.fnmatch_lines(
        ["!! postgres was promised, but this was skipped: *::test_postgres"]
    )


def test_a_skip_may_be_allowed(run: pytest.Pytester) -> None:
    run.makepyfile(TESTS.format(marker="@pytest.mark.may_skip('reason')"))

    assert run.runpytest_subprocess("-p", "tests.backends", "--promise=postgres", ".").ret == 0


def test_a_full_run_that_never_reached_a_backend(run: pytest.Pytester) -> None:
    run.makepyfile("def test_nothing(): pass")
    result = run.runpytest_subprocess("-p", "tests.backends", "--promise=sqlite")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["!! sqlite was promised, but no test passed on it"])


def test_a_skipped_module_breaks_the_promise(run: pytest.Pytester) -> None:
    run.makepyfile(test_hidden="import pytest\npytest.importorskip('no_such_module')")
    result = run.runpytest_subprocess("-p", "tests.backends", "--promise=sqlite", ".")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["!! sqlite was promised, but this was skipped: *test_hidden.py"])


def test_the_selection_that_is_always_made_leaves_a_run_full(run: pytest.Pytester) -> None:
    run.makepyfile("def test_nothing(): pass")
    result = run.runpytest_subprocess("-p", "tests.backends", "--promise=sqlite", "-m", "not guide")

    assert result.ret == 1


@pytest.mark.parametrize("told", ["", "unavailable: out of order"])
def test_what_is_tried_is_promised_where_there_is_a_server(
    run: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    monkeypatch.setenv("DOTORM_TEST_POSTGRES", told)
    result = run.runpytest_subprocess("-p", "tests.backends", "--try=postgres", ".")

    assert result.ret == (0 if told else 1)
    (line,) = [line for line in result.outlines if line.startswith("!!")]
    assert ("nothing ran on postgres: out of order" in line) == bool(told)


def test_an_unknown_promise_is_refused(run: pytest.Pytester) -> None:
    result = run.runpytest_subprocess("-p", "tests.backends", "--promise=dbase")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*unknown backends dbase*"])
