"""Conditions: every operator, with the values that it binds."""

import datetime as dt
from decimal import Decimal

import pytest

from dotorm.builder import Plans
from tests.sql.library import DIALECTS, Case, Team, User, every, names

NOON = dt.datetime(2024, 1, 2, 12, tzinfo=dt.UTC)

TABLE = {
    "equal": Case(
        [("age", "=", 3)],
        ('"age" = ?', [3]),
        ('"age" = $1', [3]),
        ("`age` = %s", [3]),
    ),
    "not equal": Case(
        [("age", "!=", 3)],
        ('"age" != ?', [3]),
        ('"age" != $1', [3]),
        ("`age` != %s", [3]),
    ),
    "less": Case(
        [("age", "<", "3")],
        ('"age" < ?', [3]),
        ('"age" < $1', [3]),
        ("`age` < %s", [3]),
    ),
    "at most": Case(
        [("score", "<=", 3)],
        ('"score" <= ?', [3.0]),
        ('"score" <= $1', [3.0]),
        ("`score` <= %s", [3.0]),
    ),
    "greater": Case(
        [("price", ">", "1.5")],
        ('"price" > ?', ["1.5"]),
        ('"price" > $1', [Decimal("1.5")]),
        ("`price` > %s", [Decimal("1.5")]),
    ),
    "at least": Case(
        [("born", ">=", "2024-01-02")],
        ('"born" >= ?', ["2024-01-02"]),
        ('"born" >= $1', [dt.date(2024, 1, 2)]),
        ("`born` >= %s", [dt.date(2024, 1, 2)]),
    ),
    "a moment": Case(
        [("seen", "=", NOON)],
        ('"seen" = ?', ["2024-01-02 12:00:00.000000+00:00"]),
        ('"seen" = $1', [NOON]),
        ("`seen` = %s", [dt.datetime(2024, 1, 2, 12, 0, tzinfo=dt.UTC)]),
    ),
    "a boolean": Case(
        [("active", "=", True)],
        ('"active" = ?', [1]),
        ('"active" = $1', [True]),
        ("`active` = %s", [True]),
    ),
    "bytes": Case(
        [("data", "=", b"x")],
        ('"data" = ?', [b"x"]),
        ('"data" = $1', [b"x"]),
        ("`data` = %s", [b"x"]),
    ),
    "json": Case(
        [("prefs", "=", {"b": 1, "a": [True]})],
        ('"prefs" = ?', ['{"a":[true],"b":1}']),
        ('"prefs" = $1', ['{"b":1,"a":[true]}']),
        ("`prefs` = %s", ['{"a":[true],"b":1}']),
    ),
    "= None": Case(
        [("age", "=", None)],
        ('"age" IS NULL', []),
        ('"age" IS NULL', []),
        ("`age` IS NULL", []),
    ),
    "!= None": Case(
        [("age", "!=", None)],
        ('"age" IS NOT NULL', []),
        ('"age" IS NOT NULL', []),
        ("`age` IS NOT NULL", []),
    ),
    "is null": Case(
        [("age", "is null", None)],
        ('"age" IS NULL', []),
        ('"age" IS NULL', []),
        ("`age` IS NULL", []),
    ),
    "is not null": Case(
        [("age", "is not null")],
        ('"age" IS NOT NULL', []),
        ('"age" IS NOT NULL', []),
        ("`age` IS NOT NULL", []),
    ),
    "a record": Case(
        [("team", "=", Team(id=4))],
        ('"team_id" = ?', [4]),
        ('"team_id" = $1', [4]),
        ("`team_id` = %s", [4]),
    ),
    "in": Case(
        [("age", "in", [1, "2"])],
        ('"age" IN (SELECT value FROM json_each(?))', ["[1,2]"]),
        ('"age" = ANY($1)', [[1, 2]]),
        ("`age` IN (%s)", [[1, 2]]),
    ),
    "in nothing": Case(
        [("age", "in", [])],
        ("1 = 0", []),
        ("1 = 0", []),
        ("1 = 0", []),
    ),
    "not in nothing": Case(
        [("age", "not in", [])],
        ("1 = 1", []),
        ("1 = 1", []),
        ("1 = 1", []),
    ),
    "not in": Case(
        [("age", "not in", (1, 2))],
        ('NOT ("age" IN (SELECT value FROM json_each(?)))', ["[1,2]"]),
        ('NOT ("age" = ANY($1))', [[1, 2]]),
        ("NOT (`age` IN (%s))", [[1, 2]]),
    ),
    "in, with null": Case(
        [("age", "in", [1, None])],
        ('("age" IN (SELECT value FROM json_each(?)) OR "age" IS NULL)', ["[1]"]),
        ('("age" = $1 OR "age" IS NULL)', [1]),
        ("(`age` IN (%s) OR `age` IS NULL)", [[1]]),
    ),
    "not in, with null": Case(
        [("age", "not in", [1, None])],
        ('NOT ("age" IN (SELECT value FROM json_each(?)) OR "age" IS NULL)', ["[1]"]),
        ('NOT ("age" = $1 OR "age" IS NULL)', [1]),
        ("NOT (`age` IN (%s) OR `age` IS NULL)", [[1]]),
    ),
    "in null": Case(
        [("age", "in", [None])],
        ('("age" IS NULL)', []),
        ('("age" IS NULL)', []),
        ("(`age` IS NULL)", []),
    ),
    "not in null": Case(
        [("age", "not in", [None])],
        ('NOT ("age" IS NULL)', []),
        ('NOT ("age" IS NULL)', []),
        ("NOT (`age` IS NULL)", []),
    ),
    "in records": Case(
        [("team", "in", [Team(id=1), 2])],
        ('"team_id" IN (SELECT value FROM json_each(?))', ["[1,2]"]),
        ('"team_id" = ANY($1)', [[1, 2]]),
        ("`team_id` IN (%s)", [[1, 2]]),
    ),
    "in texts": Case(
        [("name", "in", ['a"', "ü"])],
        ('"name" IN (SELECT value FROM json_each(?))', ['["a\\"","\\u00fc"]']),
        ('"name" = ANY($1)', [['a"', "ü"]]),
        ("`name` IN (%s)", [['a"', "ü"]]),
    ),
    "in decimals": Case(
        [("price", "in", ["1", 2])],
        ('"price" IN (SELECT value FROM json_each(?))', ['["1","2"]']),
        ('"price" = ANY($1)', [[Decimal(1), Decimal(2)]]),
        ("`price` IN (%s)", [[Decimal(1), Decimal(2)]]),
    ),
    "in moments": Case(
        [("seen", "in", [NOON])],
        ('"seen" IN (SELECT value FROM json_each(?))', ['["2024-01-02 12:00:00.000000+00:00"]']),
        ('"seen" = $1', [NOON]),
        ("`seen` IN (%s)", [[dt.datetime(2024, 1, 2, 12, 0, tzinfo=dt.UTC)]]),
    ),
    "in bytes": Case(
        [("data", "in", [b"\xff"])],
        ('"data" IN (SELECT dotorm_unhex(value) FROM json_each(?))', ['["ff"]']),
        ('"data" = $1', [b"\xff"]),
        ("`data` IN (%s)", [[b"\xff"]]),
    ),
    "in json": Case(
        [("prefs", "in", [[1], "x"])],
        ('"prefs" IN (SELECT value FROM json_each(?))', ['["[1]","\\"x\\""]']),
        ('"prefs" = ANY($1)', [["[1]", '"x"']]),
        ("`prefs` IN (%s)", [["[1]", '"x"']]),
    ),
    "in floats": Case(
        [("score", "in", [1, 1.5])],
        ('"score" IN (SELECT value FROM json_each(?))', ["[1.0,1.5]"]),
        ('"score" = ANY($1)', [[1.0, 1.5]]),
        ("`score` IN (%s)", [[1.0, 1.5]]),
    ),
    "like": Case(
        [("name", "like", "50%")],
        ('instr(("name"), (?)) > 0', ["50%"]),
        ("\"name\" LIKE $1 ESCAPE '!'", ["%50!%%"]),
        ("`name` LIKE %s ESCAPE '!'", ["%50!%%"]),
    ),
    "not like": Case(
        [("name", "not like", "a_b")],
        ('instr(("name"), (?)) = 0', ["a_b"]),
        ("\"name\" NOT LIKE $1 ESCAPE '!'", ["%a!_b%"]),
        ("`name` NOT LIKE %s ESCAPE '!'", ["%a!_b%"]),
    ),
    "ilike": Case(
        [("name", "ilike", "Ü!")],
        ('instr(dotorm_lower("name"), dotorm_lower(?)) > 0', ["Ü!"]),
        ("\"name\" ILIKE $1 ESCAPE '!'", ["%Ü!!%"]),
        ("LOWER(`name`) LIKE LOWER(%s) ESCAPE '!'", ["%Ü!!%"]),
    ),
    "not ilike": Case(
        [("name", "not ilike", "")],
        ('instr(dotorm_lower("name"), dotorm_lower(?)) = 0', [""]),
        ("\"name\" NOT ILIKE $1 ESCAPE '!'", ["%%"]),
        ("LOWER(`name`) NOT LIKE LOWER(%s) ESCAPE '!'", ["%%"]),
    ),
    "between": Case(
        [("age", "between", [1, 2])],
        ('"age" BETWEEN ? AND ?', [1, 2]),
        ('"age" BETWEEN $1 AND $2', [1, 2]),
        ("`age` BETWEEN %s AND %s", [1, 2]),
    ),
    "between dates": Case(
        [("born", "between", ("2024-01-01", "2024-12-31"))],
        ('"born" BETWEEN ? AND ?', ["2024-01-01", "2024-12-31"]),
        ('"born" BETWEEN $1 AND $2', [dt.date(2024, 1, 1), dt.date(2024, 12, 31)]),
        ("`born` BETWEEN %s AND %s", [dt.date(2024, 1, 1), dt.date(2024, 12, 31)]),
    ),
    "not between": Case(
        [("price", "not between", (1, 2))],
        ('"price" NOT BETWEEN ? AND ?', ["1", "2"]),
        ('"price" NOT BETWEEN $1 AND $2', [Decimal(1), Decimal(2)]),
        ("`price` NOT BETWEEN %s AND %s", [Decimal(1), Decimal(2)]),
    ),
    "and": Case(
        [("age", "=", 1), ("id", "=", 2)],
        ('"age" = ? AND "id" = ?', [1, 2]),
        ('"age" = $1 AND "id" = $2', [1, 2]),
        ("`age` = %s AND `id` = %s", [1, 2]),
    ),
    "or": Case(
        [("age", "=", 1), "or", ("id", "=", 2)],
        ('"age" = ? OR "id" = ?', [1, 2]),
        ('"age" = $1 OR "id" = $2', [1, 2]),
        ("`age` = %s OR `id` = %s", [1, 2]),
    ),
    "and before or": Case(
        [("age", "=", 1), "or", ("id", "=", 2), "and", ("id", "=", 3)],
        ('"age" = ? OR ("id" = ? AND "id" = ?)', [1, 2, 3]),
        ('"age" = $1 OR ("id" = $2 AND "id" = $3)', [1, 2, 3]),
        ("`age` = %s OR (`id` = %s AND `id` = %s)", [1, 2, 3]),
    ),
    "brackets": Case(
        [[("age", "=", 1), "or", ("id", "=", 2)], "and", ("id", "=", 3)],
        ('("age" = ? OR "id" = ?) AND "id" = ?', [1, 2, 3]),
        ('("age" = $1 OR "id" = $2) AND "id" = $3', [1, 2, 3]),
        ("(`age` = %s OR `id` = %s) AND `id` = %s", [1, 2, 3]),
    ),
    "not": Case(
        [("not", ("age", "=", 1))],
        ('NOT ("age" = ?)', [1]),
        ('NOT ("age" = $1)', [1]),
        ("NOT (`age` = %s)", [1]),
    ),
    "not both": Case(
        ~((User.age == 1) & (User.id == 2)),
        ('NOT ("age" = ? AND "id" = ?)', [1, 2]),
        ('NOT ("age" = $1 AND "id" = $2)', [1, 2]),
        ("NOT (`age` = %s AND `id` = %s)", [1, 2]),
    ),
    "many joined alike": Case(
        (User.id == 1) | (User.id == 2) | (User.id == 3),
        ('"id" = ? OR "id" = ? OR "id" = ?', [1, 2, 3]),
        ('"id" = $1 OR "id" = $2 OR "id" = $3', [1, 2, 3]),
        ("`id` = %s OR `id` = %s OR `id` = %s", [1, 2, 3]),
    ),
    "over many": Case(
        [("tags.name", "=", "x")],
        (
            (
                'EXISTS (SELECT 1 FROM "order" AS "s1_0" JOIN "user_tags" AS "s1_1" ON '
                '"s1_0"."id" = "s1_1"."tag_id" WHERE "s1_1"."user_id" = "t0"."id" AND '
                '("s1_0"."Tag Name" = ?))'
            ),
            ["x"],
        ),
        (
            (
                'EXISTS (SELECT 1 FROM "order" AS "s1_0" JOIN "user_tags" AS "s1_1" ON '
                '"s1_0"."id" = "s1_1"."tag_id" WHERE "s1_1"."user_id" = "t0"."id" AND '
                '("s1_0"."Tag Name" = $1))'
            ),
            ["x"],
        ),
        (
            (
                "EXISTS (SELECT 1 FROM `order` AS `s1_0` JOIN `user_tags` AS `s1_1` ON "
                "`s1_0`.`id` = `s1_1`.`tag_id` WHERE `s1_1`.`user_id` = `t0`.`id` AND "
                "(`s1_0`.`Tag Name` = %s))"
            ),
            ["x"],
        ),
    ),
    "no related record": Case(
        [("tags", "is null")],
        (
            (
                'NOT (EXISTS (SELECT 1 FROM "order" AS "s1_0" JOIN "user_tags" AS "s1_1" ON '
                '"s1_0"."id" = "s1_1"."tag_id" WHERE "s1_1"."user_id" = "t0"."id"))'
            ),
            [],
        ),
        (
            (
                'NOT (EXISTS (SELECT 1 FROM "order" AS "s1_0" JOIN "user_tags" AS "s1_1" ON '
                '"s1_0"."id" = "s1_1"."tag_id" WHERE "s1_1"."user_id" = "t0"."id"))'
            ),
            [],
        ),
        (
            (
                "NOT (EXISTS (SELECT 1 FROM `order` AS `s1_0` JOIN `user_tags` AS `s1_1` ON "
                "`s1_0`.`id` = `s1_1`.`tag_id` WHERE `s1_1`.`user_id` = `t0`.`id`))"
            ),
            [],
        ),
    ),
    "over children": Case(
        [("team.users.age", ">", 3)],
        (
            (
                'EXISTS (SELECT 1 FROM "users" AS "s1_0" WHERE "s1_0"."team_id" = "t1"."id" '
                'AND ("s1_0"."age" > ?))'
            ),
            [3],
        ),
        (
            (
                'EXISTS (SELECT 1 FROM "users" AS "s1_0" WHERE "s1_0"."team_id" = "t1"."id" '
                'AND ("s1_0"."age" > $1))'
            ),
            [3],
        ),
        (
            (
                "EXISTS (SELECT 1 FROM `users` AS `s1_0` WHERE `s1_0`.`team_id` = `t1`.`id` "
                "AND (`s1_0`.`age` > %s))"
            ),
            [3],
        ),
    ),
    "over many, then one": Case(
        [("tags.users.team.name", "=", "x")],
        (
            (
                'EXISTS (SELECT 1 FROM "order" AS "s1_0" JOIN "user_tags" AS "s1_1" ON '
                '"s1_0"."id" = "s1_1"."tag_id" WHERE "s1_1"."user_id" = "t0"."id" AND '
                '(EXISTS (SELECT 1 FROM "users" AS "s2_0" JOIN "user_tags" AS "s2_1" ON '
                '"s2_0"."id" = "s2_1"."user_id" LEFT JOIN "teams" AS "s2_2" ON '
                '"s2_0"."team_id" = "s2_2"."id" WHERE "s2_1"."tag_id" = "s1_0"."id" AND '
                '("s2_2"."name" = ?))))'
            ),
            ["x"],
        ),
        (
            (
                'EXISTS (SELECT 1 FROM "order" AS "s1_0" JOIN "user_tags" AS "s1_1" ON '
                '"s1_0"."id" = "s1_1"."tag_id" WHERE "s1_1"."user_id" = "t0"."id" AND '
                '(EXISTS (SELECT 1 FROM "users" AS "s2_0" JOIN "user_tags" AS "s2_1" ON '
                '"s2_0"."id" = "s2_1"."user_id" LEFT JOIN "teams" AS "s2_2" ON '
                '"s2_0"."team_id" = "s2_2"."id" WHERE "s2_1"."tag_id" = "s1_0"."id" AND '
                '("s2_2"."name" = $1))))'
            ),
            ["x"],
        ),
        (
            (
                "EXISTS (SELECT 1 FROM `order` AS `s1_0` JOIN `user_tags` AS `s1_1` ON "
                "`s1_0`.`id` = `s1_1`.`tag_id` WHERE `s1_1`.`user_id` = `t0`.`id` AND "
                "(EXISTS (SELECT 1 FROM `users` AS `s2_0` JOIN `user_tags` AS `s2_1` ON "
                "`s2_0`.`id` = `s2_1`.`user_id` LEFT JOIN `teams` AS `s2_2` ON "
                "`s2_0`.`team_id` = `s2_2`.`id` WHERE `s2_1`.`tag_id` = `s1_0`.`id` AND "
                "(`s2_2`.`name` = %s))))"
            ),
            ["x"],
        ),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "given", "expected"), every(TABLE), ids=names(TABLE))
def test_conditions(name, dialect, given, expected):
    plan, values = Plans(User.__meta__, DIALECTS[dialect]).count(given)
    assert (plan.sql.partition(" WHERE ")[2], values) == expected
