"""TLS, by way of a proxy that ends it: the server that the tests start has none."""

import asyncio
import ssl
import subprocess
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

import dotorm


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The files of a key and of a certificate for 127.0.0.1, signed by itself."""
    folder = tmp_path_factory.mktemp("tls")
    key, signed = folder / "key.pem", folder / "cert.pem"
    words = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=test"
    more = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", signed)
    subprocess.run([*words.split(), *more], check=True, capture_output=True)
    return key, signed


@asynccontextmanager
async def proxy(url, key, certificate):
    """Answers the host and port of a proxy that speaks TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server_at = urlsplit(url)

    async def copy(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader, writer):
        inner = await asyncio.open_connection(server_at.hostname, server_at.port)
        await asyncio.gather(copy(reader, inner[1]), copy(inner[0], writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_the_scheme_asks_for_tls_and_checks_the_certificate(clickhouse_url, certificate):
    key, signed = certificate
    async with proxy(clickhouse_url, key, signed) as place:
        url = f"clickhouses://default@{place}{urlsplit(clickhouse_url).path}"
        async with dotorm.connect(url, ca_certs=str(signed)) as db:
            assert await db.execute("SELECT 1 AS n") == [{"n": 1}]
        with pytest.raises(dotorm.ConnectionFailed, match="certificate verify failed"):
            await dotorm.connect(url)
        async with dotorm.connect(url, verify=False) as db:
            assert await db.execute("SELECT 1 AS n") == [{"n": 1}]
