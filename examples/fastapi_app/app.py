"""Articles, their authors and tags over HTTP: FastAPI on any database that DotORM has."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

import dotorm
import dotorm.pydantic as schemas
from dotorm import Boolean, Char, DotModel, Integer, Many2many, Many2one, One2many, Text
from dotorm.pydantic import CreateSchema, ReadSchema, from_record, to_record


class Author(DotModel):
    __table__ = "authors"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=100, required=True)
    email: str | None = Char(max_length=255, unique=True)
    articles: list["Article"] = One2many(lambda: Article, "author_id")


class Tag(DotModel):
    __table__ = "tags"

    id: int = Integer(primary_key=True)
    name: str = Char(max_length=30, required=True, unique=True)


class Article(DotModel):
    __table__ = "articles"

    id: int = Integer(primary_key=True)
    title: str = Char(max_length=200, required=True, description="At most 200 characters")
    body: str | None = Text()
    published: bool = Boolean(required=True, default=False)
    author_id: Author = Many2one(lambda: Author, required=True, index=True)
    tags: list[Tag] = Many2many(lambda: Tag, "article_tags", "tag_id", "article_id")


MODELS = [Author, Tag, Article]

# ---------------------------------------------------------------- what is sent and answered

AUTHOR = ["id", "name", "email", {"articles": ["id", "title"]}]
ARTICLE = ["id", "title", "body", "published", {"author_id": ["id", "name"], "tags": ["name"]}]


class AuthorRead(schemas.read_schema(Author, AUTHOR)):
    """An author with the titles of the articles."""


class ArticleRead(schemas.read_schema(Article, ARTICLE)):
    """An article with its author and tags."""


class ArticleCreate(CreateSchema[Article]):
    """A new article; its tags by their keys."""

    tags: list[int] = Field([], description="Keys of tags")


class ArticleUpdate(schemas.update_schema(Article, ["title", "body", "published", "tags"])):
    """Changes of an article; of its tags those to add and to remove, by their keys."""


class ArticlePage(BaseModel):
    total: int
    items: list[ArticleRead]


class ArticleQuery(BaseModel):
    """What a client may filter and sort by, and nothing else."""

    model_config = ConfigDict(extra="forbid")

    title: str | None = Field(None, description="The title contains this text")
    published: bool | None = None
    author: str | None = Field(None, description="The author has this name")
    tag: list[str] | None = Field(None, description="One of the tags has one of these names")
    sort: Literal["id", "-id", "title", "-title", "author_id.name", "-author_id.name"] = "-id"
    page: int = Field(1, ge=1, le=10_000)
    size: int = Field(20, ge=1, le=100)

    def filter(self) -> list[Any]:
        given = self.model_dump(include=set(FILTERS), exclude_none=True)
        return [(*FILTERS[name], value) for name, value in given.items()]


FILTERS = {
    "title": ("title", "ilike"),
    "published": ("published", "="),
    "author": ("author_id.name", "="),
    "tag": ("tags.name", "in"),
}
STATUS: dict[type[Exception], int] = {
    dotorm.RecordNotFound: 404,
    dotorm.UniqueViolation: 409,
    dotorm.ForeignKeyViolation: 409,
    dotorm.InvalidValue: 422,
    dotorm.InvalidFilter: 422,
    dotorm.ConnectionFailed: 503,
    dotorm.Timeout: 503,
}


async def answer_error(_: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    # A client learns what is wrong with what it sent, not where the database is.
    detail = "the database does not answer at the moment" if status == 503 else str(error)
    return JSONResponse({"detail": detail}, status)


# ---------------------------------------------------------------- the application


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with dotorm.connect(os.environ["DOTORM_URL"], models=MODELS) as app.state.db:
        await app.state.db.create_and_update_tables(MODELS)
        yield


app = FastAPI(
    title="Articles", lifespan=lifespan, exception_handlers=dict.fromkeys(STATUS, answer_error)
)


@app.post("/authors", status_code=201)
async def create_author(payload: CreateSchema[Author]) -> AuthorRead:
    return await read_author(await Author.create(to_record(payload)))


@app.get("/authors/{key}")
async def read_author(key: int) -> AuthorRead:
    author = await Author.get_with_relations(key, **schemas.load_options(AuthorRead))
    return from_record(AuthorRead, found(author, key))


@app.delete("/authors/{key}", status_code=204)
async def delete_author(key: int) -> None:
    await (await Author.get_or_raise(key)).delete()


@app.post("/tags", status_code=201)
async def create_tag(payload: CreateSchema[Tag]) -> ReadSchema[Tag]:
    await Tag.create(tag := to_record(payload))
    return from_record(ReadSchema[Tag], tag)


@app.get("/articles")
async def list_articles(query: Annotated[ArticleQuery, Query()]) -> ArticlePage:
    articles = await Article.search(
        filter=query.filter(),
        sort=query.sort,
        start=(query.page - 1) * query.size,
        end=query.page * query.size,
        **schemas.load_options(ArticleRead),
    )
    items = [from_record(ArticleRead, article) for article in articles]
    return ArticlePage(total=await Article.search_count(query.filter()), items=items)


@app.post("/articles", status_code=201)
async def create_article(payload: ArticleCreate) -> ArticleRead:
    async with app.state.db.transaction():  # all of it or nothing, kept before the answer is sent
        key = await Article.create(to_record(payload))
        await Article.link_many2many("tags", [(key, tag) for tag in payload.tags])
        return await read_article(key)


@app.get("/articles/{key}")
async def read_article(key: int) -> ArticleRead:
    article = await Article.get_with_relations(key, **schemas.load_options(ArticleRead))
    return from_record(ArticleRead, found(article, key))


@app.patch("/articles/{key}")
async def update_article(key: int, payload: ArticleUpdate) -> ArticleRead:
    async with app.state.db.transaction():
        article = await Article.get_or_raise(key)
        await article.update_with_relations(to_record(payload))
        return await read_article(key)


@app.delete("/articles/{key}", status_code=204)
async def delete_article(key: int) -> None:
    await (await Article.get_or_raise(key)).delete()


def found[T](record: T | None, key: int) -> T:
    if record is None:
        raise dotorm.RecordNotFound(f"there is nothing with the key {key}")
    return record
