"""How sure a share is, and the difference of two: intervals of 95 %. Pure.

Wilson (1927) for one share and Newcombe's (1998) hybrid of two such intervals for a difference:
both hold for small counts and for shares near 0 and 1, where the textbook's do not.
"""

from math import sqrt

Z = 1.959963984540054  # 95 % of a normal distribution lie within so many deviations


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return between what the true share lies, given that `hits` of so many were seen."""
    if not 0 <= hits <= of or not of:
        raise ValueError(f"{hits} of {of} is no share")
    square = Z * Z
    middle = (hits + square / 2) / (of + square)
    half = Z / (of + square) * sqrt(hits * (of - hits) / of + square / 4)
    # Rounding must not lead away from what was seen.
    return max(0.0, min(middle - half, hits / of)), min(1.0, max(middle + half, hits / of))


def newcombe(hits: int, of: int, others: int, of_others: int) -> tuple[float, float]:
    """Return between what the difference of two true shares lies: the first less the second."""
    low, high = wilson(hits, of)
    other_low, other_high = wilson(others, of_others)
    share, other = hits / of, others / of_others
    difference = share - other
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return max(-1.0, difference - down), min(1.0, difference + up)
