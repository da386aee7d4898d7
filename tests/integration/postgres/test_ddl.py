"""Tables that exist are seen as they are, and what is missing is added."""

import uuid

from dotorm import field_types as f
from dotorm.changes import plan_changes
from dotorm.databases.abstract import Transaction
from dotorm.ddl import ExistingTable
from dotorm.meta import ModelMeta
from dotorm.tables import table_plans


async def test_inspect(session):
    await session.run_script(
        [
            "CREATE SCHEMA other",
            "CREATE TABLE other.elsewhere (id int PRIMARY KEY)",
            'CREATE TABLE other."order" (id int PRIMARY KEY, far int)',
            'CREATE TABLE "Mixed ""Case"" %" (id int PRIMARY KEY)',
            """CREATE TABLE "order" ("group" bigint, "De""sc" text NOT NULL, gone int,
            "a,b" int REFERENCES "Mixed ""Case"" %", away int REFERENCES other."order",
            PRIMARY KEY ("group", "De""sc"), UNIQUE ("a,b", "group"))""",
            'ALTER TABLE "order" DROP COLUMN gone, ADD COLUMN late int',
            'CREATE INDEX ON "order" (late, "De""sc")',
            'CREATE UNIQUE INDEX ON "order" (late) INCLUDE ("group")',
            'CREATE INDEX ON "order" (lower("De""sc"))',
            'CREATE UNIQUE INDEX ON "order" (away) WHERE away > 0',
            "INSERT INTO \"order\" VALUES (1, 'x')",
            "CREATE VIEW seen AS SELECT 1 AS one",
        ]
    )
    names = ["order", 'Mixed "Case" %', "elsewhere", "seen", "nowhere"]
    found = await session.ddl.inspect(session, names)
    assert set(found) == {"order", 'Mixed "Case" %'}
    order = found["order"]
    assert order.columns == {
        "group": False,
        'De"sc': False,
        "a,b": True,
        "away": True,
        "late": True,
    }
    assert order.indexes == {("late", 'De"sc')}
    assert order.unique == {("group", 'De"sc'), ("a,b", "group"), ("late",)}
    assert order.foreign_keys == {(("a,b",), 'Mixed "Case" %', ("id",))}
    assert order.has_rows
    assert not found['Mixed "Case" %'].has_rows


async def test_inspect_nothing(session):
    assert await session.ddl.inspect(session, ["nowhere"]) == {}
    assert await session.ddl.inspect(session, []) == {}


async def test_what_was_created_is_found_again(session):
    def models():
        class Group:
            __meta__: ModelMeta

        class Item:
            __meta__: ModelMeta

        fields = {"id": f.BigInteger(primary_key=True), "Name": f.Char(max_length=9, unique=True)}
        Group.__meta__ = ModelMeta("Group", "group", fields, model=Group)
        Item.__meta__ = ModelMeta(
            "Item",
            "Item",
            {
                "id": f.UUID(primary_key=True),
                "select": f.Many2one(lambda: Group, index=True),
                "tags": f.Many2many(
                    lambda: Group, many2many_table="item%tags", column1="a", column2="b"
                ),
                "price": f.Decimal(9, 2, required=True, default="0.5"),
            },
            model=Item,
            indexes=[("price", "select")],
        )
        return [Group.__meta__, Item.__meta__]

    tables = table_plans(models(), session.dialect)
    changes = plan_changes(tables, {}, session.ddl)
    async with Transaction(session.pool) as inside:
        await inside.run_script(changes.statements)
    found = await session.ddl.inspect(session, [table.name for table in tables])
    assert all(isinstance(table, ExistingTable) for table in found.values())
    again = plan_changes(tables, found, session.ddl)
    assert (again.statements, again.skipped) == ([], [])


async def test_columns_are_added(session):
    await session.execute("CREATE TABLE things (id bigint PRIMARY KEY)")
    await session.execute("INSERT INTO things VALUES (1)")
    fields = {
        "id": f.BigInteger(primary_key=True),
        "name": f.Text(required=True, default="it's % new"),
        "code": f.UUID(default=uuid.uuid4),
        "note": f.Text(index=True),
    }
    tables = table_plans([ModelMeta("Thing", "things", fields)], session.dialect)
    changes = plan_changes(tables, await session.ddl.inspect(session, ["things"]), session.ddl)
    await session.run_script(changes.statements)
    (row,) = await session.execute("SELECT * FROM things")
    assert (row["name"], row["note"]) == ("it's % new", None)
    assert isinstance(row["code"], uuid.UUID)
    found = await session.ddl.inspect(session, ["things"])
    assert plan_changes(tables, found, session.ddl).statements == []
