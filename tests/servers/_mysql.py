"""Private MariaDB and MySQL servers."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from tests.servers._debian import unpacked
from tests.servers._private import PrivateServer
from tests.servers._processes import Account, greeting

# A test server need not survive a power cut, and many tests connect at once. What clients meet is
# left as the program brings it: character set, modes and limits.
_SETTINGS = {
    "bind-address": "127.0.0.1",
    "max-connections": "200",
    "innodb-buffer-pool-size": "64M",
    "innodb-doublewrite": "0",
    "innodb-flush-log-at-trx-commit": "2",
    "innodb-flush-method": "fsync",
    "performance-schema": "OFF",
}

_PROTOCOL = b"\x0a"  # after the four bytes that say how long the greeting is

_DATABASE = "CREATE DATABASE test;\n"


class _MysqlLike(PrivateServer):
    """What the two have in common: how the program is called, and how it greets."""

    scheme: ClassVar[str]
    suite: ClassVar[str]
    package: ClassVar[str]
    program: ClassVar[str]
    own_settings: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        self._programs = unpacked(self.suite, self.package)
        super().__init__(Account.for_servers("mysql"))

    @property
    def url(self) -> str:
        """The URL of its empty database `test`, for a user who may do everything."""
        return f"{self.scheme}://root@127.0.0.1:{self._port}/test"

    @property
    def _messages(self) -> Path:
        (english,) = self._programs.folder.glob("usr/share/*/english/errmsg.sys")
        return english.parent.parent

    @property
    def _temporary(self) -> Path:
        return self._folder / "temporary"

    def _call(self, *words: str) -> list[str | Path]:
        program = self._programs.command(self.program)
        return [*program, "--no-defaults", *self._settings(), *self.own_settings, *words]

    def _settings(self) -> Iterator[str]:
        places = {
            "basedir": self._programs.folder / "usr",
            "datadir": self._data,
            # Each deletes what others have in a folder of temporary tables when it starts.
            "tmpdir": self._temporary,
            "socket": self._folder / "socket",
            "pid-file": self._folder / "pid",
            "lc-messages-dir": self._messages,
            "character-sets-dir": self._messages / "charsets",
        }
        return (f"--{name}={value}" for name, value in {**_SETTINGS, **places}.items())

    def _words(self) -> list[str | Path]:
        return self._call(f"--port={self._port}")

    def _is_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait to be greeted, as every client is; its pid file is there before it heeds signals."""
        return greeting(self._port, size=5)[4:] == _PROTOCOL and process.poll() is None


class MariaDB(_MysqlLike):
    """MariaDB 10.11, which has no TLS unless it is given a certificate."""

    kind = "MariaDB"
    scheme = "mariadb"
    suite = "bookworm"
    package = "mariadb-server-core"
    program = "usr/sbin/mariadbd"

    def _initialise(self) -> None:
        self._command.run("mkdir", self._data, self._temporary)
        self._command.run(*self._call("--bootstrap"), reads="".join(self._system_tables()))

    def _system_tables(self) -> Iterator[str]:
        """Write what mariadb-install-db does: tables, and a root without a password."""
        yield "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket = NULL;\n"
        for part in ("system_tables", "performance_tables", "system_tables_data"):
            (script,) = self._messages.glob(f"m*_{part}.sql")
            yield script.read_text()
        yield _DATABASE


class MariaDB11(MariaDB):
    """MariaDB 11.8, which makes itself a certificate."""

    suite = "trixie"


class MySQL(_MysqlLike):
    """The MySQL of Debian's unstable suite, the only one with any; there may be none one day."""

    kind = "MySQL"
    scheme = "mysql"
    suite = "sid"
    package = "mysql-server-core"
    program = "usr/sbin/mysqld"
    own_settings = ("--mysqlx=OFF", "--secure-file-priv=NULL")

    def _initialise(self) -> None:
        self._command.run("mkdir", self._temporary)
        first = self._folder / "first.sql"
        # 127.0.0.1 is called localhost only where the machine's files say so.
        first.write_text(
            f"{_DATABASE}CREATE USER root@'%';\nGRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;\n"
        )
        first.chmod(0o644)
        self._command.run(*self._call("--initialize-insecure", f"--init-file={first}"))
