"""When an alert opens and closes, by hand and against every history of checks."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.alerts.hysteresis import Change, Runs, Verdict, judge, step

BAD, BETWEEN, GOOD = Verdict.BAD, Verdict.BETWEEN, Verdict.GOOD


@pytest.mark.parametrize(
    ("value", "low_is_bad", "verdict"),
    [
        ("84.99", True, BAD),
        ("85", True, BETWEEN),
        ("89.99", True, BETWEEN),
        ("90", True, GOOD),
        (None, True, GOOD),
    ],
)
def test_a_rate_is_bad_below_its_limit_and_good_from_its_recovery_on(value, low_is_bad, verdict):
    given_value = None if value is None else Decimal(value)
    assert judge(given_value, Decimal(85), Decimal(90), low_is_bad=low_is_bad) is verdict


@pytest.mark.parametrize(
    ("value", "verdict"), [("15", BAD), ("14.99", BETWEEN), ("2.01", BETWEEN), ("2", GOOD)]
)
def test_what_must_stay_low_is_bad_at_its_limit(value, verdict):
    assert judge(Decimal(value), Decimal(15), Decimal(2), low_is_bad=False) is verdict


def test_where_recovery_is_the_limit_the_limit_is_bad():
    assert judge(Decimal(5), Decimal(5), Decimal(5), low_is_bad=False) is BAD


def walk(verdicts, bad_checks, good_checks):
    """Follow the checks; yield what changed at each."""
    runs, is_open = Runs(0, 0), False
    for verdict in verdicts:
        runs, change = step(
            runs, verdict, is_open=is_open, bad_checks=bad_checks, good_checks=good_checks
        )
        is_open = {Change.OPENS: True, Change.CLOSES: False}.get(change, is_open)
        yield change


def test_it_opens_after_bad_checks_in_a_row_and_closes_after_good_ones():
    verdicts = [BAD, BAD, GOOD, BAD, BAD, BAD, BAD, GOOD, BETWEEN, GOOD, GOOD]
    changes = list(walk(verdicts, bad_checks=3, good_checks=2))
    assert [n for n, change in enumerate(changes) if change is Change.OPENS] == [5]
    assert [n for n, change in enumerate(changes) if change is Change.CLOSES] == [10]


@given(
    st.lists(st.sampled_from(Verdict), max_size=60),
    st.integers(1, 5),
    st.integers(1, 5),
)
def test_openings_and_closings_alternate_and_each_follows_its_row(verdicts, bad, good):
    changes = list(walk(verdicts, bad, good))
    told = [change for change in changes if change]
    assert told[::2] == [Change.OPENS] * len(told[::2])
    assert told[1::2] == [Change.CLOSES] * len(told[1::2])
    for n, change in enumerate(changes):
        if change is Change.OPENS:
            assert set(verdicts[n - bad + 1 : n + 1]) == {BAD}
            assert n + 1 >= bad
        if change is Change.CLOSES:
            assert set(verdicts[n - good + 1 : n + 1]) == {GOOD}
