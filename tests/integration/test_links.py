"""Links between records: made, read, removed, and gone with their owners."""

import pytest

import dotorm
from dotorm import Char, DotModel, Integer, Many2many, Many2one, Text


class Tag(DotModel):
    __table__ = "tags"

    code: str = Text(primary_key=True)
    name: str = Char()
    articles: list["Article"] = Many2many(
        lambda: Article, "article_tags", column1="article_id", column2="tag_id"
    )


class Article(DotModel):
    __table__ = "articles"

    id: int = Integer(primary_key=True)
    title: str = Char()
    tags: list[Tag] = Many2many(
        relation_table=lambda: Tag,
        many2many_table="article_tags",
        column1="tag_id",
        column2="article_id",
    )
    similar: list["Article"] = Many2many(lambda: Article, "similar", "other_id", "article_id")


@pytest.fixture
async def articles(db, sent):
    db.bind(Article, Tag)
    await db.create_and_update_tables([Article, Tag])
    await Article.create_bulk([Article(title=title) for title in "ABC"])
    await Tag.create_bulk([Tag(code=code, name=code.upper()) for code in "vwxyz"])
    sent.forget()
    return Article


async def tags(key, **options):
    return [tag.code for tag in await Article.get_many2many("tags", key, **options)]


async def test_pairs_are_this_and_related(articles, sent):
    await Article.link_many2many(field=Article.tags, values=[(1, "x"), (1, "y"), (2, "x")])
    assert len(sent) == 1
    assert (await tags(1), await tags(2), await tags(3)) == (["x", "y"], ["x"], [])
    found = await Tag.get_many2many("articles", "x")
    assert [article.title for article in found] == ["A", "B"]
    await Tag.link_many2many("articles", [("z", 3)])
    assert await tags(3) == ["z"]


async def test_records_stand_for_their_keys(articles):
    first, tag = await Article.get(1), await Tag.get("x")
    await first.link_many2many(Article.tags, [(first, tag)])
    assert await tags(first) == ["x"]
    await first.unlink_many2many("tags", [tag])
    assert await tags(first) == []


async def test_linking_twice_links_once(articles):
    await Article.link_many2many("tags", [(1, "x"), (1, "x")])
    await Article.link_many2many("tags", [(1, "x"), (1, "y")])
    await Article.link_many2many("tags", [(1, "y")])
    assert await tags(1) == ["x", "y"]


async def test_linking_nothing_sends_nothing(articles, sent):
    await Article.link_many2many("tags", [])
    await Article.unlink_many2many("tags", [])
    assert sent.texts == []


async def test_wrong_pairs_are_refused(articles, sent):
    for values in (None, "ab", [1], [(1,)], [(1, "x", 3)], [("x", 1)], [(None, "x")], [(1, None)]):
        with pytest.raises(dotorm.InvalidValue, match=r"Article"):
            await Article.link_many2many("tags", values)
    with pytest.raises(dotorm.InvalidValue):
        await Article.unlink_many2many("tags", "x")
    with pytest.raises(dotorm.InvalidValue):
        await Article.get_many2many("tags", None)
    assert sent.texts == []
    with pytest.raises(dotorm.ForeignKeyViolation):
        await Article.link_many2many("tags", [(1, "x"), (1, "nothing")])
    assert await tags(1) == []


async def test_unlink_on_the_class_and_on_a_record(articles):
    pairs = [(article, tag) for article in (1, 2, 3) for tag in "xyz"]
    await Article.link_many2many("tags", pairs)
    await Article.unlink_many2many(field=Article.tags, ids=["x", "nothing"])
    assert [await tags(key) for key in (1, 2, 3)] == [["y", "z"]] * 3
    second = await Article.get(2)
    await second.unlink_many2many("tags", ["y"])
    assert [await tags(key) for key in (1, 2, 3)] == [["y", "z"], ["z"], ["y", "z"]]


