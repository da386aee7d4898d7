"""Statements over relations to and from keys of several fields."""

import pytest

from dotorm.builder import Builder, Plans
from dotorm.components.key_conditions import key_among
from tests.sql import tables
from tests.sql.library import DIALECTS, Case, every, names
from tests.sql.wide import (
    EXISTING,
    TO_ORDERS,
    TO_OTHERS,
    TO_PRODUCTS,
    Line,
    Note,
    Order,
    Product,
    lines,
)

TABLE = {
    "a key": Case(
        lambda plans: plans(Line).search(("id",), [("order", "=", (1, "7"))], ()),
        ('SELECT "id" FROM "lines" WHERE "tenant" = ? AND "No" = ?', [1, 7]),
        ('SELECT "id" FROM "lines" WHERE "tenant" = $1 AND "No" = $2', [1, 7]),
        ("SELECT `id` FROM `lines` WHERE `tenant` = %s AND `No` = %s", [1, 7]),
    ),
    "another key": Case(
        lambda plans: plans(Line).search(("id",), [("order", "!=", (1, 7))], ()),
        (
            ('SELECT "id" FROM "lines" WHERE "No" IS NOT NULL AND NOT ("tenant" = ? AND "No" = ?)'),
            [1, 7],
        ),
        (
            (
                'SELECT "id" FROM "lines" WHERE "No" IS NOT NULL AND NOT ("tenant" = $1 AND '
                '"No" = $2)'
            ),
            [1, 7],
        ),
        (
            (
                "SELECT `id` FROM `lines` WHERE `No` IS NOT NULL AND NOT (`tenant` = %s AND "
                "`No` = %s)"
            ),
            [1, 7],
        ),
    ),
    "keys": Case(
        lambda plans: plans(Line).search(("id",), [("order", "in", [(1, 7), (2, 8)])], ()),
        (
            ('SELECT "id" FROM "lines" WHERE ("tenant", "No") IN (VALUES (?, ?), (?, ?))'),
            [1, 7, 2, 8],
        ),
        (
            (
                'SELECT "id" FROM "lines" WHERE ("tenant", "No") IN (SELECT * FROM '
                "unnest($1::INTEGER[], $2::INTEGER[]))"
            ),
            [[1, 2], [7, 8]],
        ),
        ("SELECT `id` FROM `lines` WHERE (`tenant`, `No`) IN (%s)", [[(1, 7), (2, 8)]]),
    ),
    "other keys, or none": Case(
        lambda plans: plans(Line).search(
            ("id",), [("order", "not in", [(1, 7), (2, 8), None])], ()
        ),
        (
            (
                'SELECT "id" FROM "lines" WHERE "No" IS NOT NULL AND NOT (("tenant", "No") '
                "IN (VALUES (?, ?), (?, ?)))"
            ),
            [1, 7, 2, 8],
        ),
        (
            (
                'SELECT "id" FROM "lines" WHERE "No" IS NOT NULL AND NOT (("tenant", "No") '
                "IN (SELECT * FROM unnest($1::INTEGER[], $2::INTEGER[])))"
            ),
            [[1, 2], [7, 8]],
        ),
        (
            ("SELECT `id` FROM `lines` WHERE `No` IS NOT NULL AND NOT ((`tenant`, `No`) IN (%s))"),
            [[(1, 7), (2, 8)]],
        ),
    ),
    "no key": Case(
        lambda plans: plans(Line).search(("id",), [("order", "is null", None)], ()),
        ('SELECT "id" FROM "lines" WHERE "No" IS NULL', []),
        ('SELECT "id" FROM "lines" WHERE "No" IS NULL', []),
        ("SELECT `id` FROM `lines` WHERE `No` IS NULL", []),
    ),
    "some key": Case(
        lambda plans: plans(Line).search(("id",), Line.order.is_not_null(), ()),
        ('SELECT "id" FROM "lines" WHERE NOT ("No" IS NULL)', []),
        ('SELECT "id" FROM "lines" WHERE NOT ("No" IS NULL)', []),
        ("SELECT `id` FROM `lines` WHERE NOT (`No` IS NULL)", []),
    ),
    "a path": Case(
        lambda plans: plans(Line).search(
            ("id",), [("order.state", "=", "x")], (("order", True), ("product.code", False))
        ),
        (
            (
                'SELECT "t0"."id" FROM "lines" AS "t0" LEFT JOIN "products" AS "t1" ON '
                '"t0"."tenant" = "t1"."tenant" AND "t0"."code" = "t1"."code" LEFT JOIN '
                '"orders" AS "t2" ON "t0"."tenant" = "t2"."tenant" AND "t0"."No" = "t2"."The '
                'No" WHERE "t2"."state" = ? ORDER BY "t0"."tenant" DESC, "t0"."No" DESC, '
                '"t1"."code" ASC NULLS LAST'
            ),
            ["x"],
        ),
        (
            (
                'SELECT "t0"."id" FROM "lines" AS "t0" LEFT JOIN "products" AS "t1" ON '
                '"t0"."tenant" = "t1"."tenant" AND "t0"."code" = "t1"."code" LEFT JOIN '
                '"orders" AS "t2" ON "t0"."tenant" = "t2"."tenant" AND "t0"."No" = "t2"."The '
                'No" WHERE "t2"."state" = $1 ORDER BY "t0"."tenant" DESC, "t0"."No" DESC '
                'NULLS LAST, "t1"."code" ASC'
            ),
            ["x"],
        ),
        (
            (
                "SELECT `t0`.`id` FROM `lines` AS `t0` LEFT JOIN `products` AS `t1` ON "
                "`t0`.`tenant` = `t1`.`tenant` AND `t0`.`code` = `t1`.`code` LEFT JOIN "
                "`orders` AS `t2` ON `t0`.`tenant` = `t2`.`tenant` AND `t0`.`No` = "
                "`t2`.`The No` WHERE `t2`.`state` = %s ORDER BY `t0`.`tenant` DESC, "
                "`t0`.`No` DESC, `t1`.`code` IS NULL, `t1`.`code` ASC"
            ),
            ["x"],
        ),
    ),
    "through one2many": Case(
        lambda plans: plans(Order).search(("state",), [("lines.id", "=", 3)], ()),
        (
            (
                'SELECT "t0"."state" FROM "orders" AS "t0" WHERE EXISTS (SELECT 1 FROM '
                '"lines" AS "s1_0" WHERE "s1_0"."tenant" = "t0"."tenant" AND "s1_0"."No" = '
                '"t0"."The No" AND ("s1_0"."id" = ?))'
            ),
            [3],
        ),
        (
            (
                'SELECT "t0"."state" FROM "orders" AS "t0" WHERE EXISTS (SELECT 1 FROM '
                '"lines" AS "s1_0" WHERE "s1_0"."tenant" = "t0"."tenant" AND "s1_0"."No" = '
                '"t0"."The No" AND ("s1_0"."id" = $1))'
            ),
            [3],
        ),
        (
            (
                "SELECT `t0`.`state` FROM `orders` AS `t0` WHERE EXISTS (SELECT 1 FROM "
                "`lines` AS `s1_0` WHERE `s1_0`.`tenant` = `t0`.`tenant` AND `s1_0`.`No` = "
                "`t0`.`The No` AND (`s1_0`.`id` = %s))"
            ),
            [3],
        ),
    ),
    "through many2many": Case(
        lambda plans: plans(Line).count([("order.products.code", "=", "x")]),
        (
            (
                'SELECT COUNT(*) FROM "lines" AS "t0" LEFT JOIN "orders" AS "t1" ON '
                '"t0"."tenant" = "t1"."tenant" AND "t0"."No" = "t1"."The No" WHERE EXISTS '
                '(SELECT 1 FROM "products" AS "s1_0" JOIN "order_products" AS "s1_1" ON '
                '"s1_0"."tenant" = "s1_1"."tenant_id" AND "s1_0"."code" = "s1_1"."code" '
                'WHERE "s1_1"."tenant_id" = "t1"."tenant" AND "s1_1"."order_no" = "t1"."The '
                'No" AND ("s1_0"."code" = ?))'
            ),
            ["x"],
        ),
        (
            (
                'SELECT COUNT(*) FROM "lines" AS "t0" LEFT JOIN "orders" AS "t1" ON '
                '"t0"."tenant" = "t1"."tenant" AND "t0"."No" = "t1"."The No" WHERE EXISTS '
                '(SELECT 1 FROM "products" AS "s1_0" JOIN "order_products" AS "s1_1" ON '
                '"s1_0"."tenant" = "s1_1"."tenant_id" AND "s1_0"."code" = "s1_1"."code" '
                'WHERE "s1_1"."tenant_id" = "t1"."tenant" AND "s1_1"."order_no" = "t1"."The '
                'No" AND ("s1_0"."code" = $1))'
            ),
            ["x"],
        ),
        (
            (
                "SELECT COUNT(*) FROM `lines` AS `t0` LEFT JOIN `orders` AS `t1` ON "
                "`t0`.`tenant` = `t1`.`tenant` AND `t0`.`No` = `t1`.`The No` WHERE EXISTS "
                "(SELECT 1 FROM `products` AS `s1_0` JOIN `order_products` AS `s1_1` ON "
                "`s1_0`.`tenant` = `s1_1`.`tenant_id` AND `s1_0`.`code` = `s1_1`.`code` "
                "WHERE `s1_1`.`tenant_id` = `t1`.`tenant` AND `s1_1`.`order_no` = `t1`.`The "
                "No` AND (`s1_0`.`code` = %s))"
            ),
            ["x"],
        ),
    ),
    "to many2many": Case(
        lambda plans: plans(Order).count([("products", "=", (1, "x"))]),
        (
            (
                'SELECT COUNT(*) FROM "orders" AS "t0" WHERE EXISTS (SELECT 1 FROM '
                '"products" AS "s1_0" JOIN "order_products" AS "s1_1" ON "s1_0"."tenant" = '
                '"s1_1"."tenant_id" AND "s1_0"."code" = "s1_1"."code" WHERE '
                '"s1_1"."tenant_id" = "t0"."tenant" AND "s1_1"."order_no" = "t0"."The No" '
                'AND ("s1_0"."tenant" = ? AND "s1_0"."code" = ?))'
            ),
            [1, "x"],
        ),
        (
            (
                'SELECT COUNT(*) FROM "orders" AS "t0" WHERE EXISTS (SELECT 1 FROM '
                '"products" AS "s1_0" JOIN "order_products" AS "s1_1" ON "s1_0"."tenant" = '
                '"s1_1"."tenant_id" AND "s1_0"."code" = "s1_1"."code" WHERE '
                '"s1_1"."tenant_id" = "t0"."tenant" AND "s1_1"."order_no" = "t0"."The No" '
                'AND ("s1_0"."tenant" = $1 AND "s1_0"."code" = $2))'
            ),
            [1, "x"],
        ),
        (
            (
                "SELECT COUNT(*) FROM `orders` AS `t0` WHERE EXISTS (SELECT 1 FROM "
                "`products` AS `s1_0` JOIN `order_products` AS `s1_1` ON `s1_0`.`tenant` = "
                "`s1_1`.`tenant_id` AND `s1_0`.`code` = `s1_1`.`code` WHERE "
                "`s1_1`.`tenant_id` = `t0`.`tenant` AND `s1_1`.`order_no` = `t0`.`The No` "
                "AND (`s1_0`.`tenant` = %s AND `s1_0`.`code` = %s))"
            ),
            [1, "x"],
        ),
    ),
    "no related": Case(
        lambda plans: plans(Order).exists([("products", "is null", None)]),
        (
            (
                'SELECT 1 FROM "orders" AS "t0" WHERE NOT (EXISTS (SELECT 1 FROM "products" '
                'AS "s1_0" JOIN "order_products" AS "s1_1" ON "s1_0"."tenant" = '
                '"s1_1"."tenant_id" AND "s1_0"."code" = "s1_1"."code" WHERE '
                '"s1_1"."tenant_id" = "t0"."tenant" AND "s1_1"."order_no" = "t0"."The No")) '
                "LIMIT ?"
            ),
            [1],
        ),
        (
            (
                'SELECT 1 FROM "orders" AS "t0" WHERE NOT (EXISTS (SELECT 1 FROM "products" '
                'AS "s1_0" JOIN "order_products" AS "s1_1" ON "s1_0"."tenant" = '
                '"s1_1"."tenant_id" AND "s1_0"."code" = "s1_1"."code" WHERE '
                '"s1_1"."tenant_id" = "t0"."tenant" AND "s1_1"."order_no" = "t0"."The No")) '
                "LIMIT $1"
            ),
            [1],
        ),
        (
            (
                "SELECT 1 FROM `orders` AS `t0` WHERE NOT (EXISTS (SELECT 1 FROM `products` "
                "AS `s1_0` JOIN `order_products` AS `s1_1` ON `s1_0`.`tenant` = "
                "`s1_1`.`tenant_id` AND `s1_0`.`code` = `s1_1`.`code` WHERE "
                "`s1_1`.`tenant_id` = `t0`.`tenant` AND `s1_1`.`order_no` = `t0`.`The No`)) "
                "LIMIT %s"
            ),
            [1],
        ),
    ),
    "related, for each": Case(
        lambda plans: plans(Line).search(
            ("id",),
            None,
            (("id", False),),
            among=key_among(Line.order.relation.refs(), [(1, 7), (2, 8)]),
            per_value=3,
        ),
        (
            (
                'SELECT c0 FROM (SELECT "id" AS c0, ROW_NUMBER() OVER (PARTITION BY '
                '"tenant", "No" ORDER BY "id" ASC) AS n FROM "lines" WHERE ("tenant", "No") '
                "IN (VALUES (?, ?), (?, ?))) AS w WHERE n <= ? ORDER BY n"
            ),
            [1, 7, 2, 8, 3],
        ),
        (
            (
                'SELECT c0 FROM (SELECT "id" AS c0, ROW_NUMBER() OVER (PARTITION BY '
                '"tenant", "No" ORDER BY "id" ASC) AS n FROM "lines" WHERE ("tenant", "No") '
                "IN (SELECT * FROM unnest($1::INTEGER[], $2::INTEGER[]))) AS w WHERE n <= $3 "
                "ORDER BY n"
            ),
            [[1, 2], [7, 8], 3],
        ),
        (
            (
                "SELECT c0 FROM (SELECT `id` AS c0, ROW_NUMBER() OVER (PARTITION BY "
                "`tenant`, `No` ORDER BY `id` ASC) AS n FROM `lines` WHERE (`tenant`, `No`) "
                "IN (%s)) AS w WHERE n <= %s ORDER BY n"
            ),
            [[(1, 7), (2, 8)], 3],
        ),
    ),
    "linked": Case(
        lambda plans: plans(Product).linked(Order.products.relation, ("code",), [(1, 7), (2, 8)]),
        (
            (
                'SELECT "t0"."code", "t1"."tenant_id", "t1"."order_no" FROM "products" AS '
                '"t0" JOIN "order_products" AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE ("t1"."tenant_id", "t1"."order_no") IN '
                "(VALUES (?, ?), (?, ?))"
            ),
            [1, 7, 2, 8],
        ),
        (
            (
                'SELECT "t0"."code", "t1"."tenant_id", "t1"."order_no" FROM "products" AS '
                '"t0" JOIN "order_products" AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE ("t1"."tenant_id", "t1"."order_no") IN '
                "(SELECT * FROM unnest($1::INTEGER[], $2::INTEGER[]))"
            ),
            [[1, 2], [7, 8]],
        ),
        (
            (
                "SELECT `t0`.`code`, `t1`.`tenant_id`, `t1`.`order_no` FROM `products` AS "
                "`t0` JOIN `order_products` AS `t1` ON `t0`.`tenant` = `t1`.`tenant_id` AND "
                "`t0`.`code` = `t1`.`code` WHERE (`t1`.`tenant_id`, `t1`.`order_no`) IN "
                "(%s)"
            ),
            [[(1, 7), (2, 8)]],
        ),
    ),
    "linked, for each": Case(
        lambda plans: plans(Product).linked(
            Order.products.relation,
            ("code",),
            [(1, 7)],
            [("code", "=", "x")],
            (("code", True),),
            per_owner=2,
        ),
        (
            (
                'SELECT c0, c1, c2 FROM (SELECT "t0"."code" AS c0, "t1"."tenant_id" AS c1, '
                '"t1"."order_no" AS c2, ROW_NUMBER() OVER (PARTITION BY "t1"."tenant_id", '
                '"t1"."order_no" ORDER BY "t0"."code" DESC) AS n FROM "products" AS "t0" '
                'JOIN "order_products" AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE ("t1"."tenant_id", "t1"."order_no") IN '
                '(VALUES (?, ?)) AND "t0"."code" = ?) AS w WHERE n <= ? ORDER BY n'
            ),
            [1, 7, "x", 2],
        ),
        (
            (
                'SELECT c0, c1, c2 FROM (SELECT "t0"."code" AS c0, "t1"."tenant_id" AS c1, '
                '"t1"."order_no" AS c2, ROW_NUMBER() OVER (PARTITION BY "t1"."tenant_id", '
                '"t1"."order_no" ORDER BY "t0"."code" DESC) AS n FROM "products" AS "t0" '
                'JOIN "order_products" AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE ("t1"."tenant_id", "t1"."order_no") IN '
                '(SELECT * FROM unnest($1::INTEGER[], $2::INTEGER[])) AND "t0"."code" = $3) '
                "AS w WHERE n <= $4 ORDER BY n"
            ),
            [[1], [7], "x", 2],
        ),
        (
            (
                "SELECT c0, c1, c2 FROM (SELECT `t0`.`code` AS c0, `t1`.`tenant_id` AS c1, "
                "`t1`.`order_no` AS c2, ROW_NUMBER() OVER (PARTITION BY `t1`.`tenant_id`, "
                "`t1`.`order_no` ORDER BY `t0`.`code` DESC) AS n FROM `products` AS `t0` "
                "JOIN `order_products` AS `t1` ON `t0`.`tenant` = `t1`.`tenant_id` AND "
                "`t0`.`code` = `t1`.`code` WHERE (`t1`.`tenant_id`, `t1`.`order_no`) IN "
                "(%s) AND `t0`.`code` = %s) AS w WHERE n <= %s ORDER BY n"
            ),
            [[(1, 7)], "x", 2],
        ),
    ),
    "unlink": Case(
        lambda plans: plans(Order).unlink(Order.products.relation, [(1, "x")], [(1, 7)]),
        (
            (
                'DELETE FROM "order_products" WHERE ("tenant_id", "code") IN (VALUES (?, ?)) '
                'AND ("tenant_id", "order_no") IN (VALUES (?, ?))'
            ),
            [1, "x", 1, 7],
        ),
        (
            (
                'DELETE FROM "order_products" WHERE ("tenant_id", "code") IN (SELECT * FROM '
                'unnest($1::INTEGER[], $2::VARCHAR[])) AND ("tenant_id", "order_no") IN '
                "(SELECT * FROM unnest($3::INTEGER[], $4::INTEGER[]))"
            ),
            [[1], ["x"], [1], [7]],
        ),
        (
            (
                "DELETE FROM `order_products` WHERE (`tenant_id`, `code`) IN (%s) AND "
                "(`tenant_id`, `order_no`) IN (%s)"
            ),
            [[(1, "x")], [(1, 7)]],
        ),
    ),
    "link": Case(
        lambda plans: (plans(Order).link(Order.products.relation, 2), []),
        (
            (
                'INSERT INTO "order_products" ("tenant_id", "code", "order_no") VALUES (?, '
                "?, ?), (?, ?, ?) ON CONFLICT DO NOTHING"
            ),
            [],
        ),
        (
            (
                'INSERT INTO "order_products" ("tenant_id", "code", "order_no") SELECT c1, '
                "c2, c3 FROM unnest($1::TEXT::INTEGER[], $2::TEXT::VARCHAR[], "
                "$3::TEXT::INTEGER[]) WITH "
                "ORDINALITY AS u(c1, c2, c3, n) ORDER BY n ON CONFLICT DO NOTHING"
            ),
            [],
        ),
        (
            (
                "INSERT INTO `order_products` (`tenant_id`, `code`, `order_no`) VALUES %s "
                "/*!80019 AS new_row */ ON DUPLICATE KEY UPDATE `tenant_id` = "
                "IF(LAST_INSERT_ID(9223372037842430129 + 0 * "
                "LENGTH(`order_products`.`tenant_id`)), `order_products`.`tenant_id`, "
                "`order_products`.`tenant_id`)"
            ),
            [],
        ),
    ),
    "update_where": Case(
        lambda plans: plans(Order).update_where(("state",), ["x"], [("lines.code", "=", "y")]),
        (
            (
                'UPDATE "orders" SET "state" = ? WHERE ("tenant", "The No") IN (SELECT '
                '"s1_0"."tenant", "s1_0"."The No" FROM "orders" AS "s1_0" WHERE EXISTS '
                '(SELECT 1 FROM "lines" AS "s2_0" WHERE "s2_0"."tenant" = "s1_0"."tenant" '
                'AND "s2_0"."No" = "s1_0"."The No" AND ("s2_0"."code" = ?)))'
            ),
            ["x", "y"],
        ),
        (
            (
                'UPDATE "orders" SET "state" = $1 WHERE ("tenant", "The No") IN (SELECT '
                '"s1_0"."tenant", "s1_0"."The No" FROM "orders" AS "s1_0" WHERE EXISTS '
                '(SELECT 1 FROM "lines" AS "s2_0" WHERE "s2_0"."tenant" = "s1_0"."tenant" '
                'AND "s2_0"."No" = "s1_0"."The No" AND ("s2_0"."code" = $2)))'
            ),
            ["x", "y"],
        ),
        (
            (
                "UPDATE `orders` SET `state` = %s WHERE (`tenant`, `The No`) IN (SELECT * "
                "FROM (SELECT `s1_0`.`tenant`, `s1_0`.`The No` FROM `orders` AS `s1_0` "
                "WHERE EXISTS (SELECT 1 FROM `lines` AS `s2_0` WHERE `s2_0`.`tenant` = "
                "`s1_0`.`tenant` AND `s2_0`.`No` = `s1_0`.`The No` AND (`s2_0`.`code` = "
                "%s))) AS q)"
            ),
            ["x", "y"],
        ),
    ),
    "delete_where": Case(
        lambda plans: plans(Line).delete_where([("order", "in", [(1, 7), (2, 8)])]),
        ('DELETE FROM "lines" WHERE ("tenant", "No") IN (VALUES (?, ?), (?, ?))', [1, 7, 2, 8]),
        (
            (
                'DELETE FROM "lines" WHERE ("tenant", "No") IN (SELECT * FROM '
                "unnest($1::INTEGER[], $2::INTEGER[]))"
            ),
            [[1, 2], [7, 8]],
        ),
        ("DELETE FROM `lines` WHERE (`tenant`, `No`) IN (%s)", [[(1, 7), (2, 8)]]),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "ask", "expected"), every(TABLE), ids=names(TABLE))
