"""The figures as a picture: an SVG that is readable on light and dark pages."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

_COLOURS = ("#d1242f", "#8250df", "#0969da", "#1a7f37", "#bf8700", "#57606a", "#bc4c00")
_LEFT, _WIDTH, _TOP, _STEP, _BOTTOM = 290, 860, 74, 34, 54
_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100)
_OPENING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
    ' width="{width}" height="{height}" role="img">'
)
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #57606a }
.foot { font-size: 11px }
.own { font-weight: 600; fill: #d1242f }
.grid { stroke: #8c959f; stroke-opacity: .25 }
.one { stroke: #8c959f; stroke-opacity: .9 }
@media (prefers-color-scheme: dark) { text { fill: #adbac7 } .own { fill: #ff7b72 } }
""".strip()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the picture: by competitor, how many times the reference it takes."""

    title: str
    ratios: dict[str, float]


class _Scale:
    """Places ratios from left to right: each doubling is as wide as any other."""

    def __init__(self, lines: Sequence[Line]) -> None:
        found = [ratio for line in lines for ratio in line.ratios.values()]
        self.low = min(0.8, *found) * 0.95 if found else 0.8
        self.high = max(2.0, *found) * 1.15 if found else 2.0

    def __call__(self, ratio: float) -> float:
        part = math.log(ratio / self.low) / math.log(self.high / self.low)
        return _LEFT + part * (_WIDTH - _LEFT - 20)

    def ticks(self) -> list[float]:
        return [tick for tick in _TICKS if self.low <= tick <= self.high]


def draw(title: str, lines: Sequence[Line], names: dict[str, str], foot: str = "") -> str:
    """A dot for each competitor on each line; the first of `names` is in the foreground.

    Args:
        title: What is shown.
        lines: From top to bottom.
        names: The competitors' titles, in the order of the legend.
        foot: What stands below, small.
    """
    scale, height = _Scale(lines), _TOP + len(lines) * _STEP + _BOTTOM
    colours = dict(zip(names, _COLOURS, strict=False))
    parts = [
        _OPENING.format(width=_WIDTH, height=height),
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<text x="10" y="20">{escape(title)}</text>',
        *_legend(names, colours),
        *_grid(scale, height),
    ]
    for number, line in enumerate(lines):
        parts += _dots(line, _TOP + number * _STEP + _STEP // 2, scale, colours)
    parts.append(f'<text class="foot" x="10" y="{height - 8}">{escape(foot)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend(names: dict[str, str], colours: dict[str, str]) -> Iterator[str]:
    left = 10
    for name, title in names.items():
        yield f'<circle cx="{left + 5}" cy="42" r="5" fill="{colours[name]}"/>'
        yield f'<text x="{left + 15}" y="46">{escape(title)}</text>'
        left += 34 + 7 * len(title)


def _grid(scale: _Scale, height: int) -> Iterator[str]:
    for tick in scale.ticks():
        x, kind = scale(tick), "one" if tick == 1 else "grid"
        low = height - _BOTTOM
        yield f'<line class="{kind}" x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{low + 4}"/>'
        yield f'<text x="{x:.1f}" y="{low + 22}" text-anchor="middle">{tick:g}x</text>'


def _dots(line: Line, y: int, scale: _Scale, colours: dict[str, str]) -> Iterator[str]:
    """The one in the foreground comes last, and with its figure."""
    yield f'<text x="{_LEFT - 14}" y="{y + 4}" text-anchor="end">{escape(line.title)}</text>'
    own = next(iter(colours), None)
    for name, ratio in reversed(line.ratios.items()):
        radius = 7 if name == own else 5
        yield f'<circle cx="{scale(ratio):.1f}" cy="{y}" r="{radius}" fill="{colours[name]}"/>'
    if own in line.ratios:
        ratio = line.ratios[own]
        place = f'x="{scale(ratio):.1f}" y="{y - 10}" text-anchor="middle"'
        yield f'<text class="own" {place}>{ratio:.2f}</text>'