async def test_reading_links_filters_sorts_and_cuts(articles, sent):
    await Article.link_many2many("tags", [(1, code) for code in "zyxwv"] + [(2, "x")])
    assert await tags(1) == ["v", "w", "x", "y", "z"]
    assert await tags(1, sort="-code") == ["z", "y", "x", "w", "v"]
    assert await tags(1, sort="name", order="DESC", limit=2) == ["z", "y"]
    assert await tags(1, order="DESC", limit=1) == ["z"]
    assert await tags(1, start=1, end=3) == ["w", "x"]
    assert await tags(1, filter=[("name", "in", ["X", "Y"])]) == ["x", "y"]
    assert await tags(1, filter=Tag.name == "X") == ["x"]
    sent.forget()
    found = await Article.get_many2many("tags", 1, fields=["name"])
    assert [(tag.code, tag.name) for tag in found][:2] == [("v", "V"), ("w", "W")]
    assert len(sent) == 1


async def test_a_model_may_be_linked_to_itself(articles):
    await Article.link_many2many("similar", [(1, 2), (1, 3), (2, 1)])
    found = {a.id: [b.id for b in a.similar] for a in await Article.search(fields=["similar"])}
    assert found == {1: [2, 3], 2: [1], 3: []}
    await (await Article.get(1)).unlink_many2many("similar", [2, 1])
    assert [a.id for a in await Article.get_many2many("similar", 1)] == [3]
    assert [a.id for a in await Article.get_many2many("similar", 2)] == [1]


async def test_an_owner_with_links_can_be_deleted(articles, db):
    await Article.link_many2many("tags", [(1, "x"), (2, "x"), (1, "y")])
    await (await Article.get(1)).delete()
    assert await db.execute("SELECT * FROM article_tags") == [{"article_id": 2, "tag_id": "x"}]
    await Tag.delete_bulk(["x"])
    assert await db.execute("SELECT * FROM article_tags") == []


async def test_many_links_at_once(articles):
    keys = [row["id"] for row in await Article.create_bulk([Article() for _ in range(12_000)])]
    await Article.link_many2many("tags", [(key, code) for key in keys for code in "xy"])
    found = await Article.search(fields=["tags"], filter=[("id", "in", keys)])
    assert {tuple(tag.code for tag in article.tags) for article in found} == {("x", "y")}
    await Tag.link_many2many("articles", [("z", key) for key in keys])
    await Tag.unlink_many2many("articles", keys)
    assert await tags(keys[0]) == []


class Owner(DotModel):
    __table__ = "owners"

    id: int = Integer(primary_key=True)


class Thing(DotModel):
    __table__ = "things"

    id: int = Integer(primary_key=True)
    by_default: Owner = Many2one(lambda: Owner)
    nulled: Owner = Many2one(lambda: Owner, ondelete="set null")
    gone: Owner = Many2one(lambda: Owner, ondelete="cascade")
    kept: Owner = Many2one(lambda: Owner, ondelete="restrict")


class Part(DotModel):
    __table__ = "parts"

    id: int = Integer(primary_key=True)
    needed: Owner = Many2one(lambda: Owner, required=True)


async def test_what_becomes_of_those_that_refer_to_a_deleted_record(db):
    db.bind(Owner, Thing, Part)
    await db.create_and_update_tables([Owner, Thing, Part])
    await Owner.create_bulk([Owner() for _ in range(6)])
    await Thing.create_bulk([Thing(by_default=1, nulled=2, gone=4), Thing(kept=3), Thing(gone=4)])
    await Part.create(Part(needed=5))
    assert await Owner.delete_bulk([1, 2, 6]) == 3
    thing = await Thing.get(1)
    assert (thing.by_default, thing.nulled, thing.gone) == (None, None, 4)
    for key in (3, 5):
        with pytest.raises(dotorm.ForeignKeyViolation):
            await Owner.delete_bulk([key])
    await Owner.delete_bulk([4])
    assert [thing.id for thing in await Thing.search()] == [2]
    with pytest.raises(dotorm.ForeignKeyViolation):
        await Thing.create(Thing(gone=99))


async def test_an_impossible_ondelete_is_refused():
    with pytest.raises(dotorm.ConfigurationError, match="one of cascade, restrict"):
        Many2one(lambda: Owner, ondelete="explode")
    with pytest.raises(dotorm.ConfigurationError, match="may be null"):
        Many2one(lambda: Owner, ondelete="set null", required=True)
