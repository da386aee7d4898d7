"""The types of fields in schemas: what they admit, what is told of them, and there and back."""

import datetime as dt
import decimal
import uuid

import pytest
from pydantic import ValidationError

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
    SmallInteger,
    Text,
    Time,
)
from dotorm.pydantic import create_schema, from_record, read_schema, to_record, update_schema
from tests.given import given

TOKEN = uuid.UUID(int=7)


class Note(DotModel):
    """A line."""

    __table__ = "notes"

    id: int = Integer(primary_key=True)
    text: str = Text(description="What it says")


class Every(DotModel):
    __table__ = "every"

    id: uuid.UUID = UUID(primary_key=True, default=uuid.uuid4)
    small: int = SmallInteger(required=True)
    whole: int = Integer(required=True)
    big: int = BigInteger(required=True)
    char: str = Char(max_length=3, required=True)
    text: str = Text(required=True)
    flag: bool = Boolean(required=True)
    ratio: float = Float(required=True)
    price: decimal.Decimal = Decimal(5, 2, required=True)
    day: dt.date = Date(required=True)
    clock: dt.time = Time(required=True)
    moment: dt.datetime = Datetime(required=True)
    data: dict = JSONField(required=True)
    raw: bytes = Binary(required=True)
    token: uuid.UUID = UUID(required=True)


class Odd(DotModel):
    __table__ = "odd"

    id: int = Integer(primary_key=True)
    copy: str = Char(required=True)
    schema: str = Char()
    model_year: int = Integer()
    model_config: str = Char()


SAMPLE = {
    "small": 1,
    "whole": 2,
    "big": 3,
    "char": "abc",
    "text": "text",
    "flag": True,
    "ratio": 0.5,
    "price": "1.50",
    "day": "2024-01-31",
    "clock": "12:30:00",
    "moment": "2024-01-31T12:00:00Z",
    "data": {"a": [1, None]},
    "raw": "AP8=",
    "token": str(TOKEN),
}


def properties(schema, mode="validation"):
    return schema.model_json_schema(mode=mode)["properties"]


def problems(schema, **payload):
    """The place and kind of each error."""
    with pytest.raises(ValidationError) as caught:
        schema.model_validate(payload)
    return [(error["loc"][0], error["type"]) for error in caught.value.errors()]


def test_what_is_told_of_each_type():
    told = properties(create_schema(Every))
    for name in told:
        told[name].pop("title", None)
    assert told == {
        "small": {"type": "integer", "minimum": -(2**15), "maximum": 2**15 - 1},
        "whole": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        "big": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
        "char": {"type": "string", "maxLength": 3},
        "text": {"type": "string"},
        "flag": {"type": "boolean"},
        "ratio": {"type": "number"},
        "price": {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": -1000, "exclusiveMaximum": 1000},
                {"type": "string", "pattern": r"^[-+]?0*\d{0,3}(\.\d{0,2}0*)?$"},
            ]
        },
        "day": {"type": "string", "format": "date"},
        "clock": {"type": "string", "format": "time"},
        "moment": {"type": "string", "format": "date-time"},
        "data": {"$ref": "#/$defs/JsonValue"},
        "raw": {"type": "string", "contentEncoding": "base64"},
        "token": {"type": "string", "format": "uuid"},
    }


def test_what_is_told_of_what_is_shown():
    told = properties(read_schema(Every), "serialization")
    assert told["char"]["maxLength"] == 3
    assert told["price"]["type"] == "string"
    assert told["moment"]["format"] == "date-time"
    assert told["raw"]["contentEncoding"] == "base64"
    note = read_schema(Note).model_json_schema()
    assert note["description"] == "A line."
    assert note["properties"]["text"]["description"] == "What it says"
    assert {"type": "null"} in note["properties"]["text"]["anyOf"]


