"""Every type of field and every parameter of fields; each test on every backend."""

import datetime as dt
import decimal
import uuid
from typing import Any

import pytest

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
    Field,
    FieldNotLoaded,
    Float,
    Integer,
    InvalidValue,
    JSONField,
    Many2one,
    NotNullViolation,
    SmallInteger,
    Text,
    Time,
    UniqueViolation,
    connect,
)


class Specimen(DotModel):
    """Has a field of every type that a column can have."""

    __table__ = "specimens"

    id: int = Integer(primary_key=True)
    big: int = BigInteger()
    small: int = SmallInteger()
    word: str = Char(max_length=5)
    text: str = Text()
    flag: bool = Boolean()
    ratio: float = Float()
    price: decimal.Decimal = Decimal(max_digits=12, decimal_places=4)
    day: dt.date = Date()
    hour: dt.time = Time()
    moment: dt.datetime = Datetime()
    data: Any = JSONField()
    raw: bytes = Binary()
    token: uuid.UUID = UUID()
    parent: Any = Many2one(lambda: Specimen)


NOON = dt.datetime(2024, 2, 29, 12, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=5)))

VALUES: list[tuple[str, Any]] = [
    ("id", 2**31 - 1),
    ("big", -(2**63)),
    ("small", 2**15 - 1),
    ("word", "ünïç5"),
    ("text", "long; 'quoted' \"text\" % \\ " * 1000),
    ("flag", False),
    ("ratio", 0.1 + 0.2),
    ("price", decimal.Decimal("12345678.0001")),
    ("day", dt.date(2024, 2, 29)),
    ("hour", dt.time(23, 59, 59, 999999)),
    ("moment", NOON),
    ("data", {"a": [1, None, {"b": "ü"}], "c": 1.5}),
    ("data", [1, "two", False]),
    ("raw", bytes(range(256))),
    ("token", uuid.UUID(int=2**127 + 1)),
]


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[name for name, _ in VALUES])
async def test_a_value_comes_back_as_it_was(url: str, name: str, value: Any) -> None:
    async with connect(url, models=[Specimen]) as database:
        await database.create_and_update_tables([Specimen])
        await Specimen.create(Specimen(**{"id": 7, name: value}))
        (read,) = await Specimen.search(filter=[] if name == "data" else [(name, "=", value)])

    answered = getattr(read, name)
    assert isinstance(answered, type(value))
    assert answered == value
    assert {getattr(read, n) for n in Specimen.__meta__.stored if n not in (name, "id")} == {None}


TYPES = {
    "id": "integer",
    "big": "bigint",
    "small": "smallint",
    "word": "character varying(5)",
    "text": "text",
    "flag": "boolean",
    "ratio": "double precision",
    "price": "numeric(12,4)",
    "day": "date",
    "hour": "time without time zone",
    "moment": "timestamp with time zone",
    "data": "jsonb",
    "raw": "bytea",
    "token": "uuid",
    "parent": "integer",
}


async def test_the_types_of_columns_on_postgres(postgres_url: str) -> None:
    async with connect(postgres_url, models=[Specimen]) as database:
        await database.create_and_update_tables([Specimen])
        rows = await database.execute(
            "SELECT attname, format_type(atttypid, atttypmod) AS type FROM pg_attribute "
            "WHERE attrelid = 'specimens'::regclass AND attnum > 0"
        )

    assert {row["attname"]: row["type"] for row in rows} == TYPES


async def test_a_foreign_key_has_the_type_of_its_target(postgres_url: str) -> None:
    class Giant(DotModel):
        __table__ = "giants"
        id: int = BigInteger(primary_key=True)
        friend: Any = Many2one(lambda: Giant)

    async with connect(postgres_url, models=[Giant]) as database:
        await database.create_and_update_tables([Giant])
        await Giant.create(Giant(id=2**40, friend=2**40))
        (row,) = await database.execute("SELECT pg_typeof(friend)::text AS type FROM giants")

    assert row["type"] == "bigint"


def _slug(record: Any) -> str:
    return str(record.title).lower()


