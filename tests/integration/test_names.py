"""Names that SQL has a meaning for, that need quotes, or that are very long."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2many, Many2one, One2many, UniqueViolation


class Order(DotModel):
    __table__ = "order"
    __indexes__ = (("desc", "group"),)
    __unique__ = (("select", "user"),)

    id: int = Integer(primary_key=True)
    desc: str = Char(index=True)
    group: int = Integer()
    select: str = Char()
    user: str = Char(unique=True)
    table: str = Char(default="a'b\"c%")
    order: "Order" = Many2one(lambda: Order)
    where: list["Order"] = One2many(lambda: Order, "order")
    limit: list["Mixed"] = Many2many(lambda: Mixed, "group", "from", "to")


class Mixed(DotModel):
    __table__ = "MixedCase"

    id: int = Integer(primary_key=True, column="ID")
    name: str = Char(column="Name Of It")
    quoted: str = Char(column="a\"b'c`d")
    percent: str = Char(column="100%s", index=True)
    dotted: int = Integer(column="a.b;--", unique=True)
    order_id: Order = Many2one(lambda: Order, column="Order-Id")


class Quoted(DotModel):
    __table__ = 'it\'s "quoted"; DROP TABLE users; --'

    id: int = Integer(primary_key=True, column="$1")
    value: int = Integer(column="?")


class Umlaut(DotModel):
    __table__ = "Größe 😀"

    id: int = Integer(primary_key=True, column="schlüssel")
    wert: str = Char(column="wért")


MODELS = [Order, Mixed, Quoted, Umlaut]


@pytest.fixture
async def names(db, sent):
    db.bind(*MODELS)
    await db.create_and_update_tables(MODELS)
    sent.forget()


async def test_reserved_words_through_every_operation(names):
    order = Order(desc="x", group=1, select="y", user="z")
    key = await Order.create(order)
    assert order.table == "a'b\"c%"
    rows = await Order.create_bulk([Order(desc="b", order=key), Order(group=2, order=key)])
    found = await Order.get(key)
    assert (found.desc, found.group, found.select, found.user) == ("x", 1, "y", "z")
    found.desc, found.group = "changed", None
    await found.update()
    await found.update(Order(select="s"), fields=["select"])
    assert await Order.update_bulk([rows[0]["id"]], Order(group=9)) == 1
    given = [("desc", "=", "changed"), "or", [("group", "in", [9]), ("desc", "ilike", "B")]]
    assert await Order.search_count(given) == 2
    sort = ["-group", "desc", "order"]
    assert [order.group for order in await Order.search(sort=sort)] == [9, 2, None]
    assert await Order.search_count([("order.desc", "=", "changed")]) == 2
    assert await Order.search_count(Order.order.order.desc.is_null()) == 3
    with pytest.raises(UniqueViolation):
        await Order.create(Order(user="z"))
    assert await Order.delete_bulk([rows[1]["id"]]) == 1
    await found.delete()
    assert await Order.table_len() == 1


async def test_reserved_words_in_relations(names):
    key = await Order.create(Order())
    child = await Order.create(Order(order=key))
    mixed = await Mixed.create(Mixed(name="m", order_id=key))
    await Order.link_many2many("limit", [(key, mixed), (child, mixed)])
    found = await Order.get_with_relations(key, fields=["where", "limit", "order"])
    assert ([o.id for o in found.where], [m.name for m in found.limit]) == ([child], ["m"])
    (found,) = await Mixed.search(fields=["order_id"], filter=[("order_id.desc", "=", None)])
    assert found.order_id.table == "a'b\"c%"
    linked = await Order.get_many2many("limit", key, sort="-name", filter=[("name", "=", "m")])
    assert [m.id for m in linked] == [mixed]
    await Order.unlink_many2many("limit", [mixed])
    assert await Order.get_many2many("limit", key) == []


async def test_columns_with_any_name_through_every_operation(names):
    record = Mixed(name="n", quoted="q", percent="50%", dotted=5)
    key = await Mixed.create(record)
    await Mixed.create_bulk([Mixed(name=str(n), dotted=n) for n in range(3)])
    found = await Mixed.get(key)
    assert (found.name, found.quoted, found.percent, found.dotted) == ("n", "q", "50%", 5)
    found.percent = "5%s"
    await found.update()
    assert await Mixed.search_count([("percent", "like", "%s"), ("quoted", "=", "q")]) == 1
    assert await Mixed.update_bulk([key], Mixed(dotted=7)) == 1
    assert [m.dotted for m in await Mixed.search(sort=["dotted", "quoted"])] == [0, 1, 2, 7]
    assert await Mixed.search_count([("order_id.user", "is null", None)]) == 4
    await found.delete()
    assert await Mixed.table_len() == 3


async def test_tables_with_any_name_through_every_operation(names, db):
    for model, field, value in ((Quoted, "value", 5), (Umlaut, "wert", "ß")):
        key = await model.create(model(**{field: value}))
        assert getattr(await model.get(key), field) == value
        await model.create_bulk([model(), model()])
        assert await model.search_count([(field, "=", value)]) == 1
        assert await model.delete_bulk([key]) == 1
        changes = await db.create_and_update_tables(MODELS)
        assert (changes.statements, changes.skipped) == ([], [])
        assert await model.table_len() == 2


async def test_names_as_long_as_the_database_takes(db):
    longest = db.backend.features.max_identifier_bytes

    class Long(DotModel):
        __table__ = "t" * longest
        __unique__ = (("first", "second"),)
        __indexes__ = (("second", "first"), ("second", "parent"))

        id: int = Integer(primary_key=True, column="i" * longest)
        first: int = Integer(column="f" * longest, unique=True)
        second: int = Integer(column="f" * (longest - 1) + "s", index=True)
        parent: "Long" = Many2one(lambda: Long, column="p" * longest)
        links: list["Long"] = Many2many(
            lambda: Long, "l" * longest, "a" * longest, "a" * (longest - 1) + "b"
        )

    db.bind(Long)
    await db.create_and_update_tables([Long])
    assert (await db.create_and_update_tables([Long])).statements == []
    key = await Long.create(Long(first=1, second=2))
    await Long.create(Long(first=2, parent=key))
    await Long.link_many2many("links", [(key, key)])
    assert await Long.search_count([("parent.first", "=", 1)]) == 1
    with pytest.raises(UniqueViolation):
        await Long.create(Long(first=1, second=3))


async def test_names_that_are_too_long_are_refused(db, sent):
    longest = db.backend.features.max_identifier_bytes
    sent.forget()
    for table, column in (("t" * (longest + 1), "a"), ("t", "a" * (longest + 1))):

        class Wrong(DotModel):
            __table__ = table

            id: int = Integer(primary_key=True, column=column)

        db.bind(Wrong)
        with pytest.raises(dotorm.ConfigurationError, match="the name"):
            await db.create_and_update_tables([Wrong])
        with pytest.raises(dotorm.ConfigurationError, match="the name"):
            await Wrong.search()
    assert sent.texts == []


@pytest.mark.parametrize("name", ["", "a\0", "\ud800", 5, b"a"])
def test_what_is_no_name_is_refused_where_it_is_written(name):
    with pytest.raises(dotorm.ConfigurationError, match="name"):
        type(DotModel)("Bad", (DotModel,), {"__table__": name, "id": Integer(primary_key=True)})
    with pytest.raises(dotorm.ConfigurationError, match="name"):
        Integer(column=name)
    for names in ((name, "a", "b"), ("t", name, "b"), ("t", "a", name)):
        with pytest.raises(dotorm.ConfigurationError, match="name"):
            Many2many(lambda: Order, *names)


def test_a_field_that_hides_a_method_is_refused_with_the_way_out():
    for name in ("get", "update", "json", "search", "delete"):
        with pytest.raises(dotorm.ConfigurationError, match=f"column='{name}'"):
            type(DotModel)("Bad", (DotModel,), {"__table__": "bad", name: Integer()})
