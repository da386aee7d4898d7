"""`Builder`, what it answers, and `Dialect`: text and values, without a database."""

from typing import Any

import pytest

from dotorm import (
    Char,
    DotModel,
    FilterParser,
    Integer,
    InvalidValue,
    Many2many,
    Many2one,
    One2many,
)
from dotorm.builder import Builder, RequestBuilder, RequestBuilderForm
from dotorm.components import POSTGRES, SQLITE, Dialect
from dotorm.field_types import Field


class Singer(DotModel):
    """Has songs."""

    __table__ = "singers"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50)
    songs: Any = One2many(lambda: Song, "singer")


class Mood(DotModel):
    """What a song is like."""

    __table__ = "moods"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50)


class Song(DotModel):
    """Has relations of three kinds."""

    __table__ = "songs"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50)
    singer: Any = Many2one(lambda: Singer)
    moods: Any = Many2many(lambda: Mood, "song_moods", column1="mood_id", column2="song_id")


FIELDS: dict[str, Field[Any]] = {
    "id": Integer(primary_key=True),
    "name": Char(max_length=9),
    "year": Integer(),
}


@pytest.fixture
def builder() -> Builder:
    """The builder of a plain table."""
    return Builder(table="discs", fields=FIELDS, dialect=POSTGRES)


def test_a_builder_answers_its_parts(builder: Builder) -> None:
    assert builder.table == "discs"
    assert list(builder.fields) == ["id", "name", "year"]
    assert builder.dialect is POSTGRES
    assert builder.store_fields == ["id", "name", "year"]
    assert isinstance(builder.filter_parser, FilterParser)
    assert Song._builder.store_fields == ["id", "name", "singer"]


def test_build_search_has_the_documented_defaults(builder: Builder) -> None:
    assert builder.build_search(fields=["id", "year"], filter=[("name", "=", "x")]) == (
        'SELECT "id", "year" FROM discs WHERE "name" = %s ORDER BY id DESC LIMIT %s',
        ("x", 80),
    )


@pytest.mark.parametrize(
    ("options", "ending", "values"),
    [
        ({"limit": 5, "sort": "name", "order": "ASC"}, " ORDER BY name ASC LIMIT %s", (5,)),
        ({"start": 20, "end": 50}, " ORDER BY id DESC LIMIT %s OFFSET %s", (30, 20)),
        ({"limit": None}, " ORDER BY id DESC", ()),
    ],
)
def test_build_search_sorts_and_cuts(
    builder: Builder, options: Any, ending: str, values: Any
) -> None:
    assert builder.build_search(fields=["id"], **options) == (
        f'SELECT "id" FROM discs{ending}',
        values,
    )


def test_build_create(builder: Builder) -> None:
    sql, values = builder.build_create({"name": "x", "year": 1})

    assert sql.startswith("INSERT INTO discs (name, year) VALUES (%s, %s)")
    assert values == ("x", 1)


@pytest.mark.parametrize("dialect", [POSTGRES, SQLITE], ids=str)
def test_build_create_bulk(dialect: Dialect) -> None:
    builder = Builder("discs", FIELDS, dialect)
    sql, values = builder.build_create_bulk([{"name": "x", "year": 1}, {"name": "y", "year": 2}])

    assert sql.startswith("INSERT INTO discs (name, year) VALUES (%s, %s), (%s, %s)")
    assert values == ["x", 1, "y", 2]
    with pytest.raises(InvalidValue):
        builder.build_create_bulk([{"name": "x"}, {"year": 1}])


def test_build_get(builder: Builder) -> None:
    assert builder.build_get(7, ["name"]) == ('SELECT "name" FROM discs WHERE "id" = %s', (7,))
    assert builder.build_get(7)[0].startswith('SELECT "id", "name", "year" FROM discs')


def test_build_table_len(builder: Builder) -> None:
    assert builder.build_table_len() == ("SELECT COUNT(*) FROM discs", ())


