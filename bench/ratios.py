"""What times say: the median of ratios, each of two times from the same round.

A noisy machine is slow for everyone in a round at once, so a ratio within a round is steadier than
a ratio of two medians.
"""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles

type Times = Mapping[str, Sequence[float]]
"""Seconds by competitor, one of each round: of all, or of the first ones."""

_CLOSE = 2.0


def ratios(times: Times, subject: str, reference: str) -> list[float]:
    """The subject's time over the reference's, in each round that both took part in."""
    pairs = zip(times[subject], times[reference], strict=False)
    return [mine / theirs for mine, theirs in pairs]


def ratio(times: Times, subject: str, reference: str) -> float:
    """How many times as long the subject took, in the median round."""
    return median(ratios(times, subject, reference))


def spread(times: Times, subject: str, reference: str) -> tuple[float, float]:
    """The ratios between which the middle half of the rounds lies."""
    found = ratios(times, subject, reference)
    if len(found) < 2:
        return found[0], found[0]
    low, _, high = quantiles(found, n=4, method="inclusive")
    return low, high


def fastest(times: Times, among: Sequence[str]) -> str | None:
    """Who of them had the shortest median; None if no one took part."""
    present = [name for name in among if times.get(name)]
    return min(present, key=lambda name: median(times[name]), default=None)


def close(times: Times) -> set[str]:
    """Who took at most twice the time of the fastest."""
    present = [name for name in times if times[name]]
    first = fastest(times, present)
    return {name for name in present if first and ratio(times, name, first) <= _CLOSE}
