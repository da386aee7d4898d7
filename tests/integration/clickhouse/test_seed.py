"""What the seed of the API shows, with another URL and with keys that are given."""

from importlib import import_module

import pytest
from dotorm.databases.clickhouse import ContainerClickhouse
from dotorm.databases.clickhouse.session import NoTransactionSession

import dotorm
from dotorm import Boolean, Char, DotModel, Integer, Many2many, Many2one, One2many
from dotorm.components import CLICKHOUSE, POSTGRES
from dotorm.databases.abstract import ClickhousePoolSettings, ContainerSettings
from dotorm.url import parse_url
from dotorm_clickhouse import MergeTree


class Role(DotModel):
    __table__ = "roles"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    description: str = Char(max_length=255)
    users: "list[User]" = One2many(lambda: User, "role_id")


class User(DotModel):
    __table__ = "users"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    email: str = Char(max_length=255, unique=True)
    active: bool = Boolean(default=True)
    role_id: Role = Many2one(lambda: Role)


class Tag(DotModel):
    __table__ = "tags"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=50)


class Article(DotModel):
    __table__ = "articles"
    _dialect = POSTGRES

    id: int = Integer(primary_key=True)
    title: str = Char(max_length=200)
    tags: list[Tag] = Many2many(
        relation_table=lambda: Tag,
        many2many_table="article_tags",
        column1="tag_id",
        column2="article_id",
    )


MODELS = [Role, User, Tag, Article]


@pytest.fixture
async def container(clickhouse_url):
    """Models bound as the seed binds them."""
    url = parse_url(clickhouse_url)
    container = ContainerClickhouse(
        ClickhousePoolSettings(
            host=url.host, port=url.port, user=url.user, database=url.database, max_size=5
        ),
        ContainerSettings(driver="asynch", reconnect_timeout=10),
    )
    pool = await container.create_pool()
    for model in MODELS:
        model._pool = pool
        model._no_transaction = container.get_no_transaction_session()
    await container.create_and_update_tables(MODELS)
    yield container
    for model in MODELS:
        model._pool = model._no_transaction = None
    await pool.close()


async def fill():
    await Role.create(Role(id=1, name="Admin"))
    users = [
        User(id=1, name="Alice", email="alice@example.com", role_id=1),
        User(id=2, name="Bob", email="bob@example.com"),
        User(id=3, name="Charlie", email="charlie@gmail.com", active=False),
        User(id=4, name="John", email="john@example.com", role_id=1),
    ]
    assert len(await User.create_bulk(users)) == 4


async def test_records_are_created_read_changed_and_deleted(container):
    await fill()
    assert await User.create(User(id=5, name="Eve", email="eve@gmail.com")) == 5
    assert (await User.get(1)).name == "Alice"
    assert (await User.get(1, fields=["id", "name", "email"])).email == "alice@example.com"
    found = await User.search(
        fields=["id", "name", "email"],
        filter=[("active", "=", True)],
        order="ASC",
        sort="name",
        limit=10,
    )
    assert [user.name for user in found] == ["Alice", "Bob", "Eve", "John"]
    found = await User.search(
        fields=["id", "name"],
        filter=[
            ("active", "=", True),
            "and",
            [("name", "ilike", "john"), "or", ("email", "like", "@gmail.com")],
        ],
    )
    assert [user.id for user in found] == [5, 4]
    assert [user.id for user in await User.search(fields=["id"], start=0, end=2)] == [5, 4]
    assert [user.id for user in await User.search(fields=["id"], start=2, end=4)] == [3, 2]
    user = await User.get(1)
    user.name = "New Name"
    await user.update()
    await user.update(User(name="Updated Name", active=False), fields=["name", "active"])
    assert (await User.get(1)).name == "Updated Name"
    await User.update_bulk(ids=[1, 2, 3], payload=User(active=False))
    assert await User.search_count([("active", "=", True)]) == 2
    await (await User.get(1)).delete()
    await User.delete_bulk([4, 5, 6])
    assert [user.id for user in await User.search()] == [3, 2]
    assert await User.table_len() == 2


