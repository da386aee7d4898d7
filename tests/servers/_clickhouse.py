"""A private ClickHouse server."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import _chdb
from tests.servers._cache import installed_wheel
from tests.servers._private import PrivateServer
from tests.servers._processes import Account, free_port, listens

_WHEEL = "chdb-core==26.9.0"

_CONFIGURATION = """<clickhouse>
    <listen_host>127.0.0.1</listen_host>
    <tcp_port>{port}</tcp_port>
    <http_port>{http_port}</http_port>
    {more}
</clickhouse>
"""


class ClickHouse(PrivateServer):
    """ClickHouse 26.9, the engine of a wheel made to listen (native protocol).

    After `SYSTEM START LISTEN HTTP` it listens on another port for HTTP, too.
    """

    kind = "ClickHouse"

    def __init__(self) -> None:
        self._wheel = installed_wheel(_WHEEL)
        self._more = ""
        self._http_port = free_port()
        # As root it runs as root, which it does not mind: another user may not read our Python.
        super().__init__(Account())

    @classmethod
    @contextmanager
    def cluster(cls, name: str, count: int) -> Iterator[list[str]]:
        """Servers that know each other as shards of a cluster; answers their URLs."""
        servers = [cls() for _ in range(count)]
        shards = "".join(
            f"<shard><replica><host>127.0.0.1</host><port>{each._port}</port></replica></shard>"
            for each in servers
        )
        try:
            for each in servers:
                each._more = f"<remote_servers><{name}>{shards}</{name}></remote_servers>"
                each.start()
            yield [each.url for each in servers]
        finally:
            for each in servers:
                each.remove()

    @property
    def url(self) -> str:
        """The URL of its database `test`."""
        return f"clickhouse://default@127.0.0.1:{self._port}/test"

    def _initialise(self) -> None:
        self._data.mkdir()
        # It looks for this file in the folder that it is started in.
        (self._folder / "config.xml").write_text(
            _CONFIGURATION.format(port=self._port, http_port=self._http_port, more=self._more)
        )

    def _words(self) -> list[str | Path]:
        return [sys.executable, "-I", "-S", _chdb.__file__, self._wheel, self._data]

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        return listens(self._port) and process.poll() is None
