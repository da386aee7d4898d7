"""What the command is told, and what it answers: tables for people, JSON for programs."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

import typer

from dotorm.backend import API
from dotorm.cli import display
from dotorm.cli.checking import PINGS, check_database
from dotorm.cli.plain import as_plain
from dotorm.installed import installed_backends, version_of

__all__ = ["app"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # one of them is a URL with its password
    help="Look at DotORM's backends and databases.",
)

AsJSON = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@app.command()
def backends(*, as_json: AsJSON = False) -> None:
    """Show the installed backends, and what is wrong with those that cannot be used."""
    found = installed_backends()
    if as_json:
        core = {"version": version_of("dotorm-core"), "contract": API}
        _print_json({"core": core, "backends": as_plain(found)})
    else:
        display.show_backends(found)


@app.command()
def check(
    url: Annotated[
        str, typer.Argument(envvar="DOTORM_URL", help="scheme://user:password@host:port/database")
    ],
    *,
    pings: Annotated[int, typer.Option(min=1, max=1000, help="How many round trips.")] = PINGS,
    as_json: AsJSON = False,
) -> None:
    """Connect to a database: versions, round trips, the pool, and what is missing or too old.

    The exit code is 0 if it can be used and 1 if it cannot.
    """
    found = asyncio.run(check_database(url, pings))
    if as_json:
        _print_json({**as_plain(found), "ok": found.error is None})
    else:
        display.show_check(found)
    raise typer.Exit(0 if found.error is None else 1)


def _print_json(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
