import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.policies.hours import BadHours, parse, text

WINDOWS = st.one_of(
    st.none(),
    st.tuples(st.integers(0, 1440), st.integers(0, 1440)).filter(lambda w: w[0] < w[1]),
)


def test_a_week_is_read_as_people_write_it():
    assert parse("Mon-Sat 09:00-21:00; Sun 12:00-21:00") == ((540, 1260),) * 6 + ((720, 1260),)


def test_a_day_that_is_not_named_is_closed():
    assert parse("Mon-Fri 09:00-18:00")[5:] == (None, None)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "always",
        "Mon 9-17",
        "Mon 17:00-09:00",
        "Mon 09:00-25:00",
        "Mon 09:60-12:00",
        "Foo 09:00-10:00",
        "Sun-Mon 09:00-10:00",
        "Mon-Fri 09:00-10:00; Wed 09:00-12:00",
        "Mon 09:00-09:00",
    ],
)
def test_what_cannot_be_read_is_refused_in_words(written):
    with pytest.raises(BadHours, match=r"\.$"):
        parse(written)


@given(st.lists(WINDOWS, min_size=7, max_size=7).filter(any))
def test_a_written_week_reads_back_as_itself(week):
    assert parse(text(tuple(week))) == tuple(week)
