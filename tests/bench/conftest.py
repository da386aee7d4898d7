"""A run with figures that are easy to reckon with."""

import pytest

from bench.results import Results, Row, Run


@pytest.fixture
def run():
    select = Row(
        "select",
        times={
            "held": [0.004, 0.008, 0.004],
            "pool": [0.008, 0.016, 0.008],
            "dotorm": [0.006, 0.008, 0.004],
            "tortoise": [0.040, 0.080, 0.040],
        },
        statements={"held": 1, "pool": 2, "dotorm": 1, "tortoise": 2},
        trips={"held": 1, "pool": 2, "dotorm": 1, "tortoise": 3},
    )
    update = Row("update", times={"dotorm": [0.03], "held": [0.015]}, statements={}, trips={})
    read = Row(
        "read-all",
        times={"dotorm": [1.0], "dotorm-2.4": [2.0], "tortoise": [4.0]},
        before={"dotorm": [30.0], "dotorm-2.4": [40.0], "tortoise": [50.0]},
        peak={"dotorm": [91.0], "dotorm-2.4": [90.0], "tortoise": [130.0]},
    )
    titles = {
        "held": "asyncpg, held connection",
        "pool": "asyncpg, its pool",
        "dotorm": "DotORM",
        "dotorm-2.4": "DotORM 2.4",
        "tortoise": "Tortoise <1.1>",
    }
    return Run(
        "postgres",
        "PostgreSQL 18",
        "3.12.1",
        "asyncio",
        titles=titles,
        ways={"held": {"get": "fetchrow", "select": "fetch", "select-plain": "fetch"}},
        versions={"asyncpg": "0.32.0", "SQLAlchemy": "2.1.9"},
        rows=[select, update, read],
    )


@pytest.fixture
def results(run):
    machine = {
        "date": "2026-01-01 00:00 UTC",
        "cpu": "A processor",
        "cores": 2,
        "memory": "23 GiB",
        "system": "Debian GNU/Linux 12",
        "kernel": "6.1",
        "load": [0.1, 0.2, 0.3],
    }
    return Results(machine, "scripts/bench full", {"users": 100_000}, [run], 754.6)
