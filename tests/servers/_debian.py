"""Programs of any Debian suite, unpacked into the cache: this machine itself is not changed.

apt-get works on folders of its own there, with the mirror, the proxy and the keys that the machine
is configured with; it verifies what it downloads.
"""

import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers._cache import install, kept
from tests.servers._types import ServerUnavailable

_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# A machine with no packages at all: so apt-get brings everything that ours depend on.
_CONFIGURATION = """
Dir::State "{apt}/state";
Dir::State::lists "{apt}/lists";
Dir::State::status "{apt}/state/status";
Dir::Cache "{apt}";
Dir::Etc::main "/dev/null";
Dir::Etc::parts "/dev/null";
Dir::Etc::sourcelist "{apt}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Sandbox::User "";
APT::Install-Recommends "false";
Debug::NoLocking "true";
"""


@dataclass(frozen=True)
class Unpacked:
    """A folder with packages and what they depend on, down to the C library."""

    folder: Path

    def command(self, program: str) -> list[str | Path]:
        """Answer the words that run a program, given by its path, on the libraries beside it."""
        (loader,) = {
            found.resolve()
            for lib in ("lib", "usr/lib")
            for found in self.folder.glob(f"{lib}/*-linux-gnu/ld-linux-*.so.*")
        }
        libraries = (self.folder / lib / loader.parent.name for lib in ("lib", "usr/lib"))
        return [loader, "--library-path", ":".join(map(str, libraries)), self.folder / program]


def unpacked(suite: str, *packages: str) -> Unpacked:
    """Unpack packages of a suite into the cache, once, as root or as anyone else."""
    name = "-".join([suite, platform.machine(), *packages])
    return Unpacked(kept(name, lambda folder: _fill(folder, suite, packages)))


def _fill(folder: Path, suite: str, packages: tuple[str, ...]) -> None:
    apt = folder / "apt"
    configuration = _write_configuration(apt, suite)
    for words in (["update"], ["--yes", "--download-only", "install", *packages]):
        install(["apt-get", "--quiet=2", *words], APT_CONFIG=str(configuration))
    for package in (apt / "archives").glob("*.deb"):
        install(["dpkg-deb", "--extract", package, folder])
    shutil.rmtree(apt)


def _write_configuration(apt: Path, suite: str) -> Path:
    for needed in ("lists/partial", "archives/partial", "state"):
        (apt / needed).mkdir(parents=True)
    (apt / "state/status").touch()
    (apt / "sources.list").write_text(f"deb [signed-by={_KEYS}] {_mirror()} {suite} main\n")
    how_to_fetch = (line for line in _told("apt-config", "dump") if line.startswith("Acquire::"))
    configuration = apt / "apt.conf"
    configuration.write_text("\n".join(how_to_fetch) + _CONFIGURATION.format(apt=apt))
    return configuration


def _mirror() -> str:
    """Answer where this machine gets Debian from."""
    if not shutil.which("apt-get") or not _KEYS.exists():
        raise ServerUnavailable(f"apt-get and {_KEYS} are for Debian")
    release = platform.freedesktop_os_release().get("VERSION_CODENAME", "")
    for line in _told("apt-get", "indextargets", "--format", "$(RELEASE) $(COMPONENT) $(REPO_URI)"):
        if line.startswith(f"{release} main "):
            return line.split()[2]
    raise ServerUnavailable(f"apt's sources name no mirror for Debian {release}")


def _told(*words: str) -> list[str]:
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()
