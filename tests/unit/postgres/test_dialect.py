"""What PostgreSQL is told, word for word."""

import datetime as dt
import decimal
import uuid

import pytest

from dotorm import field_types as f
from dotorm.components.expressions import And, ColumnRef, Comparison, Not, Or
from dotorm.components.queries import (
    Delete,
    Fragment,
    Insert,
    Join,
    OnConflict,
    Order,
    Select,
    Update,
)
from dotorm.exceptions import ConfigurationError, InvalidValue, NotSupported
from dotorm.meta import ModelMeta
from dotorm_postgres import POSTGRES

META = ModelMeta(
    "User",
    "users",
    {
        "id": f.BigInteger(primary_key=True),
        "name": f.Char(max_length=100, required=True),
        "age": f.Integer(),
        "order": f.Integer(column='or"der'),
        "prefs": f.JSONField(),
        "price": f.Decimal(10, 2),
    },
)
ID, NAME, AGE, ORDER, PREFS, PRICE = (field.ref() for field in META.stored.values())
DEEP = ColumnRef("name", META.stored["name"], ("role_id",))


def where(node):
    return Select("users", (ID,), where=node)


TEXTS = {
    "select": (Select("users", (ID, NAME)), 'SELECT "id", "name" FROM "users"'),
    "count": (Select("users", (Fragment("COUNT(*)"),)), 'SELECT COUNT(*) FROM "users"'),
    "window": (
        Select("users", (ID,), order=(Order(ID, descending=True),), limit=2, offset=3),
        'SELECT "id" FROM "users" ORDER BY "id" DESC LIMIT $1 OFFSET $2',
    ),
    "null last, ascending": (
        Select("users", (ID,), order=(Order(AGE),)),
        'SELECT "id" FROM "users" ORDER BY "age" ASC',
    ),
    "null last, descending": (
        Select("users", (ID,), order=(Order(AGE, descending=True),)),
        'SELECT "id" FROM "users" ORDER BY "age" DESC NULLS LAST',
    ),
    "join": (
        Select(
            "users",
            (ID,),
            (Join("roles", ("role_id",), ((AGE, ColumnRef("id", None, ("role_id",))),)),),
            Comparison(DEEP, "=", "admin"),
            (Order(DEEP, descending=True),),
        ),
        (
            'SELECT "t0"."id" FROM "users" AS "t0" '
            'LEFT JOIN "roles" AS "t1" ON "t0"."age" = "t1"."id" '
            'WHERE "t1"."name" = $1 ORDER BY "t1"."name" DESC NULLS LAST'
        ),
    ),
    "and, or, not": (
        where(
            And(
                (
                    Or((Comparison(ID, "=", 1), Comparison(AGE, ">", 2))),
                    Not(Comparison(NAME, "!=", "x")),
                )
            )
        ),
        'SELECT "id" FROM "users" WHERE ("id" = $1 OR "age" > $2) AND NOT ("name" != $3)',
    ),
    "in": (
        where(Comparison(AGE, "in", [1, 2, 3])),
        'SELECT "id" FROM "users" WHERE "age" = ANY($1)',
    ),
    "in, keys": (
        where(Comparison(ID, "in", [1, 2, 3])),
        'SELECT "id" FROM "users" WHERE "id" = ANY((SELECT $1::TEXT::BIGINT[])::BIGINT[])',
    ),
    "in, many keys": (
        where(Comparison(ID, "in", list(range(5000)))),
        'SELECT "id" FROM "users" WHERE "id" = ANY($1)',
    ),
    "in, a column of links": (
        where(Comparison(ColumnRef("user_id", ID.field), "in", [1, 2, 3])),
        'SELECT "id" FROM "users" WHERE "user_id" = ANY($1)',
    ),
    "in, empty": (where(Comparison(ID, "in", [])), 'SELECT "id" FROM "users" WHERE 1 = 0'),
    "in, with null": (
        where(Comparison(AGE, "in", [1], with_null=True)),
        'SELECT "id" FROM "users" WHERE ("age" = $1 OR "age" IS NULL)',
    ),
    "not in": (
        where(Comparison(ID, "not in", [1, 2])),
        ('SELECT "id" FROM "users" WHERE NOT ("id" = ANY((SELECT $1::TEXT::BIGINT[])::BIGINT[]))'),
    ),
    "ilike": (
        where(Comparison(NAME, "ilike", "50%")),
        'SELECT "id" FROM "users" WHERE "name" ILIKE $1 ESCAPE \'!\'',
    ),
    "not like": (
        where(Comparison(NAME, "not like", "x")),
        'SELECT "id" FROM "users" WHERE "name" NOT LIKE $1 ESCAPE \'!\'',
    ),
    "between": (
        where(Comparison(AGE, "between", (1, 2))),
        'SELECT "id" FROM "users" WHERE "age" BETWEEN $1 AND $2',
    ),
    "is null": (
        where(Comparison(AGE, "is null")),
        'SELECT "id" FROM "users" WHERE "age" IS NULL',
    ),
    "one row": (
        Insert("users", (NAME, ORDER), returning=(ID,)),
        'INSERT INTO "users" ("name", "or""der") VALUES ($1, $2) RETURNING "id"',
    ),
    "a row of defaults": (
        Insert("users", (), returning=(ID,)),
        'INSERT INTO "users" DEFAULT VALUES RETURNING "id"',
    ),
    "many rows": (
        Insert("users", (NAME, PREFS, PRICE), rows=1000, returning=(ID,)),
        (
            'INSERT INTO "users" ("name", "prefs", "price") SELECT c1, c2, c3 '
            "FROM unnest($1::TEXT::VARCHAR[], $2::JSONB[], $3::DECIMAL[]) "
            'WITH ORDINALITY AS u(c1, c2, c3, n) ORDER BY n RETURNING "id"'
        ),
    ),
    "links": (
        Insert("links", (ID, AGE), rows=2, on_conflict=OnConflict()),
        (
            'INSERT INTO "links" ("id", "age") SELECT c1, c2 '
            "FROM unnest($1::TEXT::BIGINT[], $2::TEXT::INTEGER[]) "
            "WITH ORDINALITY AS u(c1, c2, n) ORDER BY n ON CONFLICT DO NOTHING"
        ),
    ),
    "update": (
        Update("users", (NAME, AGE), ("x", 1), Comparison(ID, "in", [1])),
        'UPDATE "users" SET "name" = $1, "age" = $2 WHERE "id" = $3',
    ),
    "delete": (
        Delete("users", Comparison(ID, "=", 1)),
        'DELETE FROM "users" WHERE "id" = $1',
    ),
}


