"""The models of these tables, and how a table is held against the dialects."""

from dataclasses import dataclass
from typing import Any

from dotorm import (
    UUID,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Date,
    Datetime,
    Decimal,
    DotModel,
    Float,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    NotSupported,
    One2many,
    SmallInteger,
    Text,
    Time,
)
from dotorm_mysql import MYSQL
from dotorm_postgres import POSTGRES
from dotorm_sqlite import SQLITE

DIALECTS = {"sqlite": SQLITE, "postgres": POSTGRES, "mysql": MYSQL}
NOT_SUPPORTED = "not supported"


class Team(DotModel):
    __table__ = "teams"

    id = BigInteger(primary_key=True)
    name = Char(max_length=20, required=True)
    lead = Many2one(lambda: User)
    users = One2many(lambda: User, "team")


class Tag(DotModel):
    __table__ = "order"

    id = Integer(primary_key=True)
    name = Char(column="Tag Name")
    users = Many2many(lambda: User, "user_tags", "user_id", "tag_id")


class User(DotModel):
    __table__ = "users"

    id = Integer(primary_key=True)
    name = Char(max_length=100, required=True)
    age = SmallInteger()
    score = Float()
    price = Decimal(10, 2)
    born = Date()
    seen = Datetime()
    prefs = JSONField()
    data = Binary()
    active = Boolean(default=True)
    team = Many2one(lambda: Team, column="team_id")
    tags = Many2many(lambda: Tag, "user_tags", "tag_id", "user_id")


class Everything(DotModel):
    __table__ = "Every Thing"

    key = UUID(primary_key=True)
    text = Text()
    time = Time()


@dataclass
class Case:
    """What is asked, and what each dialect says: text and values, or NOT_SUPPORTED."""

    ask: Any
    sqlite: Any
    postgres: Any
    mysql: Any


def every(table):
    """The parameters of a test that runs each case of a table on each dialect."""
    return [
        (name, dialect, case.ask, getattr(case, dialect))
        for name, case in table.items()
        for dialect in DIALECTS
    ]


def names(table):
    """The names of these tests."""
    return [f"{name}-{dialect}" for name in table for dialect in DIALECTS]


def said(ask, *arguments):
    """What was asked, or that it is not supported."""
    try:
        return ask(*arguments)
    except NotSupported:
        return NOT_SUPPORTED
