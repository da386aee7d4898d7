"""Hydrators, generated for a model and its fields."""

import copy
import datetime as dt
import gc
import pickle

import pytest

from dotorm import Boolean, Char, ConfigurationError, Datetime, DotModel, Integer, Many2one
from dotorm.builder import RowPlan
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE


class User(DotModel):
    __table__ = "users"

    id: int = Integer(primary_key=True)
    name: str = Char()
    active: bool = Boolean()
    seen: dt.datetime = Datetime()
    boss = Many2one(lambda: User)


def plan(*names, dialect=SQLITE):
    return RowPlan(User.__meta__, [User.__meta__.stored[name] for name in names], dialect)


def test_records_of_rows():
    users = plan("id", "name").hydrate([(1, "a"), [2, None]])

    assert [type(user) for user in users] == [User, User]
    assert [(user.id, user.name) for user in users] == [(1, "a"), (2, None)]
    assert plan("id").hydrate([]) == []


def test_only_the_columns_that_need_it_are_converted():
    rows = [(1, "a", 1, "2024-01-01 00:00:00.000000+00:00"), (2, "b", None, None)]
    first, second = plan("id", "name", "active", "seen").hydrate(rows)

    assert first.active is True
    assert first.seen == dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
    assert (second.active, second.seen) == (None, None)
    assert plan("active", dialect=POSTGRES).hydrate([(True,)])[0].active is True


def test_a_record_keeps_its_row_and_nothing_else():
    row = (1, 7)
    user = plan("id", "boss").hydrate([row])[0]
    assert user._row is row
    assert vars(user).keys() == {"_plan", "_row", "id", "boss"}


def test_one_record_of_one_column():
    assert plan("name").hydrate([("x",)])[0].name == "x"


@pytest.mark.parametrize("row", [(1,), (1, 2, 3)])
def test_rows_of_another_width(row):
    with pytest.raises(ValueError, match="unpack"):
        plan("id", "name").hydrate([row])


def test_values():
    assert plan("id", "active").values((1, 0)) == [1, False]
    assert plan("id", "active").values((None, None)) == [None, None]


def test_values_of_a_row_of_another_width():
    with pytest.raises(ValueError, match="zip"):
        plan("id", "name").values((1,))


def test_one_column_of_many_rows():
    rows = plan("id", "active")
    assert rows.column("active", [1, None, 0]) == [True, None, False]
    assert type(rows.column("active", [1])[0]) is bool
    assert rows.column("id", [2, None]) == [2, None]


def test_copies_are_the_plan_itself():
    rows = plan("id")
    assert copy.copy(rows) is copy.deepcopy(rows) is rows


def test_places():
    rows = plan("name", "id")
    assert (rows.names, rows.index) == (("name", "id"), {"name": 0, "id": 1})


def test_columns_of_records():
    users = [User(id=1, name="a"), User(id=2)]
    assert plan("name", "id").columns_of(users) == [["a", None], [1, 2]]
    assert plan().columns_of(users) == []


@pytest.mark.parametrize("name", ["a b", "class", "_x", "x;y", "__import__('os')", ""])
def test_names_that_are_not_written_into_code(name):
    with pytest.raises(ConfigurationError, match="cannot be the name of a field"):
        RowPlan(User.__meta__, [Integer().bound_to(User.__meta__, name)], SQLITE)


def test_pickling():
    again = pickle.loads(pickle.dumps(plan("id", "active")))
    assert again.names == ("id", "active")
    assert again.hydrate([(1, 1)])[0].active is True


def keeps_a_dict(record):
    """Whether the record has a dict of its own, and not just inline storage for its fields."""
    return any(isinstance(part, dict) for part in gc.get_referents(record))


@pytest.mark.parametrize("first", ["nothing", "read", "written"])
def test_records_keep_their_values_inline_whatever_the_first_ones_held(first):
    class Late(DotModel):
        __table__ = "late"

        id: int = Integer(primary_key=True)
        name: str = Char()
        age: int = Integer()

    def read(*names, rows):
        return RowPlan(Late.__meta__, [Late.__meta__.stored[n] for n in names], SQLITE).hydrate(
            rows
        )

    if first == "read":
        read("id", rows=[(n,) for n in range(100)])
    elif first == "written":
        assert [Late(name="x") for _ in range(100)]

    (record,) = read("age", "name", "id", rows=[(7, "x", 1)])

    assert not keeps_a_dict(record)


def test_more_fields_than_inline_storage_holds():
    fields = {f"f{n}": Integer(primary_key=n == 0) for n in range(60)}
    wide = type(DotModel)("Wide", (DotModel,), {"__table__": "wide", **fields})
    meta = wide.__meta__
    record = RowPlan(meta, list(meta.stored.values()), SQLITE).hydrate([range(60)])[0]
    assert [getattr(record, name) for name in fields] == list(range(60))
    assert keeps_a_dict(record)


def test_the_collector_hardly_runs_while_many_rows_become_records():
    runs = []
    hydrate, rows = plan("id").hydrate, [(number,) for number in range(30_000)]

    def told(phase, info):
        runs.append(phase)

    gc.collect()
    gc.callbacks.append(told)
    try:
        records = hydrate(rows)
    finally:
        gc.callbacks.remove(told)
    assert len(records) == 30_000
    assert runs.count("start") <= 2
