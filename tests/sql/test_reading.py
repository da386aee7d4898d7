"""Statements that read, as they are executed."""

import pytest

from dotorm.builder import Plans
from dotorm.components.expressions import Comparison
from tests.sql.library import DIALECTS, NOT_SUPPORTED, Case, Tag, User, every, names, said

TABLE = {
    "get": Case(
        lambda p: p.get(("id", "name"), 7),
        ('SELECT "id", "name" FROM "users" WHERE "id" = ?', [7]),
        ('SELECT "id", "name" FROM "users" WHERE "id" = $1', [7]),
        ("SELECT `id`, `name` FROM `users` WHERE `id` = %s", [7]),
    ),
    "get, locked": Case(
        lambda p: p.get(("id",), 7, "wait"),
        NOT_SUPPORTED,
        ('SELECT "id" FROM "users" WHERE "id" = $1 FOR UPDATE', [7]),
        ("SELECT `id` FROM `users` WHERE `id` = %s FOR UPDATE", [7]),
    ),
    "search, by key": Case(
        lambda p: p.search(("id", "team"), None, (("id", True),)),
        ('SELECT "id", "team_id" FROM "users" ORDER BY "id" DESC', []),
        ('SELECT "id", "team_id" FROM "users" ORDER BY "id" DESC', []),
        ("SELECT `id`, `team_id` FROM `users` ORDER BY `id` DESC", []),
    ),
    "search, unsorted": Case(
        lambda p: p.search(("id",), [], ()),
        ('SELECT "id" FROM "users"', []),
        ('SELECT "id" FROM "users"', []),
        ("SELECT `id` FROM `users`", []),
    ),
    "sort by what is never null": Case(
        lambda p: p.search(("id",), None, (("name", False), ("id", True))),
        ('SELECT "id" FROM "users" ORDER BY "name" ASC, "id" DESC', []),
        ('SELECT "id" FROM "users" ORDER BY "name" ASC, "id" DESC', []),
        ("SELECT `id` FROM `users` ORDER BY `name` ASC, `id` DESC", []),
    ),
    "null last, ascending": Case(
        lambda p: p.search(("id",), None, (("age", False),)),
        ('SELECT "id" FROM "users" ORDER BY "age" ASC NULLS LAST', []),
        ('SELECT "id" FROM "users" ORDER BY "age" ASC', []),
        ("SELECT `id` FROM `users` ORDER BY `age` IS NULL, `age` ASC", []),
    ),
    "null last, descending": Case(
        lambda p: p.search(("id",), None, (("age", True),)),
        ('SELECT "id" FROM "users" ORDER BY "age" DESC', []),
        ('SELECT "id" FROM "users" ORDER BY "age" DESC NULLS LAST', []),
        ("SELECT `id` FROM `users` ORDER BY `age` DESC", []),
    ),
    "sort over a path": Case(
        lambda p: p.search(("id",), None, (("team.name", False),)),
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" ORDER BY "t1"."name" ASC NULLS LAST'
            ),
            [],
        ),
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" ORDER BY "t1"."name" ASC'
            ),
            [],
        ),
        (
            (
                "SELECT `t0`.`id` FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON "
                "`t0`.`team_id` = `t1`.`id` ORDER BY `t1`.`name` IS NULL, `t1`.`name` ASC"
            ),
            [],
        ),
    ),
    "limit": Case(
        lambda p: p.search(("id",), None, (), limit=3),
        ('SELECT "id" FROM "users" LIMIT ?', [3]),
        ('SELECT "id" FROM "users" LIMIT $1', [3]),
        ("SELECT `id` FROM `users` LIMIT %s", [3]),
    ),
    "no row": Case(
        lambda p: p.search(("id",), None, (), limit=0),
        ('SELECT "id" FROM "users" LIMIT ?', [0]),
        ('SELECT "id" FROM "users" LIMIT $1', [0]),
        ("SELECT `id` FROM `users` LIMIT %s", [0]),
    ),
    "offset": Case(
        lambda p: p.search(("id",), None, (), offset=3),
        ('SELECT "id" FROM "users" LIMIT -1 OFFSET ?', [3]),
        ('SELECT "id" FROM "users" OFFSET $1', [3]),
        ("SELECT `id` FROM `users` LIMIT 18446744073709551615 OFFSET %s", [3]),
    ),
    "limit and offset": Case(
        lambda p: p.search(("id",), [("age", ">", 1)], (), limit=3, offset=6),
        ('SELECT "id" FROM "users" WHERE "age" > ? LIMIT ? OFFSET ?', [1, 3, 6]),
        ('SELECT "id" FROM "users" WHERE "age" > $1 LIMIT $2 OFFSET $3', [1, 3, 6]),
        ("SELECT `id` FROM `users` WHERE `age` > %s LIMIT %s OFFSET %s", [1, 3, 6]),
    ),
    "among keys": Case(
        lambda p: p.search(
            ("id",), [("age", ">", 1)], (), among=Comparison(User.id.ref(), "in", [1, 2])
        ),
        (
            (
                'SELECT "id" FROM "users" WHERE "id" IN (SELECT value FROM json_each(?)) AND '
                '"age" > ?'
            ),
            ["[1,2]", 1],
        ),
        (
            (
                'SELECT "id" FROM "users" WHERE "id" = ANY((SELECT $1::TEXT::INTEGER[])::INTEGER[])'
                ' AND "age" > $2'
            ),
            ["{1, 2}", 1],
        ),
        ("SELECT `id` FROM `users` WHERE `id` IN (%s) AND `age` > %s", [[1, 2], 1]),
    ),
    "lock, nowait": Case(
        lambda p: p.search(("id",), None, (), lock="nowait"),
        NOT_SUPPORTED,
        ('SELECT "id" FROM "users" FOR UPDATE NOWAIT', []),
        ("SELECT `id` FROM `users` FOR UPDATE NOWAIT", []),
    ),
    "lock, skip": Case(
        lambda p: p.search(("id",), [("team.name", "=", "x")], (), limit=1, lock="skip locked"),
        NOT_SUPPORTED,
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" WHERE "t1"."name" = $1 LIMIT $2 FOR UPDATE OF '
                '"t0" SKIP LOCKED'
            ),
            ["x", 1],
        ),
        (
            (
                "SELECT `t0`.`id` FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON "
                "`t0`.`team_id` = `t1`.`id` WHERE `t1`.`name` = %s LIMIT %s FOR UPDATE "
                "/*!80001 OF `t0` */ SKIP LOCKED"
            ),
            ["x", 1],
        ),
    ),
    "join": Case(
        lambda p: p.search(("id", "team"), [("team.name", "=", "x")], (("id", True),)),
        (
            (
                'SELECT "t0"."id", "t0"."team_id" FROM "users" AS "t0" LEFT JOIN "teams" AS '
                '"t1" ON "t0"."team_id" = "t1"."id" WHERE "t1"."name" = ? ORDER BY "t0"."id" '
                "DESC"
            ),
            ["x"],
        ),
        (
            (
                'SELECT "t0"."id", "t0"."team_id" FROM "users" AS "t0" LEFT JOIN "teams" AS '
                '"t1" ON "t0"."team_id" = "t1"."id" WHERE "t1"."name" = $1 ORDER BY '
                '"t0"."id" DESC'
            ),
            ["x"],
        ),
        (
            (
                "SELECT `t0`.`id`, `t0`.`team_id` FROM `users` AS `t0` LEFT JOIN `teams` AS "
                "`t1` ON `t0`.`team_id` = `t1`.`id` WHERE `t1`.`name` = %s ORDER BY "
                "`t0`.`id` DESC"
            ),
            ["x"],
        ),
    ),
    "join, twice": Case(
        lambda p: p.search(
            ("id",),
            [("team.lead.name", "=", "x"), "or", ("team.name", "=", "y")],
            (("team.lead.age", True),),
        ),
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" LEFT JOIN "users" AS "t2" ON "t1"."lead" = '
                '"t2"."id" WHERE "t2"."name" = ? OR "t1"."name" = ? ORDER BY "t2"."age" DESC'
            ),
            ["x", "y"],
        ),
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" LEFT JOIN "users" AS "t2" ON "t1"."lead" = '
                '"t2"."id" WHERE "t2"."name" = $1 OR "t1"."name" = $2 ORDER BY "t2"."age" '
                "DESC NULLS LAST"
            ),
            ["x", "y"],
        ),
        (
            (
                "SELECT `t0`.`id` FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON "
                "`t0`.`team_id` = `t1`.`id` LEFT JOIN `users` AS `t2` ON `t1`.`lead` = "
                "`t2`.`id` WHERE `t2`.`name` = %s OR `t1`.`name` = %s ORDER BY `t2`.`age` "
                "DESC"
            ),
            ["x", "y"],
        ),
    ),
    "key over a path needs no other name": Case(
        lambda p: p.search(("id",), User.team.lead == 3, ()),
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" WHERE "t1"."lead" = ?'
            ),
            [3],
        ),
        (
            (
                'SELECT "t0"."id" FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" WHERE "t1"."lead" = $1'
            ),
            [3],
        ),
        (
            (
                "SELECT `t0`.`id` FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON "
                "`t0`.`team_id` = `t1`.`id` WHERE `t1`.`lead` = %s"
            ),
            [3],
        ),
    ),
    "count": Case(
        lambda p: p.count(None),
        ('SELECT COUNT(*) FROM "users"', []),
        ('SELECT COUNT(*) FROM "users"', []),
        ("SELECT COUNT(*) FROM `users`", []),
    ),
    "count, filtered": Case(
        lambda p: p.count([("team.name", "is null")]),
        (
            (
                'SELECT COUNT(*) FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" WHERE "t1"."name" IS NULL'
            ),
            [],
        ),
        (
            (
                'SELECT COUNT(*) FROM "users" AS "t0" LEFT JOIN "teams" AS "t1" ON '
                '"t0"."team_id" = "t1"."id" WHERE "t1"."name" IS NULL'
            ),
            [],
        ),
        (
            (
                "SELECT COUNT(*) FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON "
                "`t0`.`team_id` = `t1`.`id` WHERE `t1`.`name` IS NULL"
            ),
            [],
        ),
    ),
    "exists": Case(
        lambda p: p.exists([("age", "=", 1)]),
        ('SELECT 1 FROM "users" WHERE "age" = ? LIMIT ?', [1, 1]),
        ('SELECT 1 FROM "users" WHERE "age" = $1 LIMIT $2', [1, 1]),
        ("SELECT 1 FROM `users` WHERE `age` = %s LIMIT %s", [1, 1]),
    ),
    "linked": Case(
        lambda p: Plans(Tag.__meta__, p.dialect).linked(User.tags.relation, ("id", "name"), [1, 2]),
        (
            (
                'SELECT "t0"."id", "t0"."Tag Name", "t1"."user_id" FROM "order" AS "t0" JOIN '
                '"user_tags" AS "t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" IN '
                "(SELECT value FROM json_each(?))"
            ),
            ["[1,2]"],
        ),
        (
            (
                'SELECT "t0"."id", "t0"."Tag Name", "t1"."user_id" FROM "order" AS "t0" JOIN '
                '"user_tags" AS "t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = '
                "ANY($1)"
            ),
            [[1, 2]],
        ),
        (
            (
                "SELECT `t0`.`id`, `t0`.`Tag Name`, `t1`.`user_id` FROM `order` AS `t0` "
                "JOIN `user_tags` AS `t1` ON `t0`.`id` = `t1`.`tag_id` WHERE `t1`.`user_id` "
                "IN (%s)"
            ),
            [[1, 2]],
        ),
    ),
    "linked, filtered and cut": Case(
        lambda p: Plans(Tag.__meta__, p.dialect).linked(
            User.tags.relation,
            ("id",),
            [1],
            [("name", "like", "x")],
            (("name", True),),
            limit=2,
            offset=1,
        ),
        (
            (
                'SELECT "t0"."id", "t1"."user_id" FROM "order" AS "t0" JOIN "user_tags" AS '
                '"t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" IN (SELECT value '
                'FROM json_each(?)) AND instr(("t0"."Tag Name"), (?)) > 0 ORDER BY "t0"."Tag '
                'Name" DESC LIMIT ? OFFSET ?'
            ),
            ["[1]", "x", 2, 1],
        ),
        (
            (
                'SELECT "t0"."id", "t1"."user_id" FROM "order" AS "t0" JOIN "user_tags" AS '
                '"t1" ON "t0"."id" = "t1"."tag_id" WHERE "t1"."user_id" = '
                "$1 AND "
                '"t0"."Tag Name" LIKE $2 ESCAPE \'!\' ORDER BY "t0"."Tag Name" DESC NULLS LAST '
                "LIMIT $3 OFFSET $4"
            ),
            [1, "%x%", 2, 1],
        ),
        (
            (
                "SELECT `t0`.`id`, `t1`.`user_id` FROM `order` AS `t0` JOIN `user_tags` AS "
                "`t1` ON `t0`.`id` = `t1`.`tag_id` WHERE `t1`.`user_id` IN (%s) AND "
                "`t0`.`Tag Name` LIKE %s ESCAPE '!' ORDER BY `t0`.`Tag Name` DESC LIMIT %s "
                "OFFSET %s"
            ),
            [[1], "%x%", 2, 1],
        ),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "ask", "expected"), every(TABLE), ids=names(TABLE))
def test_reading(name, dialect, ask, expected):
    def told():
        plan, values = ask(Plans(User.__meta__, DIALECTS[dialect]))
        return plan.sql, values

    assert said(told) == expected