@pytest.mark.parametrize(("query", "text"), TEXTS.values(), ids=TEXTS)
def test_text(query, text):
    assert POSTGRES.compile(query).sql == text


def test_what_builder_shows():
    rows = Insert("users", (NAME, ORDER), rows=2)
    shown = POSTGRES.compile(rows, display=True).sql
    assert shown == 'INSERT INTO users (name, "or""der") VALUES (%s, %s), (%s, %s)'


def test_the_text_of_many_rows_is_one():
    texts = {POSTGRES.compile(Insert("users", (NAME,), rows=n)).sql for n in (2, 3, 10_000)}
    assert len(texts) == 1


@pytest.mark.parametrize(("column", "texts"), [(AGE, 2), (ID, 3)], ids=["a value", "a key"])
def test_the_text_of_a_list_depends_on_its_shape_alone(column, texts):
    found = {}
    for count in (1, 2, 3, 1999, 2000, 2001, 50_000):
        query = where(Comparison(column, "in", list(range(count))))
        found.setdefault(POSTGRES.list_shape(count), set()).add(POSTGRES.compile(query).sql)
    assert all(len(each) == 1 for each in found.values())
    assert len(set.union(*found.values())) == texts


def test_the_text_for_one_item_binds_no_second():
    (bind,) = POSTGRES.compile(where(Comparison(ID, "in", ["1"]))).binders
    assert bind(["2"]) == 2
    with pytest.raises(ValueError, match="too many"):
        bind(["1", "2"])


def test_rows_travel_by_column():
    binders = POSTGRES.compile(Insert("users", (ID, NAME, PRICE), rows=2)).binders
    told = POSTGRES.insert_values([[1, None], ["a", None], [1.5, None]], binders)
    assert told == ["{1, NULL}", '{"a",NULL}', [1.5, None]]
    assert POSTGRES.insert_rows(1) == POSTGRES.insert_rows(100) > 1000
    assert POSTGRES.list_size() is None


TYPES = {
    "INTEGER": f.Integer(),
    "BIGINT": f.BigInteger(),
    "SMALLINT": f.SmallInteger(),
    "VARCHAR(7)": f.Char(max_length=7),
    "VARCHAR": f.Char(),
    "TEXT": f.Text(),
    "BOOL": f.Boolean(),
    "DOUBLE PRECISION": f.Float(),
    "DECIMAL(20, 4)": f.Decimal(20, 4),
    "DATE": f.Date(),
    "TIME": f.Time(),
    "TIMESTAMPTZ": f.Datetime(),
    "JSONB": f.JSONField(),
    "BYTEA": f.Binary(),
    "UUID": f.UUID(),
}


