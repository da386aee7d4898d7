"""Tables are made as the models describe them, and completed where they exist."""

import uuid

import pytest

import dotorm
from dotorm import (
    UUID,
    BigInteger,
    Boolean,
    Char,
    Datetime,
    Decimal,
    DotModel,
    Integer,
    JSONField,
    Many2many,
    Many2one,
    SmallInteger,
    Text,
)


def model(table, __bases__=(DotModel,), __indexes__=(), __unique__=(), **fields):
    """A model from its table's name and its fields; its key is called id unless it has one."""
    if not any(field.primary_key for field in fields.values()):
        fields = {"id": Integer(primary_key=True), **fields}
    options = {"__table__": table, "__indexes__": __indexes__, "__unique__": __unique__}
    return type(DotModel)(table.title(), __bases__, {**options, **fields})


async def test_a_foreign_key_has_the_type_of_its_targets_key(db):
    keys = {
        "big": (BigInteger(primary_key=True), 2**40),
        "small": (SmallInteger(primary_key=True), 7),
        "uuid": (UUID(primary_key=True), uuid.uuid4()),
        "text": (Text(primary_key=True), "ä'x"),
        "char": (Char(primary_key=True, max_length=5), "abc"),
        "decimal": (Decimal(20, 2, primary_key=True), "12345678901234567.89"),
    }
    targets = {name: model(name, key=field) for name, (field, _) in keys.items()}
    source = model(
        "source",
        **{name: Many2one(lambda target=target: target) for name, target in targets.items()},
        **{
            f"{name}s": Many2many(lambda target=target: target, f"{name}_links", "there", "here")
            for name, target in targets.items()
        },
    )
    models = [source, *targets.values()]
    db.bind(*models)
    await db.create_and_update_tables(models)
    assert (await db.create_and_update_tables(models)).statements == []
    made = {name: await targets[name].create(targets[name](key=k)) for name, (_, k) in keys.items()}
    key = await source.create(source(**made))
    await source.create_bulk([source(**made), source()])
    for name, value in made.items():
        assert await source.search_count([(name, "=", value)]) == 2
        assert await source.search_count([(f"{name}.key", "in", [value])]) == 2
        await source.link_many2many(f"{name}s", [(key, value)])
    found = await source.get_with_relations(key)
    assert {name: getattr(found, name).key for name in made} == made
    assert {name: [t.key for t in getattr(found, f"{name}s")] for name in made} == {
        name: [value] for name, value in made.items()
    }
    with pytest.raises(dotorm.ForeignKeyViolation):
        await source.create(source(uuid=uuid.uuid4()))


class Egg(DotModel):
    __table__ = "eggs"

    id: int = Integer(primary_key=True)
    hen: "Hen" = Many2one(lambda: Hen)
    self: "Egg" = Many2one(lambda: Egg)


class Hen(DotModel):
    __table__ = "hens"

    id: int = Integer(primary_key=True)
    egg: Egg = Many2one(lambda: Egg, required=True)
    eggs: list[Egg] = Many2many(lambda: Egg, "hen_eggs", "egg_id", "hen_id")


async def test_tables_that_refer_to_each_other(db):
    db.bind(Egg, Hen)
    first = await db.create_and_update_tables([Egg, Hen])
    second = await db.create_and_update_tables([Hen, Egg])
    assert first.statements
    assert (second.statements, second.skipped) == ([], [])
    egg = await Egg.create(Egg())
    hen = await Hen.create(Hen(egg=egg))
    await Egg.update_bulk([egg], Egg(hen=hen, self=egg))
    assert await Egg.search_count([("hen.egg.self.hen", "=", hen)]) == 1
    for wrong in (Egg(hen=99), Egg(self=99), Hen(egg=99)):
        with pytest.raises(dotorm.ForeignKeyViolation):
            await type(wrong).create(wrong)


async def test_a_target_that_does_not_exist_is_told(db, sent):
    with pytest.raises(dotorm.ConfigurationError, match="refers to the table eggs"):
        await db.create_and_update_tables([Hen])
    assert not any("CREATE" in text for text in sent.texts)
    db.bind(Egg, Hen)
    with pytest.raises(dotorm.ConfigurationError, match="refers to the table hens"):
        await Egg.__create_table__()