def test_build_update(builder: Builder) -> None:
    assert builder.build_update({"name": "x", "year": 1}, 7) == (
        'UPDATE discs SET "name" = %s, "year" = %s WHERE "id" = %s',
        ("x", 1, 7),
    )


def test_build_update_bulk(builder: Builder) -> None:
    sql, values = builder.build_update_bulk({"year": 1}, [7, 8])

    assert sql.startswith('UPDATE discs SET "year" = %s WHERE "id" ')
    assert values in ((1, [7, 8]), (1, 7, 8))


def test_build_delete(builder: Builder) -> None:
    assert builder.build_delete(7) == ('DELETE FROM discs WHERE "id" = %s', (7,))


def test_build_delete_bulk() -> None:
    builder = Builder("discs", FIELDS, SQLITE)
    sql, values = builder.build_delete_bulk([7, 8])

    assert sql.startswith('DELETE FROM discs WHERE "id" ')
    assert values in ((7, 8), ("[7,8]",))


def test_build_get_m2m() -> None:
    sql, values = Song._builder.build_get_m2m(
        Song.moods, 7, ["name"], filter=[("name", "=", "x")], limit=3
    )

    assert "JOIN" in sql
    assert "song_moods" in sql
    assert values == (7, "x", 3)


def test_build_get_m2m_multiple() -> None:
    sql, values = Song._builder.build_get_m2m_multiple("moods", [7, 8], ["id"])

    assert "JOIN" in sql
    assert values in (([7, 8],), (7, 8))


def test_build_search_relation_answers_a_request_each() -> None:
    songs = [Song(id=1, singer=5), Song(id=2, singer=5), Song(id=3)]
    one, many = Song._builder.build_search_relation(
        [Song.singer, "moods"], songs, {"singer": ["id", "name"]}
    )

    assert isinstance(one, RequestBuilder)
    assert (one.field_name, one.fields) == ("singer", ["id", "name"])
    assert one.field is Song.__meta__.fields["singer"]
    assert 'SELECT "id", "name" FROM singers' in one.stmt
    assert one.value in ((5,), ([5],))
    assert one.function_cursor == "fetch"
    assert (many.field_name, many.fields) == ("moods", ["id", "name"])
    assert many.value in ((1, 2, 3), ([1, 2, 3],))
    (children,) = Singer._builder.build_search_relation(["songs"], [Singer(id=4)])
    assert "FROM songs" in children.stmt


def test_a_request_prepares_records() -> None:
    (request,) = Song._builder.build_search_relation(["singer"], [Song(id=1, singer=5)])
    (singer,) = request.function_prepare([(5, "Ella")])

    assert isinstance(singer, Singer)
    assert (singer.id, singer.name) == (5, "Ella")


def test_a_request_of_a_form_prepares_dicts() -> None:
    (plain,) = Song._builder.build_search_relation(["moods"], [Song(id=1)])
    request = RequestBuilderForm(
        plain.stmt, plain.value, plain.field_name, plain.field, plain.fields, plain.dialect
    )

    assert request.function_prepare([(3, "calm", 1)]) == [{"id": 3, "name": "calm"}]


def test_a_dialect_answers_its_parts() -> None:
    assert (POSTGRES.name, POSTGRES.escape, POSTGRES.placeholder) == ("postgres", '"', "$")
    assert POSTGRES.supports_returning is True
    assert isinstance(POSTGRES, Dialect)
    assert (SQLITE.name, SQLITE.escape, SQLITE.placeholder) == ("sqlite", '"', "?")


def test_a_dialect_writes_names_and_placeholders() -> None:
    assert POSTGRES.escape_identifier('a"b') == '"a""b"'
    assert (POSTGRES.make_placeholder(), POSTGRES.make_placeholder(3)) == ("$1", "$3")
    assert POSTGRES.make_placeholders(3) == "$1, $2, $3"
    assert POSTGRES.make_placeholders(2, start=5) == "$5, $6"
    assert set(SQLITE.make_placeholders(2)) <= set("?12, ")
