"""What ClickHouse is told: statements and tables, word by word."""

import pytest

from dotorm.builder import plans_of
from dotorm.components.expressions import Comparison
from dotorm.ddl import Index
from dotorm.exceptions import NotSupported
from dotorm.tables import table_plans
from dotorm.url import parse_url
from dotorm_clickhouse import (
    BACKEND,
    CLICKHOUSE,
    ClickHouseOptions,
    CollapsingMergeTree,
    Distributed,
    MergeTree,
    ReplacingMergeTree,
)
from tests.sql.library import Everything, Tag, User

READ = ClickHouseOptions(
    final=True,
    sample=0.25,
    prewhere=[("age", ">", 3), "or", ("name", "=", "it's")],
    limit_by=(2, "age", "name"),
    settings={"max_threads": 2, "log_comment": "x'"},
)
LAZY = ClickHouseOptions(wait=False, settings={"max_threads": 2})
S = (("id", False),)
TEAM = Comparison(User.__meta__.fields["team"].ref(), "in", [1, 2])

TABLE = {
    "one row": (
        None,
        lambda p: p.insert(("id", "name"), 1, ()).sql,
        "INSERT INTO `users` (`id`, `name`) VALUES",
    ),
    "many rows": (
        None,
        lambda p: p.insert(("id", "name"), 2, ()).sql,
        "INSERT INTO `users` (`id`, `name`) FORMAT Native",
    ),
    "a row with settings": (
        LAZY,
        lambda p: p.insert(("id",), 1, ()).sql,
        "INSERT INTO `users` (`id`) SETTINGS max_threads = 2 VALUES",
    ),
    "a record": (
        None,
        lambda p: p.get(("id", "name"), 1)[0].sql,
        "SELECT `id`, `name` FROM `users` WHERE `id` = $1",
    ),
    "a window": (
        None,
        lambda p: p.search(("id",), None, (("age", True), ("id", False)), limit=3, offset=2)[0].sql,
        "SELECT `id` FROM `users` ORDER BY `age` DESC NULLS LAST, `id` ASC LIMIT $1 OFFSET $2",
    ),
    "an offset alone": (
        None,
        lambda p: p.search(("id",), None, S, offset=2)[0].sql,
        "SELECT `id` FROM `users` ORDER BY `id` ASC OFFSET $1",
    ),
    "a list": (
        None,
        lambda p: p.search(("id",), [("age", "in", [1, None]), ("age", "not in", [2])], S)[0].sql,
        (
            "SELECT `id` FROM `users` WHERE (`age` IN $1 OR `age` IS NULL) AND NOT (`age` IN "
            "$2) ORDER BY `id` ASC"
        ),
    ),
    "text": (
        None,
        lambda p: p.search(("id",), [("name", "like", "a%"), ("name", "not ilike", "b")], S)[0].sql,
        "SELECT `id` FROM `users` WHERE `name` LIKE $1 AND `name` NOT ILIKE $2 ORDER BY `id` ASC",
    ),
    "a path": (
        None,
        lambda p: p.search(("id",), [("team.name", "=", "x")], (("team.name", True),))[0].sql,
        (
            "SELECT `t0`.`id` FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON `t0`.`team_id` "
            "= `t1`.`id` WHERE `t1`.`name` = $1 ORDER BY `t1`.`name` DESC NULLS LAST"
        ),
    ),
    "a path through many": (
        None,
        lambda p: (
            p.search(("id",), [("tags.name", "=", "x"), ("not", ("team.users.age", ">", 5))], S)[
                0
            ].sql
        ),
        (
            "SELECT `t0`.`id` FROM `users` AS `t0` LEFT JOIN `teams` AS `t1` ON `t0`.`team_id` "
            "= `t1`.`id` WHERE (`t0`.`id`) IN (SELECT `s1_1`.`user_id` FROM `order` AS `s1_0` "
            "JOIN `user_tags` AS `s1_1` ON `s1_0`.`id` = `s1_1`.`tag_id` WHERE `s1_0`.`Tag "
            "Name` = $1) AND NOT (ifNull((`t1`.`id`) IN (SELECT `s2_0`.`team_id` FROM `users` AS "
            "`s2_0` WHERE `s2_0`.`age` > $2), 0)) ORDER BY `t0`.`id` ASC"
        ),
    ),
    "the first of each": (
        None,
        lambda p: p.search(("id", "age"), None, S, among=TEAM, per_value=3)[0].sql,
        (
            "SELECT c0, c1 FROM (SELECT `id` AS c0, `age` AS c1, ROW_NUMBER() OVER (PARTITION "
            "BY `team_id` ORDER BY `id` ASC) AS n FROM `users` WHERE `team_id` IN $1) AS w "
            "WHERE n <= $2 ORDER BY n"
        ),
    ),
    "a count": (
        None,
        lambda p: p.count([("age", "is null", None)])[0].sql,
        "SELECT COUNT(*) FROM `users` WHERE `age` IS NULL",
    ),
    "an update": (
        None,
        lambda p: p.update(("name", "age"), ["x", 1], 1)[0].sql,
        "ALTER TABLE `users` UPDATE `name` = $1, `age` = $2 WHERE `id` = $3",
    ),
    "an update of many": (
        None,
        lambda p: p.update_among(("age",), [1], [1, 2])[0].sql,
        "ALTER TABLE `users` UPDATE `age` = $1 WHERE `id` IN $2",
    ),
    "an update of each": (
        None,
        lambda p: p.update_each(("age", "name"), 2).sql,
        (
            "ALTER TABLE `users` UPDATE `age` = CAST($1 AS "
            "Array(Nullable(Int16)))[indexOf(CAST($3 AS Array(Int32)), (`id`))], `name` = "
            "CAST($2 AS Array(String))[indexOf(CAST($3 AS Array(Int32)), (`id`))] WHERE (`id`) "
            "IN CAST($3 AS Array(Int32))"
        ),
    ),
    "an update across a path": (
        None,
        lambda p: p.update_where(("age",), [1], [("team.name", "=", "x")])[0].sql,
        (
            "ALTER TABLE `users` UPDATE `age` = $1 WHERE (`id`) IN (SELECT `s1_0`.`id` FROM "
            "`users` AS `s1_0` LEFT JOIN `teams` AS `s1_1` ON `s1_0`.`team_id` = `s1_1`.`id` "
            "WHERE `s1_1`.`name` = $2 SETTINGS join_use_nulls = 1, transform_null_in = 0)"
        ),
    ),
    "a delete": (
        None,
        lambda p: p.delete(1)[0].sql,
        "DELETE FROM `users` WHERE `id` = $1",
    ),
    "a delete of many": (
        None,
        lambda p: p.delete_among([1, 2])[0].sql,
        "DELETE FROM `users` WHERE `id` IN $1",
    ),
    "links": (
        None,
        lambda p: p.link(User.tags.relation, 2).sql,
        "INSERT INTO `user_tags` (`tag_id`, `user_id`) FORMAT Native",
    ),
    "unlink": (
        None,
        lambda p: p.unlink(User.tags.relation, [1], [2])[0].sql,
        "DELETE FROM `user_tags` WHERE `tag_id` IN $1 AND `user_id` IN $2",
    ),
    "linked": (
        None,
        lambda p: (
            plans_of(Tag.__meta__, CLICKHOUSE)
            .linked(User.tags.relation, ("id", "name"), [1, 2], None, S)[0]
            .sql
        ),
        (
            "SELECT `t0`.`id`, `t0`.`Tag Name`, `t1`.`user_id` FROM `order` AS `t0` JOIN "
            "`user_tags` AS `t1` ON `t0`.`id` = `t1`.`tag_id` WHERE `t1`.`user_id` IN $1 ORDER "
            "BY `t0`.`id` ASC"
        ),
    ),
    "read with options": (
        READ,
        lambda p: p.search(("id",), [("score", ">", 1)], S, limit=5)[0].sql,
        (
            "SELECT `id` FROM `users` FINAL SAMPLE 0.25 PREWHERE `age` > 3 OR `name` = 'it\\'s' "
            "WHERE `score` > $1 ORDER BY `id` ASC LIMIT 2 BY `age`, `name` LIMIT $2 SETTINGS "
            "max_threads = 2, log_comment = 'x\\''"
        ),
    ),
    "options and a path": (
        READ,
        lambda p: p.search(("id",), [("team.name", "=", "x")], S)[0].sql,
        (
            "SELECT `t0`.`id` FROM `users` AS `t0` FINAL SAMPLE 0.25 LEFT JOIN `teams` AS `t1` "
            "ON `t0`.`team_id` = `t1`.`id` PREWHERE `t0`.`age` > 3 OR `t0`.`name` = 'it\\'s' "
            "WHERE `t1`.`name` = $1 ORDER BY `t0`.`id` ASC LIMIT 2 BY `t0`.`age`, `t0`.`name` "
            "SETTINGS max_threads = 2, log_comment = 'x\\''"
        ),
    ),
    "a change that is not waited for": (
        LAZY,
        lambda p: p.update(("name",), ["x"], 1)[0].sql,
        (
            "ALTER TABLE `users` UPDATE `name` = $1 WHERE `id` = $2 SETTINGS mutations_sync = "
            "0, lightweight_deletes_sync = 0, max_threads = 2"
        ),
    ),
    "a delete that is not waited for": (
        LAZY,
        lambda p: p.delete(1)[0].sql,
        (
            "DELETE FROM `users` WHERE `id` = $1 SETTINGS mutations_sync = 0, "
            "lightweight_deletes_sync = 0, max_threads = 2"
        ),
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_a_statement(name):
    options, ask, text = TABLE[name]
    assert ask(plans_of(User.__meta__, CLICKHOUSE, options)) == text


def test_what_is_refused():
    plans = plans_of(User.__meta__, CLICKHOUSE)
    for ask in (
        lambda: plans.get(("id",), 1, "wait"),
        lambda: plans.insert(("id",), 1, (), (("id",), ())),
        lambda: plans_of(User.__meta__, CLICKHOUSE, READ).count(None),
        lambda: plans_of(User.__meta__, CLICKHOUSE, READ).delete(1),
    ):
        with pytest.raises(NotSupported):
            ask()


def test_options_are_part_of_what_statements_are_kept_by():
    plans = plans_of(User.__meta__, CLICKHOUSE)
    again = ClickHouseOptions(wait=False, settings={"max_threads": 2})
    assert plans_of(User.__meta__, CLICKHOUSE, LAZY) is plans_of(User.__meta__, CLICKHOUSE, again)
    others = [ClickHouseOptions(settings={"max_threads": number}) for number in range(300)]
    kept = [plans_of(User.__meta__, CLICKHOUSE, each) for each in others]
    assert len(set(map(id, kept))) == len(others)
    assert len(plans._with) <= 100


def test_a_kind_of_index_and_a_cluster_are_written():
    settings = BACKEND.settings.from_url(parse_url("clickhouse://h?cluster=a`b"))
    ddl = BACKEND.ddl.configured(settings)
    (table, _) = table_plans([User.__meta__], CLICKHOUSE)
    assert ddl.create_table(table).startswith("CREATE TABLE `users` ON CLUSTER `a``b` (\n")
    assert ddl.create_index(table, Index("i", ("age",))) == (
        "ALTER TABLE `users` ON CLUSTER `a``b` ADD INDEX `i` (`age`) TYPE minmax"
    )
    assert ddl.add_column(table, table.columns[2], None) == [
        "ALTER TABLE `users` ON CLUSTER `a``b` ADD COLUMN `age` Nullable(Int16)"
    ]
    assert BACKEND.ddl.configured(BACKEND.settings()) is BACKEND.ddl


ENGINES = [
    (MergeTree(replicated=True), "ENGINE = ReplicatedMergeTree()\nORDER BY (`key`)"),
    (
        ReplacingMergeTree(version="text", replicated=("/t/{shard}", "it's {replica}")),
        (
            "ENGINE = ReplicatedReplacingMergeTree('/t/{shard}', 'it\\'s {replica}', `text`)\n"
            "ORDER BY (`key`)"
        ),
    ),
    (
        CollapsingMergeTree(sign="text", order_by=("cityHash64(key)", "time"), primary_key="time"),
        (
            "ENGINE = CollapsingMergeTree(`text`)\nPRIMARY KEY (`time`)\n"
            "ORDER BY (cityHash64(`key`), `time`)"
        ),
    ),
    (
        MergeTree(
            order_by=(),
            partition_by=("time", "key"),
            ttl="now() + INTERVAL 1 DAY DELETE WHERE text = 'a b'",
            settings={"index_granularity": 1, "storage_policy": "x'"},
        ),
        (
            "ENGINE = MergeTree()\nPARTITION BY (`time`, `key`)\nORDER BY tuple()\n"
            "TTL now() + INTERVAL 1 DAY DELETE WHERE `text` = 'a b'\n"
            "SETTINGS index_granularity = 1, storage_policy = 'x\\''"
        ),
    ),
    (
        Distributed(cluster="c'", table="t", sharding_key="cityHash64(key) % 2"),
        "ENGINE = Distributed('c\\'', currentDatabase(), 't', cityHash64(`key`) % 2)",
    ),
    (Distributed(cluster="c", table="t", database="d"), "ENGINE = Distributed('c', 'd', 't')"),
]


@pytest.mark.parametrize(("engine", "text"), ENGINES)
def test_an_engine(engine, text):
    (table,) = table_plans([Everything.__meta__], CLICKHOUSE)
    assert engine.text(table, BACKEND.ddl.name) == text


def test_tables():
    tables = table_plans([User.__meta__], CLICKHOUSE)
    assert [BACKEND.ddl.create_table(table) for table in tables] == [USERS, LINKS]


USERS = """CREATE TABLE `users` (
  `id` Int32,
  `name` String,
  `age` Nullable(Int16),
  `score` Nullable(Float64),
  `price` Nullable(Decimal(10, 2)),
  `born` Nullable(Date32),
  `seen` Nullable(DateTime64(6, 'UTC')),
  `prefs` Nullable(String),
  `data` Nullable(String),
  `active` Nullable(Bool) DEFAULT true,
  `team_id` Nullable(Int64)
)
ENGINE = MergeTree()
ORDER BY (`id`)"""
LINKS = """CREATE TABLE `user_tags` (
  `user_id` Int32,
  `tag_id` Int32
)
ENGINE = MergeTree()
ORDER BY (`user_id`, `tag_id`)"""