def test_statements(name, dialect, ask, expected):
    plan, values = ask(lambda model: Plans(model.__meta__, DIALECTS[dialect]))
    assert (plan.sql, values) == expected


SHOWN = {
    "get_m2m": Case(
        lambda builder: builder(Order).build_get_m2m("products", (1, 7), ["code"]),
        (
            (
                'SELECT "t0"."code", "t1"."tenant_id", "t1"."order_no" FROM products AS "t0" '
                'JOIN order_products AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE "t1"."tenant_id" = %s AND "t1"."order_no" = '
                '%s ORDER BY "t0".tenant ASC, "t0".code ASC'
            ),
            (1, 7),
        ),
        (
            (
                'SELECT "t0"."code", "t1"."tenant_id", "t1"."order_no" FROM products AS "t0" '
                'JOIN order_products AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE "t1"."tenant_id" = %s AND "t1"."order_no" = '
                '%s ORDER BY "t0".tenant ASC, "t0".code ASC'
            ),
            (1, 7),
        ),
        (
            (
                "SELECT `t0`.`code`, `t1`.`tenant_id`, `t1`.`order_no` FROM products AS "
                "`t0` JOIN order_products AS `t1` ON `t0`.`tenant` = `t1`.`tenant_id` AND "
                "`t0`.`code` = `t1`.`code` WHERE `t1`.`tenant_id` = %s AND `t1`.`order_no` "
                "= %s ORDER BY `t0`.tenant ASC, `t0`.code ASC"
            ),
            (1, 7),
        ),
    ),
    "get_m2m_multiple": Case(
        lambda builder: builder(Order).build_get_m2m_multiple(
            "products", [(1, 7), (2, 8)], ["code"]
        ),
        (
            (
                'SELECT "t0"."code", "t1"."tenant_id", "t1"."order_no" FROM products AS "t0" '
                'JOIN order_products AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE ("t1"."tenant_id", "t1"."order_no") IN '
                '(VALUES (%s, %s), (%s, %s)) ORDER BY "t0".tenant ASC, "t0".code ASC'
            ),
            (1, 7, 2, 8),
        ),
        (
            (
                'SELECT "t0"."code", "t1"."tenant_id", "t1"."order_no" FROM products AS "t0" '
                'JOIN order_products AS "t1" ON "t0"."tenant" = "t1"."tenant_id" AND '
                '"t0"."code" = "t1"."code" WHERE ("t1"."tenant_id", "t1"."order_no") IN '
                '(SELECT * FROM unnest(%s::INTEGER[], %s::INTEGER[])) ORDER BY "t0".tenant '
                'ASC, "t0".code ASC'
            ),
            ([1, 2], [7, 8]),
        ),
        (
            (
                "SELECT `t0`.`code`, `t1`.`tenant_id`, `t1`.`order_no` FROM products AS "
                "`t0` JOIN order_products AS `t1` ON `t0`.`tenant` = `t1`.`tenant_id` AND "
                "`t0`.`code` = `t1`.`code` WHERE (`t1`.`tenant_id`, `t1`.`order_no`) IN "
                "(%s) ORDER BY `t0`.tenant ASC, `t0`.code ASC"
            ),
            ([(1, 7), (2, 8)],),
        ),
    ),
    "references": Case(
        lambda builder: [
            (r.stmt, r.value, r.fields)
            for r in builder(Line).build_search_relation(
                ["order"],
                [Line(tenant=1, number=7), Line(order=(1, 7)), Line()],
                {"order": ["state"]},
            )
        ],
        [
            (
                (
                    'SELECT "state" FROM orders WHERE ("tenant", "The No") IN (VALUES (%s, %s)) '
                    'ORDER BY tenant ASC, "The No" ASC'
                ),
                (1, 7),
                ["state"],
            )
        ],
        [
            (
                (
                    'SELECT "state" FROM orders WHERE ("tenant", "The No") IN (SELECT * FROM '
                    'unnest(%s::INTEGER[], %s::INTEGER[])) ORDER BY tenant ASC, "The No" ASC'
                ),
                ([1], [7]),
                ["state"],
            )
        ],
        [
            (
                (
                    "SELECT `state` FROM orders WHERE (`tenant`, `The No`) IN (%s) ORDER BY "
                    "tenant ASC, `The No` ASC"
                ),
                ([(1, 7)],),
                ["state"],
            )
        ],
    ),
    "children": Case(
        lambda builder: [
            (r.stmt, r.value, r.fields)
            for r in builder(Order).build_search_relation(
                ["lines"], [Order(tenant=1, number=7)], {"lines": ["id"]}
            )
        ],
        [
            (
                (
                    'SELECT "id", "tenant", "No" FROM lines WHERE ("tenant", "No") IN (VALUES '
                    "(%s, %s)) ORDER BY id ASC"
                ),
                (1, 7),
                ["id", "tenant", "number"],
            )
        ],
        [
            (
                (
                    'SELECT "id", "tenant", "No" FROM lines WHERE ("tenant", "No") IN (SELECT * '
                    "FROM unnest(%s::INTEGER[], %s::INTEGER[])) ORDER BY id ASC"
                ),
                ([1], [7]),
                ["id", "tenant", "number"],
            )
        ],
        [
            (
                (
                    "SELECT `id`, `tenant`, `No` FROM lines WHERE (`tenant`, `No`) IN (%s) "
                    "ORDER BY id ASC"
                ),
                ([(1, 7)],),
                ["id", "tenant", "number"],
            )
        ],
    ),
}


