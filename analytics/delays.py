"""Times to delivery, of which only the classes are counted → percentiles. Pure."""

from collections.abc import Sequence
from math import ceil

from analytics.models.facts import DELAYS

PARTS = (0.5, 0.9, 0.99)


def percentile(counts: Sequence[int], part: float) -> float | None:
    """Return the seconds within which that part of the texts arrived, as its class's upper bound.

    None where there were none, or where it lies in the last class, which has no bound.
    """
    rank, seen = max(ceil(part * sum(counts)), 1), 0
    for bound, count in zip(DELAYS, counts, strict=False):
        seen += count
        if seen >= rank:
            return float(bound)
    return None
