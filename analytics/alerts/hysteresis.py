"""When an alert opens and closes: not at the first bad check, nor at the first good one. Pure."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Verdict(Enum):
    """What one check found."""

    BAD = "bad"
    BETWEEN = "between"  # neither beyond the limit nor well again
    GOOD = "good"


class Change(Enum):
    """What follows from it."""

    OPENS = "opens"
    CLOSES = "closes"


@dataclass(frozen=True, slots=True)
class Runs:
    """How many checks in a row were bad, or good, so far."""

    bad: int
    good: int


def judge(
    value: Decimal | None, threshold: Decimal, recovery: Decimal, *, low_is_bad: bool
) -> Verdict:
    """Judge a value; where there is none, nothing is wrong that anybody could tell."""
    if value is None:
        return Verdict.GOOD
    if low_is_bad:
        bad, good = value < threshold, value >= recovery
    else:
        # A rule may be well again at its limit itself; then the limit is the bad side.
        bad, good = value >= threshold, value <= recovery
    if bad:
        return Verdict.BAD
    return Verdict.GOOD if good else Verdict.BETWEEN


def step(
    runs: Runs, verdict: Verdict, *, is_open: bool, bad_checks: int, good_checks: int
) -> tuple[Runs, Change | None]:
    """Count one check; return the runs after it, and what changes."""
    counted = Runs(
        runs.bad + 1 if verdict is Verdict.BAD else 0,
        runs.good + 1 if verdict is Verdict.GOOD else 0,
    )
    if not is_open and counted.bad >= bad_checks:
        return counted, Change.OPENS
    if is_open and counted.good >= good_checks:
        return counted, Change.CLOSES
    return counted, None