async def test_relations_are_loaded_linked_and_unlinked(container, sent):
    await fill()
    user = await User.get_with_relations(id=1, fields=["id", "name", "role_id"])
    assert user.role_id.name == "Admin"
    role = await Role.get_with_relations(
        id=1, fields=["id", "name", "users"], fields_info={"users": ["id", "name", "email"]}
    )
    assert [user.name for user in role.users["data"]] == ["Alice", "John"]
    await Tag.create_bulk([Tag(id=key, name=f"tag {key}") for key in (1, 2, 3)])
    article = Article(id=1, title="One")
    await Article.create(article)
    await Article.link_many2many(
        field=Article.tags, values=[(article.id, 1), (article.id, 2), (article.id, 3)]
    )
    await Article.link_many2many(field=Article.tags, values=[(article.id, 3)])
    article = await Article.get_with_relations(id=1, fields=["id", "title", "tags"])
    assert [tag.name for tag in article.tags] == ["tag 1", "tag 2", "tag 3"]
    await Article.unlink_many2many(field=Article.tags, ids=[1, 2])
    sent.forget()
    (article,) = await Article.search(fields=["id", "title", "tags"], limit=50)
    assert [tag.id for tag in article.tags] == [3]
    assert len(sent) == 2


FILTERS = [
    ([("id", "=", 2)], [2]), ([("id", "!=", 2)], [1, 3, 4]), ([("id", ">", 3)], [4]),
    ([("id", ">=", 3)], [3, 4]), ([("id", "<", 2)], [1]), ([("id", "<=", 2)], [1, 2]),
    ([("name", "like", "Al")], [1]), ([("name", "ilike", "AL")], [1]),
    ([("name", "not like", "l")], [2, 4]), ([("name", "in", ["Bob", "John"])], [2, 4]),
    ([("id", "not in", [1, 2, 3])], [4]), ([("role_id", "is null", None)], [2, 3]),
    ([("email", "is not null", None)], [1, 2, 3, 4]), ([("id", "between", [2, 3])], [2, 3]),
    ([("active", "=", True), ("role_id", "=", 1)], [1, 4]),
    ([("name", "=", "Bob"), "or", ("name", "=", "John")], [2, 4]),
    ([("not", ("active", "=", True))], [3]),
]  # fmt: skip


async def test_every_operator_finds_its_records(container):
    await fill()
    for given, keys in FILTERS:
        assert [user.id for user in await User.search(filter=given, order="ASC")] == keys, given


async def test_there_are_no_transactions(container):
    with pytest.raises(dotorm.NotSupported, match="transactions: each statement stands for itself"):
        dotorm.Transaction(User._pool)
    with pytest.raises(dotorm.NotSupported, match="upsert"):
        await User.upsert(User(id=1, name="x"), ["id"])
    with pytest.raises(ModuleNotFoundError):
        import_module("dotorm.databases.clickhouse.transaction")


def test_names_of_the_seed():
    import dotorm_clickhouse

    assert CLICKHOUSE is dotorm_clickhouse.CLICKHOUSE
    assert ContainerClickhouse is dotorm_clickhouse.ContainerClickhouse
    assert NoTransactionSession is dotorm_clickhouse.session.NoTransactionSession


async def test_one_model_is_bound_to_two_databases(clickhouse_url, postgres_url):
    class Click(DotModel):
        __table__ = "clicks"
        __storage__ = MergeTree(partition_by="id % 4", order_by="id")

        id: int = dotorm.BigInteger(primary_key=True, default=dotorm.snowflake)
        page: str = Char()

    async with dotorm.connect(clickhouse_url) as many, dotorm.connect(postgres_url) as few:
        for db in (many, few):
            await db.create_and_update_tables([Click])
        many.bind(Click)
        key = await Click.create(Click(page="a"))
        await Click.create_bulk([Click(page=f"p{n}") for n in range(100)])
        record = await Click.get(key)
        await Click.create(Click(id=record.id, page="copied"), session=few.session)
        assert await Click.update_bulk([key], Click(page="b")) == -1
        assert await Click.update_bulk([key], Click(page="c"), session=few.session) == 1
        assert (await Click.get(key)).page == "b"
        assert (await Click.get(key, session=few.session)).page == "c"
        assert await Click.table_len() == 101
        async with few.transaction() as session:
            await Click.create(Click(page="in it"), session=session)
            assert await Click.table_len(session=session) == 2
            assert await Click.table_len() == 101
