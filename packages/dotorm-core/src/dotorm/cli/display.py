"""Tables for people. Texts of plugins and servers are printed as they are, never as markup."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dotorm.backend import API
from dotorm.components.features import Features
from dotorm.installed import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dotorm.cli.checking import Check, Latency
    from dotorm.installed import InstalledBackend, InstalledDriver

__all__ = ["show_backends", "show_check"]


def show_backends(found: Sequence[InstalledBackend]) -> None:
    """A table of the backends, one of their features, and a line for each fault."""
    console = _console()
    core = version_of("dotorm-core") or "of an unknown version"
    console.print(Text(f"dotorm-core {core}, contract version {API}"))
    if not found:
        console.print(Text("no backend is installed"))
        return
    table = _table("backend", "schemes", "installed by", "contract", "drivers")
    for each in found:
        table.add_row(*map(Text, _row(each)), style="red" if each.faults else None)
    console.print(table)
    console.print(_features([each for each in found if each.features is not None]))
    for each in found:
        for fault in each.faults:
            line = Text(f"{_named(each.distribution, each.version)}: {fault}", style="red")
            console.print(line, soft_wrap=True)


def show_check(found: Check) -> None:
    """What is known of a database, and the error below it."""
    console = _console()
    table = Table(box=None, show_header=False)
    for name, value in _facts(found):
        table.add_row(Text(name, style="bold"), Text(value))
    console.print(table)
    if found.error is None:
        console.print(Text("the database can be used", style="green"))
    else:
        console.print(Text(f"error: {found.error}", style="red"), soft_wrap=True)


def _console() -> Console:
    return Console(highlight=False)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(Text(column), overflow="fold")
    return table


def _features(found: Sequence[InstalledBackend]) -> Table:
    table = _table("feature", *(each.name for each in found))
    table.columns[0].no_wrap = True
    for field in dataclasses.fields(Features):
        promises = (_promise(getattr(each.features, field.name)) for each in found)
        table.add_row(Text(field.name), *map(Text, promises))
    return table


def _row(each: InstalledBackend) -> tuple[str, ...]:
    return (
        each.name,
        ", ".join(each.schemes),
        _named(each.distribution, each.version),
        "?" if each.contract is None else str(each.contract),
        _drivers(each.drivers),
    )


def _facts(found: Check) -> Iterator[tuple[str, str]]:
    if found.url is not None:
        yield "database", found.url
    if found.backend is not None:
        by = _named(found.distribution or "", found.version)
        yield "backend", f"{found.backend} ({by}; {_drivers(found.drivers)})"
    if found.latency is not None:
        yield "server version", found.server_version or "the backend does not tell"
        yield "connecting", f"{found.latency.connect:.2f} ms"
        yield "round trip", _round_trip(found.latency)
    if found.pool is not None:
        yield "pool", f"{found.pool.size} open, {found.pool.idle} idle"
    for name, value in found.settings.items():
        if value is not None:
            yield f"  {name}", str(value)


def _round_trip(took: Latency) -> str:
    return f"{took.median:.2f} ms ({took.least:.2f} to {took.most:.2f} ms, {took.pings} pings)"


def _named(distribution: str, version: str | None) -> str:
    return f"{distribution} {version}" if version else distribution


def _drivers(drivers: Sequence[InstalledDriver]) -> str:
    return ", ".join(
        f"{each.name} {each.version or ''}".rstrip()
        if each.installed
        else f"{each.name} (not installed)"
        for each in drivers
    )


def _promise(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "-"
    return ", ".join(sorted(value)) if isinstance(value, frozenset) else str(value)
