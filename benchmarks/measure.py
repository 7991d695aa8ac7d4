"""One figure of a benchmark: Sendpoint and its peer in turn, several times, as a line of JSON."""

import json
import statistics
from collections.abc import Callable

Run = Callable[[], float]  # does the work once and returns the figure, in the unit of the line


def compare(name: str, *, ours: Run, peer: Run, peer_name: str, unit: str, n: int = 5) -> None:
    """Run both in turn `n` times and print the medians; `ratio` is ours ÷ peer.

    Noise of the machine falls on both. Whether more or less is better, the unit says.
    """
    pairs = [(ours(), peer()) for _ in range(n)]
    our_median, peer_median = (statistics.median(figures) for figures in zip(*pairs, strict=True))
    line = {
        "name": name,
        "ours": round(our_median, 3),
        "peer": round(peer_median, 3),
        "peer_name": peer_name,
        "unit": unit,
        "ratio": round(our_median / peer_median, 3),
        "n": n,
    }
    print(json.dumps(line), flush=True)


def note(name: str, figure: Run, *, unit: str, n: int = 5) -> None:
    """Print the median of a figure that no peer has."""
    median = statistics.median(figure() for _ in range(n))
    line = {"name": name, "ours": round(median, 3), "peer": None, "unit": unit, "n": n}
    print(json.dumps(line), flush=True)