async def test_the_table_of_one_model(db):
    thing = model("things", name=Char(index=True))
    db.bind(thing)
    statements = await thing.__create_table__()
    assert all(isinstance(text, str) for text in statements)
    assert len(statements) == 2
    assert await thing.__create_table__() == []
    other = model("others", thing=Many2one(lambda: thing))
    db.bind(other)
    assert len(await other.__create_table__(session=db.session)) in {1, 2}


async def test_columns_are_added_to_a_table_with_rows(db):
    old = model("growing", name=Char())
    db.bind(old)
    await db.create_and_update_tables([old])
    await old.create_bulk([old(name="a"), old(name="b")])
    new = model(
        "growing",
        name=Char(),
        note=Text(),
        age=Integer(default=5),
        needed=Integer(required=True, default=7),
        label=Char(required=True, default="it's 50%"),
        flag=Boolean(required=True, default=False),
        price=Decimal(8, 2, required=True, default="1.50"),
        doc=JSONField(required=True, default={"a": [1]}),
        at=Datetime(required=True, default="2024-01-31T12:00:00+00:00"),
        made=UUID(required=True, default=uuid.uuid4),
        extra=JSONField(default=list),
    )
    db.bind(new)
    changes = await db.create_and_update_tables([new])
    assert changes.skipped == []
    first, second = await new.search(order="ASC")
    assert (first.name, first.note, first.age, first.needed) == ("a", None, 5, 7)
    assert (first.label, first.flag, str(first.price)) == ("it's 50%", False, "1.50")
    assert (first.doc, first.extra, first.at.isoformat()) == (
        {"a": [1]},
        [],
        "2024-01-31T12:00:00+00:00",
    )
    assert isinstance(second.made, uuid.UUID)
    again = await db.create_and_update_tables([new])
    assert (again.statements, again.skipped) == ([], [])
    key = await new.create(new(name="c"))
    third = await new.get(key)
    assert third.made not in (first.made, second.made)
    assert (third.needed, third.doc) == (7, {"a": [1]})


async def test_a_required_column_without_default_is_added_only_to_an_empty_table(db):
    old = model("filling")
    db.bind(old)
    await db.create_and_update_tables([old])
    await old.create(old())
    new = model("filling", size=Integer(required=True), name=Char())
    with pytest.raises(dotorm.ConfigurationError, match=r"Filling\.size is required and table"):
        await db.create_and_update_tables([new])
    with pytest.raises(dotorm.DatabaseError):
        await db.execute("SELECT name FROM filling")
    await old.delete_bulk([1])
    try:
        await db.create_and_update_tables([new])
    except dotorm.NotSupported as error:
        assert "Filling.size" in str(error)  # noqa: PT017 - where the database cannot, it is told
    else:
        db.bind(new)
        with pytest.raises((dotorm.InvalidValue, dotorm.NotNullViolation)):
            await new.create(new())


async def test_indexes_and_constraints_are_added(db):
    target = model("targets")
    old = model("growing", a=Integer(), b=Integer())
    db.bind(target, old)
    await db.create_and_update_tables([target, old])
    await old.create_bulk([old(a=1, b=1), old(a=2, b=1)])
    new = model(
        "growing",
        __indexes__=[("a", "b")],
        __unique__=[("b", "a")],
        a=Integer(unique=True),
        b=Integer(index=True),
        target=Many2one(lambda: target),
        links=Many2many(lambda: target, "growing_targets", "target_id", "growing_id"),
    )
    changes = await db.create_and_update_tables([target, new])
    assert changes.skipped == []
    assert (await db.create_and_update_tables([new, target])).statements == []
    db.bind(new)
    with pytest.raises(dotorm.UniqueViolation) as error:
        await new.create(new(a=1, b=5))
    assert (error.value.table, error.value.columns) == ("growing", ("a",))
    with pytest.raises(dotorm.ForeignKeyViolation):
        await new.create(new(target=99))
    await new.link_many2many("links", [(1, await target.create(target()))])


