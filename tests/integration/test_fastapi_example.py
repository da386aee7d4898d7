"""The FastAPI example, over HTTP on every backend."""

import importlib.util
import os
from pathlib import Path
from types import ModuleType

import httpx
import pytest

import dotorm

APP = Path(__file__).parents[2] / "examples" / "fastapi_app" / "app.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fastapi_app", APP)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def client(url, example, monkeypatch):
    separator = "&" if "?" in url else "?"
    monkeypatch.setitem(os.environ, "DOTORM_URL", f"{url}{separator}acquire_timeout=0.2&max_size=1")
    async with (
        example.app.router.lifespan_context(example.app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(example.app), base_url="http://example"
        ) as client,
    ):
        yield client


@pytest.fixture
async def filled(client):
    """Two authors, three tags and three articles."""
    for name in ("Ada", "Bob"):
        await client.post("/authors", json={"name": name, "email": f"{name}@example.com"})
    for name in ("python", "sql", "web"):
        await client.post("/tags", json={"name": name})
    for title, author, tags in (("Joins", 1, [2]), ("Types", 1, [1]), ("Pools", 2, [1, 2])):
        payload = {"title": title, "author_id": author, "tags": tags}
        assert (await client.post("/articles", json=payload)).status_code == 201
    return client


async def titles(client, **query):
    answer = await client.get("/articles", params=query)
    assert answer.status_code == 200, answer.text
    return [article["title"] for article in answer.json()["items"]]


async def test_an_author_comes_and_goes(client):
    made = await client.post("/authors", json={"name": "Ada"})
    assert (made.status_code, made.json()) == (
        201,
        {"id": 1, "name": "Ada", "email": None, "articles": []},
    )
    assert (await client.get("/authors/1")).json() == made.json()
    assert (await client.delete("/authors/1")).status_code == 204
    assert (await client.get("/authors/1")).status_code == 404


async def test_an_article_is_answered_with_its_relations(filled):
    assert (await filled.get("/articles/3")).json() == {
        "id": 3,
        "title": "Pools",
        "body": None,
        "published": False,
        "author_id": {"id": 2, "name": "Bob"},
        "tags": [{"name": "python"}, {"name": "sql"}],
    }
    articles = (await filled.get("/authors/1")).json()["articles"]
    assert articles == [{"id": 1, "title": "Joins"}, {"id": 2, "title": "Types"}]


async def test_an_article_is_changed_in_what_is_sent(filled):
    changes = {"published": True, "tags": {"selected": [3], "unselected": [1]}}
    answer = await filled.patch("/articles/3", json=changes)
    assert answer.status_code == 200
    article = answer.json()
    assert (article["title"], article["published"]) == ("Pools", True)
    assert [tag["name"] for tag in article["tags"]] == ["sql", "web"]
    assert (await filled.patch("/articles/3", json={})).json() == article


async def test_an_article_is_deleted(filled):
    assert (await filled.delete("/articles/3")).status_code == 204
    assert (await filled.delete("/articles/3")).status_code == 404
    assert await titles(filled) == ["Types", "Joins"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Pools", "Types", "Joins"]),
        ({"sort": "title"}, ["Joins", "Pools", "Types"]),
        ({"sort": "-author_id.name"}, ["Pools"]),
        ({"title": "o", "sort": "id"}, ["Joins", "Pools"]),
        ({"title": "%"}, []),
        ({"author": "Ada", "sort": "id"}, ["Joins", "Types"]),
        ({"tag": ["sql"], "sort": "id"}, ["Joins", "Pools"]),
        ({"tag": ["sql", "python"], "sort": "id"}, ["Joins", "Types", "Pools"]),
        ({"tag": ["sql"], "author": "Ada"}, ["Joins"]),
        ({"published": "true"}, []),
        ({"title": "' OR 1=1 --"}, []),
        ({"size": 2, "page": 2}, ["Joins"]),
        ({"size": 2, "page": 3}, []),
    ],
    ids=str,
)
async def test_filters_orders_and_pages(filled, query, expected):
    found = await titles(filled, **query)
    assert found[: len(expected)] == expected
    assert len(found) == len(expected) or query == {"sort": "-author_id.name"}


async def test_the_total_counts_all_pages(filled):
    answer = await filled.get("/articles", params={"size": 1, "author": "Ada"})
    assert (answer.json()["total"], len(answer.json()["items"])) == (2, 1)


@pytest.mark.parametrize(
    "query",
    ["body=x", "author_id.email=x", "sort=body", "page=0", "size=1000", "published=perhaps"],
)
async def test_what_is_not_on_the_allow_list_is_refused(client, query):
    assert (await client.get(f"/articles?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("method", "path", "payload", "status"),
    [
        ("GET", "/articles/99", None, 404),
        ("PATCH", "/articles/99", {"title": "x"}, 404),
        ("PATCH", "/articles/1", {"tags": {"selected": [99]}}, 404),
        ("POST", "/authors", {"name": "x", "email": "Ada@example.com"}, 409),
        ("POST", "/tags", {"name": "sql"}, 409),
        ("POST", "/articles", {"title": "x", "author_id": 99}, 409),
        ("POST", "/articles", {"title": "x", "author_id": 1, "tags": [99]}, 409),
        ("DELETE", "/authors/1", None, 409),
        ("GET", "/articles/99999999999", None, 422),
        ("POST", "/articles", {"title": "x", "author_id": 1, "tags": [2**40]}, 422),
        ("POST", "/articles", {"title": "x" * 201, "author_id": 1}, 422),
        ("POST", "/articles", {"title": "x", "author_id": 1, "id": 7}, 422),
        ("POST", "/articles", {"author_id": 1}, 422),
        ("PATCH", "/articles/1", {"title": None}, 422),
        ("PATCH", "/articles/1", {"id": 7}, 422),
        ("PATCH", "/articles/1", {"tags": {"created": [{"name": "x"}]}}, 422),
    ],
)
async def test_errors_are_http_answers(filled, method, path, payload, status):
    answer = await filled.request(method, path, json=payload)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert (await filled.get("/articles")).json()["total"] == 3  # nothing was left half done


async def test_a_busy_database_is_a_503(client, example):
    db = example.app.state.db
    async with db.transaction(), db.detached():  # it has the only connection
        answer = await client.get("/articles")
    assert (answer.status_code, answer.json()) == (
        503,
        {"detail": "the database does not answer at the moment"},
    )
    assert (await client.get("/articles")).status_code == 200


async def test_a_lost_database_is_a_503(client, example, monkeypatch):
    async def lost(*_args, **_options):
        raise dotorm.ConnectionFailed("db.internal:5432 refused the connection")

    monkeypatch.setattr(example.Article, "search", lost)
    answer = await client.get("/articles")
    assert answer.status_code == 503
    assert "db.internal" not in answer.text


async def test_the_documentation_names_the_schemas(client):
    answer = (await client.get("/openapi.json")).json()
    schemas = answer["components"]["schemas"]
    assert {"AuthorCreate", "AuthorRead", "ArticleUpdate", "TagLinks", "TagRead"} <= set(schemas)
    title = schemas["ArticleCreate"]["properties"]["title"]
    assert (title["maxLength"], title["description"]) == (200, "At most 200 characters")
    assert schemas["ArticleCreate"]["required"] == ["title", "author_id"]
    assert "required" not in schemas["ArticleUpdate"]
