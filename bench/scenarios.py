"""What is measured: a method of the competitors, what it is called with, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench import data
from bench.data import Sizes

type Arguments = tuple[Any, ...]

_STRIDE = 7919  # a prime: calls one after another read rows that are far apart


class Effect(StrEnum):
    """What a scenario leaves behind, and so has to be tidied up."""

    NONE = "none"
    INSERTS = "inserts"
    UPDATES = "updates"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One row of the results.

    `arguments` makes what the n-th call is given, outside of the measured time. `calls` is how
    often a round calls it; `concurrent` says that many tasks share the calls; `busy`, that another
    task computes meanwhile. `backends` are where it says something.
    """

    name: str
    title: str
    method: str
    arguments: Callable[[Sizes, int], Arguments]
    calls: int = 1
    concurrent: bool = False
    effect: Effect = Effect.NONE
    memory: bool = False
    heavy: bool = False  # seconds each: few rounds, and none in a quick run
    busy: bool = False
    backends: frozenset[str] = frozenset({"postgres", "sqlite", "mariadb", "clickhouse"})

    @property
    def waking(self) -> int:
        """How many calls go before those of a round, unmeasured: a tenth, so none of a long one."""
        return self.calls // 10


def _key(sizes: Sizes, n: int) -> Arguments:
    return (1 + n * _STRIDE % sizes.users,)


def _page(sizes: Sizes, n: int) -> Arguments:
    return n * _STRIDE % (sizes.users - sizes.batch), sizes.batch


def _few(sizes: Sizes, n: int) -> Arguments:
    after, rows = _page(sizes, n)
    return after, min(60, rows)


def _parents(sizes: Sizes, n: int) -> Arguments:
    first = n * sizes.parents % (sizes.roles - sizes.parents)
    return (list(range(first + 1, first + sizes.parents + 1)),)


def _linked(sizes: Sizes, n: int) -> Arguments:
    return n * sizes.linked % (sizes.articles - sizes.linked), sizes.linked


def _filter(sizes: Sizes, n: int) -> Arguments:
    return True, 10 + n % 20, f"role {1 + n * 31 % sizes.roles}"


def _same(sizes: Sizes, n: int) -> Arguments:
    return _keys(sizes, n), n % 2 == 0, n % 90


def _distinct(sizes: Sizes, n: int) -> Arguments:
    return ([(key, f"renamed {key}.{n}", (key + n) % 90) for key in _keys(sizes, n)],)


def _keys(sizes: Sizes, n: int) -> list[int]:
    first = n * sizes.batch % (sizes.users - sizes.batch)
    return list(range(first + 1, first + sizes.batch + 1))


def _rows(count: Callable[[Sizes], int]) -> Callable[[Sizes, int], Arguments]:
    return lambda sizes, _: (data.new_users(count(sizes), sizes),)


SCENARIOS = [
    Scenario("get", "get by key, one after another", "get", _key, calls=300),
    Scenario("tasks", "get by key, 50 tasks on 10 connections", "get", _key, 500, concurrent=True),
    Scenario("select", "select 1000 rows x 8 columns", "select", _page, calls=4),
    Scenario(
        "select-plain", "select 1000 rows x 6 columns, no timestamp", "select_plain", _page, calls=4
    ),
    Scenario(
        "busy",
        "select 60 rows while the program computes",
        "select",
        _few,
        busy=True,
        backends=frozenset({"sqlite"}),  # which works in a thread of the program
    ),
    Scenario("many2one", "select 1000 + many2one", "many2one", _page, calls=3),
    Scenario("one2many", "10 roles with their 1000 users", "one2many", _parents, calls=3),
    Scenario("many2many", "200 articles with their 1000 tags", "many2many", _linked, calls=3),
    Scenario("nested", "10 roles, their users, their articles", "nested", _parents, calls=3),
    Scenario("filter", "filter of 3 conditions, 1 by a relation", "filter", _filter, calls=60),
    Scenario("serialise", "get, validate, serialise to JSON", "serialise", _key, calls=300),
    Scenario(
        "insert",
        "insert 1000, answering keys",
        "insert",
        _rows(lambda sizes: sizes.batch),
        calls=3,
        effect=Effect.INSERTS,
    ),
    Scenario("update", "update 1000, same values", "update", _same, 3, effect=Effect.UPDATES),
    Scenario(
        "update-distinct",
        "update 1000, values of their own",
        "update_distinct",
        _distinct,
        calls=3,
        effect=Effect.UPDATES,
    ),
    Scenario(
        "insert-many",
        "insert 10,000",
        "insert",
        _rows(lambda sizes: sizes.many),
        effect=Effect.INSERTS,
        heavy=True,
    ),
    Scenario(
        "insert-most",
        "insert 100,000",
        "insert",
        _rows(lambda sizes: sizes.most),
        effect=Effect.INSERTS,
        heavy=True,
    ),
    Scenario(
        "read-all",
        "read 100,000 records",
        "select",
        lambda sizes, _: (0, sizes.users),
        heavy=True,
        memory=True,
    ),
]

MAIN = ["get", "tasks", "select", "many2one", "insert", "update", "update-distinct"]
"""The scenarios of the brief tables and the picture."""

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}