def test_a_payload_of_all_types_there_and_back():
    payload = create_schema(Every).model_validate(SAMPLE)
    record = to_record(payload)
    assert record.price == decimal.Decimal("1.50")
    assert record.moment == dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
    assert record.raw == b"\x00\xff"
    assert record.token == TOKEN
    record.id = TOKEN
    shown = from_record(read_schema(Every), record)
    assert shown.model_dump(mode="json") == {"id": str(TOKEN), **SAMPLE}
    assert read_schema(Every).model_validate_json(shown.model_dump_json()) == shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("small", value) for value in (2**15, "x", 1.5, None)),
        *(("big", value) for value in (2**63, None)),
        *(("char", value) for value in ("four", 3, None)),
        *(("price", value) for value in ("1000", "1.234", 1.234, "NaN", "x", True, None)),
        *(("day", value) for value in ("2024-02-31", "2024-01-31T12:00", None)),
        *(("clock", value) for value in ("25:00", "12:00Z", None)),
        *(("moment", value) for value in ("never", "0001-01-01T00:00+14:00", None)),
        *(("data", value) for value in (None, {1, 2}, object())),
        *(("raw", value) for value in ("ä", "AAA", 1, None)),
        *(("token", value) for value in ("x", None)),
    ],
)
def test_what_the_field_does_not_take_is_refused(name, value):
    [(place, _)] = problems(create_schema(Every), **{**SAMPLE, name: value})
    assert place == name
    [(place, _)] = problems(update_schema(Every), **{name: value})
    assert place == name


def test_values_are_what_the_field_makes_of_them():
    schema = update_schema(Every)
    assert schema(moment="2024-01-31T12:00").moment == dt.datetime(2024, 1, 31, 12, tzinfo=dt.UTC)
    assert str(schema(price=1.5).price) == "1.50"
    assert str(schema.model_validate_json('{"price": 19.90}').price) == "19.90"
    assert schema(raw=b"ab").raw == b"ab"
    assert str(schema(price="019.9000").price) == "19.90"


def test_a_number_that_was_rounded_on_its_way_is_refused():
    class Account(DotModel):
        __table__ = "accounts"

        id: int = Integer(primary_key=True)
        balance: decimal.Decimal = Decimal(18, 2)

    schema = create_schema(Account)
    assert problems(schema, balance=1234567890123456.78) == [("balance", "value_error")]
    text = "1234567890123456.78"
    assert schema(balance=text).balance == decimal.Decimal(text)
    assert schema(balance=1234567890123.45).balance == decimal.Decimal("1234567890123.45")


def test_an_infinity_is_shown_as_text():
    schema = read_schema(Every, ["ratio"])
    text = schema(ratio=float("inf")).model_dump_json()
    assert text == '{"ratio":"Infinity"}'
    assert schema.model_validate_json(text).ratio == float("inf")


def test_what_is_stored_is_shown_even_beyond_a_limit():
    shown = from_record(read_schema(Every, ["char", "whole"]), Every(char="longer", whole=2**40))
    assert shown.char == "longer"


def test_unknown_names_in_a_payload_are_refused():
    assert problems(create_schema(Note), text="x", txet="y") == [("txet", "extra_forbidden")]
    assert problems(update_schema(Note), id=1) == [("id", "extra_forbidden")]
    assert create_schema(Note).model_json_schema()["additionalProperties"] is False


def test_names_that_pydantic_has_itself():
    schema = create_schema(Odd)
    payload = schema.model_validate({"copy": "a", "schema": "b", "model_config": "c"})
    assert given(to_record(payload)) == {"copy": "a", "schema": "b", "model_config": "c"}
    assert payload.model_dump(exclude_unset=True) == {
        "copy": "a",
        "schema": "b",
        "model_config": "c",
    }
    shown = from_record(read_schema(Odd, ["copy", "model_year"]), Odd(copy="a", model_year=3))
    assert shown.model_dump_json() == '{"copy":"a","model_year":3}'
    assert set(properties(schema)) >= {"copy", "schema", "model_config"}
