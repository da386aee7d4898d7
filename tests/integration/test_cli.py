"""`dotorm check` on real databases."""

import asyncio
import json
import sqlite3
from urllib.parse import quote, urlsplit

import pytest
from typer.testing import CliRunner

import dotorm
from dotorm.cli.app import app


def check(*words):
    # The command has an event loop of its own.
    return CliRunner().invoke(app, ["check", *words])


@pytest.fixture
def there(url):
    """The URL of a database that is there: of SQLite's, the file."""

    async def connect():
        async with dotorm.connect(url):
            pass

    asyncio.run(connect())
    return url


def test_a_database_can_be_used(there):
    done = check(there, "--json", "--pings", "3")
    answer = json.loads(done.stdout)

    assert done.exit_code == 0, done.output
    assert answer["ok"] is True
    assert answer["server_version"][0].isdigit()
    assert 0 < answer["latency"]["median"] < 1000
    assert answer["latency"]["pings"] == 3
    assert answer["distribution"] == f"dotorm-{answer['backend']}"
    assert answer["drivers"][0]["installed"]
    assert answer["pool"]["size"] == 1


def test_it_is_shown_to_people(there):
    done = check(there)

    assert done.exit_code == 0
    assert "server version" in done.stdout
    assert done.stdout.splitlines()[-1] == "the database can be used"


def test_a_password_is_never_shown(postgres_url):
    password = urlsplit(postgres_url).password
    wrong = urlsplit(postgres_url)._replace(netloc="nobody:hunt%21er2@" + _place(postgres_url))
    for url in (postgres_url, wrong.geturl()):
        for form in ((), ("--json",)):
            done = check(url, *form)
            assert "hunt!er2" not in done.output
            assert "hunt%21er2" not in done.output
            assert not password or password not in done.output


def test_a_database_that_is_not_there(postgres_url):
    done = check(urlsplit(postgres_url)._replace(path="/no_such_database").geturl())

    assert done.exit_code == 1
    assert "no_such_database" in done.stdout.splitlines()[-1]


def test_a_server_that_is_not_there():
    done = check("postgresql://me:hunter2@127.0.0.1:1/x")

    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1].startswith("error: postgres: ")
    assert "hunter2" not in done.output


@pytest.mark.parametrize("place", ["typo.db", "no/such/folder.db"])
def test_checking_makes_no_file(tmp_path, place):
    file = tmp_path / place
    done = check(f"sqlite:///{file}")

    assert done.exit_code == 1
    assert done.stdout.splitlines()[-1] == f"error: no such file: {file}"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["shop.db", "a b%20?mode=memory#c.db", "Ü.db"])
def test_a_file_that_is_there_can_be_checked(tmp_path, name):
    file = tmp_path / name
    sqlite3.connect(file).close()  # which makes an empty file
    done = check(f"sqlite:///{quote(str(file))}", "--json")

    assert json.loads(done.stdout)["ok"] is True
    assert json.loads(done.stdout)["settings"]["database"] == str(file)


def test_a_database_in_memory_can_be_checked():
    assert check("sqlite://").exit_code == 0


async def test_a_file_in_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(dotorm.ConnectionFailed, match="does the folder exist"):
        await dotorm.connect(f"sqlite:///{tmp_path}/no/such/folder.db")


async def test_a_file_is_not_made_where_the_url_says_so(tmp_path):
    with pytest.raises(dotorm.ConnectionFailed, match="no such file"):
        await dotorm.connect(f"sqlite:///{tmp_path}/typo.db?create=false")
    assert list(tmp_path.iterdir()) == []


async def test_the_version_inside_a_transaction(url):
    async with dotorm.connect(url, max_size=1, acquire_timeout=1) as db:
        version = await db.server_version()
        async with db.transaction():
            assert await db.server_version() == version
            assert await db.ping() < 1


def _place(url):
    return urlsplit(url).netloc.rpartition("@")[2]