async def test_unique_over_several_columns(db):
    pair = model("pairs", __unique__=[("a", "b")], __indexes__=[("b", "a")], a=Integer(), b=Text())
    db.bind(pair)
    await db.create_and_update_tables([pair])
    await pair.create_bulk([pair(a=1, b="x"), pair(a=1, b="y"), pair(a=1), pair(a=1)])
    with pytest.raises(dotorm.UniqueViolation):
        await pair.create(pair(a=1, b="x"))
    for options in (
        {"__unique__": ["ab"]},
        {"__indexes__": [("a", "zzz")]},
        {"__unique__": [()]},
        {"__indexes__": "ab"},
    ):
        with pytest.raises(dotorm.ConfigurationError):
            model("pairs", **options, a=Integer(), b=Text())


async def test_nothing_is_dropped_or_narrowed(db):
    old = model("wide", a=Text(required=True), b=Integer(), c=Integer(unique=True))
    db.bind(old)
    await db.create_and_update_tables([old])
    await old.create(old(a="x" * 100, b=1))
    new = model("wide", a=Char(max_length=5), b=Integer(required=True))
    changes = await db.create_and_update_tables([new])
    assert changes.statements == []
    assert "Wide.a may be null, its column does not allow NULL" in changes.skipped
    assert "Wide.b is required, its column allows NULL" in changes.skipped
    assert (await old.get(1)).a == "x" * 100


async def test_a_failure_in_the_middle_leaves_nothing(db):
    await db.execute("CREATE TABLE taken (name VARCHAR(5))" if db.backend.name == "postgres" else
                     "CREATE TABLE taken (name TEXT)")  # fmt: skip
    await db.execute("INSERT INTO taken VALUES (%s)", ["a"])
    await db.execute("INSERT INTO taken VALUES (%s)", ["a"])
    fresh = model("fresh")
    taken = model("taken", id=Text(primary_key=True, column="name"), n=Integer(unique=True))
    taken_unique = model("taken", name=Text(primary_key=True), __unique__=[("name", "n")], n=Text())
    assert taken is not taken_unique
    bad = model("taken", __unique__=[("name",)], name=Text(), id=Text(primary_key=True, column="x"))
    with pytest.raises(dotorm.DotORMError):
        await db.create_and_update_tables([fresh, bad])
    with pytest.raises(dotorm.DatabaseError):
        await db.execute("SELECT * FROM fresh")


async def test_another_schema_is_not_looked_into(postgres_url):
    thing = model("things", name=Char(), size=Integer(index=True))
    async with dotorm.connect(postgres_url) as db:
        await db.execute("CREATE SCHEMA other")
        await db.execute("CREATE TABLE other.things (id INTEGER PRIMARY KEY, name TEXT)")
        await db.execute("INSERT INTO other.things VALUES (1, 'theirs')")
        db.bind(thing)
        assert len((await db.create_and_update_tables([thing])).statements) == 2
        await thing.create(thing(name="ours", size=1))
        assert await db.execute("SELECT name FROM public.things") == [{"name": "ours"}]
        assert await db.execute("SELECT * FROM other.things") == [{"id": 1, "name": "theirs"}]
    async with dotorm.connect(postgres_url, search_path="other") as other:
        changes = await other.create_and_update_tables([thing])
        assert any("ADD COLUMN" in text for text in changes.statements)
        assert await thing.search_count([("name", "=", "theirs")], session=other.session) == 1


async def test_one_table_described_twice(db):
    first, same = model("twice", a=Integer()), model("twice", a=Integer())
    await db.create_and_update_tables([first, same])
    with pytest.raises(dotorm.ConfigurationError, match="described twice, differently"):
        await db.create_and_update_tables([first, model("twice", b=Integer())])
    for wrong in (first, [5], [DotModel], [None], "first"):
        with pytest.raises(dotorm.ConfigurationError):
            await db.create_and_update_tables(wrong)


async def test_fields_of_abstract_bases_are_columns(db):
    class Stamped(DotModel):
        note: str = Text(default="-")

    class Base(Stamped):
        id: int = Integer(primary_key=True)

    class One(Base):
        __table__ = "ones"

    class Two(Base):
        __table__ = "twos"

        one: One = Many2one(lambda: One)

    db.bind(One, Two)
    await db.create_and_update_tables([One, Two])
    two = Two(one=await One.create(One()))
    await Two.create(two)
    assert ((await Two.get(1)).note, await Two.search_count([("one.note", "=", "-")])) == ("-", 1)
