"""Names that SQL has a meaning for, and names that need quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dotorm.exceptions import ConfigurationError
from dotorm.fields import Char, Integer, Many2many, Many2one, One2many
from dotorm.model import DotModel
from dotorm.testing.cases import case
from dotorm.testing.stage import expects
from dotorm.testing.suite.models import found, model_of

if TYPE_CHECKING:
    from dotorm.testing.stage import Stage


@case("core", profile="core")
async def columns_may_have_reserved_words_as_names(stage: Stage) -> None:
    words = ["select", "from", "where", "group", "order", "table", "user", "desc", "limit", "in"]
    fields: Any = {f"f_{word}": Char(max_length=9, column=word) for word in words}
    model = model_of(stage.table("reserved"), id=Integer(primary_key=True, column="key"), **fields)
    await stage.make(model)
    await model.create(model(id=1, **dict.fromkeys(fields, "x")))
    await model.create_bulk([model(id=2, f_group="y"), model(id=3)])
    record = await model.get(1)
    record.f_order = "z"
    await record.update()
    given = [("f_select", "=", "x"), ("f_order", "in", ["z"]), ("f_desc", "ilike", "X")]
    assert await found(model, given) == {1}
    assert [each.id for each in await model.search(sort=["-f_group", "f_user"])] == [2, 1, 3]
    await model.delete_where([("f_table", "is null", None)])
    assert await model.table_len() == 1


@case("core", profile="core")
async def columns_may_have_any_name(stage: Stage) -> None:
    names = ["MixedCase", "two words", "a\"b'c`d", "100%s", "a.b;--", "schlüssel", "$1", "?", ":x"]
    fields: Any = {f"f{n}": Integer(column=name) for n, name in enumerate(names)}
    model = model_of(stage.table("named"), id=Integer(primary_key=True, column="ID"), **fields)
    await stage.make(model)
    assert (await stage.make(model)).statements == []
    values = {name: n for n, name in enumerate(fields)}
    await model.create(model(id=1, **values))
    await model.create_bulk([model(id=2, **values), model(id=3)])
    record = await model.get(1)
    assert {name: getattr(record, name) for name in fields} == values
    for name, value in values.items():
        assert await found(model, [(name, "=", value)]) == {1, 2}, name
        assert [each.id for each in await model.search(sort=[name, "id"])] == [1, 2, 3], name
        assert await model.update_bulk([2], model(**{name: -1})) in stage.told(1), name


@case("core", profile="core")
async def tables_may_have_any_name(stage: Stage) -> None:
    for name in ("select", "Größe", 'it\'s "quoted"; DROP TABLE x; --', "50%s ?", "MixedCase"):
        model = model_of(stage.table(name), id=Integer(primary_key=True), n=Integer(index=True))
        await stage.make(model)
        assert (await stage.make(model)).statements == []
        await model.create(model(id=1, n=5))
        await model.create_bulk([model(id=2), model(id=3)])
        assert await found(model, [("n", "=", 5)]) == {1}
        assert await model.update_bulk([2], model(n=6)) in stage.told(1)
        assert await model.delete_bulk([3]) in stage.told(1)


@case("core", profile="core")
async def a_name_with_any_letter_is_kept_or_refused(stage: Stage) -> None:
    for name in ("😀", "😁"):
        model = model_of(stage.table(name), id=Integer(primary_key=True), n=Integer(column=name))
        try:
            await stage.make(model)
        except ConfigurationError:
            continue
        await model.create(model(id=1, n=5))
        assert await found(model, [("n", "=", 5)]) == {1}


@case("core", profile="relational")
async def relations_may_have_any_name(stage: Stage) -> None:
    links = stage.table("Order by")

    class Group(DotModel):
        __table__ = stage.table("Group by")

        id: int = Integer(primary_key=True, column="Primary")
        select: str | None = Char(max_length=9)
        order: Any = Many2one(lambda: Group, column="Or'der")
        where: Any = One2many(lambda: Group, "order")
        union: Any = Many2many(lambda: Group, links, "from", "To")

    stage.keep(links)
    await stage.make(Group)
    await Group.create(Group(id=1, select="a"))
    await Group.create_bulk([Group(id=2, order=1), Group(id=3, order=1, select="b")])
    await Group.link_many2many("union", [(1, 2), (1, 3)])
    assert await found(Group, [("order.select", "=", "a")]) == {2, 3}
    assert await found(Group, [("where.select", "=", "b")]) == {1}
    (group,) = await Group.search(fields=["where", "union"], filter=[("union", "!=", None)])
    assert [each.id for each in group.where] == [each.id for each in group.union] == [2, 3]
    await Group.unlink_many2many("union", [2, 3])
    await Group.update_where([("id", ">", 1)], Group(order=None))


@case("core", profile="core")
async def a_name_that_cannot_be_is_refused(stage: Stage) -> None:
    for table, column in (("nul\0", "a"), (stage.table("t"), "a\0b")):
        with expects(ConfigurationError, match="the name"):
            model = model_of(table, id=Integer(primary_key=True, column=column))
            await stage.db.create_and_update_tables([model])
    assert stage.sent.nothing()
