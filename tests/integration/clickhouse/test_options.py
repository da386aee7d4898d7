"""What a statement can be told, and who refuses it."""

import pytest

import dotorm
from dotorm import BigInteger, Char, DotModel, Integer, Many2one
from dotorm_clickhouse import ClickHouseOptions, MergeTree, ReplacingMergeTree
from dotorm_clickhouse.fields import UInt64

LAZY = {"optimize_on_insert": 0}


class Owner(DotModel):
    __table__ = "owners"

    id: int = BigInteger(primary_key=True)
    name: str = Char()


class Page(DotModel):
    __table__ = "pages"
    __storage__ = ReplacingMergeTree(version="version", order_by="id")

    id: int = BigInteger(primary_key=True)
    version: int = Integer(required=True)
    title: str = Char()
    owner: Owner = Many2one(lambda: Owner)


class Hit(DotModel):
    __table__ = "hits"
    __storage__ = MergeTree(order_by=("intHash64(id)", "id"), sample_by="intHash64(id)")

    id: int = UInt64(primary_key=True)
    user_id: int = Integer()
    title: str = Char(column="The Title")


FINAL = ClickHouseOptions(final=True)


@pytest.fixture
async def pages(make):
    """Two versions of page 1, which are not merged yet, and one of page 2."""
    await make(Owner, Page)
    await Owner.create_bulk([Owner(id=1, name="Ann"), Owner(id=2, name="Bob")])
    told = ClickHouseOptions(settings=LAZY)
    await Page.create(Page(id=1, version=1, title="old", owner=1), options=told)
    await Page.create(Page(id=1, version=2, title="new", owner=2), options=told)
    await Page.create(Page(id=2, version=1, title="other"), options=told)


async def test_final_reads_rows_as_they_will_be(pages):
    assert await Page.table_len() == 3
    assert await Page.table_len(options=FINAL) == 2
    assert await Page.search_count([("title", "=", "old")], options=FINAL) == 0
    assert not await Page.exists([("title", "=", "old")], options=FINAL)
    assert (await Page.get(1, options=FINAL)).title == "new"
    assert (await Page.get_or_raise(1, ["title"], options=FINAL)).title == "new"
    read = await Page.search(fields=["title", "owner"], sort="id", options=FINAL)
    assert [(page.title, page.owner and page.owner.name) for page in read] == [
        ("new", "Bob"),
        ("other", None),
    ]
    assert [page.title async for page in Page.stream(sort="id", options=FINAL)] == ["new", "other"]


async def test_a_path_and_final_go_together(pages):
    given = [("owner.name", "in", ["Ann", "Bob"])]
    assert await Page.search_count(given) == 2
    assert await Page.search_count(given, options=FINAL) == 1
    told = ClickHouseOptions(final=True, prewhere=[("title", "like", "e")])
    assert [page.title for page in await Page.search(filter=given, options=told)] == ["new"]


@pytest.fixture
async def hits(make, sent):
    await make(Hit)
    await Hit.create_bulk(
        [Hit(id=key, user_id=key % 3, title=f"it's {key} \\ $1 %") for key in range(1_000)]
    )
    sent.forget()


async def test_prewhere_takes_a_filter_over_own_columns(hits, sent):
    told = ClickHouseOptions(
        prewhere=[
            ("title", "ilike", "IT'S 5"),
            ("title", "like", "\\ $1 %"),
            ("user_id", "!=", None),
        ]
    )
    assert await Hit.search_count(options=told) == 111
    assert await Hit.search_count([("user_id", "=", 1)], options=told) == len(
        [key for key in range(1_000) if str(key).startswith("5") and key % 3 == 1]
    )
    assert all(" PREWHERE (" in text or " PREWHERE `The Title`" in text for text in sent.texts)
    assert len(await Hit.search(options=ClickHouseOptions(prewhere=Hit.user_id == 2))) == 333


async def test_a_sample_is_a_part_of_the_rows(hits):
    assert 20 < await Hit.table_len(options=ClickHouseOptions(sample=0.1)) < 300
    assert 0 < len(await Hit.search(options=ClickHouseOptions(sample=100))) < 1_000


async def test_limit_by_counts_for_each_value(hits):
    told = ClickHouseOptions(limit_by=(2, "user_id"))
    found = await Hit.search(fields=["user_id"], sort="id", options=told)
    assert [(hit.id, hit.user_id) for hit in found] == [
        (0, 0), (1, 1), (2, 2), (3, 0), (4, 1), (5, 2)
    ]  # fmt: skip
    told = ClickHouseOptions(limit_by=(1, "user_id"))
    assert [hit.id for hit in await Hit.search(sort="-id", limit=2, options=told)] == [999, 998]
    with pytest.raises(dotorm.NotSupported, match="limit_by in a count"):
        await Hit.search_count(options=told)


