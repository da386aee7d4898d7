"""The figures as Markdown: tables for readers, made of results and nothing else."""

from collections.abc import Callable, Iterable, Iterator
from statistics import median

from bench.bounds import MEMORY, Verdict, Win, verdicts, wins
from bench.competitors import BACKENDS, OWN, Kind, of_kind
from bench.ratios import Times, fastest, ratio
from bench.results import Results, Row, Run
from bench.scenarios import BY_NAME

type Cells = list[str]

_WINS = "Where a query written by hand takes less time"
_NO_WINS = "No query written by hand takes less time than DotORM."


def table(head: Cells, body: Iterable[Cells], text: int = 1) -> str:
    """A table whose first columns are text, and whose others are figures."""
    rules = [":--" if number < text else "--:" for number in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, rules, *body])


def best_raw(run: Run, figures: Times) -> str | None:
    """Name the driver's fastest way."""
    return fastest(figures, list(of_kind(run.backend, Kind.RAW)))


def usual_raw(run: Run, row: Row) -> str | None:
    """Name the way in which most programs use the driver."""
    method = BY_NAME[row.scenario].method
    entries = BACKENDS[run.backend]
    return next((name for name in row.times if method in entries[name].usual), None)


def columns(run: Run) -> list[str]:
    """DotORM, by each of its drivers, and the peers that took part."""
    present = {name for row in run.rows for name in row.times}
    names = (*of_kind(run.backend, Kind.OWN), *of_kind(run.backend, Kind.PEER))
    return [name for name in names if name in present]


def times_table(run: Run, only: Iterable[str] = ()) -> str:
    """Every scenario: how many times as long as the driver's best way each takes."""
    chosen = [row for row in run.rows if row.times and (not only or row.scenario in only)]
    names = columns(run)
    head = ["", "raw driver, best way", "as usual", *(run.titles[name] for name in names)]
    return table(head, (_times(run, row, names) for row in chosen))


def _times(run: Run, row: Row, names: list[str]) -> Cells:
    base, usual = best_raw(run, row.times), usual_raw(run, row)
    if base is None:
        return [BY_NAME[row.scenario].title, *("" for _ in range(len(names) + 2))]
    each = milliseconds(row, base)
    return [
        BY_NAME[row.scenario].title,
        f"{short(run, base)}: {each}",
        _ratio(row.times, usual, base),
        *(_ratio(row.times, name, base) for name in names),
    ]


def milliseconds(row: Row, name: str) -> str:
    """The time of one call in the median round."""
    each = median(row.times[name]) / BY_NAME[row.scenario].calls * 1000
    return f"{each:.3g} ms" if each < 100 else f"{each:.0f} ms"


def short(run: Run, name: str) -> str:
    """Name a driver's way, without the driver where there is but one."""
    title = run.titles[name]
    raw = [run.titles[each] for each in of_kind(run.backend, Kind.RAW) if each in run.titles]
    drivers = {each.partition(", ")[0] for each in raw}
    return title.partition(", ")[2] if len(drivers) == 1 else title


def _ratio(figures: Times, name: str | None, base: str) -> str:
    if name is None or name not in figures:
        return ""
    found = f"{ratio(figures, name, base):.2f}"
    return f"**{found}**" if name == OWN else found


def bounds_table(found: Iterable[Verdict], run: Run) -> str:
    """What must hold, and whether it does."""
    head = ["", "against", "in", "at most", "found", ""]
    return table(head, (_verdict(verdict, run) for verdict in found), text=3)


def _verdict(verdict: Verdict, run: Run) -> Cells:
    bound = verdict.bound
    title = BY_NAME[bound.scenario].title + (", memory" if bound.of == MEMORY else "")
    met = "met" if verdict.met else "**not met**"
    names = run.titles[bound.subject], run.titles[verdict.against]
    return [*names, title, f"{bound.limit:.2f}", f"{verdict.found:.2f}", met]


def wins_table(found: Iterable[Win], run: Run) -> str:
    """Every hand-written query that takes less time than DotORM, and how much of its time."""
    lines = [_win(win, run) for win in found]
    return table(["", "by hand", "against", "of its time"], lines, text=3) if lines else _NO_WINS


def _win(win: Win, run: Run) -> Cells:
    titles = BY_NAME[win.scenario].title, run.titles[win.name], run.titles[win.against]
    return [*titles, f"{win.found:.2f}"]


