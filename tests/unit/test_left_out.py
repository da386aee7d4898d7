"""What a database does not enforce is said when its table is made; what cannot be, is refused."""

import pytest

from dotorm import Char, ConfigurationError, DotModel, Integer, Many2one
from dotorm.changes import plan_changes
from dotorm.components import Dialect
from dotorm.ddl import ExistingTable
from dotorm.meta import ModelMeta
from dotorm.tables import table_plans
from dotorm.testing.recording import NOTHING
from dotorm_sqlite.backend import BACKEND
from dotorm_sqlite.ddl import SqliteDDL
from dotorm_sqlite.dialect import SqliteDialect


class Bare(SqliteDialect):
    name = "bare"
    features = NOTHING


class Owner(DotModel):
    __table__ = "owners"

    id: int = Integer(primary_key=True)


class Pet(DotModel):
    __table__ = "pets"
    __unique__ = (("name", "owner"),)

    id: int = Integer(primary_key=True)
    name: str = Char(unique=True)
    owner: Owner = Many2one(lambda: Owner)


def skipped(dialect: Dialect, existing: dict[str, ExistingTable]) -> list[str]:
    wanted = table_plans([Owner.__meta__, Pet.__meta__], dialect)
    return plan_changes(wanted, existing, SqliteDDL(dialect)).skipped


def test_each_promise_that_is_not_kept_is_named_once():
    there = {name: ExistingTable({"id": False}) for name in ("owners",)}
    assert skipped(Bare(), there) == [
        "Pet.owner refers to other records, which bare does not enforce",
        "Pet.name is to be unique, which bare does not enforce",
        "Pet.name and Pet.owner is to be unique, which bare does not enforce",
    ]


def test_nothing_is_said_where_they_are_kept():
    assert skipped(BACKEND.dialect, {}) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "is required and table x has rows: give it a default, or add it with null=True"),
        ({"unique": True}, "is required and unique and table x has rows: add it with null=True"),
        (
            {"unique": True, "default": "a"},
            "is required and unique and table x has rows: add it with null=True and fill it first",
        ),
    ],
)
def test_a_column_that_cannot_be_added(given, message):
    fields = {"id": Integer(primary_key=True), "code": Char(required=True, **given)}
    wanted = table_plans([ModelMeta("X", "x", fields)], BACKEND.dialect)
    there = {"x": ExistingTable({"id": False}, has_rows=True)}
    with pytest.raises(ConfigurationError, match=rf"^X\.code {message}"):
        plan_changes(wanted, there, SqliteDDL(BACKEND.dialect))
