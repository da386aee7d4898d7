"""The command's options: some scenarios, some competitors, one backend."""

import pytest
from rich.console import Console

from bench import plans
from bench.__main__ import arguments, measure


def chosen(*words):
    return list(plans.plans(arguments(list(words))))


def test_a_part_is_measured_on_the_backends_that_have_it():
    found = chosen("--competitors", "dotorm,aiomysql", "--scenarios", "busy,select")

    parts = {
        (plan.setting.backend, *plan.names, *(each.name for each in plan.scenarios))
        for plan in found
    }
    assert parts == {
        ("postgres", "dotorm", "select"),
        ("mariadb", "dotorm", "aiomysql", "select"),
        ("clickhouse", "dotorm", "select"),
        ("sqlite", "dotorm", "busy", "select"),
    }


def test_who_needs_something_of_asyncio_takes_no_part_in_another_event_loop():
    (asyncio,), (uvloop,) = chosen("--loop", "asyncio"), chosen("--loop", "uvloop")

    assert set(asyncio.names) - set(uvloop.names) == {"small-reads"}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--scenarios", "get,nonsense"], "no nonsense among busy, filter, get"),
        (["--competitors", "asyncpg"], "no asyncpg among aiomysql, as-it-is"),
        (["--python", "2.7"], "there are no environments of Python 2.7"),
    ],
)
def test_what_is_unknown_is_told_with_what_there_is(capsys, words, message):
    with pytest.raises(SystemExit) as ended:
        arguments(words)

    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_competitor_that_does_nothing_of_it_is_told(capsys, tmp_path):
    kept = tmp_path / "results.json"
    words = ["--backend", "sqlite", "--competitors", "held", "--keep", str(kept)]

    assert measure(arguments(words), Console()) == 2

    assert "none of these competitors" in capsys.readouterr().out
    assert not kept.exists()