async def test_settings_reach_the_server(hits, db):
    with pytest.raises(dotorm.DatabaseError, match="Limit for result exceeded"):
        await Hit.search(options=ClickHouseOptions(settings={"max_result_rows": 10}))
    with pytest.raises(dotorm.DatabaseError, match="no_such_thing"):
        await Hit.table_len(options=ClickHouseOptions(settings={"no_such_thing": 1}))
    assert (
        await Hit.table_len(options=ClickHouseOptions(settings={"log_comment": "it's $1"})) == 1_000
    )
    told = ClickHouseOptions(settings={"async_insert": True, "wait_for_async_insert": 1})
    await Hit.create(Hit(id=5_000), options=told)
    await Hit.create_bulk([Hit(id=5_001), Hit(id=5_002)], options=told)
    assert await Hit.search_count([("id", ">=", 5_000)]) == 3


async def test_a_change_is_waited_for_unless_told_not_to(hits, sent):
    lazy = ClickHouseOptions(wait=False)
    await Hit.update_where([("user_id", "=", 1)], Hit(title="now"))
    assert await Hit.search_count([("title", "=", "now")]) == 333
    sent.forget()
    await Hit.update_where([("user_id", "=", 2)], Hit(title="later"), options=lazy)
    await Hit.update_bulk([0], Hit(title="later"), options=lazy)
    await Hit.update_bulk([Hit(id=3, title="later")], options=lazy)
    await Hit(id=6).update(Hit(title="later"), options=lazy)
    await Hit.delete_where([("id", "=", 9)], options=lazy)
    await Hit.delete_bulk([12], options=lazy)
    await Hit(id=15).delete(options=lazy)
    writes = [text for text in sent.texts if not text.startswith("SELECT")]
    assert len(writes) == 7
    assert all("SETTINGS mutations_sync = 0, lightweight_deletes_sync = 0" in w for w in writes)
    await Hit.update_bulk([2], Hit(user_id=7))  # it waits for those before it
    assert await Hit.search_count([("title", "=", "later")]) == 336


@pytest.mark.parametrize(
    "told",
    [FINAL, ClickHouseOptions(prewhere=[("id", ">", 1)]), ClickHouseOptions(sample=0.5),
     ClickHouseOptions(limit_by=(1, "id"))],
)  # fmt: skip
async def test_what_is_to_read_is_refused_in_a_write(hits, sent, told):
    for write in (
        lambda: Hit.create(Hit(id=7), options=told),
        lambda: Hit.update_where([("id", ">", 5)], Hit(title="x"), options=told),
        lambda: Hit.delete_bulk([1], options=told),
    ):
        with pytest.raises(dotorm.NotSupported, match="in a statement that writes"):
            await write()
    assert not sent.events


async def test_a_filter_that_is_none_is_refused_before_it_is_sent(hits, db, sent):
    db.bind(Page)
    for given, text in (
        ([("usr", "=", 1)], "unknown field 'usr'"),
        ([("user_id", "=", "x")], "user_id"),
    ):
        with pytest.raises((dotorm.InvalidFilter, dotorm.InvalidValue), match=text):
            await Hit.search(options=ClickHouseOptions(prewhere=given))
    with pytest.raises(dotorm.InvalidFilter, match="own columns only"):
        await Page.search(options=ClickHouseOptions(prewhere=[("owner.name", "=", "Ann")]))
    with pytest.raises(dotorm.InvalidFilter, match="unknown field"):
        await Hit.search(options=ClickHouseOptions(limit_by=(1, "usr")))
    assert not sent.events


async def test_other_databases_refuse_them_before_anything_is_sent(sqlite_url, sent):
    async with dotorm.connect(sqlite_url) as db:
        await db.create_and_update_tables([Owner])
        sent.forget()
        for ask in (
            lambda s: Owner.search(options=FINAL, session=s),
            lambda s: Owner.get(1, options=FINAL, session=s),
            lambda s: Owner.create(Owner(id=1), options=FINAL, session=s),
            lambda s: Owner.update_bulk([1], Owner(name="x"), options=FINAL, session=s),
        ):
            with pytest.raises(
                dotorm.NotSupported, match=r"sqlite .* options \(ClickHouseOptions\)"
            ):
                await ask(db.session)
    assert not sent.events


async def test_what_is_no_options_is_refused(hits):
    with pytest.raises(dotorm.ConfigurationError, match="options= takes options of a backend"):
        await Hit.search(options={"final": True})
