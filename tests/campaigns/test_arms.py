from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import arms


def test_the_shares_are_what_they_say_to_a_percent():
    ends = arms.bounds(10, [20, 30])
    found = Counter(arms.arm_at(arms.place(7, person), ends) for person in range(20_000))
    shares = {arm: round(100 * count / 20_000) for arm, count in found.items()}
    assert shares == {None: 10, 1: 20, 2: 30, 0: 40}


def test_without_treatments_and_hold_out_everybody_gets_the_campaigns_text():
    assert arms.bounds(0, []) == [0]
    assert arms.arm_at(0, [0]) == arms.arm_at(arms.PLACES - 1, [0]) == 0


@given(campaign=st.integers(1, 10**9), person=st.integers(1, 10**12))
def test_a_person_keeps_their_place(campaign, person):
    place = arms.place(campaign, person)
    assert 0 <= place < arms.PLACES
    assert place == arms.place(campaign, person)


@given(person=st.integers(1, 10**9), holdout=st.integers(0, 90))
def test_who_is_held_out_stays_so_when_a_treatment_is_added(person, holdout):
    place = arms.place(1, person)
    without = arms.arm_at(place, arms.bounds(holdout, []))
    with_one = arms.arm_at(place, arms.bounds(holdout, [10]))
    assert (without is None) == (with_one is None)


def test_shares_of_more_than_all_are_refused():
    with pytest.raises(ValueError, match="more than all"):
        arms.bounds(50, [30, 30])
