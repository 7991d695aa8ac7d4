import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.proportions import newcombe, wilson

SHARES = st.integers(1, 10**7).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(SHARES)
def test_what_was_seen_lies_within_its_interval(share):
    low, high = wilson(*share)
    assert 0 <= low <= share[0] / share[1] <= high <= 1
    assert low < high


@given(SHARES)
def test_the_interval_of_the_misses_is_that_of_the_hits_mirrored(share):
    hits, of = share
    low, high = wilson(hits, of)
    assert wilson(of - hits, of) == (pytest.approx(1 - high), pytest.approx(1 - low))


@given(st.integers(1, 1000), st.integers(0, 1000), st.integers(2, 100))
def test_the_same_share_of_more_is_surer(of, hits, times):
    hits = min(hits, of)
    low, high = wilson(hits, of)
    less, more = wilson(hits * times, of * times)
    assert more - less < high - low


@given(SHARES, SHARES)
def test_a_difference_lies_within_its_interval_and_turns_with_its_sides(one, other):
    low, high = newcombe(*one, *other)
    difference = one[0] / one[1] - other[0] / other[1]
    assert -1 <= low <= difference + 1e-12
    assert difference - 1e-12 <= high <= 1
    assert newcombe(*other, *one) == (pytest.approx(-high), pytest.approx(-low))


def test_the_intervals_are_those_of_newcombes_paper():
    # Newcombe 1998, Statistics in Medicine 17: 857 and 873.
    assert wilson(81, 263) == (pytest.approx(0.2553, abs=5e-5), pytest.approx(0.3662, abs=5e-5))
    assert wilson(0, 20) == (pytest.approx(0), pytest.approx(0.1611, abs=5e-5))
    assert newcombe(56, 70, 48, 80) == (
        pytest.approx(0.0524, abs=5e-5),
        pytest.approx(0.3339, abs=5e-5),
    )


@pytest.mark.parametrize(("hits", "of"), [(1, 0), (-1, 3), (4, 3), (0, 0)])
def test_what_is_no_share_has_no_interval(hits, of):
    with pytest.raises(ValueError, match="is no share"):
        wilson(hits, of)
