"""Puts figures into documents, between two comments that mark the place."""

from pathlib import Path

from bench.chart import Line, draw
from bench.processes import ROOT
from bench.ratios import ratio
from bench.report import best_raw, brief, columns, machine, whole
from bench.results import Results
from bench.scenarios import BY_NAME, MAIN

PAGE, README, CHART = "docs/performance.md", "README.md", "docs/performance.svg"


class NoPlace(Exception):
    """A document has no place marked for figures."""


def between(text: str, name: str, figures: str) -> str:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`.

    Raises:
        NoPlace: The comments are not there, or not once each.
    """
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if (text.count(start), text.count(end)) != (1, 1) or text.index(start) > text.index(end):
        raise NoPlace(f"there is no {start} … {end}")
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n{figures}\n{end}{after}"


def chart(results: Results) -> str:
    """Draw the main rows of the first run."""
    run = results.runs[0]
    names = columns(run)
    lines = []
    for row in run.rows:
        base = best_raw(run, row.times)
        if base and row.scenario in MAIN:
            ratios = {name: ratio(row.times, name, base) for name in names if name in row.times}
            lines.append(Line(BY_NAME[row.scenario].title, ratios))
    title = f"Time against the raw driver's best way (1x); less is better. {run.title}"
    return draw(title, lines, {name: run.titles[name] for name in names}, machine(results))


def publish(results: Results, root: Path = ROOT) -> list[str]:
    """Write the picture and the tables; answer what was written."""
    (root / CHART).write_text(chart(results))
    for name, figures in ((PAGE, f"\n{whole(results)}\n"), (README, brief(results, MAIN))):
        path = root / name
        path.write_text(between(path.read_text(), "bench", figures))
    return [CHART, PAGE, README]
