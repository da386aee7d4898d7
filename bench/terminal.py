"""What is seen while it runs, and the figures at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from bench.bounds import MEMORY, Verdict, verdicts
from bench.canned import CASES
from bench.competitors import OWN
from bench.instructions import Counts
from bench.ratios import ratio, spread
from bench.report import sent
from bench.results import Row, Run
from bench.scenarios import BY_NAME

_GROWN = 1.03  # counts differ by less from run to run


class Shown:
    """Tells a progress line what is being done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("")

    def step(self, text: str) -> None:
        """Show that something begins."""
        self._progress.update(self._task, description=text)
        if not self._progress.console.is_terminal:
            self._progress.console.print(f"  {text}")


@contextmanager
def watching(console: Console) -> Iterator[Shown]:
    """Show a line that says what is being done."""
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        yield Shown(progress)


def show(run: Run, console: Console) -> None:
    """Print every row with DotORM's time as 1.00 of it."""
    for row in run.rows:
        if row.times:
            console.print(_table(run, row))
        if row.peak:
            console.print(_memory(run, row))
    judged = list(verdicts(run))
    if judged:
        console.print(_bounds(run, judged))
    for failure in run.failures:
        console.print(f"left out: {failure}", style="red", markup=False)


def _table(run: Run, row: Row) -> Table:
    scenario, base = BY_NAME[row.scenario], OWN if OWN in row.times else next(iter(row.times))
    table = Table(title=f"{scenario.title} ({row.scenario})", title_justify="left")
    for head in ("", "ms a call", f"/ {base}", "middle half", f"{base} /", "sent"):
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    for name in sorted(row.times, key=lambda each: ratio(row.times, each, base)):
        low, high = spread(row.times, name, base)
        table.add_row(
            run.titles[name],
            f"{median(row.times[name]) / scenario.calls * 1000:.3f}",
            f"{ratio(row.times, name, base):.2f}",
            f"{low:.2f}-{high:.2f}",
            f"{ratio(row.times, base, name):.2f}",
            sent(row, name),
        )
    return table


def _memory(run: Run, row: Row) -> Table:
    table = Table(title=f"{BY_NAME[row.scenario].title}, memory in MB", title_justify="left")
    for head in ("", "before", "at the peak", "more"):
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    growth = row.growth()
    for name in sorted(growth, key=lambda each: median(growth[each])):
        figures = row.before[name], row.peak[name], growth[name]
        table.add_row(run.titles[name], *(f"{median(each):.1f}" for each in figures))
    return table


def _bounds(run: Run, judged: list[Verdict]) -> Table:
    table = Table(title="What must hold", title_justify="left")
    for head in ("in", "", "against", "at most", "found", "met"):
        table.add_column(head)
    for verdict in judged:
        bound = verdict.bound
        table.add_row(
            bound.scenario + (" memory" if bound.of == MEMORY else ""),
            run.titles[bound.subject],
            run.titles[verdict.against],
            f"{bound.limit:.2f}",
            f"{verdict.found:.2f}",
            "[green]yes[/]" if verdict.met else "[red]no[/]",
        )
    return table


def show_micro(
    seconds: dict[str, float], counts: Counts | None, kept: Counts | None, console: Console
) -> int:
    """Print what a call takes; answer 1 if it is more instructions than were kept, 0 otherwise."""
    table = Table(title="DotORM without a database", title_justify="left")
    for head in ("", "case", "microseconds", "instructions", "of those kept"):
        table.add_column(head, justify="left" if head in {"", "case"} else "right", no_wrap=True)
    grown = False
    for name, (title, _, _) in CASES.items():
        change = counts.change(name, kept) if counts else None
        grown |= change is not None and change > _GROWN
        counted = f"{counts.cases[name]:,}" if counts else ""
        told = "" if change is None else f"{change:.3f}"
        table.add_row(title, name, f"{seconds[name] * 1e6:,.1f}", counted, told)
    console.print(table)
    if grown:
        console.print(f"more than {_GROWN} of the instructions kept in bench/instructions.json")
    return int(grown)