class Parameters(DotModel):
    """Has every parameter that a field can be given."""

    __table__ = "parameters"

    code: str = Char(primary_key=True, max_length=10)
    title: Any = Char(required=True)
    strict: Any = Integer(null=False, default=1)
    loose: Any = Integer(null=True)
    single: Any = Integer(unique=True)
    quick: int = Integer(index=True)
    tags: Any = JSONField(default=[])
    token: uuid.UUID = UUID(default=uuid.uuid4)
    told: str = Text(description="what readers should know")
    slug: str = Char(store=False, compute=_slug)
    scratch: str = Char(store=False)


@pytest.fixture
async def parameters(url: str) -> Any:
    """The table of `Parameters`."""
    async with connect(url, models=[Parameters]) as database:
        await database.create_and_update_tables([Parameters])
        yield database


async def test_primary_key(parameters: Any) -> None:
    key: str = await Parameters.create(Parameters(code="k", title="x"))

    assert key == "k"
    with pytest.raises(UniqueViolation):
        await Parameters.create(Parameters(code="k", title="y"))
    with pytest.raises(InvalidValue):
        await Parameters.create(Parameters(title="no key, and the database makes none"))


async def test_required_and_null(parameters: Any) -> None:
    for wrong in (Parameters(code="a", title=None), Parameters(code="a", title="x", strict=None)):
        with pytest.raises(InvalidValue):
            await Parameters.create(wrong)
    with pytest.raises((InvalidValue, NotNullViolation)):
        await Parameters.create(Parameters(code="a"))
    await Parameters.create(Parameters(code="a", title="x", loose=None))
    assert (await Parameters.get_or_raise("a")).loose is None


async def test_unique(parameters: Any) -> None:
    await Parameters.create_bulk([Parameters(code=c, title="x", single=None) for c in "ab"])
    await Parameters.create(Parameters(code="c", title="x", single=1))

    with pytest.raises(UniqueViolation):
        await Parameters.create(Parameters(code="d", title="x", single=1))


async def test_index(parameters: Any) -> None:
    assert await Parameters.__create_table__() == []
    name = (
        "SELECT name FROM sqlite_master WHERE tbl_name = 'parameters' AND sql LIKE %s"
        if parameters.backend.name == "sqlite"
        else "SELECT indexname AS name FROM pg_indexes WHERE indexdef LIKE %s"
    )

    assert len(await parameters.execute(name, ["%INDEX%quick%"])) == 1


async def test_default(parameters: Any) -> None:
    first, second = Parameters(code="a", title="x"), Parameters(code="b", title="x")
    first.tags.append("own")
    await Parameters.create_bulk([first, second])
    read = await Parameters.search(sort="code", order="ASC")

    assert [(record.strict, record.tags) for record in read] == [(1, ["own"]), (1, [])]
    assert first.token != second.token
    assert [record.token for record in read] == [first.token, second.token]


async def test_store_and_compute(parameters: Any) -> None:
    await Parameters.create(Parameters(code="a", title="Big", scratch="kept here"))
    read: Any = await Parameters.get_or_raise("a")

    assert "slug" not in Parameters.__meta__.stored
    assert read.slug == "big"
    assert read.scratch is None
    partly: Any = await Parameters.get_or_raise("a", fields=["code"])
    with pytest.raises(FieldNotLoaded):
        _ = partly.slug


def test_description() -> None:
    assert Parameters.__meta__.fields["told"].description == "what readers should know"


def test_nothing_is_given_unless_it_is_given() -> None:
    field: Any = Field()

    assert (field.null, field.store) == (True, True)
    assert not any((field.primary_key, field.required, field.unique, field.index))
    assert (field.default, field.description, field.compute) == (None, None, None)


@pytest.mark.parametrize("name", ["Integer", "Char", "Decimal", "Datetime", "JSONField", "Binary"])
def test_a_misspelt_parameter_is_an_error(name: str) -> None:
    with pytest.raises(TypeError):
        getattr(dotorm, name)(requried=True)