@pytest.mark.parametrize(("text", "field"), TYPES.items(), ids=TYPES)
def test_column_type(text, field):
    assert POSTGRES.column_type(field) == text


def test_a_foreign_key_has_the_type_of_its_target():
    class Target:
        __meta__ = META

    field = f.Many2one(lambda: Target)
    assert POSTGRES.column_type(field) == "BIGINT"
    meta = ModelMeta("Post", "posts", {"id": f.Integer(primary_key=True), "user_id": field})
    insert = Insert("posts", (meta.stored["user_id"].ref(),), rows=2)
    assert "$1::TEXT::BIGINT[]" in POSTGRES.compile(insert).sql


def test_a_field_type_without_a_column_type():
    class Interval(f.Field):
        kind = "interval"

    with pytest.raises(NotSupported, match="postgres does not support the field type Interval"):
        POSTGRES.column_type(Interval())


LITERALS = {
    "bytes": (f.Binary(), b"\x00'\xff", "'\\x0027ff'"),
    "text": (f.Text(), "it's \\ ok", "'it''s \\ ok'"),
    "boolean": (f.Boolean(), True, "TRUE"),
    "number": (f.Integer(), -3, "-3"),
    "json": (f.JSONField(), {"ä": [1, "'"]}, "'{\"ä\":[1,\"''\"]}'"),
    "decimal": (f.Decimal(9, 2), "1.5", "'1.50'"),
    "nan": (f.Float(), float("nan"), "'nan'"),
}


@pytest.mark.parametrize(("field", "value", "text"), LITERALS.values(), ids=LITERALS)
def test_literal(field, value, text):
    assert POSTGRES.literal(field, value) == text


def bound(column, values):
    return POSTGRES.compile(where(Comparison(column, "in", values))).bound()[0]


def test_a_list_is_converted_value_by_value():
    assert bound(ID, ["1", 2, decimal.Decimal(3)]) == "{1, 2, 3}"
    assert bound(AGE, ["1", 2, decimal.Decimal(3)]) == [1, 2, 3]
    assert bound(PREFS, [{"a": 1}, "text", 1]) == ['{"a":1}', '"text"', "1"]
    assert bound(PRICE, ["1.5", 2]) == [decimal.Decimal("1.50"), decimal.Decimal("2.00")]
    key = uuid.uuid4()
    assert bound(ColumnRef("key", f.UUID()), [str(key)] * 2) == [key] * 2
    assert bound(ColumnRef("day", f.Date()), ["2024-01-31"]) == dt.date(2024, 1, 31)
    assert bound(ColumnRef("id"), [1, "2"]) == [1, "2"]


def test_a_list_of_the_right_type_is_bound_as_it_is():
    values = ["a", "b"]
    assert bound(NAME, values) is values


def test_a_wrong_value_in_a_list_is_told():
    with pytest.raises(InvalidValue, match=r"User\.id cannot take 'x'"):
        bound(ID, [1, "x"])


def test_a_nul_in_a_list_is_told():
    with pytest.raises(InvalidValue, match=r"User\.name cannot take .* NUL"):
        bound(NAME, ["a", "b\0"])


def test_json_that_is_none():
    encode = POSTGRES.write_binder(META.stored["prefs"])
    assert encode(None) is None
    assert encode(()) == "[]"
    with pytest.raises(InvalidValue, match=r"User\.prefs cannot take nan"):
        encode(float("nan"))
    with pytest.raises(InvalidValue, match=r"User\.prefs cannot take"):
        encode({1, 2})


def test_whole_decimals_are_read_as_they_were_written():
    decode = POSTGRES.decoder(f.Decimal(40, 0))
    assert str(decode(decimal.Decimal("1.0E+5"))) == "100000"
    assert str(decode(decimal.Decimal("1E+39"))) == "1" + "0" * 39
    assert decode(decimal.Decimal("NaN")).is_nan()
    assert POSTGRES.decoder(f.Decimal(40, 2)) is None


def test_names_up_to_63_bytes():
    assert POSTGRES.escape_identifier("é" * 31) == '"' + "é" * 31 + '"'
    with pytest.raises(ConfigurationError, match="64 bytes"):
        POSTGRES.escape_identifier("é" * 32)


def test_columns_without_a_field_are_not_written_in_bulk():
    with pytest.raises(AssertionError):
        POSTGRES.compile(Insert("t", (ColumnRef("a"),), rows=2))