@pytest.mark.parametrize(("name", "dialect", "ask", "expected"), every(SHOWN), ids=names(SHOWN))
def test_shown(name, dialect, ask, expected):
    assert ask(lambda model: Builder.of(model.__meta__, DIALECTS[dialect])) == expected


TABLES = {
    "new tables": Case(
        ([Order, Product, Line], {}),
        (
            [
                (
                    'CREATE TABLE "orders" (\n'
                    '  "tenant" INTEGER NOT NULL,\n'
                    '  "The No" INTEGER NOT NULL,\n'
                    '  "state" TEXT,\n'
                    '  PRIMARY KEY ("tenant", "The No")\n'
                    ") STRICT"
                ),
                (
                    'CREATE TABLE "products" (\n'
                    '  "tenant" INTEGER NOT NULL,\n'
                    '  "code" TEXT NOT NULL,\n'
                    '  PRIMARY KEY ("tenant", "code")\n'
                    ") STRICT"
                ),
                (
                    'CREATE TABLE "lines" (\n'
                    '  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,\n'
                    '  "tenant" INTEGER NOT NULL,\n'
                    '  "No" INTEGER,\n'
                    '  "code" TEXT,\n'
                    '  CONSTRAINT "lines_tenant_No_fkey" FOREIGN KEY ("tenant", "No") REFERENCES '
                    '"orders" ("tenant", "The No") ON DELETE RESTRICT,\n'
                    '  CONSTRAINT "lines_tenant_code_fkey" FOREIGN KEY ("tenant", "code") '
                    'REFERENCES "products" ("tenant", "code") ON DELETE CASCADE\n'
                    ") STRICT"
                ),
                (
                    'CREATE TABLE "order_products" (\n'
                    '  "tenant_id" INTEGER NOT NULL,\n'
                    '  "order_no" INTEGER NOT NULL,\n'
                    '  "code" TEXT NOT NULL,\n'
                    '  PRIMARY KEY ("tenant_id", "order_no", "code"),\n'
                    '  CONSTRAINT "order_products_tenant_id_order_no_fkey" FOREIGN KEY '
                    '("tenant_id", "order_no") REFERENCES "orders" ("tenant", "The No") ON '
                    "DELETE CASCADE,\n"
                    '  CONSTRAINT "order_products_tenant_id_code_fkey" FOREIGN KEY ("tenant_id", '
                    '"code") REFERENCES "products" ("tenant", "code") ON DELETE CASCADE\n'
                    ") STRICT"
                ),
                'CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")',
                (
                    'CREATE INDEX "order_products_tenant_id_code_idx" ON "order_products" '
                    '("tenant_id", "code")'
                ),
            ],
            [],
        ),
        (
            [
                (
                    'CREATE TABLE "orders" (\n'
                    '  "tenant" INTEGER NOT NULL,\n'
                    '  "The No" INTEGER NOT NULL,\n'
                    '  "state" VARCHAR(10),\n'
                    '  PRIMARY KEY ("tenant", "The No")\n'
                    ")"
                ),
                (
                    'CREATE TABLE "products" (\n'
                    '  "tenant" INTEGER NOT NULL,\n'
                    '  "code" VARCHAR(9) NOT NULL,\n'
                    '  PRIMARY KEY ("tenant", "code")\n'
                    ")"
                ),
                (
                    'CREATE TABLE "lines" (\n'
                    '  "id" INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL,\n'
                    '  "tenant" INTEGER NOT NULL,\n'
                    '  "No" INTEGER,\n'
                    '  "code" VARCHAR(9),\n'
                    '  PRIMARY KEY ("id")\n'
                    ")"
                ),
                (
                    'CREATE TABLE "order_products" (\n'
                    '  "tenant_id" INTEGER NOT NULL,\n'
                    '  "order_no" INTEGER NOT NULL,\n'
                    '  "code" VARCHAR(9) NOT NULL,\n'
                    '  PRIMARY KEY ("tenant_id", "order_no", "code")\n'
                    ")"
                ),
                'CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")',
                (
                    'CREATE INDEX "order_products_tenant_id_code_idx" ON "order_products" '
                    '("tenant_id", "code")'
                ),
                (
                    'ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_No_fkey" FOREIGN KEY '
                    '("tenant", "No") REFERENCES "orders" ("tenant", "The No") ON DELETE RESTRICT'
                ),
                (
                    'ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_code_fkey" FOREIGN KEY '
                    '("tenant", "code") REFERENCES "products" ("tenant", "code") ON DELETE '
                    "CASCADE"
                ),
                (
                    'ALTER TABLE "order_products" ADD CONSTRAINT '
                    '"order_products_tenant_id_order_no_fkey" FOREIGN KEY ("tenant_id", '
                    '"order_no") REFERENCES "orders" ("tenant", "The No") ON DELETE CASCADE'
                ),
                (
                    'ALTER TABLE "order_products" ADD CONSTRAINT '
                    '"order_products_tenant_id_code_fkey" FOREIGN KEY ("tenant_id", "code") '
                    'REFERENCES "products" ("tenant", "code") ON DELETE CASCADE'
                ),
            ],
            [],
        ),
        (
            [
                (
                    "CREATE TABLE `orders` (\n"
                    "  `tenant` INT NOT NULL,\n"
                    "  `The No` INT NOT NULL,\n"
                    "  `state` VARCHAR(10),\n"
                    "  PRIMARY KEY (`tenant`, `The No`)\n"
                    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80019 COLLATE=utf8mb4_0900_bin "
                    "*/ /*M! COLLATE=utf8mb4_nopad_bin */"
                ),
                (
                    "CREATE TABLE `products` (\n"
                    "  `tenant` INT NOT NULL,\n"
                    "  `code` VARCHAR(9) NOT NULL,\n"
                    "  PRIMARY KEY (`tenant`, `code`)\n"
                    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80019 COLLATE=utf8mb4_0900_bin "
                    "*/ /*M! COLLATE=utf8mb4_nopad_bin */"
                ),
                (
                    "CREATE TABLE `lines` (\n"
                    "  `id` INT AUTO_INCREMENT NOT NULL,\n"
                    "  `tenant` INT NOT NULL,\n"
                    "  `No` INT,\n"
                    "  `code` VARCHAR(9),\n"
                    "  PRIMARY KEY (`id`)\n"
                    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80019 COLLATE=utf8mb4_0900_bin "
                    "*/ /*M! COLLATE=utf8mb4_nopad_bin */"
                ),
                (
                    "CREATE TABLE `order_products` (\n"
                    "  `tenant_id` INT NOT NULL,\n"
                    "  `order_no` INT NOT NULL,\n"
                    "  `code` VARCHAR(9) NOT NULL,\n"
                    "  PRIMARY KEY (`tenant_id`, `order_no`, `code`)\n"
                    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80019 COLLATE=utf8mb4_0900_bin "
                    "*/ /*M! COLLATE=utf8mb4_nopad_bin */"
                ),
                "CREATE INDEX `lines_tenant_No_idx` ON `lines` (`tenant`, `No`)",
                (
                    "CREATE INDEX `order_products_tenant_id_code_idx` ON `order_products` "
                    "(`tenant_id`, `code`)"
                ),
                (
                    "ALTER TABLE `lines` ADD CONSTRAINT `lines_tenant_No_fkey` FOREIGN KEY "
                    "(`tenant`, `No`) REFERENCES `orders` (`tenant`, `The No`) ON DELETE "
                    "RESTRICT"
                ),
                (
                    "ALTER TABLE `lines` ADD CONSTRAINT `lines_tenant_code_fkey` FOREIGN KEY "
                    "(`tenant`, `code`) REFERENCES `products` (`tenant`, `code`) ON DELETE "
                    "CASCADE"
                ),
                (
                    "ALTER TABLE `order_products` ADD CONSTRAINT "
                    "`order_products_tenant_id_order_no_fkey` FOREIGN KEY (`tenant_id`, "
                    "`order_no`) REFERENCES `orders` (`tenant`, `The No`) ON DELETE CASCADE"
                ),
                (
                    "ALTER TABLE `order_products` ADD CONSTRAINT "
                    "`order_products_tenant_id_code_fkey` FOREIGN KEY (`tenant_id`, `code`) "
                    "REFERENCES `products` (`tenant`, `code`) ON DELETE CASCADE"
                ),
            ],
            [],
        ),
    ),
    "two references over the same fields": Case(
        ([Note], EXISTING),
        (
            [
                (
                    'CREATE TABLE "notes" (\n'
                    '  "id" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,\n'
                    '  "tenant" INTEGER,\n'
                    '  "number" INTEGER,\n'
                    '  CONSTRAINT "notes_tenant_number_key" UNIQUE ("tenant", "number"),\n'
                    '  CONSTRAINT "notes_tenant_number_fkey" FOREIGN KEY ("tenant", "number") '
                    'REFERENCES "orders" ("tenant", "The No") ON DELETE SET NULL,\n'
                    '  CONSTRAINT "notes_tenant_number_bills_fkey" FOREIGN KEY ("tenant", '
                    '"number") REFERENCES "bills" ("tenant", "number") ON DELETE NO ACTION\n'
                    ") STRICT"
                )
            ],
            [],
        ),
        (
            [
                (
                    'CREATE TABLE "notes" (\n'
                    '  "id" INTEGER GENERATED BY DEFAULT AS IDENTITY NOT NULL,\n'
                    '  "tenant" INTEGER,\n'
                    '  "number" INTEGER,\n'
                    '  PRIMARY KEY ("id"),\n'
                    '  CONSTRAINT "notes_tenant_number_key" UNIQUE ("tenant", "number")\n'
                    ")"
                ),
                (
                    'ALTER TABLE "notes" ADD CONSTRAINT "notes_tenant_number_fkey" FOREIGN KEY '
                    '("tenant", "number") REFERENCES "orders" ("tenant", "The No") ON DELETE SET '
                    "NULL"
                ),
                (
                    'ALTER TABLE "notes" ADD CONSTRAINT "notes_tenant_number_bills_fkey" FOREIGN '
                    'KEY ("tenant", "number") REFERENCES "bills" ("tenant", "number") ON DELETE '
                    "NO ACTION"
                ),
            ],
            [],
        ),
        (
            [
                (
                    "CREATE TABLE `notes` (\n"
                    "  `id` INT AUTO_INCREMENT NOT NULL,\n"
                    "  `tenant` INT,\n"
                    "  `number` INT,\n"
                    "  PRIMARY KEY (`id`),\n"
                    "  CONSTRAINT `notes_tenant_number_key` UNIQUE (`tenant`, `number`)\n"
                    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 /*!80019 COLLATE=utf8mb4_0900_bin "
                    "*/ /*M! COLLATE=utf8mb4_nopad_bin */"
                ),
                (
                    "ALTER TABLE `notes` ADD CONSTRAINT `notes_tenant_number_fkey` FOREIGN KEY "
                    "(`tenant`, `number`) REFERENCES `orders` (`tenant`, `The No`) ON DELETE "
                    "SET NULL"
                ),
                (
                    "ALTER TABLE `notes` ADD CONSTRAINT `notes_tenant_number_bills_fkey` "
                    "FOREIGN KEY (`tenant`, `number`) REFERENCES `bills` (`tenant`, `number`) "
                    "ON DELETE NO ACTION"
                ),
            ],
            [],
        ),
    ),
    "references to add": Case(
        ([Line], lines()),
        (
            ['CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")'],
            [
                (
                    "lines.(tenant, No) does not reference orders: this database cannot add a "
                    "foreign key to a table that exists"
                ),
                (
                    "lines.(tenant, code) does not reference products: this database cannot add "
                    "a foreign key to a table that exists"
                ),
            ],
        ),
        (
            [
                'CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")',
                (
                    'ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_No_fkey" FOREIGN KEY '
                    '("tenant", "No") REFERENCES "orders" ("tenant", "The No") ON DELETE RESTRICT'
                ),
                (
                    'ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_code_fkey" FOREIGN KEY '
                    '("tenant", "code") REFERENCES "products" ("tenant", "code") ON DELETE '
                    "CASCADE"
                ),
            ],
            [],
        ),
        (
            [
                "CREATE INDEX `lines_tenant_No_idx` ON `lines` (`tenant`, `No`)",
                (
                    "ALTER TABLE `lines` ADD CONSTRAINT `lines_tenant_No_fkey` FOREIGN KEY "
                    "(`tenant`, `No`) REFERENCES `orders` (`tenant`, `The No`) ON DELETE "
                    "RESTRICT"
                ),
                (
                    "ALTER TABLE `lines` ADD CONSTRAINT `lines_tenant_code_fkey` FOREIGN KEY "
                    "(`tenant`, `code`) REFERENCES `products` (`tenant`, `code`) ON DELETE "
                    "CASCADE"
                ),
            ],
            [],
        ),
    ),
    "references that are there": Case(
        ([Line], lines(TO_ORDERS, TO_PRODUCTS)),
        (['CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")'], []),
        (['CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")'], []),
        (["CREATE INDEX `lines_tenant_No_idx` ON `lines` (`tenant`, `No`)"], []),
    ),
    "another reference": Case(
        ([Line], lines(TO_OTHERS)),
        (
            ['CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")'],
            [
                (
                    "lines.(tenant, No) is to reference orders.(tenant, The No), its columns "
                    "reference others.(a, b)"
                ),
                (
                    "lines.(tenant, code) does not reference products: this database cannot add "
                    "a foreign key to a table that exists"
                ),
            ],
        ),
        (
            [
                'CREATE INDEX "lines_tenant_No_idx" ON "lines" ("tenant", "No")',
                (
                    'ALTER TABLE "lines" ADD CONSTRAINT "lines_tenant_code_fkey" FOREIGN KEY '
                    '("tenant", "code") REFERENCES "products" ("tenant", "code") ON DELETE '
                    "CASCADE"
                ),
            ],
            [
                (
                    "lines.(tenant, No) is to reference orders.(tenant, The No), its columns "
                    "reference others.(a, b)"
                )
            ],
        ),
        (
            [
                "CREATE INDEX `lines_tenant_No_idx` ON `lines` (`tenant`, `No`)",
                (
                    "ALTER TABLE `lines` ADD CONSTRAINT `lines_tenant_code_fkey` FOREIGN KEY "
                    "(`tenant`, `code`) REFERENCES `products` (`tenant`, `code`) ON DELETE "
                    "CASCADE"
                ),
            ],
            [
                (
                    "lines.(tenant, No) is to reference orders.(tenant, The No), its columns "
                    "reference others.(a, b)"
                )
            ],
        ),
    ),
}


@pytest.mark.parametrize(("name", "dialect", "given", "expected"), every(TABLES), ids=names(TABLES))
def test_tables(name, dialect, given, expected):
    assert tables.changes(*given, DIALECTS[dialect]) == expected
