"""Statements as `Builder` shows them: ``%s`` placeholders, and plain words bare where it may."""

import pytest

from dotorm.builder import Builder
from tests.sql.library import DIALECTS, Case, Tag, Team, User, every, names

TABLE = {
    "create": Case(
        lambda b: b.build_create({"name": "x", "team": Team(id=3), "prefs": {"a": 1}}),
        (
            "INSERT INTO users (name, team_id, prefs) VALUES (%s, %s, %s) RETURNING id",
            ("x", 3, '{"a":1}'),
        ),
        (
            "INSERT INTO users (name, team_id, prefs) VALUES (%s, %s, %s) RETURNING id",
            ("x", 3, '{"a":1}'),
        ),
        ("INSERT INTO users (name, team_id, prefs) VALUES (%s, %s, %s)", ("x", 3, '{"a":1}')),
    ),
    "create of defaults": Case(
        lambda b: b.build_create({}),
        ("INSERT INTO users DEFAULT VALUES RETURNING id", ()),
        ("INSERT INTO users DEFAULT VALUES RETURNING id", ()),
        ("INSERT INTO users () VALUES ()", ()),
    ),
    "create_bulk": Case(
        lambda b: b.build_create_bulk([{"name": "x", "age": 1}, {"age": None, "name": "y"}]),
        (
            "INSERT INTO users (name, age) VALUES (%s, %s), (%s, %s) RETURNING id",
            ["x", 1, "y", None],
        ),
        (
            "INSERT INTO users (name, age) VALUES (%s, %s), (%s, %s) RETURNING id",
            ["x", 1, "y", None],
        ),
        ("INSERT INTO users (name, age) VALUES (%s, %s), (%s, %s)", ["x", 1, "y", None]),
    ),
    "get": Case(
        lambda b: b.build_get(7, ["id", "name"]),
        ('SELECT "id", "name" FROM users WHERE "id" = %s', (7,)),
        ('SELECT "id", "name" FROM users WHERE "id" = %s', (7,)),
        ("SELECT `id`, `name` FROM users WHERE `id` = %s", (7,)),
    ),
    "get of other names": Case(
        lambda b: Builder.of(Tag.__meta__, b.dialect).build_get(7),
        ('SELECT "id", "Tag Name" FROM "order" WHERE "id" = %s', (7,)),
        ('SELECT "id", "Tag Name" FROM "order" WHERE "id" = %s', (7,)),
        ("SELECT `id`, `Tag Name` FROM `order` WHERE `id` = %s", (7,)),
    ),
    "search": Case(
        lambda b: b.build_search(["id", "name"]),
        ('SELECT "id", "name" FROM users ORDER BY id DESC LIMIT %s', (80,)),
        ('SELECT "id", "name" FROM users ORDER BY id DESC LIMIT %s', (80,)),
        ("SELECT `id`, `name` FROM users ORDER BY id DESC LIMIT %s", (80,)),
    ),
    "search, sorted": Case(
        lambda b: b.build_search(["id"], [("active", "=", True)], 10, "ASC", "name"),
        ('SELECT "id" FROM users WHERE "active" = %s ORDER BY name ASC LIMIT %s', (1, 10)),
        ('SELECT "id" FROM users WHERE "active" = %s ORDER BY name ASC LIMIT %s', (True, 10)),
        ("SELECT `id` FROM users WHERE `active` = %s ORDER BY name ASC LIMIT %s", (True, 10)),
    ),
    "search, all rows": Case(
        lambda b: b.build_search(["id"], limit=None, sort=["-team", User.name]),
        ('SELECT "id" FROM users ORDER BY team_id DESC, name ASC', ()),
        ('SELECT "id" FROM users ORDER BY team_id DESC NULLS LAST, name ASC', ()),
        ("SELECT `id` FROM users ORDER BY team_id DESC, name ASC", ()),
    ),
    "search, from to": Case(
        lambda b: b.build_search(["id"], start=10, end=30, order="asc"),
        ('SELECT "id" FROM users ORDER BY id ASC LIMIT %s OFFSET %s', (20, 10)),
        ('SELECT "id" FROM users ORDER BY id ASC LIMIT %s OFFSET %s', (20, 10)),
        ("SELECT `id` FROM users ORDER BY id ASC LIMIT %s OFFSET %s", (20, 10)),
    ),
    "search over a path": Case(
        lambda b: b.build_search(["id", "team"], User.team.name.like("x"), limit=None, sort=[]),
        (
            (
                'SELECT "t0"."id", "t0"."team_id" FROM users AS "t0" LEFT JOIN teams AS "t1" '
                'ON "t0"."team_id" = "t1"."id" WHERE instr(("t1"."name"), (%s)) > 0'
            ),
            ("x",),
        ),
        (
            (
                'SELECT "t0"."id", "t0"."team_id" FROM users AS "t0" LEFT JOIN teams AS "t1" '
                'ON "t0"."team_id" = "t1"."id" WHERE "t1"."name" LIKE %s ESCAPE \'!\''
            ),
            ("%x%",),
        ),
        (
            (
                "SELECT `t0`.`id`, `t0`.`team_id` FROM users AS `t0` LEFT JOIN teams AS "
                "`t1` ON `t0`.`team_id` = `t1`.`id` WHERE `t1`.`name` LIKE %s ESCAPE '!'"
            ),
            ("%x%",),
        ),
    ),
    "search in reserved words": Case(
        lambda b: Builder.of(Tag.__meta__, b.dialect).build_search(["id"], sort="name", limit=1),
        ('SELECT "id" FROM "order" ORDER BY "Tag Name" ASC NULLS LAST LIMIT %s', (1,)),
        ('SELECT "id" FROM "order" ORDER BY "Tag Name" ASC LIMIT %s', (1,)),
        (("SELECT `id` FROM `order` ORDER BY `Tag Name` IS NULL, `Tag Name` ASC LIMIT %s"), (1,)),
    ),
    "table_len": Case(
        lambda b: b.build_table_len(),
        ("SELECT COUNT(*) FROM users", ()),
        ("SELECT COUNT(*) FROM users", ()),
        ("SELECT COUNT(*) FROM users", ()),
    ),
    "update": Case(
        lambda b: b.build_update({"name": "x", "age": None}, 7),
        ('UPDATE users SET "name" = %s, "age" = %s WHERE "id" = %s', ("x", None, 7)),
        ('UPDATE users SET "name" = %s, "age" = %s WHERE "id" = %s', ("x", None, 7)),
        ("UPDATE users SET `name` = %s, `age` = %s WHERE `id` = %s", ("x", None, 7)),
    ),
    "update_bulk": Case(
        lambda b: b.build_update_bulk({"name": "x"}, [1, 2]),
        (
            'UPDATE users SET "name" = %s WHERE "id" IN (SELECT value FROM json_each(%s))',
            ("x", "[1,2]"),
        ),
        ('UPDATE users SET "name" = %s WHERE "id" = ANY(%s)', ("x", [1, 2])),
        ("UPDATE users SET `name` = %s WHERE `id` IN (%s)", ("x", [1, 2])),
    ),
    "delete": Case(
        lambda b: b.build_delete(7),
        ('DELETE FROM users WHERE "id" = %s', (7,)),
        ('DELETE FROM users WHERE "id" = %s', (7,)),
        ("DELETE FROM users WHERE `id` = %s", (7,)),
    ),
    "delete_bulk": Case(
        lambda b: b.build_delete_bulk([1, 2]),
        ('DELETE FROM users WHERE "id" IN (SELECT value FROM json_each(%s))', ("[1,2]",)),
        ('DELETE FROM users WHERE "id" = ANY(%s)', ([1, 2],)),
        ("DELETE FROM users WHERE `id` IN (%s)", ([1, 2],)),
    ),
    "get_m2m": Case(
        lambda b: b.build_get_m2m("tags", 7, ["id"], [("name", "=", "x")], sort="-name", limit=5),
        (
            (
                'SELECT "t0"."id", "t1"."user_id" FROM "order" AS "t0" JOIN user_tags AS '
                '"t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = %s AND "t0"."Tag '
                'Name" = %s ORDER BY "t0"."Tag Name" DESC LIMIT %s'
            ),
            (7, "x", 5),
        ),
        (
            (
                'SELECT "t0"."id", "t1"."user_id" FROM "order" AS "t0" JOIN user_tags AS '
                '"t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = %s AND "t0"."Tag '
                'Name" = %s ORDER BY "t0"."Tag Name" DESC NULLS LAST LIMIT %s'
            ),
            (7, "x", 5),
        ),
        (
            (
                "SELECT `t0`.`id`, `t1`.`user_id` FROM `order` AS `t0` JOIN user_tags AS "
                "`t1` ON `t0`.`id` = `t1`.`tag_id` WHERE `t1`.`user_id` = %s AND `t0`.`Tag "
                "Name` = %s ORDER BY `t0`.`Tag Name` DESC LIMIT %s"
            ),
            (7, "x", 5),
        ),
    ),
    "get_m2m, from to": Case(
        lambda b: b.build_get_m2m(User.tags, 7, ["name"], start=5, end=9),
        (
            (
                'SELECT "t0"."Tag Name", "t1"."user_id" FROM "order" AS "t0" JOIN user_tags '
                'AS "t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = %s ORDER BY '
                '"t0".id ASC LIMIT %s OFFSET %s'
            ),
            (7, 4, 5),
        ),
        (
            (
                'SELECT "t0"."Tag Name", "t1"."user_id" FROM "order" AS "t0" JOIN user_tags '
                'AS "t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = %s ORDER BY '
                '"t0".id ASC LIMIT %s OFFSET %s'
            ),
            (7, 4, 5),
        ),
        (
            (
                "SELECT `t0`.`Tag Name`, `t1`.`user_id` FROM `order` AS `t0` JOIN user_tags "
                "AS `t1` ON `t0`.`id` = `t1`.`tag_id` WHERE `t1`.`user_id` = %s ORDER BY "
                "`t0`.id ASC LIMIT %s OFFSET %s"
            ),
            (7, 4, 5),
        ),
    ),
    "get_m2m_multiple": Case(
        lambda b: b.build_get_m2m_multiple("tags", [1, 2], ["name"]),
        (
            (
                'SELECT "t0"."Tag Name", "t1"."user_id" FROM "order" AS "t0" JOIN user_tags '
                'AS "t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" IN (SELECT value '
                'FROM json_each(%s)) ORDER BY "t0".id ASC'
            ),
            ("[1,2]",),
        ),
        (
            (
                'SELECT "t0"."Tag Name", "t1"."user_id" FROM "order" AS "t0" JOIN user_tags '
                'AS "t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = ANY(%s) ORDER '
                'BY "t0".id ASC'
            ),
            ([1, 2],),
        ),
        (
            (
                "SELECT `t0`.`Tag Name`, `t1`.`user_id` FROM `order` AS `t0` JOIN user_tags "
                "AS `t1` ON `t0`.`id` = `t1`.`tag_id` WHERE `t1`.`user_id` IN (%s) ORDER BY "
                "`t0`.id ASC"
            ),
            ([1, 2],),
        ),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "ask", "expected"), every(TABLE), ids=names(TABLE))
def test_shown(name, dialect, ask, expected):
    assert ask(Builder.of(User.__meta__, DIALECTS[dialect])) == expected
