"""Statements that write, as they are executed; rows travel beside the text."""

import pytest

from dotorm.builder import Plans
from tests.sql.library import DIALECTS, NOT_SUPPORTED, Case, Team, User, every, names, said

TABLE = {
    "one row": Case(
        lambda p: p.insert(("name", "age"), 1, ("id",)),
        'INSERT INTO "users" ("name", "age") VALUES (?, ?) RETURNING "id"',
        'INSERT INTO "users" ("name", "age") VALUES ($1, $2) RETURNING "id"',
        NOT_SUPPORTED,
    ),
    "a row of defaults": Case(
        lambda p: p.insert((), 1, ("id",)),
        'INSERT INTO "users" DEFAULT VALUES RETURNING "id"',
        'INSERT INTO "users" DEFAULT VALUES RETURNING "id"',
        NOT_SUPPORTED,
    ),
    "nothing to answer": Case(
        lambda p: p.insert(("id", "name"), 1, ()),
        'INSERT INTO "users" ("id", "name") VALUES (?, ?)',
        'INSERT INTO "users" ("id", "name") VALUES ($1, $2)',
        "INSERT INTO `users` (`id`, `name`) VALUES (%s, %s)",
    ),
    "everything to answer": Case(
        lambda p: p.insert(("name",), 1, ("id", "team", "age")),
        'INSERT INTO "users" ("name") VALUES (?) RETURNING "id", "team_id", "age"',
        'INSERT INTO "users" ("name") VALUES ($1) RETURNING "id", "team_id", "age"',
        NOT_SUPPORTED,
    ),
    "two rows": Case(
        lambda p: p.insert(("name", "prefs", "team"), 2, ("id",)),
        (
            'INSERT INTO "users" ("name", "prefs", "team_id") VALUES (?, ?, ?), (?, ?, '
            '?) RETURNING "id"'
        ),
        (
            'INSERT INTO "users" ("name", "prefs", "team_id") SELECT c1, c2, c3 FROM '
            "unnest($1::TEXT::VARCHAR[], $2::JSONB[], $3::TEXT::BIGINT[]) WITH ORDINALITY AS u(c1, "
            'c2, c3, n) ORDER BY n RETURNING "id"'
        ),
        NOT_SUPPORTED,
    ),
    "rows of every type": Case(
        lambda p: p.insert(tuple(User.__meta__.stored), 2, ()),
        (
            'INSERT INTO "users" ("id", "name", "age", "score", "price", "born", "seen", '
            '"prefs", "data", "active", "team_id") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '
            "?), (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ),
        (
            'INSERT INTO "users" ("id", "name", "age", "score", "price", "born", "seen", '
            '"prefs", "data", "active", "team_id") SELECT c1, c2, c3, c4, c5, c6, c7, '
            "c8, c9, c10, c11 FROM unnest($1::TEXT::INTEGER[], $2::TEXT::VARCHAR[], "
            "$3::TEXT::SMALLINT[], "
            "$4::DOUBLE PRECISION[], $5::DECIMAL[], $6::DATE[], $7::TIMESTAMPTZ[], "
            "$8::JSONB[], $9::BYTEA[], $10::TEXT::BOOL[], $11::TEXT::BIGINT[]) WITH ORDINALITY AS "
            "u(c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, n) ORDER BY n"
        ),
        (
            "INSERT INTO `users` (`id`, `name`, `age`, `score`, `price`, `born`, "
            "`seen`, `prefs`, `data`, `active`, `team_id`) VALUES %s"
        ),
    ),
    "links": Case(
        lambda p: p.link(User.tags.relation, 2),
        (
            'INSERT INTO "user_tags" ("tag_id", "user_id") VALUES (?, ?), (?, ?) ON '
            "CONFLICT DO NOTHING"
        ),
        (
            'INSERT INTO "user_tags" ("tag_id", "user_id") SELECT c1, c2 FROM '
            "unnest($1::TEXT::INTEGER[], $2::TEXT::INTEGER[]) WITH ORDINALITY AS u(c1, c2, n) "
            "ORDER "
            "BY n ON CONFLICT DO NOTHING"
        ),
        (
            "INSERT INTO `user_tags` (`tag_id`, `user_id`) VALUES %s /*!80019 AS "
            "new_row */ ON DUPLICATE KEY UPDATE `tag_id` = "
            "IF(LAST_INSERT_ID(9223372037842430129 + 0 * "
            "LENGTH(`user_tags`.`tag_id`)), `user_tags`.`tag_id`, `user_tags`.`tag_id`)"
        ),
    ),
    "a link": Case(
        lambda p: p.link(User.tags.relation, 1),
        ('INSERT INTO "user_tags" ("tag_id", "user_id") VALUES (?, ?) ON CONFLICT DO NOTHING'),
        ('INSERT INTO "user_tags" ("tag_id", "user_id") VALUES ($1, $2) ON CONFLICT DO NOTHING'),
        (
            "INSERT INTO `user_tags` (`tag_id`, `user_id`) VALUES (%s, %s) /*!80019 AS "
            "new_row */ ON DUPLICATE KEY UPDATE `tag_id` = "
            "IF(LAST_INSERT_ID(9223372037842430129 + 0 * "
            "LENGTH(`user_tags`.`tag_id`)), `user_tags`.`tag_id`, `user_tags`.`tag_id`)"
        ),
    ),
    "unlink all": Case(
        lambda p: p.unlink(User.tags.relation, [1, 2], None),
        ('DELETE FROM "user_tags" WHERE "tag_id" IN (SELECT value FROM json_each(?))', ["[1,2]"]),
        ('DELETE FROM "user_tags" WHERE "tag_id" = ANY($1)', [[1, 2]]),
        ("DELETE FROM `user_tags` WHERE `tag_id` IN (%s)", [[1, 2]]),
    ),
    "unlink of one": Case(
        lambda p: p.unlink(User.tags.relation, [1, 2], [7]),
        (
            (
                'DELETE FROM "user_tags" WHERE "tag_id" IN (SELECT value FROM json_each(?)) '
                'AND "user_id" IN (SELECT value FROM json_each(?))'
            ),
            ["[1,2]", "[7]"],
        ),
        (
            ('DELETE FROM "user_tags" WHERE "tag_id" = ANY($1) AND "user_id" = $2'),
            [[1, 2], 7],
        ),
        ("DELETE FROM `user_tags` WHERE `tag_id` IN (%s) AND `user_id` IN (%s)", [[1, 2], [7]]),
    ),
    "update": Case(
        lambda p: p.update(("name", "prefs"), ["x", {"a": 1}], 7),
        ('UPDATE "users" SET "name" = ?, "prefs" = ? WHERE "id" = ?', ["x", '{"a":1}', 7]),
        ('UPDATE "users" SET "name" = $1, "prefs" = $2 WHERE "id" = $3', ["x", '{"a":1}', 7]),
        ("UPDATE `users` SET `name` = %s, `prefs` = %s WHERE `id` = %s", ["x", '{"a":1}', 7]),
    ),
    "update to null": Case(
        lambda p: p.update(("team",), [None], 7),
        ('UPDATE "users" SET "team_id" = ? WHERE "id" = ?', [None, 7]),
        ('UPDATE "users" SET "team_id" = $1 WHERE "id" = $2', [None, 7]),
        ("UPDATE `users` SET `team_id` = %s WHERE `id` = %s", [None, 7]),
    ),
    "update each": Case(
        lambda p: p.update_each(("name", "prefs", "team"), 2),
        (
            'UPDATE "users" AS t0 SET "name" = u.c1, "prefs" = u.c2, "team_id" = u.c3 '
            "FROM (WITH r(c1, c2, c3, c4) AS (VALUES (?, ?, ?, ?), (?, ?, ?, ?)) SELECT "
            '* FROM r) AS u WHERE t0."id" = u.c4'
        ),
        (
            'UPDATE "users" AS t0 SET "name" = u.c1, "prefs" = u.c2, "team_id" = u.c3 '
            "FROM (SELECT c1, c2, c3, c4 FROM unnest($1::TEXT::VARCHAR[], $2::JSONB[], "
            "$3::TEXT::BIGINT[], $4::TEXT::INTEGER[]) AS r(c1, c2, c3, c4)) AS u WHERE "
            't0."id" = u.c4'
        ),
        (
            "UPDATE `users` AS t0 JOIN (WITH r(c1, c2, c3, c4) AS (VALUES %s) SELECT * "
            "FROM r) AS u ON t0.`id` = u.c4 SET t0.`name` = u.c1, t0.`prefs` = u.c2, "
            "t0.`team_id` = u.c3"
        ),
    ),
    "update among": Case(
        lambda p: p.update_among(("active", "team"), [False, Team(id=3)], [1, 2]),
        (
            (
                'UPDATE "users" SET "active" = ?, "team_id" = ? WHERE "id" IN (SELECT value '
                "FROM json_each(?))"
            ),
            [0, 3, "[1,2]"],
        ),
        (
            (
                'UPDATE "users" SET "active" = $1, "team_id" = $2 WHERE "id" = '
                "ANY((SELECT $3::TEXT::INTEGER[])::INTEGER[])"
            ),
            [False, 3, "{1, 2}"],
        ),
        ("UPDATE `users` SET `active` = %s, `team_id` = %s WHERE `id` IN (%s)", [False, 3, [1, 2]]),
    ),
    "update all": Case(
        lambda p: p.update_where(("age",), [1], None),
        ('UPDATE "users" SET "age" = ?', [1]),
        ('UPDATE "users" SET "age" = $1', [1]),
        ("UPDATE `users` SET `age` = %s", [1]),
    ),
    "update where": Case(
        lambda p: p.update_where(("age",), [1], [("name", "=", "x"), ("age", ">", 3)]),
        ('UPDATE "users" SET "age" = ? WHERE "name" = ? AND "age" > ?', [1, "x", 3]),
        ('UPDATE "users" SET "age" = $1 WHERE "name" = $2 AND "age" > $3', [1, "x", 3]),
        ("UPDATE `users` SET `age` = %s WHERE `name` = %s AND `age` > %s", [1, "x", 3]),
    ),
    "update over a path": Case(
        lambda p: p.update_where(("age",), [1], User.team.name == "x"),
        (
            (
                'UPDATE "users" SET "age" = ? WHERE ("id") IN (SELECT "s1_0"."id" FROM '
                '"users" AS "s1_0" LEFT JOIN "teams" AS "s1_1" ON "s1_0"."team_id" = '
                '"s1_1"."id" WHERE "s1_1"."name" = ?)'
            ),
            [1, "x"],
        ),
        (
            (
                'UPDATE "users" SET "age" = $1 WHERE ("id") IN (SELECT "s1_0"."id" FROM '
                '"users" AS "s1_0" LEFT JOIN "teams" AS "s1_1" ON "s1_0"."team_id" = '
                '"s1_1"."id" WHERE "s1_1"."name" = $2)'
            ),
            [1, "x"],
        ),
        (
            (
                "UPDATE `users` SET `age` = %s WHERE (`id`) IN (SELECT * FROM (SELECT "
                "`s1_0`.`id` FROM `users` AS `s1_0` LEFT JOIN `teams` AS `s1_1` ON "
                "`s1_0`.`team_id` = `s1_1`.`id` WHERE `s1_1`.`name` = %s) AS q)"
            ),
            [1, "x"],
        ),
    ),
    "delete": Case(
        lambda p: p.delete(7),
        ('DELETE FROM "users" WHERE "id" = ?', [7]),
        ('DELETE FROM "users" WHERE "id" = $1', [7]),
        ("DELETE FROM `users` WHERE `id` = %s", [7]),
    ),
    "delete among": Case(
        lambda p: p.delete_among([1, 2]),
        ('DELETE FROM "users" WHERE "id" IN (SELECT value FROM json_each(?))', ["[1,2]"]),
        (
            'DELETE FROM "users" WHERE "id" = ANY((SELECT $1::TEXT::INTEGER[])::INTEGER[])',
            ["{1, 2}"],
        ),
        ("DELETE FROM `users` WHERE `id` IN (%s)", [[1, 2]]),
    ),
    "delete all": Case(
        lambda p: p.delete_where(None),
        ('DELETE FROM "users"', []),
        ('DELETE FROM "users"', []),
        ("DELETE FROM `users`", []),
    ),
    "delete where": Case(
        lambda p: p.delete_where([("age", "is null")]),
        ('DELETE FROM "users" WHERE "age" IS NULL', []),
        ('DELETE FROM "users" WHERE "age" IS NULL', []),
        ("DELETE FROM `users` WHERE `age` IS NULL", []),
    ),
    "delete over many": Case(
        lambda p: p.delete_where([("tags.name", "=", "x")]),
        (
            (
                'DELETE FROM "users" WHERE ("id") IN (SELECT "s1_0"."id" FROM "users" AS '
                '"s1_0" WHERE EXISTS (SELECT 1 FROM "order" AS "s2_0" JOIN "user_tags" AS '
                '"s2_1" ON "s2_0"."id" = "s2_1"."tag_id" WHERE "s2_1"."user_id" = '
                '"s1_0"."id" AND ("s2_0"."Tag Name" = ?)))'
            ),
            ["x"],
        ),
        (
            (
                'DELETE FROM "users" WHERE ("id") IN (SELECT "s1_0"."id" FROM "users" AS '
                '"s1_0" WHERE EXISTS (SELECT 1 FROM "order" AS "s2_0" JOIN "user_tags" AS '
                '"s2_1" ON "s2_0"."id" = "s2_1"."tag_id" WHERE "s2_1"."user_id" = '
                '"s1_0"."id" AND ("s2_0"."Tag Name" = $1)))'
            ),
            ["x"],
        ),
        (
            (
                "DELETE FROM `users` WHERE (`id`) IN (SELECT * FROM (SELECT `s1_0`.`id` "
                "FROM `users` AS `s1_0` WHERE EXISTS (SELECT 1 FROM `order` AS `s2_0` JOIN "
                "`user_tags` AS `s2_1` ON `s2_0`.`id` = `s2_1`.`tag_id` WHERE "
                "`s2_1`.`user_id` = `s1_0`.`id` AND (`s2_0`.`Tag Name` = %s))) AS q)"
            ),
            ["x"],
        ),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "ask", "expected"), every(TABLE), ids=names(TABLE))
def test_writing(name, dialect, ask, expected):
    told = said(ask, Plans(User.__meta__, DIALECTS[dialect]))
    if isinstance(told, str):
        assert told == expected
    elif isinstance(expected, tuple):
        assert (told[0].sql, told[1]) == expected
    else:
        assert told.sql == expected