def wins_sentence(found: Iterable[Win], run: Run) -> str:
    """The fastest hand-written query of each row in which there is one, as one sentence."""
    fastest: dict[str, Win] = {}
    for win in found:
        fastest.setdefault(win.scenario, win)
    told = "; ".join(
        f"{BY_NAME[name].title}: {short(run, win.name)} {win.found:.2f}"
        for name, win in fastest.items()
    )
    return f"{_WINS} than DotORM, and how much of it: {told}." if told else _NO_WINS


def memory_table(run: Run) -> str:
    """Megabytes that an answer takes at its peak, and what the process took before."""
    rows = [row for row in run.rows if row.peak]
    return table(
        ["", "before", "at the peak", "more"], (line for row in rows for line in _of(run, row))
    )


def _of(run: Run, row: Row) -> Iterator[Cells]:
    growth = row.growth()
    for name in sorted(growth, key=lambda each: median(growth[each])):
        figures = row.before[name], row.peak[name], growth[name]
        yield [run.titles[name], *(f"{median(each):.0f} MB" for each in figures)]


def statements_table(run: Run) -> str:
    """What one call sends: statements, and round trips where there are more or fewer."""
    rows = [row for row in run.rows if row.statements]
    names = [name for name in run.titles if any(name in row.statements for row in rows)]
    head = ["", *(run.titles[name] for name in names)]
    return table(
        head, ([BY_NAME[row.scenario].title, *(sent(row, name) for name in names)] for row in rows)
    )


def sent(row: Row, name: str) -> str:
    """How many statements one call sends; in how many round trips, if that is another number."""
    if name not in row.statements:
        return ""
    statements, trips = row.statements[name], row.trips[name]
    return str(statements) if statements == trips else f"{statements} in {trips}"


def ways(run: Run) -> str:
    """Which way of its library each competitor uses."""
    measured = {row.scenario for row in run.rows}
    return "\n".join(f"- **{run.titles[n]}**: {_way(run.ways[n], measured)}" for n in run.ways)


def _way(ways_of_one: dict[str, str], measured: set[str]) -> str:
    scenarios: dict[str, list[str]] = {}
    for scenario, way in ways_of_one.items():
        if scenario not in measured:
            continue
        scenarios.setdefault(way, []).append(scenario)
    return "; ".join(f"{', '.join(names)}: {way}" for way, names in scenarios.items())


def machine(results: Results) -> str:
    """Where and when."""
    found = results.machine
    busy = found["load"][0] > found["cores"] / 2
    return (
        f"{found['date']}; {found['cpu']}, {found['cores']} cores, {found['memory']};"
        f" {found['system']}, kernel {found['kernel'].partition('-')[0]}; load {found['load'][0]}"
        + (" (a busy machine: these figures are a try)." if busy else ".")
    )


def made(results: Results) -> str:
    """By which command, in what time, where and when."""
    return f"Made by `{results.command}` in {duration(results)}: {machine(results)}"


def duration(results: Results) -> str:
    """How long it took."""
    minutes, seconds = divmod(round(results.seconds), 60)
    return f"{minutes} min {seconds} s"


def versions(run: Run) -> str:
    """Which libraries."""
    return ", ".join(f"{name} {version}" for name, version in sorted(run.versions.items()))


def brief(results: Results, only: Iterable[str]) -> str:
    """Some rows of the first run, and all that one must know to judge them."""
    run = results.runs[0]
    parts = [
        times_table(run, only),
        f"{made(results)} {run.title}; {versions(run)}.",
        wins_sentence(wins(run), run),
    ]
    return "\n\n".join(parts)


def whole(results: Results) -> str:
    """Everything, for the page about performance."""
    first, *others = results.runs
    parts = [made(results), f"## {first.title}", times_table(first)]
    sections: list[tuple[str, Callable[[Run], str]]] = [
        (_WINS, lambda run: wins_table(wins(run), run)),
        ("What must hold", lambda run: bounds_table(verdicts(run), run)),
        ("Memory", memory_table),
        ("What one call sends", statements_table),
        ("What each uses", ways),
        ("Versions", versions),
    ]
    for heading, make in sections:
        parts += [f"### {heading}", make(first)]
    for run in others:
        parts += [f"## {run.title}", versions(run), times_table(run), f"**{_WINS}**"]
        parts += [wins_table(wins(run), run), bounds_table(verdicts(run), run)]
        parts += [ways(run)] if run.backend != first.backend else []
    return "\n\n".join(part for part in parts if part)
