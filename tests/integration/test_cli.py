"""`dotorm check` on real databases."""

import json
from urllib.parse import urlsplit

from typer.testing import CliRunner

import dotorm
from dotorm.cli.app import app


def check(*words):
    # The command has an event loop of its own.
    return CliRunner().invoke(app, ["check", *words])


def test_a_database_can_be_used(url):
    done = check(url, "--json", "--pings", "3")
    answer = json.loads(done.stdout)

    assert done.exit_code == 0, done.output
    assert answer["ok"] is True
    assert answer["server_version"][0].isdigit()
    assert 0 < answer["latency"]["median"] < 1000
    assert answer["latency"]["pings"] == 3
    assert answer["distribution"] == f"dotorm-{answer['backend']}"
    assert answer["drivers"][0]["installed"]
    assert answer["pool"]["size"] == 1


def test_it_is_shown_to_people(url):
    done = check(url)

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


def test_a_file_that_cannot_be_opened(tmp_path):
    done = check(f"sqlite:///{tmp_path}/no/such/folder.db")

    assert done.exit_code == 1
    assert "does the folder exist" in done.stdout


async def test_the_version_inside_a_transaction(url):
    async with dotorm.connect(url, max_size=1, acquire_timeout=1) as db:
        version = await db.server_version()
        async with db.transaction():
            assert await db.server_version() == version
            assert await db.ping() < 1


def _place(url):
    return urlsplit(url).netloc.rpartition("@")[2]
