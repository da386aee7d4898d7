"""Several hosts in one URL."""

import socket
from urllib.parse import urlsplit

import pytest

import dotorm


@pytest.fixture
def nobody():
    """A port of this machine that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def with_hosts(url, hosts, options):
    return urlsplit(url)._replace(netloc=f"postgres@{hosts}", query=options).geturl()


async def test_the_host_that_answers_is_taken(postgres_url, nobody):
    port = urlsplit(postgres_url).port
    hosts = f"127.0.0.1:{nobody},127.0.0.1:{port}"
    url = with_hosts(postgres_url, hosts, "target_session_attrs=read-write")
    async with dotorm.connect(url) as db:
        assert await db.execute("SELECT 1 AS one") == [{"one": 1}]


async def test_no_host_that_will_do_is_an_error(postgres_url, nobody):
    port = urlsplit(postgres_url).port
    hosts = f"127.0.0.1:{nobody},127.0.0.1:{port}"
    url = with_hosts(postgres_url, hosts, "target_session_attrs=standby")
    with pytest.raises(dotorm.ConnectionFailed):
        await dotorm.connect(url)
