"""What hostile arguments are thrown at: a database with its own event loop, and a watch on it."""

import asyncio
import contextlib
import datetime as dt
import decimal
import enum
import os
import re
import uuid

import dotorm
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
    DotORMError,
    Enum,
    Float,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    One2many,
    SmallInteger,
    Text,
    Time,
    field_types,
)
from tests.integration.conftest import Sent


class Mood(enum.Enum):
    CALM = "calm"
    QUOTED = 'it\'s "so"; --'


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    word: str = Char(max_length=50)
    things: list["Thing"] = Many2many(lambda: Thing, "thing_tags", "thing_id", "tag_id")


class Thing(DotModel):
    __table__ = 'things "of" ours; --'
    __unique__ = (("number", "small"),)
    __indexes__ = (("flag", "day"),)

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=200, column="the 'name' %s $1 ?")
    text: str = Text()
    number: int = Integer()
    big: int = BigInteger()
    small: int = SmallInteger()
    ratio: float = Float()
    price: decimal.Decimal = Decimal(12, 3)
    flag: bool = Boolean()
    day: dt.date = Date()
    at: dt.time = Time()
    seen: dt.datetime = Datetime()
    data = JSONField()
    raw: bytes = Binary()
    code: uuid.UUID = UUID(unique=True)
    mood: Mood = Enum(Mood)
    owner_id: "Thing" = Many2one(lambda: Thing)
    parts: list["Thing"] = One2many(lambda: Thing, "owner_id")
    tags: list[Tag] = Many2many(lambda: Tag, "thing_tags", "tag_id", "thing_id")


EXAMPLES = int(os.environ.get("DOTORM_EXAMPLES", "25"))
MODELS = [Tag, Thing]
VALUED = [name for name, field in Thing.__meta__.stored.items() if name not in ("id", "owner_id")]

_TOKEN = re.compile(
    r"""\s+ | "(?P<name>(?:[^"]|"")*)" | (?P<word>[A-Za-z_]\w*) | (?P<text>'!') | \$?\d+
    | \? | [(),.*=] | ::\w+(?:\[\])? | != | [<>]=?""",
    re.VERBOSE | re.DOTALL,
)
_WORDS = {
    "SELECT",
    "FROM",
    "WHERE",
    "AND",
    "OR",
    "NOT",
    "IN",
    "LIKE",
    "ILIKE",
    "ESCAPE",
    "IS",
    "NULL",
    "BETWEEN",
    "ORDER",
    "BY",
    "ASC",
    "DESC",
    "NULLS",
    "LAST",
    "LIMIT",
    "OFFSET",
    "FOR",
    "UPDATE",
    "OF",
    "NOWAIT",
    "SKIP",
    "LOCKED",
    "INSERT",
    "INTO",
    "VALUES",
    "DEFAULT",
    "RETURNING",
    "ON",
    "CONFLICT",
    "DO",
    "NOTHING",
    "SET",
    "DELETE",
    "AS",
    "LEFT",
    "JOIN",
    "EXISTS",
    "COUNT",
    "ANY",
    "WITH",
    "ORDINALITY",
    "ROW_NUMBER",
    "OVER",
    "PARTITION",
    "unnest",
    "json_each",
    "value",
    "instr",
    "dotorm_lower",
    "dotorm_unhex",
    "excluded",
    "n",
    "u",
    "w",
}
_ALIAS = re.compile(r"(?:t|s\d+_)\d+|c\d+")


def names_of(*models):
    """Every name in the database that these models may use."""
    found = set()
    for model in models:
        meta = model.__meta__
        found |= {meta.table, *(field.column for field in meta.stored.values())}
        for relation in meta.relations.values():
            if isinstance(relation, field_types.Many2many):
                found |= {relation.many2many_table, relation.column1, relation.column2}
    return found


def foreign_parts(sql, names):
    """What in a statement is neither a word of ours nor a quoted name of the models."""
    place, found = 0, []
    while place < len(sql):
        token = _TOKEN.match(sql, place)
        if token is None:
            return [*found, sql[place : place + 40]]
        place = token.end()
        name, word = token["name"], token["word"]
        if name is not None and name.replace('""', '"') not in names and not _ALIAS.fullmatch(name):
            found.append(name)
        if word is not None and word not in _WORDS and not _ALIAS.fullmatch(word):
            found.append(word)
    return found


class Stage:
    """One database with its own event loop, and what was sent to it."""

    def __init__(self, url):
        self._runner = asyncio.Runner()
        self.sent = Sent()
        dotorm.register_observer(self.sent)
        self.db = dotorm.connect(url, max_size=2, acquire_timeout=5)
        self.names = names_of(*MODELS)
        self.do(self._begin())

    async def _begin(self):
        self.db.bind(*MODELS)
        await self.db.create_and_update_tables(MODELS)
        await Tag.create_bulk([Tag(word="a"), Tag(word="b")])
        await Thing.create_bulk([Thing(name="one"), Thing(name="two", owner_id=1)])
        await Thing.link_many2many("tags", [(1, 1), (1, 2), (2, 1)])

    def do(self, work):
        return self._runner.run(work)

    def attempt(self, call, *, names=None, checked=True):
        """Run a call, undo it, and answer what it answered or our error that it raised."""
        self.sent.forget()
        try:
            return self.do(self._undone(call))
        except DotORMError as error:
            return error
        finally:
            known = self.names if names is None else names
            for text in self.sent.texts if checked else ():
                assert foreign_parts(text, known) == [], text[:1000]

    async def _undone(self, call):
        answer = []

        async def run():
            async with self.db.transaction():
                found = call()
                answer.append(await found if hasattr(found, "__await__") else await drained(found))
                raise Undo

        with contextlib.suppress(Undo):
            await run()
        return answer[0]

    def close(self):
        self.do(self.db.close())
        dotorm.unregister_observer(self.sent)
        self._runner.close()


class Undo(Exception):
    """What rolls a call back."""


async def drained(stream):
    return [record async for record in stream]
